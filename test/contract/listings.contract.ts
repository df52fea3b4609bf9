import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { buildASTSchema, parse } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Graph } from '../../core/graph/graph.ts'
import { EVERYTHING, type Listing } from '../../core/listing.ts'
import type { PageRequest } from '../../core/paging.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { personalFields } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import {
  type CustomersArgs,
  customersListing,
  type InteractionsArgs,
  interactionsListing,
} from '../../subgraphs/customers/listings.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { oddPolicy } from '../support/oracle-trials.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'
import { subjectState, UNKNOWN_IDS, viewersOf, visibleTo, type World, worlds, writeWorld } from '../support/worlds.ts'

const personal = personalFields(
  buildASTSchema(parse(readFileSync('schema/supergraph.graphql', 'utf8')), { assumeValidSDL: true }),
)
const NOTHING = { fields: [], timeline: undefined }
const MONTH = '2026-02-01T00:00:00.000Z'
const YEAR = '2026-01-01T00:00:00.000Z'

type Image = { readonly id: string; readonly [field: string]: unknown }
type CustomersAsked = Pick<CustomersArgs, 'filter' | 'orderBy'>
type InteractionsAsked = Pick<InteractionsArgs, 'filter' | 'orderBy'>

const direction = fc.constantFrom('ASC' as const, 'DESC' as const)
const maybe = <T>(...values: T[]) => fc.constantFrom(null, null, ...values)
const customersAsked: fc.Arbitrary<CustomersAsked> = fc.record({
  filter: fc.record({
    name: maybe('Name', 'Nobody'),
    nameContains: maybe('am', '*'),
    region: maybe('CN-SH'),
    company: maybe('Account A'),
  }),
  orderBy: fc.record({ by: fc.constantFrom('NAME' as const, 'REGION' as const), direction }),
})
const interactionsAsked: fc.Arbitrary<InteractionsAsked> = fc.record({
  filter: fc.record({
    touchpoint: maybe('WECOM' as const, 'PHONE' as const),
    source: maybe('wecom-chat'),
    from: maybe(new Date(MONTH), new Date(YEAR)),
    to: maybe(new Date(MONTH)),
    textContains: maybe('ex'),
  }),
  orderBy: fc.record({ by: fc.constantFrom('OCCURRED_AT' as const, 'TOUCHPOINT' as const), direction }),
})

/** Each list is filtered and ordered by the values as the viewer sees them, as a naive reading of the masked graph is. */
export function describeListings(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  afterAll(() => services.close())

  it(
    'answer what a naive reading of the masked values answers, page by page',
    async () => {
      const scenes = fc.record({
        world: worlds,
        policy: fc.constantFrom<Policy>(groundPolicy, oddPolicy),
        place: fc.nat(viewersOf({ customers: [] }).length - 1),
        first: fc.integer({ min: 1, max: 3 }),
        customers: customersAsked,
        interactions: interactionsAsked,
      })
      const property = fc.asyncProperty(scenes, async ({ world, policy, place, first, customers, interactions }) => {
        await services.empty()
        await writeWorld(services.graph, world)
        const viewer = viewersOf(world)[place] as Viewer
        await check(world, policy, viewer, first, customers, interactions)
      })
      await fc.assert(property, { numRuns: CASES * 2 })
    },
    CASES_TIMEOUT_MS,
  )

  async function check(
    world: World,
    policy: Policy,
    viewer: Viewer,
    first: number,
    customers: CustomersAsked,
    interactions: InteractionsAsked,
  ): Promise<void> {
    const masks = entityMasks(personal, policy, viewer, value => value, services.clock.now())
    const store = customerStore({ ...requestOf(services, viewer), policy, masks })
    const visible = visibleTo(world, viewer, policy).map(customer => {
      const subject = subjectState(customer, viewer)
      const apply = (type: string, record: Image) =>
        entityMasks(personal, policy, viewer, value => `#${value}`, services.clock.now()).apply(type, record, subject)
      const { id, name, region, account } = customer
      return {
        image: apply('Customer', { id, name, region, company: account }),
        interactions: customer.interactions.map(each =>
          apply('Interaction', { ...each, touchpoint: 'WECOM', source: 'wecom-chat' }),
        ),
      }
    })

    const listing = listedOrRefused(() => customersListing(masks, customers))
    if (listing !== undefined) {
      const ids = idsBy(
        visible.map(({ image }) => image).filter(each => isAskedCustomer(each, customers.filter)),
        customers.orderBy?.by === 'REGION' ? 'region' : 'name',
        customers.orderBy?.direction,
      )
      expect(await walk(first, page => store.customersPage(page, listing, NOTHING))).toEqual(ids)
      await store.customersPage({ first, afterId: UNKNOWN_IDS[0] }, listing, NOTHING)
    }

    const listed = listedOrRefused(() => interactionsListing(masks, interactions))
    if (listed !== undefined) {
      const found = visible
        .flatMap(each => each.interactions)
        .filter(each => isAskedInteraction(each, interactions.filter))
      const ids = idsBy(
        found,
        interactions.orderBy?.by === 'TOUCHPOINT' ? 'touchpoint' : 'occurredAt',
        interactions.orderBy?.direction,
      )
      const selected = { fields: [], customer: NOTHING }
      expect(await walk(first, page => store.interactionsPage(null, page, listed, selected))).toEqual(ids)
    }

    for (const { image, interactions: own } of visible.slice(0, 2)) {
      const read = async (page: PageRequest) => {
        const selected = { fields: [], timeline: { page, fields: [] } }
        const found = (await store.customersById([image.id], selected)).get(image.id)
        return found?.timeline.map(record => ({ record })) ?? []
      }
      expect(await walk(first, read)).toEqual(idsBy(own, 'occurredAt', 'DESC'))
      const others = visible.flatMap(each => each.interactions).filter(each => !own.includes(each))
      for (const { id } of others.slice(0, 1)) {
        // A cursor made of somebody else's interaction stands where nothing of it shows: with what is hidden.
        const later = idsBy(own, 'occurredAt', 'DESC').filter(each => each > id && isHidden(own, each))
        expect((await read({ first: 100, afterId: id })).map(({ record }) => record.id)).toEqual(later)
      }
    }
    const everybody = await store.customersPage({ first: 100, afterId: undefined }, EVERYTHING, NOTHING)
    expect(everybody.map(({ record }) => record.id)).toEqual(visible.map(({ image }) => image.id))
  }
}

