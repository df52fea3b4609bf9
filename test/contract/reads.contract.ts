import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { consentCounts, customerCount } from '../../core/consent/consent-counts.ts'
import { consentsOf, visibleRows } from '../../core/consent/consent-store.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { EVERYTHING } from '../../core/listing.ts'
import type { PageRequest } from '../../core/paging.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import {
  type CustomerSelection,
  customerFields,
  interactionFields,
  type TimelineSelection,
} from '../../subgraphs/customers/selection.ts'
import { opportunityFields, opportunityStore } from '../../subgraphs/sales/opportunity-store.ts'
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
  type WorldCustomer,
  worlds,
  writeWorld,
} from '../support/worlds.ts'

const WHOLE: PageRequest = { first: 100, afterId: undefined }

/** One viewer before one world, how many the viewer reads at a time, and what of a customer. */
interface Scene {
  readonly world: World
  readonly viewer: Viewer
  readonly first: number
  readonly selected: CustomerSelection
}

const newest = (first: number) => ({ first, afterId: undefined })

// A few, because each makes statements of its own, and planning one takes Neo4j longer than answering it.
const selections: fc.Arbitrary<CustomerSelection> = fc.constantFrom(
  { fields: customerFields, timeline: undefined },
  { fields: customerFields, timeline: { page: newest(6), fields: interactionFields } },
  { fields: ['name', 'owner'], timeline: { page: newest(2), fields: ['occurredAt', 'text'] } },
)

