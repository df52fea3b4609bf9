// Records in, graph out: validated, told from those known already, written with their evidence in one unit.
import { type Change, type Recorded, recordChange } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { EventDraft } from '../../core/events/outbox.ts'
import { sha256 } from '../../core/evidence/commitment.ts'
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import type { Viewer } from '../../core/viewer.ts'
import { type CustomerState, differsIn, lastWritersOf, stateAfter } from './customer-state.ts'
import { keepDeadLetters } from './dead-letter-store.ts'
import { addEnvironmentEvents } from './environment.ts'
import { COMPANY, customerFact, interactionFact, recordFact } from './evidenced.ts'
import { identified } from './identity/identify.ts'
import { comparedMail } from './identity/normalise.ts'
import { type CustomerField, newestOf, type Stated, type StatedField, statedOf } from './identity/survivorship.ts'
import { countIn } from './ingest-run-store.ts'
import * as store from './ingest-store.ts'
import { chainPeriods } from './period-chain.ts'
import {
  type Compared,
  compareWithKnown,
  type IdentifiedRecord,
  isNews,
  LARGEST_BATCH,
  merged,
  type SentEvent,
  type SentRejection,
  type ValidRecord,
  validateRecords,
} from './rules.ts'
import { searchWordsOf } from './search/words.ts'
import { sources } from './sources/index.ts'
import type { Source } from './sources/record.ts'

export interface SentRecords {
  readonly source: string
  readonly events: readonly SentEvent[]
  readonly rejected?: readonly SentRejection[] | null | undefined
  readonly run?: SentRun | null | undefined
}

/** A load in several batches, as its sender names it. */
export interface SentRun {
  readonly id: string
  readonly name: string
  readonly position: number
  readonly isLast: boolean
}

export interface IngestResult {
  readonly accepted: number
  readonly duplicates: number
  readonly deadLetters: number
}

/** Takes in records of one source: accepted + duplicates + deadLetters = sent. Throws BAD_USER_INPUT for an unknown source. */
export async function ingest(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { source: sourceName, events, rejected: sentRejected, run: sentRun }: SentRecords,
): Promise<Recorded<IngestResult>> {
  const source = sourceNamed(sourceName)
  const rejected = sentRejected ?? []
  const sent = events.length + rejected.length
  if (sent > LARGEST_BATCH) {
    throw new ApiError('BAD_USER_INPUT', { at: 'events', expected: `at most ${LARGEST_BATCH}`, got: String(sent) })
  }
  const run = runOf(viewer, sourceName, services.clock.now(), sentRun)
  const { valid, dead } = validateRecords(source, events, rejected, services.clock.now())
  const input = {
    sourceName,
    run: sentRun ?? null,
    valid: valid.map(each => [each.key, each.payloadHash]),
    dead: dead.map(each => each.key),
  }
  const request = { viewer, mutation: 'ingest', idempotencyKey, input }
  return recordChange(services, request, async change => {
    const { fresh, duplicates, conflicts, facts, events: told } = await takeIn(services, change, source, valid)
    const refused = [...dead, ...conflicts]
    await keepDeadLetters(services, change, { source: sourceName, runId: run.id }, refused)
    const result = { accepted: fresh.length, duplicates: duplicates.length, deadLetters: refused.length }
    await countIn(change, { ...run, source: sourceName, senderId: viewer.id, ...result })
    return {
      evidence: { kind: 'RECORDS_INGESTED', statement: { source: sourceName, ...result }, facts },
      events: told,
      result,
    }
  })
}

/** The source of this name. Throws BAD_USER_INPUT. */
export function sourceNamed(name: string): Source {
  const source = sources.get(name)
  if (source !== undefined) return source
  throw new ApiError('BAD_USER_INPUT', { at: 'source', expected: [...sources.keys()].join(', ') })
}

const RUN_ID = /^[A-Za-z0-9_-]{1,64}$/
const LONGEST_NAME = 300