const isHidden = (images: readonly Image[], id: string) =>
  images.some(each => each.id === id && (each.occurredAt ?? null) === null)

/** Undefined where the viewer is shown a field of it in part, by which no list is filtered or ordered. */
function listedOrRefused(make: () => Listing): Listing | undefined {
  try {
    return make()
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT' })
    return undefined
  }
}

function isAskedCustomer({ name, region, company }: Image, filter: CustomersArgs['filter']): boolean {
  const { name: named, nameContains, region: wanted, company: employer } = filter ?? {}
  return (
    (!named || name === named) &&
    (!nameContains || (typeof name === 'string' && name.includes(nameContains))) &&
    (!wanted || region === wanted) &&
    (!employer || company === employer)
  )
}

function isAskedInteraction(image: Image, filter: InteractionsArgs['filter']): boolean {
  const { touchpoint, source, from, to, textContains } = filter ?? {}
  const { occurredAt, text } = image
  return (
    (!touchpoint || image.touchpoint === touchpoint) &&
    (!source || image.source === source) &&
    (!from || (typeof occurredAt === 'string' && occurredAt >= from.toISOString())) &&
    (!to || (typeof occurredAt === 'string' && occurredAt < to.toISOString())) &&
    (!textContains || (typeof text === 'string' && text.includes(textContains)))
  )
}

/** By the image of a field, what is hidden as the least; ties by id. */
function idsBy(images: readonly Image[], field: string, order: 'ASC' | 'DESC' | undefined): readonly string[] {
  const keyOf = (image: Image) => String(image[field] ?? '')
  const sign = order === 'DESC' ? -1 : 1
  return images
    .toSorted((a, b) => (keyOf(a) === keyOf(b) ? (a.id < b.id ? -1 : 1) : keyOf(a) < keyOf(b) ? -sign : sign))
    .map(({ id }) => id)
}

/** The ids of a whole list, read page by page as a client does. */
async function walk(
  first: number,
  read: (page: PageRequest) => Promise<readonly { readonly record: { readonly id: string } }[]>,
): Promise<readonly string[]> {
  const ids: string[] = []
  for (;;) {
    const found = await read({ first, afterId: ids.at(-1) })
    expect(found.length).toBeLessThanOrEqual(first + 1)
    ids.push(...found.slice(0, first).map(({ record }) => record.id))
    if (found.length <= first) return ids
  }
}
