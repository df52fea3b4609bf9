// The state of consent: its labels, and the texts by which every statement reads it with the data.
import { countIn, type ErasedCounts } from '../erasure/eraser.ts'
import { type Cypher, cypher } from '../graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Subject } from '../policy/entity-masks.ts'
import type { Policy, RowScope } from '../policy/policy.ts'
import { isPurpose, type Purpose, type Viewer } from '../viewer.ts'
import { type ConsentStep, toStep } from './consent-step.ts'

export const consentMigrations: readonly Migration[] = [
  {
    id: 'core/040-consent',
    keys: ['Purpose.name', 'Consent.key', 'Consent.id', 'ConsentEvent.id'],
    statements: [
      `UNWIND ['SERVICE_DELIVERY', 'SALES_FOLLOW_UP', 'MARKETING', 'AI_DECISION', 'AI_TRAINING', 'ANALYTICS',
        'PARTNER_SHARING', 'COMPLIANCE_AUDIT', 'SUBJECT_REQUEST'] AS name
      MERGE (:Purpose {name: name})`,
    ],
  },
  {
    id: 'core/042-separate-consents',
    statements: ["UNWIND ['SENSITIVE_DATA', 'CROSS_BORDER_TRANSFER'] AS name MERGE (:Purpose {name: name})"],
  },
  { id: 'core/043-workforce-planning', statements: ["MERGE (:Purpose {name: 'WORKFORCE_PLANNING'})"] },
  { id: 'core/041-evidenced-consents', indexes: ['Consent.evidenceEntryId', 'ConsentEvent.evidenceEntryId'] },
]

/** Which customers a viewer may know of, as texts of Cypher about a customer `c`. Every statement about customers carries one. */
export interface VisibleRows {
  /** True for a customer `c`, which is bound, that is visible. Stands in a WHERE. */
  readonly isVisible: Cypher
  /** Binds `c` to each visible customer; more conditions follow it with AND. */
  readonly allVisible: Cypher
  /** The parameters of both and of SUBJECT_STATE. */
  readonly params: { readonly viewerId: string; readonly viewerRegion: string; readonly purpose: string }
}

// A text for each scope rather than one with a CASE over all: the engines can then begin with the few customers of a
// seller. Patterns start at `c` where it is bound: the embedded engine reads them as written and would else scan every
// seller and consent.
/** Whoever is part of a person is known to others by that person alone. */
const STANDS_ALONE = cypher`c.mergedInto IS NULL`
const IN_REGION = cypher`${STANDS_ALONE} AND c.region = $viewerRegion`
const IS_OWNED = cypher`${STANDS_ALONE} AND EXISTS { MATCH (c)<-[:OWNS]-(:Seller {id: $viewerId}) }`
const HAS_CONSENTED = cypher`${STANDS_ALONE} AND EXISTS {
  MATCH (c)<-[:OF]-(given:Consent)
  WHERE given.state = 'GIVEN' AND given.purpose = $purpose AND given.recipient IN ['', $viewerId] }`

const ROWS: { readonly [scope in RowScope]: Omit<VisibleRows, 'params'> } = {
  ALL: { isVisible: STANDS_ALONE, allVisible: cypher`MATCH (c:Customer) WHERE ${STANDS_ALONE}` },
  SELF: {
    isVisible: cypher`c.id = $viewerId`,
    allVisible: cypher`MATCH (c:Customer {id: $viewerId}) WHERE true`,
  },
  REGION: { isVisible: IN_REGION, allVisible: cypher`MATCH (c:Customer) WHERE ${IN_REGION}` },
  OWNED: {
    isVisible: IS_OWNED,
    allVisible: cypher`MATCH (:Seller {id: $viewerId})-[:OWNS]->(c:Customer) WHERE ${STANDS_ALONE}`,
  },
  CONSENTED: { isVisible: HAS_CONSENTED, allVisible: cypher`MATCH (c:Customer) WHERE ${HAS_CONSENTED}` },
  NONE: { isVisible: cypher`false`, allVisible: cypher`MATCH (c:Customer) WHERE false` },
}

/** The rows of this viewer. Without a purpose only rows that need none are visible. */
export function visibleRows(policy: Policy, viewer: Viewer): VisibleRows {
  return {
    ...ROWS[policy.rows[viewer.kind]],
    params: { viewerId: viewer.id, viewerRegion: viewer.region ?? '', purpose: viewer.purpose ?? '' },
  }
}