/** The run that the sender names, or that of this sender, source and day. Throws BAD_USER_INPUT. */
function runOf(viewer: Viewer, source: string, now: string, sent: SentRun | null | undefined): SentRun {
  if (sent === null || sent === undefined) {
    const day = now.slice(0, 10)
    const sender = sha256(viewer.id).toString('base64url').slice(0, 8)
    // No sender can name it: an id that is sent holds no dot.
    return { id: `${source}.${day}.${sender}`, name: day, position: 0, isLast: false }
  }
  if (!RUN_ID.test(sent.id)) {
    throw new ApiError('BAD_USER_INPUT', { at: 'run.id', expected: '1 to 64 letters, digits, - and _' })
  }
  if (sent.name === '' || sent.name.length > LONGEST_NAME || !sent.name.isWellFormed()) {
    throw new ApiError('BAD_USER_INPUT', { at: 'run.name', expected: `1 to ${LONGEST_NAME} characters` })
  }
  if (sent.position < 0) throw new ApiError('BAD_USER_INPUT', { at: 'run.position', expected: '0 or more' })
  const { id, name, position, isLast } = sent
  return { id, name, position, isLast }
}

export interface TakenIn extends Compared {
  readonly facts: readonly CommittedFact[]
  /** What others are told of it. */
  readonly events: readonly EventDraft[]
}

/** Writes what is new of these records; of each it tells whether it was new, known, or in conflict with what is known. */
export async function takeIn(
  services: Services,
  change: Change,
  { name, concernsOthers }: Source,
  valid: readonly ValidRecord[],
): Promise<TakenIn> {
  // The same records may come twice at one time: the second batch waits here and then knows those of the first.
  await change.unit.guard(`ingest/${name}`)
  const known = await store.knownRecords(
    change.unit,
    valid.map(each => each.key),
  )
  const compared = compareWithKnown(name, valid, known)
  const identifiedRecords = await identified(change.unit, compared.fresh, services.ids)
  const { kept, sellerIds, customerIds, interactionIds, environmentEventIds, facts } = await writeRecords(
    services,
    change,
    name,
    identifiedRecords,
  )
  const recordIds = concernsOthers ? kept.map(each => each.id) : []
  const events: readonly (EventDraft | undefined)[] = [
    recordIds.length > 0 ? { kind: 'RECORDS_ACCEPTED', body: { source: name, recordIds } } : undefined,
    environmentEventIds.length > 0 ? { kind: 'ENVIRONMENT_EVENTS_RECORDED', body: { environmentEventIds } } : undefined,
    sellerIds.length > 0 ? { kind: 'SELLERS_RECORDED', body: { sellerIds } } : undefined,
    customerIds.length > 0 ? { kind: 'CUSTOMERS_STATED', body: { customerIds } } : undefined,
    interactionIds.length > 0 ? { kind: 'INTERACTIONS_RECORDED', body: { interactionIds } } : undefined,
  ]
  return { ...compared, facts, events: events.filter(event => event !== undefined) }
}

interface KeptRecord extends IdentifiedRecord {
  readonly id: string
  /** Undefined for a record that is about nobody. */
  readonly customerId: string | undefined
}

interface WrittenRecords {
  readonly kept: readonly KeptRecord[]
  /** Of sellers whom nobody knew of. */
  readonly sellerIds: string[]
  /** The customers of whom something new was stated. */
  readonly customerIds: string[]
  readonly interactionIds: string[]
  readonly environmentEventIds: string[]
  readonly facts: readonly CommittedFact[]
}

