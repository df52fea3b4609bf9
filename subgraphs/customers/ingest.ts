// Records in, graph out: validated, told from those known already, written with their evidence in one unit.
import { type Change, type Recorded, recordChange } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import type { Viewer } from '../../core/viewer.ts'
import { addEnvironmentEvents } from './environment.ts'
import { COMPANY, customerFact, interactionFact, recordFact } from './evidenced.ts'
import { identified } from './identity/identify.ts'
import { comparedMail } from './identity/normalise.ts'
import * as store from './ingest-store.ts'
import {
  compareWithKnown,
  customersNamedIn,
  type IdentifiedRecord,
  isNews,
  LARGEST_BATCH,
  merged,
  type SentEvent,
  type SentRejection,
  validateRecords,
} from './rules.ts'
import { sources } from './sources/index.ts'

export interface SentRecords {
  readonly source: string
  readonly events: readonly SentEvent[]
  readonly rejected?: readonly SentRejection[] | null | undefined
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
  { source: sourceName, events, rejected: sentRejected }: SentRecords,
): Promise<Recorded<IngestResult>> {
  const source = sources.get(sourceName)
  if (source === undefined) {
    throw new ApiError('BAD_USER_INPUT', { at: 'source', expected: [...sources.keys()].join(', ') })
  }
  const rejected = sentRejected ?? []
  const sent = events.length + rejected.length
  if (sent > LARGEST_BATCH) {
    throw new ApiError('BAD_USER_INPUT', { at: 'events', expected: `at most ${LARGEST_BATCH}`, got: String(sent) })
  }
  const { valid, dead } = validateRecords(source, events, rejected, services.clock.now())
  const input = { sourceName, valid: valid.map(each => [each.key, each.payloadHash]), dead: dead.map(each => each.key) }
  const request = { viewer, mutation: 'ingest', idempotencyKey, input }
  return recordChange(services, request, async change => {
    // The same records may come twice at one time: the second batch waits here and then knows those of the first.
    await change.unit.guard(`ingest/${sourceName}`)
    const known = await store.knownRecords(
      change.unit,
      valid.map(each => each.key),
    )
    const { fresh, duplicates, conflicts } = compareWithKnown(sourceName, valid, known)
    const refused = [...dead, ...conflicts]
    const { kept, customerIds, interactionIds, environmentEventIds, facts } = await writeRecords(
      services,
      change,
      sourceName,
      await identified(change.unit, fresh, services.ids),
    )
    await store.keepDeadLetters(change, sourceName, refused, () => services.ids.next('DeadLetter'))
    const result = { accepted: fresh.length, duplicates, deadLetters: refused.length }
    return {
      evidence: {
        kind: 'RECORDS_INGESTED' as const,
        statement: { source: sourceName, ...result },
        facts,
      },
      events: [
        ...(source.concernsOthers && kept.length > 0
          ? [{ kind: 'RECORDS_ACCEPTED' as const, body: { source: sourceName, recordIds: kept.map(each => each.id) } }]
          : []),
        ...(environmentEventIds.length > 0
          ? [{ kind: 'ENVIRONMENT_EVENTS_RECORDED' as const, body: { environmentEventIds } }]
          : []),
        ...(customerIds.length > 0 ? [{ kind: 'CUSTOMERS_STATED' as const, body: { customerIds } }] : []),
        ...(interactionIds.length > 0 ? [{ kind: 'INTERACTIONS_RECORDED' as const, body: { interactionIds } }] : []),
      ],
      result,
    }
  })
}

interface KeptRecord extends IdentifiedRecord {
  readonly id: string
  /** Undefined for a record that is about nobody. */
  readonly customerId: string | undefined
}

interface WrittenRecords {
  readonly kept: readonly KeptRecord[]
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
  await mergeAccountsAndSellers(change, records, ids)
  const { customerIds, facts } = await mergeCustomers(change, records, ids)
  const kept = records.map(record => ({
    ...record,
    id: ids.next('SourceRecord'),
    customerId: record.facts.customer && customerIds.get(record.facts.customer.number),
  }))
  const toRow = ({ id, customerId = '', key, eventId, place, payload, payloadHash }: KeptRecord) => {
    return [id, customerId, key, eventId, place, payload, payloadHash]
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
    customerIds: facts.map(({ subjectId }) => subjectId),
    interactionIds: interactions.map(({ id }) => id),
    environmentEventIds: environment.map(({ id }) => id),
    facts: [...facts, ...recordFacts, ...interactions.map(({ fact }) => fact), ...environment.map(({ fact }) => fact)],
  }
}