/** Which sellers a viewer may know of as subjects, as a text about a seller `c`. Stands in a WHERE; wants the same parameters. */
const SELLER_ROWS: { readonly [scope in RowScope]: Cypher } = {
  ALL: cypher`true`,
  REGION: IN_REGION,
  // Whose customers a seller looks after, that is the seller itself.
  OWNED: cypher`c.id = $viewerId`,
  SELF: cypher`false`,
  CONSENTED: cypher`false`,
  NONE: cypher`false`,
}

/** The sellers of whom this viewer may know more than a name: a seller of itself, a manager of those of its region. */
export function visibleSellers(policy: Policy, viewer: Viewer): Omit<VisibleRows, 'allVisible'> {
  const { params } = visibleRows(policy, viewer)
  return { isVisible: SELLER_ROWS[policy.rows[viewer.kind]], params }
}

type Column = Row[number] | undefined

/** What `Consent.givenBy` holds; a customer's own consent has none. */
export const BY_GUARDIAN = ' GUARDIAN'

const HELD = cypher`[(c)<-[:OF]-(held:Consent) WHERE held.state = 'GIVEN' AND held.recipient IN ['', $viewerId]
    | held.purpose + coalesce(held.givenBy, '')]`

/**
 * A column, read in the statement that reads the values: the second residence of customer or seller `c` and its date of birth, then
 * the purposes that it consents to towards this viewer, marked where a guardian gave the consent.
 */
export const SUBJECT_STATE = cypher`
  [coalesce(c.otherRegion, ''), coalesce(c.birthDate, ''), coalesce(c.parts, '')]
  + ${HELD}`

/** The same without the date of birth, for who counts customers and may not know anything of one. */
export const STATE_BUT_AGE = cypher`
  [coalesce(c.otherRegion, ''), '', '']
  + ${HELD}`

/** What the decision needs, from the columns `c.id`, `c.region` and SUBJECT_STATE. */
export function toSubject(id: Column, region: Column, state: Column): Subject {
  const [otherRegion = '', birthDate = '', parts = '', ...held] = Array.isArray(state) ? state.map(String) : []
  const byGuardian = held.filter(each => each.endsWith(BY_GUARDIAN)).map(each => each.slice(0, -BY_GUARDIAN.length))
  return {
    id: String(id),
    region: String(region ?? ''),
    consents: new Set([...held, ...byGuardian].filter(isPurpose)),
    ...(otherRegion !== '' && { otherRegion }),
    ...(parts !== '' && { partIds: parts.split(' ') }),
    ...(birthDate !== '' && { birthDate, byGuardian: new Set(byGuardian.filter(isPurpose)) }),
  }
}

export interface ConsentRecord {
  readonly id: string
  readonly purpose: Purpose
  /** The partner whom a PARTNER_SHARING consent names; empty for purposes of the company itself. */
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  readonly since: string
  /** Marks a consent that a guardian gave; absent from all others. */
  readonly givenBy?: typeof BY_GUARDIAN
  /** Every step, oldest first, where it was read with the consent. */
  readonly history?: readonly ConsentEventRecord[]
}

export interface ConsentEventRecord {
  readonly id: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  readonly at: string
  readonly evidenceEntryId: string
}

export const consentDetails = ['NONE', 'CONSENTS', 'CONSENTS_WITH_HISTORY'] as const
/** How much of the consents of a customer is read beside what the decision needs. */
export type ConsentDetail = (typeof consentDetails)[number]

export function moreDetail(a: ConsentDetail, b: ConsentDetail): ConsentDetail {
  return consentDetails.indexOf(a) >= consentDetails.indexOf(b) ? a : b
}

const CONSENTS = cypher`[(c)<-[:OF]-(k:Consent) | [k.id, k.purpose, k.recipient, k.state, k.since]]`

// Apart from the consents: the embedded engine knows no comprehension within another.
const STEPS = cypher`
  [(c)<-[:OF]-(k:Consent)-[:CHANGED_BY]->(e:ConsentEvent) | [k.id, e.number, e.id, e.state, e.at, e.evidenceEntryId]]`

const DETAILS: { readonly [detail in ConsentDetail]: Cypher } = {
  NONE: cypher`[]`,
  CONSENTS,
  CONSENTS_WITH_HISTORY: cypher`${CONSENTS}, ${STEPS}`,
}

// By number, because two steps may have one time, and a clock may be set back.
const HISTORY_OF = `
UNWIND $consentIds AS consentId
MATCH (k:Consent {id: consentId})-[:CHANGED_BY]->(e:ConsentEvent)
RETURN k.id, e.id, e.state, e.at, e.evidenceEntryId
ORDER BY e.number`