/** Each statement that reads customers answers, for each viewer, what a naive reading of the same graph answers. */
export function describeReads(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  afterAll(() => services.close())

  async function checkCustomers({ world, viewer, first, selected }: Scene) {
    const store = customerStore(requestOf(services, viewer))
    const visible = visibleTo(world, viewer)
    const expected = visible.map(customer => ({
      record: pick({ id: customer.id, ...valuesOf(customer) }, ['id', ...selected.fields]),
      subject: subjectState(customer, viewer),
      timeline: newestOf(customer, selected.timeline),
    }))
    expect(await store.customersPage(WHOLE, EVERYTHING, selected)).toEqual(expected)
    const ids = expected.map(({ record }) => record.id)
    expect(await walk(first, page => store.customersPage(page, EVERYTHING, selected))).toEqual(ids)
    const found = await store.customersById(customersIn(world), selected)
    expect([...found.values()].sort((a, b) => byId(a.record, b.record))).toEqual(expected)
  }

  async function checkConsents({ world, viewer }: Scene) {
    const reader = { run: services.graph.read.bind(services.graph) }
    const found = await consentsOf(reader, visibleRows(groundPolicy, viewer), customersIn(world), 'CONSENTS')
    const told = [...found].map(([id, { subject, consents }]) => ({ id, subject, consents: consents.map(stateOf) }))
    const expected = visibleTo(world, viewer).map(customer => ({
      id: customer.id,
      subject: subjectState(customer, viewer),
      consents: customer.consents.map(stateOf).sort(),
    }))
    expect(told.sort(byId)).toEqual(expected)
  }

  async function checkCounts({ world, viewer }: Scene) {
    const reader = { run: services.graph.read.bind(services.graph) }
    const visible = await consentCounts(reader, visibleRows(groundPolicy, viewer))
    const stateOfSubject = ({ region, consents }: { region: string; consents: ReadonlySet<string> }) =>
      [region, ...[...consents].sort()].join(' ')
    const counted = visible.flatMap(({ state, customers }) =>
      Array.from({ length: customers }, () => stateOfSubject(state)),
    )
    const expected = visibleTo(world, viewer).map(customer => stateOfSubject(subjectState(customer, viewer)))
    expect([await customerCount(reader), counted.sort()]).toEqual([world.customers.length, expected.sort()])
  }

  async function checkTimelines({ world, viewer, first }: Scene) {
    const store = customerStore(requestOf(services, viewer))
    const busy = visibleTo(world, viewer).filter(({ interactions }) => interactions.length > 0)
    for (const customer of busy.slice(0, 1)) {
      const read = async (page: PageRequest) => {
        const selected = { fields: [], timeline: { page, fields: [] } }
        const found = (await store.customersById([customer.id], selected)).get(customer.id)
        return found?.timeline.map(record => ({ record })) ?? []
      }
      expect(await walk(first, read)).toEqual(timelineOf(customer))
    }
  }

  async function checkInteractions({ world, viewer, first, selected }: Scene) {
    const store = customerStore(requestOf(services, viewer))
    const expected = visibleTo(world, viewer)
      .flatMap(customer =>
        customer.interactions.map(({ id, occurredAt, text }) => ({ id, occurredAt, text, customer })),
      )
      .sort(byId)
    const wanted = { fields: ['occurredAt', 'text'] as const, customer: selected }
    const found = await store.interactionsPage(null, WHOLE, EVERYTHING, wanted)
    expect(found).toEqual(
      expected.map(({ customer, ...record }) => ({
        record,
        customer: {
          record: pick({ id: customer.id, ...valuesOf(customer) }, ['id', ...selected.fields]),
          subject: subjectState(customer, viewer),
          timeline: newestOf(customer, selected.timeline),
        },
      })),
    )
    const ids = expected.map(({ id }) => id)
    const bare = { fields: [], customer: { fields: [], timeline: undefined } }
    expect(await walk(first, page => store.interactionsPage(undefined, page, EVERYTHING, bare))).toEqual(ids)
    const asked = world.customers.flatMap(customer => customer.interactions.map(({ id }) => id)).slice(0, 8)
    const known = ids.filter(id => asked.includes(id))
    expect([...(await store.interactionsById([...asked, ...UNKNOWN_IDS], wanted)).keys()].sort()).toEqual(known)
    const one = world.customers[0]?.id ?? 'unknown-number-1'
    const own = expected.filter(({ customer }) => customer.id === one)
    expect(idsOf(await store.interactionsPage(one, WHOLE, EVERYTHING, wanted))).toEqual(own.map(({ id }) => id))
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
    const found = await store.opportunitiesPage(null, WHOLE, opportunityFields)
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
    expect(await walk(first, page => store.opportunitiesPage(undefined, page, []))).toEqual(ids)
    const asked = world.customers.flatMap(customer => customer.opportunities.map(({ id }) => id)).slice(0, 8)
    const known = ids.filter(id => asked.includes(id))
    expect([...(await store.opportunitiesById([...asked, ...UNKNOWN_IDS], ['stage'])).keys()].sort()).toEqual(known)
    const ofEach = await store.opportunitiesOf(customersIn(world), WHOLE, ['product'])
    const pursuing = visible.filter(({ opportunities }) => opportunities.length > 0)
    expect([...ofEach].map(([id, own]) => ({ id, ids: idsOf(own) })).sort(byId)).toEqual(
      pursuing.map(({ id, opportunities }) => ({ id, ids: opportunities.map(each => each.id).sort() })),
    )
    for (const { id, opportunities } of pursuing.slice(0, 1)) {
      const read = async (page: PageRequest) =>
        (await store.opportunitiesOf([id, ...UNKNOWN_IDS], page, ['value'])).get(id) ?? []
      expect(await walk(first, read)).toEqual(opportunities.map(each => each.id).sort())
    }
  }

  it(
    'answer what a naive reading of the same graph answers: rows, consents, counts, pages, timelines, histories',
    async () => {
      // All viewers would take four times as long, and over all graphs each has its turn many times.
      const someViewers = fc.shuffledSubarray([...viewersOf({ customers: [] }).keys()], { minLength: 4, maxLength: 4 })
      const pageSize = fc.integer({ min: 1, max: 3 })
      const property = fc.asyncProperty(
        worlds,
        someViewers,
        pageSize,
        selections,
        async (world, places, first, selected) => {
          await services.empty()
          await writeWorld(services.graph, world)
          for (const viewer of viewersOf(world).filter((_, place) => places.includes(place))) {
            const scene = { world, viewer, first, selected }
            const checks = [
              checkCustomers,
              checkConsents,
              checkCounts,
              checkTimelines,
              checkInteractions,
              checkOpportunities,
            ]
            await Promise.all(checks.map(check => check(scene)))
          }
        },
      )
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )
}

function valuesOf({ region, name, account, seller }: WorldCustomer) {
  return {
    region,
    name,
    phone: null,
    email: null,
    weComId: null,
    otherRegion: null,
    birthDate: null,
    evidenceEntryId: 'entry',
    company: account && { id: account, name: account, sector: null },
    owner: seller && { id: seller, name: seller, region: null },
    completeness: [name, region, account, seller].filter(each => each !== null && each !== undefined).length / 7,
  }
}

/** The newest interactions that a page and the look for another one hold. */
function newestOf(customer: WorldCustomer, timeline: TimelineSelection | undefined) {
  if (timeline === undefined) return []
  return timelineOf(customer)
    .slice(0, timeline.page.first + 1)
    .map(id => {
      const interaction = customer.interactions.find(each => each.id === id)
      const others = { touchpoint: 'WECOM', source: 'wecom-chat', evidenceEntryId: 'entry' }
      const none = { intent: null, emotion: null, outcome: null, durationSeconds: null }
      return pick({ ...others, ...none, ...interaction }, ['id', ...timeline.fields])
    })
}

function pick<T extends object>(record: T, fields: readonly string[]): T {
  return Object.fromEntries(Object.entries(record).filter(([field]) => fields.includes(field))) as T
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