async function writeRecords(
  { ids }: Services,
  change: Change,
  source: string,
  records: readonly IdentifiedRecord[],
): Promise<WrittenRecords> {
  const { unit, at, evidenceEntryId } = change
  const sellerIds = await mergeAccountsAndSellers(change, source, records, ids)
  const { customerIds, facts } = await stateCustomers(change, source, records, ids)
  const kept = records.map(record => ({
    ...record,
    id: ids.next('SourceRecord'),
    customerId: record.facts.customer && customerIds.get(record.facts.customer.number),
  }))
  const toRow = ({ id, customerId = '', key, eventId, place, payload, payloadHash, statedAt }: KeptRecord) => {
    return [id, customerId, key, eventId, place, payload, payloadHash, statedAt]
  }
  const ofSomebody = kept.filter(({ customerId }) => customerId !== undefined).map(toRow)
  const ofNobody = kept.filter(({ customerId }) => customerId === undefined).map(toRow)
  const named = { source, at, evidenceEntryId }
  await store.runBatch(unit, store.KEEP_RECORDS, { records: ofSomebody }, named)
  await store.runBatch(unit, store.KEEP_RECORDS_OF_NOBODY, { records: ofNobody }, named)
  const recordFacts = kept.map(({ id, customerId = COMPANY, key, eventId, place, payload }) =>
    recordFact(customerId, id, [key, source, eventId, place, payload]),
  )
  const interactions = await addInteractions(change, source, kept, () => ids.next('Interaction'))
  const environment = await addEnvironmentEvents(change, source, kept, () => ids.next('EnvironmentEvent'))
  return {
    kept,
    sellerIds,
    customerIds: facts.map(({ subjectId }) => subjectId),
    interactionIds: interactions.map(({ id }) => id),
    environmentEventIds: environment.map(({ id }) => id),
    facts: [...facts, ...recordFacts, ...interactions.map(({ fact }) => fact), ...environment.map(({ fact }) => fact)],
  }
}

// Most of what a batch states of accounts, sellers and customers is known: only what is new is written.

/** Answers the ids of sellers whom nobody knew of. */
async function mergeAccountsAndSellers(
  { unit }: Change,
  source: string,
  records: readonly IdentifiedRecord[],
  ids: Services['ids'],
): Promise<string[]> {
  const stated = new Map<string, Stated[]>()
  for (const { facts, statedAt: at } of records) {
    if (facts.account === undefined) continue
    const { name, sector } = facts.account
    const sectors = stated.get(name) ?? []
    stated.set(name, sector === undefined ? sectors : [...sectors, { value: sector, at, source }])
  }
  const knownSectors = await store.knownAccounts(unit, [...stated.keys()])
  const accounts = [...stated].flatMap(([name, sectors]) => {
    const before = knownSectors.get(name)
    const sector = newestOf(before === undefined ? sectors : [before, ...sectors])
    if (knownSectors.has(name) && sector === before) return []
    const { value = null, ...writer } = sector ?? { at: null, source: null }
    return [{ name, sector: value, ...writer, newId: ids.next('Account') }]
  })
  await store.runBatch(unit, store.MERGE_ACCOUNTS, { accounts })
  const sellers = merged(
    records.flatMap(({ facts }) => facts.seller ?? []),
    seller => seller.number,
  )
  const known = await store.knownSellers(
    unit,
    sellers.map(each => each.number),
  )
  const news = sellers
    .filter(({ number, ...stated }) => isNews(stated, known.get(number)))
    .map(({ region = null, ...each }) => ({ ...each, region, newId: ids.next('Seller') }))
  await store.runBatch(unit, store.MERGE_SELLERS, { sellers: news })
  return news.filter(({ number }) => !known.has(number)).map(({ newId }) => newId)
}