// Most of what a batch states of accounts, sellers and customers is known: only what is new is written.

async function mergeAccountsAndSellers({ unit }: Change, records: readonly IdentifiedRecord[], ids: Services['ids']) {
  const accounts = merged(
    records.flatMap(({ facts }) => facts.account ?? []),
    account => account.name,
  )
  const sectors = await store.knownAccounts(
    unit,
    accounts.map(each => each.name),
  )
  await store.runBatch(unit, store.MERGE_ACCOUNTS, {
    accounts: accounts
      .filter(({ name, sector }) => !sectors.has(name) || isNews({ sector }, { sector: sectors.get(name) }))
      .map(({ name, sector = null }) => ({ name, sector, newId: ids.next('Account') })),
  })
  const sellers = merged(
    records.flatMap(({ facts }) => facts.seller ?? []),
    seller => seller.number,
  )
  const known = await store.knownSellers(
    unit,
    sellers.map(each => each.number),
  )
  await store.runBatch(unit, store.MERGE_SELLERS, {
    sellers: sellers
      .filter(({ number, ...stated }) => isNews(stated, known.get(number)))
      .map(({ region = null, ...each }) => ({ ...each, region, newId: ids.next('Seller') })),
  })
}

/** Answers the id of each customer by its number, and what is now known of those that were written. */
async function mergeCustomers(
  { unit, evidenceEntryId }: Change,
  records: readonly IdentifiedRecord[],
  ids: Services['ids'],
): Promise<{ readonly customerIds: ReadonlyMap<string, string>; readonly facts: readonly CommittedFact[] }> {
  const named = customersNamedIn(records)
  const known = await store.knownCustomers(
    unit,
    named.map(({ customer }) => customer.number),
  )
  // Who joins an account or is given an owner is written, too: that holds the customer against a batch of another source.
  const unknown = named.filter(
    ({ customer: { number, region: _, otherRegion, ...stated }, accountName, sellerNumber }) => {
      const before = known.get(number)
      const joins = accountName !== undefined && before?.hasAccount === false
      const moves = otherRegion !== undefined && before?.hasOtherRegion === false
      return (
        joins || moves || (sellerNumber !== undefined && before?.hasOwner === false) || isNews(stated, before?.stated)
      )
    },
  )
  const customers = unknown.map(
    ({
      customer: {
        name = null,
        phone = null,
        email = null,
        weComId = null,
        birthDate = null,
        otherRegion = null,
        ...key
      },
    }) => ({
      ...key,
      birthDate,
      otherRegion,
      name,
      phone,
      email,
      comparedEmail: email === null ? null : comparedMail(email),
      weComId,
      newId: ids.next('Customer'),
    }),
  )
  const rows = await store.runBatch(unit, store.MERGE_CUSTOMERS, { customers }, { evidenceEntryId })
  const customerIds = new Map([...known].map(([number, { id }]) => [number, id]))
  for (const [id, number] of rows) customerIds.set(String(number), String(id))
  const idOf = (number: string) => customerIds.get(number) ?? ''
  await store.runBatch(unit, store.JOIN_ACCOUNTS, {
    members: unknown.flatMap(({ customer: { number }, accountName }) =>
      accountName === undefined || known.get(number)?.hasAccount ? [] : [{ customerId: idOf(number), accountName }],
    ),
  })
  await store.runBatch(unit, store.GIVE_OWNERS, {
    owners: unknown.flatMap(({ customer: { number }, sellerNumber }) =>
      sellerNumber === undefined || known.get(number)?.hasOwner ? [] : [{ customerId: idOf(number), sellerNumber }],
    ),
  })
  return { customerIds, facts: rows.map(([id, ...columns]) => customerFact(String(id), columns)) }
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
        row: [id, period.key, recordId, touchpoint, ...told],
        fact: interactionFact(customerId, id, [recordId, source, touchpoint, ...told]),
      },
    ]
  })
  const periods = new Map(interactions.map(({ period }) => [period.key, period]))
  const known = await store.knownPeriods(unit, [...periods.keys()])
  await store.runBatch(unit, store.ADD_PERIODS, {
    periods: [...periods.values()].filter(({ key }) => !known.has(key)),
  })
  const rows = interactions.map(({ row }) => row)
  await store.runBatch(unit, store.ADD_INTERACTIONS, { interactions: rows }, { source, evidenceEntryId })
  return interactions
}
