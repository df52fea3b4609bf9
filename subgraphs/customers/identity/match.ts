// Looks at customers of whom something new was stated: whom they are like is one person with them, or a person has to look.
import { type Change, recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { EventDraft } from '../../../core/events/outbox.ts'
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { blocksOf } from './blocking.ts'
import { CONTACT_NUMBER } from './identify.ts'
import { type Blocks, candidatesOf, keepBlocks } from './match-store.ts'
import { type MatchModel, matchModel } from './model.ts'
import { type Part, partsOf } from './person-store.ts'
import { GUARD, merge, partFacts, type Side, sidesOf } from './persons.ts'
import { type ComparedPair, keepDecision, keepPairs, knownPairs, pairKey } from './review-store.ts'
import { areContradicted, scoreOf, verdictOn } from './score.ts'

export const MATCHING: Viewer = { kind: 'SERVICE', id: 'matching' }

export interface Matched {
  readonly compared: number
  readonly merged: number
  readonly queued: number
}

const NOTHING: Matched = { compared: 0, merged: 0, queued: 0 }

/** A merge takes some twenty statements, and a unit has to be over before others wait too long for it, on a slow machine too. */
const LARGEST_UNIT = 20

/** Compares these customers with whom they may be the same as. Idempotent: a pair is decided once. */
export async function matchCustomers(services: Services, customerIds: readonly string[]): Promise<Matched> {
  let matched = NOTHING
  for (let start = 0; start < customerIds.length; start += LARGEST_UNIT) {
    const { compared, merged, queued } = await matchInUnit(services, customerIds.slice(start, start + LARGEST_UNIT))
    matched = {
      compared: matched.compared + compared,
      merged: matched.merged + merged,
      queued: matched.queued + queued,
    }
  }
  return matched
}

async function matchInUnit(services: Services, customerIds: readonly string[]): Promise<Matched> {
  let matched = NOTHING
  await recordReaction(services, MATCHING, async change => {
    await change.unit.guard(GUARD)
    const model = matchModel()
    const { pairs, compared } = await comparedPairs(change, customerIds, model)
    const merged: CommittedFact[] = []
    const events: EventDraft[] = []
    const kept: ComparedPair[] = []
    let merges = 0
    for (const pair of pairs) {
      const formed = pair.state === 'ONE_PERSON' ? await mergeByMachine(services, change, model, pair) : undefined
      if (formed !== undefined) merges++
      kept.push(pair.state === 'ONE_PERSON' && formed === undefined ? { ...pair, state: 'PENDING' } : pair)
      merged.push(...(formed?.facts ?? []))
      events.push(...(formed?.events ?? []))
    }
    await keepPairs(change.unit, kept, model.version, change, () => services.ids.next('MatchReview'))
    const queued = kept.filter(({ state }) => state === 'PENDING').length
    matched = { compared, merged: merges, queued }
    if (kept.length === 0) return undefined
    return {
      evidence: {
        kind: 'CUSTOMERS_COMPARED',
        statement: { model: model.version, compared, merged: merges, queued },
        facts: [...merged, ...kept.flatMap(({ a, b }) => partFacts(pairKey(a, b), [a, b]))],
      },
      events,
      result: {},
    }
  })
  return matched
}

/** The pairs that nobody decided on yet and that are not two persons for sure, the likeliest first. */
async function comparedPairs({ unit }: Change, customerIds: readonly string[], model: MatchModel) {
  const stated = (await partsOf(unit, customerIds)).filter(isOfItsOwn)
  const blocks = stated.map(toBlocks)
  await keepBlocks(unit, blocks)
  const candidates = await candidatesOf(unit, blocks)
  const asked = new Map<string, readonly [string, string]>()
  for (const [id, others] of candidates) for (const other of others) asked.set(pairKey(id, other), [id, other])
  const known = await knownPairs(unit, [...asked.keys()])
  const open = [...asked].filter(([key]) => !known.has(key)).map(([, pair]) => pair)
  const parts = new Map((await partsOf(unit, [...new Set(open.flat())])).map(part => [part.id, part]))
  const pairs = open.flatMap(([a, b]): ComparedPair[] => {
    const [first, second] = [parts.get(a), parts.get(b)]
    if (first === undefined || second === undefined) return []
    const score = scoreOf(model, first, second)
    const verdict = verdictOn(model, score)
    return verdict === 'TWO_PERSONS' ? [] : [{ a, b, score, state: verdict === 'UNSURE' ? 'PENDING' : verdict }]
  })
  return { pairs: pairs.sort((a, b) => b.score.total - a.score.total), compared: open.length }
}

/** What is made of parts is compared by its parts. */
function isOfItsOwn({ number }: Part): boolean {
  return number !== 'null'
}

function toBlocks(part: Part): Blocks {
  return {
    id: part.id,
    isContact: part.number.startsWith(CONTACT_NUMBER),
    blocks: blocksOf(part),
    weComId: part.weComId ?? null,
  }
}

/** Undefined where a machine may not decide that they are one person. */
async function mergeByMachine(services: Services, change: Change, model: MatchModel, { a, b }: ComparedPair) {
  const { unit } = change
  const sides = await sidesOf(unit, [a, b])
  const [first, second] = [sides.get(a), sides.get(b)]
  if (first === undefined || second === undefined) return undefined
  if (first.id === second.id) return { facts: [], events: [] }
  if (!(await mayMergeByMachine(change, model, first, second))) return undefined
  const formed = await merge(services, change, first, second)
  const kept = first.isPerson || !second.isPerson ? first : second
  const other = kept === first ? second : first
  await keepDecision(
    unit,
    {
      pair: [a, b],
      state: 'ONE_PERSON',
      decidedBy: `${MATCHING.kind} ${MATCHING.id}`,
      newId: services.ids.next('MatchReview'),
      merged: {
        personId: formed.personId,
        personRevision: formed.revision,
        keptIds: kept.partIds,
        otherIds: other.partIds,
        otherPersonId: other.isPerson ? other.id : undefined,
      },
    },
    change,
  )
  return formed
}

/**
 * A machine brings together neither two customers whom the company numbers, nor what two sellers look after, nor whom two
 * laws protect, nor whose parts contradict each other, nor anybody whom a person found to be two.
 */
async function mayMergeByMachine({ unit }: Change, model: MatchModel, a: Side, b: Side): Promise<boolean> {
  const parts = await partsOf(unit, [...a.partIds, ...b.partIds])
  const numbers = parts.filter(({ number }) => !number.startsWith(CONTACT_NUMBER))
  const sellers = new Set(parts.flatMap(({ seller }) => seller ?? []))
  const regions = new Set(parts.flatMap(({ region }) => region ?? []))
  if (numbers.length > 1 || sellers.size > 1 || regions.size > 1) return false
  const of = ({ partIds }: Side) => parts.filter(({ id }) => partIds.includes(id))
  if (areContradicted(model, of(a), of(b))) return false
  const keys = a.partIds.flatMap(one => b.partIds.map(other => pairKey(one, other)))
  return ![...(await knownPairs(unit, keys)).values()].includes('TWO_PERSONS')
}
