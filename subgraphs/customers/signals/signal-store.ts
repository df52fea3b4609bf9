// How signals lie in the graph: (Interaction)-[:EXPRESSED]->(Intent), and the emotion on the interaction itself, so that
// whatever deletes an interaction deletes what was inferred from it.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import type { Emotion } from './emotion.ts'
import type { ExpressedIntent } from './intents.ts'
import type { InteractionSignals } from './types.ts'

// Read in the unit that writes what follows from it: without the consent nothing is inferred.
const CONSENTS_TO_INFERENCE = `c.mergedInto IS NULL AND EXISTS {
  MATCH (c)<-[:OF]-(k:Consent)
  WHERE k.purpose = 'AI_DECISION' AND k.recipient = '' AND k.state = 'GIVEN' }`

const UNREAD_INTERACTIONS = `
UNWIND $interactionIds AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE i.text IS NOT NULL AND (i.signalModel IS NULL OR i.signalModel <> $modelVersion) AND ${CONSENTS_TO_INFERENCE}
RETURN c.id, i.id, i.recordId, i.text`

const UNREAD_OF_CUSTOMERS = `
UNWIND $customerIds AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${CONSENTS_TO_INFERENCE}
MATCH (c)-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
WHERE i.text IS NOT NULL AND (i.signalModel IS NULL OR i.signalModel <> $modelVersion)
RETURN c.id, i.id, i.recordId, i.text
LIMIT $limit`

const CALL_RECORDS = `
UNWIND $recordIds AS wanted
MATCH (r:SourceRecord {id: wanted})
WHERE r.source = 'call'
RETURN r.id, r.payload`

const FORGET_INTENTS = `
UNWIND $interactionIds AS wanted
MATCH (i:Interaction {id: wanted})-[e:EXPRESSED]->(:Intent)
DELETE e`

const KEEP_EMOTIONS = `
UNWIND $signals AS row
MATCH (i:Interaction {id: row.interactionId})
SET i.signalModel = $modelVersion, i.signalsEvidenceEntryId = $evidenceEntryId, i.valence = row.valence,
    i.valenceConfidence = row.valenceConfidence, i.arousal = row.arousal, i.arousalParts = row.arousalParts`

const KEEP_INTENTS = `
UNWIND $expressed AS row
MATCH (i:Interaction {id: row.interactionId})
MERGE (n:Intent {name: row.intent})
CREATE (i)-[:EXPRESSED {confidence: row.confidence, spanStart: row.spanStart, spanEnd: row.spanEnd}]->(n)`

const READ_OF_CUSTOMER = `
MATCH (c:Customer {id: $customerId})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
WHERE i.signalModel IS NOT NULL
RETURN i.id
LIMIT $limit`

const FORGET_EMOTIONS = `
UNWIND $interactionIds AS wanted
MATCH (i:Interaction {id: wanted})
SET i.signalModel = null, i.signalsEvidenceEntryId = null, i.valence = null, i.valenceConfidence = null,
    i.arousal = null, i.arousalParts = null`

const INTERACTIONS = cypher`
UNWIND $interactionIds AS wanted
MATCH (i:Interaction {id: wanted})<-[:HAD]-(:Period)<-[:IN_PERIOD]-(c:Customer)
WHERE`

const SIGNAL_COLUMNS = cypher`
RETURN c.id, c.region, ${SUBJECT_STATE}, i.id, i.signalModel, i.signalsEvidenceEntryId, i.valence,
  i.valenceConfidence, i.arousal, i.arousalParts,
  [(i)-[e:EXPRESSED]->(n:Intent) | [n.name, e.confidence, e.spanStart, e.spanEnd]]`

/** A text whose customer consents to its being read, and that the model of this version has not read. */
export interface UnreadText {
  readonly customerId: string
  readonly interactionId: string
  readonly recordId: string
  readonly text: string
}

/** What a model made of a text. */
export interface ReadText {
  readonly customerId: string
  readonly interactionId: string
  readonly intents: readonly ExpressedIntent[]
  readonly emotion: Emotion | undefined
}

/** Those of these interactions that are unread; in no order. */
export async function unreadInteractions(
  reader: Reader,
  interactionIds: readonly string[],
  modelVersion: string,
): Promise<readonly UnreadText[]> {
  return (await reader.run(UNREAD_INTERACTIONS, { interactionIds, modelVersion })).map(toUnreadText)
}

