import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { buildASTSchema, parse } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { PageRequest } from '../../core/paging.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { personalFields } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { customerStore } from '../../subgraphs/customers/customer-store.ts'
import { mergeCustomers, unmergeCustomer } from '../../subgraphs/customers/identity/merges.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { searchListing } from '../../subgraphs/customers/search/search.ts'
import { searchWordsOf, wordsAsked } from '../../subgraphs/customers/search/words.ts'
import { requestErasure } from '../../subgraphs/sovereignty/erasure.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { oddPolicy } from '../support/oracle-trials.ts'
import { aChat } from '../support/records.ts'
import { deliverAll, openServices, requestOf, type TestServices } from '../support/services.ts'
import { subjectState, UNKNOWN_IDS, viewersOf, visibleTo, type World, worlds, writeWorld } from '../support/worlds.ts'

const personal = personalFields(
  buildASTSchema(parse(readFileSync('schema/supergraph.graphql', 'utf8')), { assumeValidSDL: true }),
)
const NOTHING = { fields: [], timeline: undefined }
const SENDER = { kind: 'SERVICE', id: 'sender' } as const
const OFFICER: Viewer = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' }
const SELECTED = { fields: [], customer: NOTHING }

type Record = { readonly id: string; readonly [field: string]: unknown }

interface Scene {
  readonly world: World
  readonly policy: Policy
  readonly place: number
  readonly first: number
  readonly text: string
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  world: worlds,
  policy: fc.constantFrom<Policy>(groundPolicy, oddPolicy),
  place: fc.nat(viewersOf({ customers: [] }).length - 1),
  first: fc.integer({ min: 1, max: 3 }),
  text: fc.constantFrom('another NAME', 'text 预算', '周', '审批 nobody text', '批预'),
})

