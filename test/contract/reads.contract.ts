import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { consentsOf, rowParams } from '../../core/consent/consent-store.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { PageRequest } from '../../core/paging.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import { opportunityStore } from '../../subgraphs/sales/opportunity-store.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'
import {
  byId,
  historyOf,
  subjectState,
  timelineOf,
  UNKNOWN_IDS,
  viewersOf,
  visibleTo,
  type World,
  worlds,
  writeWorld,
} from '../support/worlds.ts'

const WHOLE: PageRequest = { first: 100, afterId: undefined }

/** One viewer before one world, and how many the viewer reads at a time. */
interface Scene {
  readonly world: World
  readonly viewer: Viewer
  readonly first: number
}

/** Each statement that reads customers answers, for each viewer, what a naive reading of the same graph answers. */
export function describeReads(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  afterAll(() => services.close())

  async function checkCustomers({ world, viewer, first }: Scene) {
    const store = customerStore(requestOf(services, viewer))
    const expected = visibleTo(world, viewer).map(customer => ({
      record: {
        id: customer.id,
        region: customer.region,
        name: customer.name,
        phone: null,
        email: null,
        weComId: null,
        evidenceEntryId: 'entry',
        company: customer.account && { id: customer.account, name: customer.account, sector: null },
        owner: customer.seller && { id: customer.seller, name: customer.seller, region: null },
      },
      subject: subjectState(customer, viewer),
    }))
    expect(await store.customersPage(WHOLE)).toEqual(expected)
    expect(await walk(first, page => store.customersPage(page))).toEqual(idsOf(expected))
    expect(await store.customersById(customersIn(world))).toEqual(new Map(expected.map(each => [each.record.id, each])))
  }

  async function checkConsents({ world, viewer }: Scene) {
    const reader = { run: services.graph.read.bind(services.graph) }
    const found = await consentsOf(reader, rowParams(groundPolicy, viewer), customersIn(world))
    const told = [...found].map(([id, { subject, consents }]) => ({ id, subject, consents: consents.map(stateOf) }))
    const expected = visibleTo(world, viewer).map(customer => ({
      id: customer.id,
      subject: subjectState(customer, viewer),
      consents: customer.consents.map(stateOf).sort(),
    }))
    expect(told.sort(byId)).toEqual(expected)
  }

  async function checkTimelines({ world, viewer, first }: Scene) {
    const store = customerStore(requestOf(services, viewer))
    const busy = visibleTo(world, viewer).filter(({ interactions }) => interactions.length > 0)
    const found = await store.timelines(customersIn(world), WHOLE)
    expect([...found].map(([id, timeline]) => ({ id, ids: idsOf(timeline) })).sort(byId)).toEqual(
      busy.map(customer => ({ id: customer.id, ids: timelineOf(customer) })),
    )
    for (const customer of busy.slice(0, 1)) {
      expect(found.get(customer.id)?.[0]?.subject).toEqual(subjectState(customer, viewer))
      const read = async (page: PageRequest) =>
        (await store.timelines([customer.id, ...UNKNOWN_IDS], page)).get(customer.id) ?? []
      expect(await walk(first, read)).toEqual(timelineOf(customer))
    }
  }

  async function checkInteractions({ world, viewer, first }: Scene) {
    const store = customerStore(requestOf(services, viewer))
    const expected = visibleTo(world, viewer)
      .flatMap(({ id, interactions }) => interactions.map(each => ({ ...each, customerId: id })))
      .sort(byId)
    const found = await store.interactionsPage(null, WHOLE)
    const told = found.map(({ record: { id, customerId, occurredAt, text } }) => ({ id, customerId, occurredAt, text }))
    expect(told).toEqual(expected)
    const ids = expected.map(({ id }) => id)
    expect(await walk(first, page => store.interactionsPage(undefined, page))).toEqual(ids)
    const asked = world.customers.flatMap(customer => customer.interactions.map(({ id }) => id)).slice(0, 8)
    const known = ids.filter(id => asked.includes(id))
    expect([...(await store.interactionsById([...asked, ...UNKNOWN_IDS])).keys()].sort()).toEqual(known)
    const one = world.customers[0]?.id ?? 'unknown-number-1'
    const own = expected.filter(({ customerId }) => customerId === one)
    expect(idsOf(await store.interactionsPage(one, WHOLE))).toEqual(own.map(({ id }) => id))
  }

  async function checkOpportunities({ world, viewer, first }: Scene) {
    const store = opportunityStore(requestOf(services, viewer))
    const visible = visibleTo(world, viewer)
    const expected = visible
      .flatMap(customer => customer.opportunities.map(each => ({ ...each, customer })))
      .sort(byId)
      .map(opportunity => ({
        id: opportunity.id,
        customerId: opportunity.customer.id,
        product: opportunity.product,
        hasValue: opportunity.valueMinor !== null,
        history: historyOf(opportunity),
        subject: subjectState(opportunity.customer, viewer),
      }))
    const found = await store.opportunitiesPage(null, WHOLE)
    const told = found.map(({ record, subject }) => ({
      id: record.id,
      customerId: record.customerId,
      product: record.product?.name,
      hasValue: record.value !== null,
      history: record.history?.map(({ at, stage }) => `${at} ${stage}`),
      subject,
    }))
    expect(told).toEqual(expected)
    const ids = expected.map(({ id }) => id)
    expect(await walk(first, page => store.opportunitiesPage(undefined, page))).toEqual(ids)
    const asked = world.customers.flatMap(customer => customer.opportunities.map(({ id }) => id)).slice(0, 8)
    const known = ids.filter(id => asked.includes(id))
    expect([...(await store.opportunitiesById([...asked, ...UNKNOWN_IDS])).keys()].sort()).toEqual(known)
    const ofEach = await store.opportunitiesOf(customersIn(world), WHOLE)
    const pursuing = visible.filter(({ opportunities }) => opportunities.length > 0)
    expect([...ofEach].map(([id, own]) => ({ id, ids: idsOf(own) })).sort(byId)).toEqual(
      pursuing.map(({ id, opportunities }) => ({ id, ids: opportunities.map(each => each.id).sort() })),
    )
    for (const { id, opportunities } of pursuing.slice(0, 1)) {
      const read = async (page: PageRequest) => (await store.opportunitiesOf([id, ...UNKNOWN_IDS], page)).get(id) ?? []
      expect(await walk(first, read)).toEqual(opportunities.map(each => each.id).sort())
    }
  }

  it(
    'answer what a naive reading of the same graph answers: rows, consents, pages, timelines, histories',
    async () => {
      // All viewers would take four times as long, and over all graphs each has its turn many times.
      const someViewers = fc.shuffledSubarray([...viewersOf({ customers: [] }).keys()], { minLength: 4, maxLength: 4 })
      const pageSize = fc.integer({ min: 1, max: 3 })
      const property = fc.asyncProperty(worlds, someViewers, pageSize, async (world, places, first) => {
        await services.empty()
        await writeWorld(services.graph, world)
        for (const viewer of viewersOf(world).filter((_, place) => places.includes(place))) {
          const scene = { world, viewer, first }
          const checks = [checkCustomers, checkConsents, checkTimelines, checkInteractions, checkOpportunities]
          await Promise.all(checks.map(check => check(scene)))
        }
      })
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )
}

function customersIn(world: World): readonly string[] {
  return [...world.customers.map(({ id }) => id), ...UNKNOWN_IDS]
}

function idsOf(found: readonly { readonly record: { readonly id: string } }[]): readonly string[] {
  return found.map(({ record }) => record.id)
}

function stateOf(consent: { readonly purpose: string; readonly recipient: string; readonly state: string }): string {
  return `${consent.purpose}/${consent.recipient} ${consent.state}`
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
    ids.push(...idsOf(found.slice(0, first)))
    if (found.length <= first) return ids
  }
}
