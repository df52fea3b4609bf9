// Why two customers are taken for one person, and how one came to be who it is, as this viewer may know of them.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import { type Connection, pageRequest, toConnection } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import { type ComparedField, comparedFields } from './compare.ts'
import { conflictsIn } from './conflicts.ts'
import { newestStatements, recordsOf, stepsOf } from './formation-store.ts'
import { matchModel } from './model.ts'
import { partsOf } from './person-store.ts'
import { sidesOf } from './persons.ts'
import { pairKey, reviewsPage } from './review-store.ts'
import { scoreOf } from './score.ts'
import { ownFields, statedIn } from './survivorship.ts'
import type {
  ConflictingRecord,
  FieldWeight,
  Formation,
  FormingRecord,
  MatchExplanation,
  MatchReview,
  MatchState,
} from './types.ts'

const READER = ({ services: { graph } }: RequestContext): Reader => ({
  run: (text, params) => graph.read(text, params),
})

/** The weights of two customers, of whom the viewer may know both; null otherwise. */
export async function whyMatched(context: RequestContext, a: string, b: string): Promise<MatchExplanation | null> {
  const subjects = await visibleSubjects(context, [a, b])
  const [first, second] = [subjects.get(a), subjects.get(b)]
  if (first === undefined || second === undefined) return null
  const parts = await partsOf(READER(context), [...new Set([a, b])])
  const byId = new Map(parts.map(part => [part.id, part]))
  const model = matchModel()
  const { weights, total } = scoreOf(model, byId.get(a) ?? {}, byId.get(b) ?? {})
  const stated = Object.fromEntries(comparedFields.map(field => [field, weights[field] ?? null]))
  const explained = {
    ...(stated as Record<ComparedField, number | null>),
    id: pairKey(a, b),
    total,
    modelVersion: model.version,
  }
  return context.masks.applyToAll('MatchExplanation', explained, [first, second])
}

/** A page of the reviews in this state of which the viewer may know both customers. */
export async function matchReviews(
  context: RequestContext,
  state: MatchState,
  first: number,
  after: string | null | undefined,
): Promise<Connection<MatchReview>> {
  const list = `matchReviews/${state}`
  const page = pageRequest(list, first, after)
  const found = await reviewsPage(context, state, page)
  const reviews = found.map(({ columns, sides }) => {
    const [id, of, score, weights, modelVersion, at, decidedAt, evidenceEntryId] = columns
    const review = {
      ...{ id, state: of, score, modelVersion, at, decidedAt, evidenceEntryId },
      weights: typeof weights === 'string' ? weightsIn(weights) : null,
      customerIds: sides.map(({ customerId }) => customerId),
    } as unknown as MatchReview
    return context.masks.applyToAll(
      'MatchReview',
      review,
      sides.map(({ subject }) => subject),
    )
  })
  return toConnection(list, page, reviews)
}

/** Null for a customer whom the viewer may not know of. */
export async function howFormed(context: RequestContext, customerId: string): Promise<Formation | null> {
  const subject = (await visibleSubjects(context, [customerId])).get(customerId)
  if (subject === undefined) return null
  const reader = READER(context)
  const ids = subject.partIds ?? [customerId]
  const [steps, records] = await Promise.all([stepsOf(reader, ids), recordsOf(context, subject.id, ids)])
  return {
    id: customerId,
    subject,
    customerIds: [...ids],
    steps: steps.map(([id, state, by, at, evidenceEntryId]) => ({
      id: String(id),
      state: state as MatchState,
      by: String(by).split(' ', 1)[0] ?? '',
      at: String(at),
      evidenceEntryId: String(evidenceEntryId),
    })),
    records: records.map(([id, of, source, acceptedAt]) =>
      context.masks.apply(
        'FormingRecord',
        { id, customerId: of, source, acceptedAt } as unknown as FormingRecord,
        subject,
      ),
    ),
  }
}

/** Where the sources of a customer disagree, as this viewer sees what they say: the newest word first. */
export async function conflictsOf(context: RequestContext, { customerIds, subject }: Formation) {
  const records = await newestStatements(context, subject.id, customerIds)
  const seen = records.map(({ id, customerId, source, at, payload }) => {
    const stated = new Map<string, string>(statedIn({ source, at, payload }).map(({ field, value }) => [field, value]))
    const values = ownFields.map(field => [field, stated.get(field) ?? null])
    const record = { id, customerId, source, statedAt: at, ...Object.fromEntries(values) } as ConflictingRecord
    return context.masks.apply('ConflictingRecord', record, subject)
  })
  return conflictsIn(seen)
}

/** A person whom a customer is part of stands for it; each as the viewer asked, by the id that was asked for. */
async function visibleSubjects(context: RequestContext, ids: readonly string[]): Promise<ReadonlyMap<string, Subject>> {
  const { isVisible, params } = visibleRows(context.policy, context.viewer)
  const reader = READER(context)
  const sides = context.viewer.kind === 'SUBJECT' ? new Map<string, never>() : await sidesOf(reader, ids)
  const idOf = (id: string) => sides.get(id)?.id ?? id
  const statement = cypher`
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${isVisible}
RETURN c.id, c.region, ${SUBJECT_STATE}`
  const rows = await reader.run(statement, { ...params, ids: [...new Set(ids.map(idOf))] })
  const found = new Map(rows.map(([id, region, state]) => [String(id), toSubject(id, region, state)]))
  return new Map(ids.flatMap(id => [[id, found.get(idOf(id))] as const]).filter(hasSubject))
}

function hasSubject(entry: readonly [string, Subject | undefined]): entry is readonly [string, Subject] {
  return entry[1] !== undefined
}

function weightsIn(text: string): FieldWeight[] {
  return Object.entries(JSON.parse(text) as Record<string, number>).map(([field, weight]) => ({ field, weight }))
}
