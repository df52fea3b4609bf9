// Consent is withdrawn and given while it is read: a request that starts after the acknowledgement is answered by it, and no
// operation is planned anew for that.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededId } from '../../core/ids.ts'
import { say } from '../support/cases.ts'
import { type Answer, startApi, type TestApi } from '../support/start-api.ts'

const ROUNDS = 12
const READERS = 4
const CUSTOMER = seededId('sovereign-graph', 'Customer', 1)
const operation = (name: string) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 3 })
})
afterAll(() => api.close())

/** Which state of the consent holds, as its customer was told; undefined while a change is under way. */
interface Told {
  state: 'GIVEN' | 'WITHDRAWN' | undefined
  /** How many changes were begun. */
  changes: number
}

/** What of the customer is shown, by readers of two kinds and three operations: under SALES_FOLLOW_UP everything or nothing. */
const READS = [
  ['rep', 'Customers', ({ data }) => data.customers.edges.find(isFirst)?.node.name],
  ['rep', 'CustomerTimeline', ({ data }) => data.customer.timeline.edges[0].node.text],
  ['manager', 'CustomerTimeline', ({ data }) => data.customer.phone],
] as const satisfies readonly (readonly [string, string, (answer: Answer) => unknown])[]

const isFirst = ({ node }: { readonly node: { readonly id: string } }) => node.id === CUSTOMER

it('shows nothing to a request that starts after the withdrawal is acknowledged, and plans nothing anew', async () => {
  const told: Told = { state: undefined, changes: 0 }
  const { counts } = api.gateway.supergraph.federation
  const seen = { GIVEN: 0, WITHDRAWN: 0, between: 0 }
  let isOver = false

  async function change(name: 'GiveConsent' | 'WithdrawConsent', round: number) {
    told.state = undefined
    told.changes++
    const variables = { purpose: 'SALES_FOLLOW_UP', recipient: '', idempotencyKey: `${name} ${round}` }
    const { data, errors } = await api.ask('subject', operation(name), { variables })
    expect(errors).toEqual([])
    told.state = Object.values<{ consent: { state: 'GIVEN' | 'WITHDRAWN' } }>(data)[0]?.consent.state
  }

  async function read(turn: number) {
    const [viewer, name, shownIn] = READS[turn % READS.length] ?? READS[0]
    const { state, changes } = told
    const answer = await api.ask(viewer, operation(name))
    expect(answer.errors).toEqual([])
    const shown = shownIn(answer)
    // A change that began meanwhile may have come first.
    if (state === undefined || told.changes !== changes) {
      seen.between++
      return
    }
    seen[state]++
    if (state === 'WITHDRAWN') expect([viewer, name, shown]).toEqual([viewer, name, null])
    else expect([viewer, name, shown]).toEqual([viewer, name, expect.any(String)])
  }

  async function readOn(reader: number) {
    for (let turn = reader; !isOver; turn++) await read(turn)
  }

  for (const [viewer, name] of READS) await api.ask(viewer, operation(name))
  await change('GiveConsent', -1)
  const before = { ...counts }
  const changing = async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await change('WithdrawConsent', round)
      await Promise.all([read(round), read(round + 1)])
      await change('GiveConsent', round)
      await Promise.all([read(round), read(round + 1)])
    }
  }
  const changed = changing().finally(() => {
    isOver = true
  })
  await Promise.all([changed, ...Array.from({ length: READERS }, (_, reader) => readOn(reader))])

  expect(Math.min(seen.GIVEN, seen.WITHDRAWN)).toBeGreaterThanOrEqual(2 * ROUNDS)
  const executed = counts.compiled + counts.interpreted - before.compiled - before.interpreted
  const planned = counts.planned - before.planned
  expect(executed).toBeGreaterThan(6 * ROUNDS)
  say(
    `${executed} operations while a consent changed ${told.changes} times: plan-cache hit rate ${1 - planned / executed}`,
  )
  expect({ planned, hitRate: 1 - planned / executed }).toEqual({ planned: 0, hitRate: 1 })
})
