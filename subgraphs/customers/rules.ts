// Pure: what becomes of each record that was sent, before anything is asked of the graph.
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import type { Contact, Facts, Source } from './sources/record.ts'

export const LARGEST_BATCH = 1_000
const LONGEST_EVENT_ID = 200
const LONGEST_PLACE = 300
const LONGEST_DETAIL = 300
const FUTURE_TOLERANCE_MS = 24 * 3_600_000

export interface SentEvent {
  readonly eventId: string
  readonly payload?: unknown
  readonly place?: string | null | undefined
}

export interface SentRejection {
  readonly eventId: string
  readonly place: string
  readonly reason: string
  readonly payload?: unknown
}

/** A record that its source's schema accepts. */
export interface ValidRecord {
  readonly key: string
  readonly eventId: string
  readonly place: string
  /** The payload as validated, canonical; its hash tells equal content. */
  readonly payload: string
  readonly payloadHash: string
  /** When its source stated it, or the time of acceptance. */
  readonly statedAt: string
  readonly facts: Facts
}

/** A record whose customer is known, or has been given a number. */
export interface IdentifiedRecord extends Omit<ValidRecord, 'facts'> {
  readonly facts: Omit<Facts, 'customer'> & { readonly customer?: (Contact & { readonly number: string }) | undefined }
}

export interface DeadRecord {
  /** Equal for the same refusal of the same record. */
  readonly key: string
  readonly eventId: string
  readonly place: string
  readonly reason: string
  /** Which part and what was expected; never the value. */
  readonly detail: string
  readonly payload: string
}

export interface Validated {
  readonly valid: readonly ValidRecord[]
  readonly dead: readonly DeadRecord[]
}

/** Checks each record by the schema of its source and by the time it claims. */
export function validateRecords(
  source: Source,
  events: readonly SentEvent[],
  rejected: readonly SentRejection[],
  now: string,
): Validated {
  const valid: ValidRecord[] = []
  const dead: DeadRecord[] = rejected.map(each => toDead(source.name, each, each.reason, ''))
  for (const event of events) {
    const outcome = validateRecord(source, event, now)
    if ('facts' in outcome) valid.push(outcome)
    else dead.push(outcome)
  }
  return { valid, dead }
}

function validateRecord(source: Source, event: SentEvent, now: string): ValidRecord | DeadRecord {
  const { eventId } = event
  if (eventId === '' || eventId.length > LONGEST_EVENT_ID || !eventId.isWellFormed()) {
    return toDead(source.name, event, 'SCHEMA', `eventId: expected 1 to ${LONGEST_EVENT_ID} characters`)
  }
  const read = source.read(event.payload)
  if (read.kind === 'refused') return toDead(source.name, event, 'SCHEMA', read.detail)
  const { facts } = read
  if (facts.statedAt !== undefined && Date.parse(facts.statedAt) > Date.parse(now) + FUTURE_TOLERANCE_MS) {
    return toDead(
      source.name,
      event,
      'TIME',
      'expected a time that has passed, or is at most a day ahead of this clock',
    )
  }
  const payload = canonicalJson(read.payload)
  return {
    key: `${source.name}/${eventId}`,
    eventId,
    place: shortened(event.place ?? '', LONGEST_PLACE),
    payload,
    payloadHash: sha256(payload).toString('base64url'),
    statedAt: facts.statedAt ?? now,
    facts,
  }
}

/** What is known of a record sent before: the hash of its content by its key. */
export interface Compared {
  readonly fresh: readonly ValidRecord[]
  readonly duplicates: readonly ValidRecord[]
  readonly conflicts: readonly DeadRecord[]
}

/** Tells new records from those sent before, in the graph or earlier in the same batch. */
export function compareWithKnown(
  source: string,
  valid: readonly ValidRecord[],
  known: ReadonlyMap<string, string>,
): Compared {
  const hashes = new Map(known)
  const fresh: ValidRecord[] = []
  const conflicts: DeadRecord[] = []
  const duplicates: ValidRecord[] = []
  for (const record of valid) {
    const knownHash = hashes.get(record.key)
    if (knownHash === undefined) {
      hashes.set(record.key, record.payloadHash)
      fresh.push(record)
    } else if (knownHash === record.payloadHash) {
      duplicates.push(record)
    } else {
      const sent = { ...record, payload: JSON.parse(record.payload) as unknown }
      conflicts.push(toDead(source, sent, 'CONFLICT', 'the same event id was accepted with other content'))
    }
  }
  return { fresh, duplicates, conflicts }
}

function toDead(source: string, sent: SentEvent, reason: string, detail: string): DeadRecord {
  const eventId = shortened(sent.eventId, LONGEST_EVENT_ID)
  const payload = textOf(sent.payload)
  const key = sha256(canonicalJson([source, eventId, reason, detail, payload])).toString('base64url')
  return {
    key,
    eventId,
    place: shortened(sent.place ?? '', LONGEST_PLACE),
    reason: shortened(reason, LONGEST_DETAIL),
    detail: shortened(detail, LONGEST_DETAIL),
    payload,
  }
}

/** At most this long, and well-formed after the cut, which may go through the middle of a surrogate pair. */
function shortened(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed()
}

/** The payload as text. A payload nested too deep to be written is kept as a note that it was. */
function textOf(payload: unknown): string {
  try {
    return (JSON.stringify(payload) ?? 'null').toWellFormed()
  } catch {
    return '"nested too deep"'
  }
}

/** The things that a batch states, one a key: what a later record says of a thing holds, what it leaves out stays. */
export function merged<T extends object>(stated: readonly T[], keyOf: (each: T) => string): readonly T[] {
  const byKey = new Map<string, T>()
  for (const each of stated) byKey.set(keyOf(each), { ...byKey.get(keyOf(each)), ...withoutAbsent(each) })
  return [...byKey.values()]
}

/** Whether a record states anything that is not known already; what it leaves out stays as it is. */
export function isNews(stated: object, known: { readonly [property: string]: unknown } | undefined): boolean {
  return (
    known === undefined || Object.entries(stated).some(([name, value]) => value !== undefined && known[name] !== value)
  )
}

function withoutAbsent<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T
}

/**
 * How much of a profile is known, 0 to 1.
 * @example completenessOf([true, true, false, false]) is 0.5.
 */
export function completenessOf(isKnown: readonly boolean[]): number {
  return isKnown.filter(Boolean).length / isKnown.length
}