/** Answers the id of each customer by its number, and what is now known of those of whom something new was stated. */
async function stateCustomers(
  { unit, evidenceEntryId }: Change,
  source: string,
  records: readonly IdentifiedRecord[],
  ids: Services['ids'],
): Promise<{ readonly customerIds: ReadonlyMap<string, string>; readonly facts: readonly CommittedFact[] }> {
  const statements = new Map<string, StatedField[]>()
  for (const { facts, statedAt } of records) {
    const number = facts.customer?.number
    if (number === undefined) continue
    const stated = statements.get(number) ?? []
    statements.set(number, stated)
    stated.push(...statedOf(facts, source, statedAt))
  }
  const named = [...statements.keys()].map(number => ({ number, newId: ids.next('Customer') }))
  const held = await store.holdCustomers(unit, named)
  const told = [...held].map(([number, { id, state }]) => {
    const after = stateAfter(state, statements.get(number) ?? [])
    return { id, before: state, after, lastWriters: lastWritersOf(after), differing: differsIn(state, after) }
  })
  const changed = told.filter(({ differing }) => differing.length > 0)
  const restated = told.filter(
    ({ differing, before, lastWriters }) => differing.length === 0 && lastWriters !== lastWritersOf(before),
  )
  const rows = await store.runBatch(
    unit,
    store.STATE_CUSTOMERS,
    { customers: changed.map(({ id, after, lastWriters }) => ({ ...toRow(after), id, lastWriters })) },
    { evidenceEntryId },
  )
  await store.runBatch(unit, store.RESTATE_CUSTOMERS, {
    customers: restated.map(({ id, lastWriters }) => [id, lastWriters]),
  })
  const moving = (field: 'account' | 'seller') => changed.filter(({ differing }) => differing.includes(field))
  const hadOne = (field: 'account' | 'seller') => moving(field).filter(({ before }) => before[field] !== undefined)
  await store.runBatch(unit, store.LEAVE_ACCOUNTS, { members: hadOne('account').map(({ id }) => ({ customerId: id })) })
  await store.runBatch(unit, store.LEAVE_OWNERS, { owners: hadOne('seller').map(({ id }) => ({ customerId: id })) })
  await store.runBatch(unit, store.JOIN_ACCOUNTS, {
    members: moving('account').map(({ id, after }) => ({ customerId: id, accountName: after.account?.value ?? '' })),
  })
  await store.runBatch(unit, store.GIVE_OWNERS, {
    owners: moving('seller').map(({ id, after }) => ({ customerId: id, sellerNumber: after.seller?.value ?? '' })),
  })
  return {
    customerIds: new Map([...held].map(([number, { id }]) => [number, id])),
    facts: rows.map(([id, ...columns]) => customerFact(String(id), columns)),
  }
}

function toRow(state: CustomerState) {
  const stated = (field: CustomerField) => state[field]?.value ?? null
  const [name, email] = [stated('name'), stated('email')]
  return {
    region: stated('region'),
    otherRegion: stated('otherRegion'),
    name,
    searchWords: name === null ? null : searchWordsOf(name),
    phone: stated('phone'),
    email,
    comparedEmail: email === null ? null : comparedMail(email),
    weComId: stated('weComId'),
    birthDate: stated('birthDate'),
  }
}

async function addInteractions(
  { unit, evidenceEntryId }: Change,
  source: string,
  records: readonly KeptRecord[],
  newId: () => string,
): Promise<readonly { readonly id: string; readonly fact: CommittedFact }[]> {
  const interactions = records.flatMap(({ id: recordId, customerId, facts: { interaction } }) => {
    if (interaction === undefined || customerId === undefined) return []
    const { touchpoint, occurredAt } = interaction
    const { text = null, intent = null, emotion = null, outcome = null, durationSeconds = null } = interaction
    const month = occurredAt.slice(0, 7)
    const period = { key: `${customerId}/${month}`, customerId, month }
    const id = newId()
    const told = [occurredAt, text, intent, emotion, outcome, durationSeconds] as const
    return [
      {
        id,
        period,
        row: [id, period.key, recordId, touchpoint, ...told, text === null ? null : searchWordsOf(text)],
        fact: interactionFact(customerId, id, [recordId, source, touchpoint, ...told]),
      },
    ]
  })
  const periods = new Map(interactions.map(({ period }) => [period.key, period]))
  const known = await store.knownPeriods(unit, [...periods.keys()])
  const added = [...periods.values()].filter(({ key }) => !known.has(key))
  await store.runBatch(unit, store.ADD_PERIODS, { periods: added })
  await chainPeriods(unit, [...new Set(added.map(({ customerId }) => customerId))])
  const rows = interactions.map(({ row }) => row)
  await store.runBatch(unit, store.ADD_INTERACTIONS, { interactions: rows }, { source, evidenceEntryId })
  return interactions
}