/** Unread interactions of these customers, in no order and at most `limit`. */
export async function unreadOfCustomers(
  reader: Reader,
  customerIds: readonly string[],
  modelVersion: string,
  limit: number,
): Promise<readonly UnreadText[]> {
  return (await reader.run(UNREAD_OF_CUSTOMERS, { customerIds, modelVersion, limit })).map(toUnreadText)
}

function toUnreadText([customerId, interactionId, recordId, text]: Row): UnreadText {
  return {
    customerId: String(customerId),
    interactionId: String(interactionId),
    recordId: String(recordId),
    text: String(text),
  }
}

/** The payloads of those of these source records that are calls, by id. */
export async function callPayloads(
  unit: UnitOfWork,
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const rows = await unit.run(CALL_RECORDS, { recordIds })
  return new Map(rows.map(([id, payload]) => [String(id), JSON.parse(String(payload))]))
}

/** Keeps what was read in the place of what an older model made of the same interactions. */
export async function keepSignals(
  unit: UnitOfWork,
  read: readonly ReadText[],
  stamp: { readonly modelVersion: string; readonly evidenceEntryId: string },
): Promise<void> {
  await unit.run(FORGET_INTENTS, { interactionIds: read.map(each => each.interactionId) })
  const signals = read.map(({ interactionId, emotion }) => ({
    interactionId,
    valence: emotion?.valence ?? null,
    valenceConfidence: emotion?.valenceConfidence ?? null,
    arousal: emotion?.arousal ?? null,
    arousalParts: emotion === undefined ? null : JSON.stringify(emotion.arousalParts),
  }))
  await unit.run(KEEP_EMOTIONS, { signals, ...stamp })
  const expressed = read.flatMap(({ interactionId, intents }) =>
    intents.map(({ intent, confidence, span }) => ({
      interactionId,
      intent,
      confidence,
      spanStart: span.start,
      spanEnd: span.end,
    })),
  )
  if (expressed.length > 0) await unit.run(KEEP_INTENTS, { expressed })
}

/** Interactions of a customer from which something was inferred, in no order and at most `limit`. */
export async function readInteractions(reader: Reader, customerId: string, limit: number): Promise<readonly string[]> {
  return (await reader.run(READ_OF_CUSTOMER, { customerId, limit })).map(([id]) => String(id))
}

/** Forgets what was inferred from these interactions. */
export async function forgetSignals(unit: UnitOfWork, interactionIds: readonly string[]): Promise<void> {
  await unit.run(FORGET_INTENTS, { interactionIds })
  await unit.run(FORGET_EMOTIONS, { interactionIds })
}

export interface FoundSignals {
  readonly record: InteractionSignals
  readonly subject: Subject
}

/** The signals of these interactions; those that the viewer may not know of are absent, those without any are empty. */
export async function signalsOf(
  { services: { graph }, policy, viewer }: RequestContext,
  interactionIds: readonly string[],
): Promise<ReadonlyMap<string, FoundSignals>> {
  const { isVisible, params } = visibleRows(policy, viewer)
  const statement = cypher`${INTERACTIONS} ${isVisible}${SIGNAL_COLUMNS}`
  const rows = await graph.read(statement, { ...params, interactionIds })
  return new Map(rows.map(row => [String(row[3]), toSignals(row)]))
}

function toSignals(row: Row): FoundSignals {
  const [customerId, region, consents, id, modelVersion, evidenceEntryId, ...others] = row
  const [valence, valenceConfidence, arousal, arousalParts, expressed] = others
  const subject = toSubject(customerId, region, consents)
  // Removal follows a withdrawal by an event; until it has come, what is left is shown to nobody.
  if (modelVersion === null || !subject.consents.has('AI_DECISION')) {
    return {
      record: { id: String(id), intents: [], emotion: null, modelVersion: null, evidenceEntryId: null },
      subject,
    }
  }
  const emotion =
    arousal === null
      ? null
      : { valence, valenceConfidence, arousal, arousalParts: JSON.parse(String(arousalParts)), modelVersion }
  const intents = (expressed as readonly Row[])
    .map(([intent, confidence, start, end]) => ({ intent, confidence, start, end, modelVersion }))
    .sort((a, b) => Number(b.confidence) - Number(a.confidence))
  return { record: { id, intents, emotion, modelVersion, evidenceEntryId } as InteractionSignals, subject }
}
