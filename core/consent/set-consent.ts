// How a consent is given and withdrawn: its state, a step of its history, and what the log commits to of both.
import type { Change } from '../change.ts'
import type { Services } from '../context.ts'
import type { CommittedFact } from '../evidence/evidence.ts'
import { cypher } from '../graph/cypher.ts'
import type { Purpose } from '../viewer.ts'
import { type ConsentStep, termsOf } from './consent-step.ts'
import { BY_GUARDIAN, type ConsentRecord } from './consent-store.ts'

const SET_CONSENT = cypher`
MATCH (p:Purpose {name: $purpose})
MERGE (k:Consent {key: $key})
ON CREATE SET k.id = $newId, k.purpose = $purpose, k.recipient = $recipient
MERGE (k)-[:OF]->(c)
MERGE (k)-[:FOR]->(p)
WITH c, k, k.state AS before
SET k.since = CASE WHEN before = $state THEN k.since ELSE $at END, k.steps = coalesce(k.steps, 0) + 1
SET k.state = $state, k.givenBy = $givenBy, k.evidenceEntryId = $evidenceEntryId
RETURN k.id, k.since, k.steps, c.region, c.mergedInto`

/** By whose consent it is: customers and sellers are subjects alike. */
const SET_CONSENT_OF = {
  Customer: cypher`
MATCH (c:Customer {id: $subjectId})${SET_CONSENT}`,
  Seller: cypher`
MATCH (c:Seller {id: $subjectId})${SET_CONSENT}`,
}

const KEEP_STEP = `
MATCH (k:Consent {id: $consentId})
CREATE (e:ConsentEvent {id: $id, number: $number, state: $state, at: $at, controller: $controller, regime: $regime,
  policyId: $policyId, policyVersion: $policyVersion, categories: $categories, evidenceEntryId: $evidenceEntryId})
CREATE (k)-[:CHANGED_BY]->(e)`

export interface ConsentChange {
  readonly customerId: string
  /** Seller where the id is that of a seller; a customer's where it is left out. */
  readonly subject?: keyof typeof SET_CONSENT_OF
  readonly purpose: Purpose
  readonly recipient: string
  readonly state: 'GIVEN' | 'WITHDRAWN'
  /** Who gives it for the customer, by a mandate. */
  readonly guardianId?: string | undefined
}

export interface ChangedConsent {
  readonly consent: ConsentRecord
  /** The person whom the customer is part of, whose consents follow from its own. */
  readonly personId: string | undefined
  /** What the entry of the change commits to; the first is the step, of which there can be a receipt. */
  readonly facts: readonly CommittedFact[]
}

/**
 * Sets the state of one consent and adds the step to its history. Setting the state that it has keeps `since`. Answers
 * undefined for an unknown subject.
 */
export async function setConsent(
  { ids, policies, controller }: Pick<Services, 'ids' | 'policies' | 'controller'>,
  { unit, at, evidenceEntryId }: Pick<Change, 'unit' | 'at' | 'evidenceEntryId'>,
  { customerId, subject = 'Customer', purpose, recipient, state, guardianId }: ConsentChange,
): Promise<ChangedConsent | undefined> {
  const key = `${customerId}/${purpose}/${recipient}`
  const newId = ids.next('Consent')
  const isByGuardian = guardianId !== undefined && state === 'GIVEN'
  const givenBy = isByGuardian ? BY_GUARDIAN : null
  const change = { subjectId: customerId, purpose, recipient, state, at, evidenceEntryId, key, newId, givenBy }
  const [row] = await unit.run(SET_CONSENT_OF[subject], change)
  if (row === undefined) return undefined
  const [consentId, since, steps, region, personId] = row
  const consent: ConsentRecord = {
    id: String(consentId),
    purpose,
    recipient,
    state,
    since: String(since),
    ...(isByGuardian && { givenBy: BY_GUARDIAN }),
  }
  const step: ConsentStep = {
    id: ids.next('ConsentEvent'),
    consentId: consent.id,
    purpose,
    recipient,
    state,
    at,
    controller,
    ...termsOf(policies.current().policy, String(region), purpose),
  }
  await unit.run(KEEP_STEP, { ...step, number: Number(steps), evidenceEntryId })
  const facts = [stepFact(customerId, step), consentFact(customerId, consent, Number(steps))]
  // Who the guardian is stands in the log as a commitment: it is personal, too.
  if (guardianId !== undefined) facts.push({ subjectId: customerId, content: { guardianId } })
  return { consent, facts, personId: personId ? String(personId) : undefined }
}

/** What the log commits to of a step. */
export function stepFact(subjectId: string, step: ConsentStep): CommittedFact {
  return { subjectId, content: step, node: { label: 'ConsentEvent', id: step.id } }
}

/** What the log commits to of the state of a consent after so many steps. */
export function consentFact(subjectId: string, consent: ConsentRecord, steps: number): CommittedFact {
  return {
    subjectId,
    content: { ...consent, steps },
    node: { label: 'Consent', id: consent.id, revision: steps },
  }
}