/** A search finds what a naive reading of the masked values finds, in that order, on both engines. */
export function describeSearch(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  afterAll(() => services.close())

  it(
    'finds what a naive reading of the masked values finds, page by page',
    async () => {
      const property = fc.asyncProperty(scenes, async scene => {
        await services.empty()
        await writeWorld(services.graph, scene.world)
        await check(scene)
      })
      await fc.assert(property, { numRuns: CASES })
    },
    CASES_TIMEOUT_MS,
  )

  async function check({ world, policy, place, first, text }: Scene): Promise<void> {
    const viewer = viewersOf(world)[place] as Viewer
    const { names, texts } = search(viewer, policy, text, first)
    const masked = (type: string, customer: World['customers'][number], record: Record): Record =>
      entityMasks(personal, policy, viewer, value => `#${value}`, services.clock.now()).apply(
        type,
        record,
        subjectState(customer, viewer),
      )
    const visible = visibleTo(world, viewer, policy)
    const found = (of: readonly (readonly [Record, Record])[], field: string) =>
      of
        .map(([record, image]) => ({ id: record.id, held: held(wordsAsked(text), record[field], image[field]) }))
        .filter(each => each.held > 0)
        .toSorted((a, b) => b.held - a.held || (a.id < b.id ? -1 : 1))
        .map(({ id }) => id)
    const customers = visible.map(each => {
      const record = { id: each.id, name: each.name }
      return [record, masked('Customer', each, record)] as const
    })
    expect(await names()).toEqual(found(customers, 'name'))
    const interactions = visible.flatMap(each =>
      each.interactions.map(record => [record, masked('Interaction', each, record)] as const),
    )
    expect(await texts()).toEqual(found(interactions, 'text'))
    // A cursor of what is not seen leads nowhere, like one of what is not there.
    const others = world.customers.filter(each => !visible.includes(each)).flatMap(each => each.interactions)
    for (const afterId of [UNKNOWN_IDS[0], others[0]?.id]) {
      if (afterId !== undefined) expect(await texts(afterId)).toEqual([])
    }
  }

  /** Reads the whole list, or what comes after an id, as a client does: page by page. */
  function search(viewer: Viewer, policy: Policy, text: string, first: number) {
    const masks = entityMasks(personal, policy, viewer, value => value, services.clock.now())
    const store = customerStore({ ...requestOf(services, viewer), policy, masks })
    const walk = async (
      read: (page: PageRequest) => Promise<readonly { readonly record: { readonly id: string } }[]>,
      afterId?: string,
    ) => {
      const ids: string[] = []
      for (;;) {
        const found = await read({ first, afterId: ids.at(-1) ?? afterId })
        expect(found.length).toBeLessThanOrEqual(first + 1)
        ids.push(...found.slice(0, first).map(({ record }) => record.id))
        if (found.length <= first) return ids
      }
    }
    const ofNames = searchListing(masks, 'Customer', wordsAsked(text))
    const ofTexts = searchListing(masks, 'Interaction', wordsAsked(text))
    return {
      names: async (afterId?: string) =>
        ofNames ? walk(page => store.customersFound(page, ofNames, NOTHING), afterId) : [],
      texts: async (afterId?: string) =>
        ofTexts ? walk(page => store.interactionsFound(page, ofTexts, SELECTED), afterId) : [],
    }
  }

  describe('of what was taken in', () => {
    beforeEach(() => services.empty())

    it('goes by what holds now: a corrected name, a person that was made and taken apart, nothing of who is erased', async () => {
      const say = (number: string, customer: object, text: string) =>
        send(aChat(`${number}/${++sent}`, { customer: { number, ...customer }, message: { text } }))
      await say('C-1', { name: 'Ann Zhou 周' }, '预算审批还没下来')
      await say('C-2', { name: 'Bob' }, 'The price is a price.')
      const [ann, bob] = [await idOf('C-1'), await idOf('C-2')]
      expect(await ofSubject(ann, '周 nobody')).toEqual([1, 0])
      expect(await ofSubject(ann, '审批')).toEqual([0, 1])
      expect(await ofSubject(bob, 'PRICE 审批')).toEqual([0, 1])
      await say('C-1', { name: 'Anna' }, 'ok')
      expect([await ofSubject(ann, 'zhou'), await ofSubject(ann, 'anna')]).toEqual([
        [0, 0],
        [1, 0],
      ])
      const { personId } = await mergeCustomers({ services, viewer: OFFICER, policy: groundPolicy }, key(), [ann, bob])
      await deliverAll(services)
      expect(await ofSubject(personId, 'anna bob price 审批')).toEqual([1, 2])
      await unmergeCustomer({ services, viewer: OFFICER, policy: groundPolicy }, key(), ann, [])
      await deliverAll(services)
      expect(await ofSubject(personId, 'anna bob price 审批')).toEqual([0, 0])
      await requestErasure(services, { kind: 'SUBJECT', id: ann }, key())
      await deliverAll(services)
      expect(await ofSubject(ann, 'anna 审批 ok')).toEqual([0, 0])
      expect(
        await services.read('MATCH (n) WHERE n.searchWords IS NOT NULL RETURN n.searchWords ORDER BY n.searchWords'),
      ).toEqual([['bob'], ['the price is a']])
    })

    it('does not find what a unit wrote that was rolled back', async () => {
      await send(aChat('one', { message: { text: 'kept' } }))
      const id = await idOf('C-1')
      const undone = services.graph.write(async unit => {
        await unit.run("MATCH (i:Interaction) SET i.searchWords = 'undone'")
        throw new ApiError('CONFLICT')
      })
      await expect(undone).rejects.toMatchObject({ code: 'CONFLICT' })
      expect([await ofSubject(id, 'undone'), await ofSubject(id, 'kept')]).toEqual([
        [0, 0],
        [0, 1],
      ])
    })

    it('finds everything, however many others hold the same words', async () => {
      const events = Array.from({ length: 600 }, (_, n) =>
        aChat(`many/${n}`, { customer: { number: `N-${n}` }, message: { text: 'price '.repeat(20) } }),
      )
      await send(...events)
      await send(
        aChat('last', { customer: { number: 'C-1' }, message: { text: `${'other words '.repeat(50)} price` } }),
      )
      expect(await ofSubject(await idOf('C-1'), 'price')).toEqual([0, 1])
    })
  })

  const key = () => `search-${++sent}`
  let sent = 0
  const send = (...events: readonly SentEvent[]) => ingest(services, SENDER, key(), { source: 'wecom-chat', events })
  const idOf = async (number: string) =>
    String((await services.read('MATCH (c:Customer {number: $number}) RETURN c.id', { number }))[0]?.[0])

  /** How many names and texts the customer finds of itself. */
  async function ofSubject(id: string, text: string): Promise<readonly [number, number]> {
    const { names, texts } = search({ kind: 'SUBJECT', id, purpose: 'SUBJECT_REQUEST' }, groundPolicy, text, 3)
    return [(await names()).length, (await texts()).length]
  }
}

function held(words: readonly string[], value: unknown, image: unknown): number {
  // In the place of a value that is seen as a mask there are no words.
  if (image !== value || typeof image !== 'string') return 0
  const own = searchWordsOf(image).split(' ')
  return words.filter(each => own.includes(each)).length
}