export interface FoundStep {
  readonly subject: Subject
  readonly evidenceEntryId: string
  readonly step: ConsentStep
}

/** The step of this entry, or the customer's newest without one; undefined where the viewer may not know of it. */
export async function stepOf(
  reader: Reader,
  { isVisible, params }: VisibleRows,
  customerId: string,
  entryId: string,
): Promise<FoundStep | undefined> {
  const statement = cypher`
MATCH (c:Customer {id: $customerId})
WHERE ${isVisible}
MATCH (c)<-[:OF]-(k:Consent)-[:CHANGED_BY]->(e:ConsentEvent)
WHERE $entryId = '' OR e.evidenceEntryId = $entryId
RETURN c.id, c.region, ${SUBJECT_STATE}, e.evidenceEntryId, e.id AS stepId, k.id AS consentId, k.purpose, k.recipient,
  e.state, e.at, e.controller, e.regime, e.policyId, e.policyVersion, e.categories
ORDER BY e.at DESC, e.number DESC, e.id LIMIT 1`
  const [row] = await reader.run(statement, { ...params, customerId, entryId })
  if (row === undefined) return undefined
  const [id, region, inForce, evidenceEntryId, ...step] = row
  return { subject: toSubject(id, region, inForce), evidenceEntryId: String(evidenceEntryId), step: toStep(step) }
}

const DELETE_CONSENT_EVENTS = `
MATCH (c:Customer {id: $customerId})<-[:OF]-(:Consent)-[:CHANGED_BY]->(e:ConsentEvent)
DETACH DELETE e
RETURN count(*)`

const DELETE_CONSENTS = `
MATCH (c:Customer {id: $customerId})<-[:OF]-(k:Consent)
DETACH DELETE k
RETURN count(*)`

/** Deletes the consents of a customer with their history; the entries that prove them stay. */
export async function eraseConsents(unit: UnitOfWork, customerId: string): Promise<ErasedCounts> {
  const events = countIn(await unit.run(DELETE_CONSENT_EVENTS, { customerId }))
  return { Consent: countIn(await unit.run(DELETE_CONSENTS, { customerId })), ConsentEvent: events }
}

export interface CustomerConsents {
  readonly subject: Subject
  /** By purpose and recipient. */
  readonly consents: readonly ConsentRecord[]
}

/** What each of these customers consented to; those that the viewer may not know of are absent. One statement. */
export async function consentsOf(
  reader: Reader,
  { isVisible, params }: VisibleRows,
  customerIds: readonly string[],
  detail: ConsentDetail,
): Promise<ReadonlyMap<string, CustomerConsents>> {
  const statement = cypher`
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${isVisible}
RETURN c.id, c.region, ${SUBJECT_STATE}, ${DETAILS[detail]}`
  const rows = await reader.run(statement, { ...params, customerIds })
  return new Map(
    rows.map(([id, region, inForce, held, steps]) => {
      const consents = (held as readonly Row[]).map(each => toConsent(each, steps as readonly Row[] | undefined))
      consents.sort((a, b) => orderOf(a).localeCompare(orderOf(b)))
      return [String(id), { subject: toSubject(id, region, inForce), consents }]
    }),
  )
}

/** Of `steps`, which are those of all consents of the customer, in any order, it takes its own. */
function toConsent([id, purpose, recipient, state, since]: Row, steps: readonly Row[] | undefined): ConsentRecord {
  const consent = { id, purpose, recipient, state, since } as unknown as ConsentRecord
  if (steps === undefined) return consent
  const own = steps.filter(([consentId]) => consentId === id)
  own.sort(([, a], [, b]) => Number(a) - Number(b))
  return { ...consent, history: own.map(([, , ...step]) => toConsentEvent(step)) }
}

function toConsentEvent([id, state, at, evidenceEntryId]: Row): ConsentEventRecord {
  return { id, state, at, evidenceEntryId } as ConsentEventRecord
}

const orderOf = ({ purpose, recipient }: ConsentRecord) => `${purpose}/${recipient}`

/** The steps of these consents, oldest first; unknown ids are absent. */
export async function historyOf(
  reader: Reader,
  consentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ConsentEventRecord[]>> {
  const rows = await reader.run(HISTORY_OF, { consentIds })
  return grouped(rows, ([, ...step]) => toConsentEvent(step))
}

function grouped<T>(rows: readonly Row[], toRecord: (row: Row) => T): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(String(row[0])) ?? []
    group.push(toRecord(row))
    groups.set(String(row[0]), group)
  }
  return groups
}
