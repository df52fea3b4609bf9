// What people decide of customers who may be one person. Who may is decided at the root; whom they may know of here.
import { type Change, type ChangeOutcome, type Recorded, recordChange } from '../../../core/change.ts'
import { visibleRows } from '../../../core/consent/consent-store.ts'
import { followPart } from '../../../core/consent/merged-consents.ts'
import type { RequestContext, Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { UnitOfWork } from '../../../core/graph/graph.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { confirmPart } from './person-store.ts'
import { GUARD, merge, partFacts, type Side, sidesOf, split } from './persons.ts'
import { keepApart, keepDecision, markUndone, mergesOf, pairKey, reviewOf } from './review-store.ts'

type Asking = Pick<RequestContext, 'services' | 'viewer' | 'policy'>

export interface MergeResult {
  readonly personId: string
  readonly customerIds: readonly string[]
}

/** Makes one person of two customers. Throws NOT_VISIBLE, BAD_USER_INPUT, CONFLICT. */
export function mergeCustomers(
  asking: Asking,
  idempotencyKey: string,
  [a = '', b = '']: readonly string[],
): Promise<Recorded<MergeResult>> {
  const { services, viewer } = asking
  const request = { viewer, mutation: 'mergeCustomers', idempotencyKey, input: { a, b } }
  return recordChange(services, request, async change => {
    await change.unit.guard(GUARD)
    const [first, second] = await visibleSides(asking, change.unit, [a, b])
    return mergeSides(services, change, viewer, first, second, [a, b])
  })
}

async function mergeSides(
  services: Services,
  change: Change,
  viewer: Viewer,
  first: Side | undefined,
  second: Side | undefined,
  asked: readonly [string, string],
): Promise<ChangeOutcome<MergeResult>> {
  if (first === undefined || second === undefined) throw new ApiError('NOT_VISIBLE')
  if (first.id === second.id) {
    throw new ApiError('BAD_USER_INPUT', { at: 'customerIds', expected: 'two customers who are not one person yet' })
  }
  const kept = first.isPerson || !second.isPerson ? first : second
  const other = kept === first ? second : first
  const { personId, revision, facts, events } = await merge(services, change, first, second)
  const representative = (side: Side) =>
    side.partIds.includes(asked[0]) ? asked[0] : side.partIds.includes(asked[1]) ? asked[1] : (side.partIds[0] ?? '')
  await keepDecision(
    change.unit,
    {
      pair: [representative(first), representative(second)],
      state: 'ONE_PERSON',
      decidedBy: `${viewer.kind} ${viewer.id}`,
      newId: services.ids.next('MatchReview'),
      merged: {
        personId,
        personRevision: revision,
        keptIds: kept.partIds,
        otherIds: other.partIds,
        otherPersonId: other.isPerson ? other.id : undefined,
      },
    },
    change,
  )
  const customerIds = [...kept.partIds, ...other.partIds]
  return {
    evidence: { kind: 'CUSTOMERS_MERGED', statement: { customers: customerIds.length }, facts },
    events,
    result: { personId, customerIds },
  }
}

/**
 * Takes apart what turned out to be several persons: the customers of these records leave the person, or without records its
 * newest merge is undone. Throws NOT_VISIBLE, BAD_USER_INPUT.
 */
export function unmergeCustomer(
  asking: Asking,
  idempotencyKey: string,
  customerId: string,
  recordIds: readonly string[],
): Promise<Recorded<MergeResult>> {
  const { services, viewer } = asking
  const request = { viewer, mutation: 'unmergeCustomer', idempotencyKey, input: { customerId, recordIds } }
  return recordChange(services, request, async change => {
    const { unit, at } = change
    await unit.guard(GUARD)
    const [person] = await visibleSides(asking, unit, [customerId])
    if (person === undefined) throw new ApiError('NOT_VISIBLE')
    if (!person.isPerson) {
      throw new ApiError('BAD_USER_INPUT', { at: 'customerId', expected: 'a person who was made of customers' })
    }
    const merges = await mergesOf(unit, person.id)
    const [newest] = merges
    const leaving =
      recordIds.length > 0
        ? await customersOfRecords(unit, person, recordIds)
        : (newest?.otherIds.filter(id => person.partIds.includes(id)) ?? person.partIds.slice(1))
    const undone = recordIds.length > 0 ? undefined : newest
    const { isDissolved, facts, events } = await split(services, change, person, leaving, undone?.otherPersonId)
    if (undone !== undefined) await markUndone(unit, undone.id, at)
    const staying = person.partIds.filter(id => !leaving.includes(id))
    const decidedBy = `${viewer.kind} ${viewer.id}`
    await keepApart(unit, leaving, staying, decidedBy, change, () => services.ids.next('MatchReview'))
    const mergedAt = (undone ?? merges.at(-1))?.decidedAt ?? at
    const body = { personId: person.id, customerIds: [...leaving], mergedAt, unmergedAt: at, dissolved: isDissolved }
    return {
      evidence: { kind: 'CUSTOMERS_UNMERGED', statement: { customers: leaving.length, mergedAt }, facts },
      events: [{ kind: 'CUSTOMERS_UNMERGED' as const, body }, ...events],
      result: { personId: person.id, customerIds: leaving },
    }
  })
}

/** A person looked at two customers: they are one person or two. Throws NOT_VISIBLE, CONFLICT. */
export function decideMatch(
  asking: Asking,
  idempotencyKey: string,
  reviewId: string,
  samePerson: boolean,
): Promise<Recorded<MergeResult>> {
  const { services, viewer } = asking
  const request = { viewer, mutation: 'decideMatch', idempotencyKey, input: { reviewId, samePerson } }
  return recordChange(services, request, async change => {
    const { unit } = change
    await unit.guard(GUARD)
    const review = await reviewOf(unit, reviewId)
    if (review === undefined) throw new ApiError('NOT_VISIBLE')
    const [first, second] = await visibleSides(asking, unit, review.pair)
    if (first === undefined || second === undefined) throw new ApiError('NOT_VISIBLE')
    if (review.state !== 'PENDING')
      throw new ApiError('CONFLICT', { at: 'reviewId', expected: 'a review that is open' })
    if (samePerson && first.id !== second.id) {
      return mergeSides(services, change, viewer, first, second, review.pair)
    }
    await keepDecision(
      unit,
      {
        pair: review.pair,
        state: samePerson ? 'ONE_PERSON' : 'TWO_PERSONS',
        decidedBy: `${viewer.kind} ${viewer.id}`,
        newId: services.ids.next('MatchReview'),
      },
      change,
    )
    return {
      evidence: {
        kind: 'CUSTOMERS_COMPARED',
        statement: { review: reviewId, samePerson: String(samePerson) },
        facts: partFacts(pairKey(...review.pair), review.pair),
      },
      events: [],
      result: { personId: first.id, customerIds: [...review.pair] },
    }
  })
}

/** The customer who asks says that it is the person that it was taken for. Throws BAD_USER_INPUT for who is part of none. */
export function confirmMerge({ services, viewer }: Asking, idempotencyKey: string): Promise<Recorded<MergeResult>> {
  const request = { viewer, mutation: 'confirmMerge', idempotencyKey, input: {} }
  return recordChange(services, request, async change => {
    await change.unit.guard(GUARD)
    const personId = await confirmPart(change.unit, viewer.id, change.at)
    if (personId === undefined) {
      throw new ApiError('BAD_USER_INPUT', {
        at: 'confirmMerge',
        expected: 'a customer who was taken for one with others',
      })
    }
    const { facts, events } = await followPart(services, change, viewer.id)
    return {
      evidence: { kind: 'MERGE_CONFIRMED', statement: {}, facts: [...partFacts(personId, [viewer.id]), ...facts] },
      events,
      result: { personId, customerIds: [viewer.id] },
    }
  })
}

/** The sides of these customers, as far as the viewer may know of them; undefined in the place of others. */
async function visibleSides(
  { policy, viewer }: Asking,
  unit: UnitOfWork,
  ids: readonly string[],
): Promise<readonly (Side | undefined)[]> {
  const { isVisible, params } = visibleRows(policy, viewer)
  const sides = await sidesOf(unit, ids)
  const statement = cypher`
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})
WHERE ${isVisible}
RETURN c.id`
  const asked = [...new Set([...sides.values()].map(({ id }) => id))]
  const visible = new Set((await unit.run(statement, { ...params, ids: asked })).map(([id]) => String(id)))
  return ids.map(id => sides.get(id)).map(side => (side !== undefined && visible.has(side.id) ? side : undefined))
}

const CUSTOMERS_OF_RECORDS = `
UNWIND $recordIds AS wanted
MATCH (r:SourceRecord {id: wanted})-[:IDENTIFIES]->(c:Customer)
RETURN DISTINCT c.id`

/** The parts that these records tell of. Throws BAD_USER_INPUT for records of others, and for those of every part. */
async function customersOfRecords(
  unit: UnitOfWork,
  { partIds }: Side,
  recordIds: readonly string[],
): Promise<readonly string[]> {
  const ids = (await unit.run(CUSTOMERS_OF_RECORDS, { recordIds })).map(([id]) => String(id))
  if (ids.length === 0 || ids.length === partIds.length || ids.some(id => !partIds.includes(id))) {
    throw new ApiError('BAD_USER_INPUT', { at: 'recordIds', expected: 'records of some customers of this person' })
  }
  return ids
}
