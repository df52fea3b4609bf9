// How long after a record was accepted a query through the gateway shows it: one record at a time by the mutation over HTTP,
// then the newest of the customer's timeline as the customer asks for it, until it is there. Alone, and while a load goes on.
import { openDevelopment, signToken } from '../core/development.ts'
import type { TestApi } from '../test/support/start-api.ts'
import { rounded } from './harness.ts'

const RECORDS = 200
/** Times and waits are told of the records behind these. */
const WARM_UP = 20
const NUMBER = 'visible'
const GIVES_UP_AFTER_MS = 60_000
const LOADED_AT_ONCE = 500

const INGEST = `
mutation Ingest($input: IngestInput!, $idempotencyKey: String!) {
  ingest(input: $input, idempotencyKey: $idempotencyKey) { accepted }
}`
const NEWEST = `
query Newest($id: ID!) { customer(id: $id) { timeline(first: 1) { edges { node { text } } } } }`

export interface VisibleTimes {
  /** From the sending of a record until the server has accepted it, and from there until a query shows it. */
  readonly accepted: Spread
  readonly visible: Spread
}

interface Spread {
  readonly p50: number
  readonly p99: number
}

export async function visibleTimes(api: TestApi, isLoaded: boolean): Promise<VisibleTimes> {
  const label = isLoaded ? 'loaded' : 'alone'
  await send(api, `${label}/first`, [aChat(`${label}/first`, NUMBER, 0)])
  const [[id = ''] = []] = await api.services.graph.read('MATCH (c:Customer {number: $number}) RETURN c.id', {
    number: NUMBER,
  })
  const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1_000)
  const claims = { audience: 'sovereign-graph', expiresInSeconds: 3_600, issuedAt }
  const token = await signToken(await openDevelopment(api.dataDir), { kind: 'SUBJECT', id: String(id) }, claims)
  const shown = async () => {
    const headers = { authorization: `Bearer ${token}`, 'x-purpose': 'SUBJECT_REQUEST' }
    const answer = await api.post({ query: NEWEST, variables: { id } }, headers)
    const { data } = (await answer.json()) as {
      data: { customer: { timeline: { edges: { node: { text: string } }[] } } }
    }
    return data.customer.timeline.edges[0]?.node.text
  }
  const load = { isOver: !isLoaded }
  const loading = keepLoading(api, load)
  const acceptedMs: number[] = []
  const visibleMs: number[] = []
  for (let n = 1; n <= RECORDS + WARM_UP; n++) {
    const eventId = `${label}/${n}`
    const sentAt = performance.now()
    await send(api, eventId, [aChat(eventId, NUMBER, n + (isLoaded ? RECORDS * 2 : 0))])
    const acceptedAt = performance.now()
    while ((await shown()) !== eventId) {
      if (performance.now() - acceptedAt > GIVES_UP_AFTER_MS) throw new Error(`${eventId} was never shown`)
    }
    if (n <= WARM_UP) continue
    acceptedMs.push(acceptedAt - sentAt)
    visibleMs.push(performance.now() - acceptedAt)
  }
  load.isOver = true
  await loading
  return { accepted: spreadOf(acceptedMs), visible: spreadOf(visibleMs) }
}

/** Batches of other customers' records, one after the other. */
async function keepLoading(api: TestApi, load: { readonly isOver: boolean }): Promise<void> {
  for (let batch = 0; !load.isOver; batch++) {
    const events = Array.from({ length: LOADED_AT_ONCE }, (_, n) =>
      aChat(`load/${batch}/${n}`, `load ${(batch * 37 + n) % 5_000}`, n),
    )
    await send(api, `load/${batch}`, events)
  }
}

function aChat(eventId: string, number: string, seconds: number) {
  const occurredAt = new Date(Date.parse('2026-10-01T00:00:00.000Z') + seconds * 1_000).toISOString()
  return { eventId, payload: { customer: { number, region: 'CN-SH' }, message: { occurredAt, text: eventId } } }
}

async function send(api: TestApi, idempotencyKey: string, events: readonly object[]): Promise<void> {
  const variables = { input: { source: 'wecom-chat', events }, idempotencyKey: `visible/${idempotencyKey}` }
  const headers = { authorization: `Bearer ${await api.tokenOf('service')}` }
  const answer = (await (await api.post({ query: INGEST, variables }, headers)).json()) as {
    data: { ingest: { accepted: number } }
  }
  if (answer.data?.ingest?.accepted !== events.length) throw new Error(JSON.stringify(answer))
}

function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0, 1)
  return { p50: at(0.5), p99: at(0.99) }
}
