// The state of consent: its labels, and the texts by which every statement reads it with the data.
import type { Reader, Row } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Subject } from '../policy/entity-masks.ts'
import type { Policy } from '../policy/policy.ts'
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
]

// Patterns start at `c`, which is bound: the embedded engine reads them as written and would else scan every seller and
// consent. A CASE, because Neo4j's planner multiplies out an OR of ANDs and takes four times as long for it.

/**
 * True for a customer `c` that this viewer may know of. Every statement that answers rows of a customer carries it in
 * its WHERE; its parameters are `rowParams`.
 */
export const VISIBLE_CUSTOMER = `CASE $rows
  WHEN 'ALL' THEN true
  WHEN 'SELF' THEN c.id = $viewerId
  WHEN 'REGION' THEN c.region = $viewerRegion
  WHEN 'OWNED' THEN EXISTS { MATCH (c)<-[:OWNS]-(:Seller {id: $viewerId}) }
  WHEN 'CONSENTED' THEN EXISTS {
    MATCH (c)<-[:OF]-(given:Consent)
    WHERE given.state = 'GIVEN' AND given.purpose = $purpose AND given.recipient IN ['', $viewerId] }
  ELSE false
  END`

/** A column: the purposes that customer `c` consents to towards this viewer, read in the statement that reads the values. */
export const CONSENTS_IN_FORCE = `
  [(c)<-[:OF]-(held:Consent) WHERE held.state = 'GIVEN' AND held.recipient IN ['', $viewerId] | held.purpose]`

/** The parameters of VISIBLE_CUSTOMER and CONSENTS_IN_FORCE. Without a purpose only rows that need none are visible. */
export function rowParams(policy: Policy, viewer: Viewer) {
  return {
    rows: policy.rows[viewer.kind],
    viewerId: viewer.id,
    viewerRegion: viewer.region ?? '',
    purpose: viewer.purpose ?? '',
  }
}

type Column = Row[number] | undefined

/** What the decision needs, from the columns `c.id`, `c.region` and CONSENTS_IN_FORCE. */
export function toSubject(id: Column, region: Column, consents: Column): Subject {
  const held = Array.isArray(consents) ? consents : []
  return { id: String(id), region: String(region ?? ''), consents: new Set(held.map(String).filter(isPurpose)) }
}

export interface ConsentRecord {
  readonly id: string
  readonly purpose: Purpose
  /** The partner whom a PARTNER_SHARING consent names; empty for purposes of the company itself. */
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  readonly since: string
}

export interface ConsentEventRecord {
  readonly id: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  readonly at: string
  readonly evidenceEntryId: string
}

const CONSENTS_OF = `
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${VISIBLE_CUSTOMER}
RETURN c.id, c.region, ${CONSENTS_IN_FORCE},
  [(c)<-[:OF]-(k:Consent) | {id: k.id, purpose: k.purpose, recipient: k.recipient, state: k.state, since: k.since}]`

// By number, because two steps may have one time, and a clock may be set back.
const HISTORY_OF = `
UNWIND $consentIds AS consentId
MATCH (k:Consent {id: consentId})-[:CHANGED_BY]->(e:ConsentEvent)
RETURN k.id, e.id, e.state, e.at, e.evidenceEntryId
ORDER BY e.number`

const LATEST_STEP = `
MATCH (c:Customer {id: $customerId})
WHERE ${VISIBLE_CUSTOMER}
MATCH (c)<-[:OF]-(k:Consent)-[:CHANGED_BY]->(e:ConsentEvent)
WHERE $entryId = '' OR e.evidenceEntryId = $entryId
RETURN c.id, c.region, ${CONSENTS_IN_FORCE}, e.evidenceEntryId, e.id, k.id, k.purpose, k.recipient, e.state, e.at,
  e.controller, e.regime, e.policyId, e.policyVersion, e.categories
ORDER BY e.at DESC, e.number DESC, e.id LIMIT 1`

export interface FoundStep {
  readonly subject: Subject
  readonly evidenceEntryId: string
  readonly step: ConsentStep
}

/** The step of this entry, or the customer's newest without one; undefined where the viewer may not know of it. */
export async function stepOf(
  reader: Reader,
  visibility: ReturnType<typeof rowParams>,
  customerId: string,
  entryId: string,
): Promise<FoundStep | undefined> {
  const [row] = await reader.run(LATEST_STEP, { ...visibility, customerId, entryId })
  if (row === undefined) return undefined
  const [id, region, inForce, evidenceEntryId, ...step] = row
  return { subject: toSubject(id, region, inForce), evidenceEntryId: String(evidenceEntryId), step: toStep(step) }
}

export interface CustomerConsents {
  readonly subject: Subject
  /** By purpose and recipient. */
  readonly consents: readonly ConsentRecord[]
}

/** What each of these customers consented to; those that the viewer may not know of are absent. */
export async function consentsOf(
  reader: Reader,
  visibility: ReturnType<typeof rowParams>,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, CustomerConsents>> {
  const rows = await reader.run(CONSENTS_OF, { ...visibility, customerIds })
  return new Map(
    rows.map(([id, region, inForce, held]) => {
      const consents = (held as unknown as ConsentRecord[]).toSorted((a, b) => orderOf(a).localeCompare(orderOf(b)))
      return [String(id), { subject: toSubject(id, region, inForce), consents }]
    }),
  )
}

const orderOf = ({ purpose, recipient }: ConsentRecord) => `${purpose}/${recipient}`

/** The steps of these consents, oldest first; unknown ids are absent. */
export async function historyOf(
  reader: Reader,
  consentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ConsentEventRecord[]>> {
  const rows = await reader.run(HISTORY_OF, { consentIds })
  return grouped(
    rows,
    ([, id, state, at, evidenceEntryId]) => ({ id, state, at, evidenceEntryId }) as ConsentEventRecord,
  )
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
