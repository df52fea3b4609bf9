// Estimates the weights of the matching from records of known truth: how often each comparison comes out in which way for one
// person, and for two; then chooses the thresholds by what they would bring together. Chance has no part in it.
import { sha256 } from '../../../core/evidence/commitment.ts'
import { blocksOf, LARGEST_BLOCK } from './blocking.ts'
import { type ComparedField, compared, comparedFields, type Identity, type Level, levels } from './compare.ts'
import type { MatchModel } from './model.ts'
import { areContradicted, type Score, scoreOf } from './score.ts'

/** A record and whose it is. */
export interface KnownRecord {
  readonly person: number
  readonly identity: Identity
}

/** Pairs of two persons that are looked at: every one of a record and the so many after it, in the order of the records. */
const NEIGHBOURS = 50
/** How often what is brought together must be right, */
const PRECISE = 0.984
/** and what a person is asked about. */
const WORTH_ASKING = 0.2
/** Thresholds are looked for between these, by steps of half a bit. */
const HIGHEST = 12
const LOWEST = -4
const STEP = 0.5

type Counts = { readonly [field in ComparedField]: Map<Level, number> }

export function trainMatching(records: readonly KnownRecord[]): MatchModel {
  const fields = chancesOf(records)
  const truePairs = pairsWithin(records).length
  const allPairs = (records.length * (records.length - 1)) / 2
  const weights = {
    version: `matching-${sha256(JSON.stringify(fields)).toString('hex').slice(0, 12)}`,
    priorBits: rounded(Math.log2(truePairs / (allPairs - truePairs)), 2),
    fields,
  }
  return {
    ...weights,
    thresholds: thresholdsFor({ ...weights, thresholds: { merge: HIGHEST, review: LOWEST } }, records),
  }
}

function chancesOf(records: readonly KnownRecord[]): MatchModel['fields'] {
  const ofOne = counted(pairsWithin(records))
  const ofTwo = counted(pairsBetween(records))
  const chances = comparedFields.map(field => {
    const seen = levels.filter(level => ofOne[field].has(level) || ofTwo[field].has(level))
    const share = (counts: Counts, level: Level) => {
      const total = seen.reduce((sum, each) => sum + (counts[field].get(each) ?? 0), 0)
      return rounded(((counts[field].get(level) ?? 0) + 0.5) / (total + 0.5 * seen.length), 8)
    }
    return [field, Object.fromEntries(seen.map(level => [level, { m: share(ofOne, level), u: share(ofTwo, level) }]))]
  })
  return Object.fromEntries(chances) as MatchModel['fields']
}

function counted(pairs: Iterable<readonly [KnownRecord, KnownRecord]>): Counts {
  const counts = Object.fromEntries(comparedFields.map(field => [field, new Map<Level, number>()])) as Counts
  for (const [a, b] of pairs) {
    for (const [field, level] of Object.entries(compared(a.identity, b.identity)) as [ComparedField, Level][]) {
      counts[field].set(level, (counts[field].get(level) ?? 0) + 1)
    }
  }
  return counts
}

function pairsWithin(records: readonly KnownRecord[]): readonly (readonly [KnownRecord, KnownRecord])[] {
  return groupsOf(records, ({ person }) => [String(person)]).flatMap(pairsOf)
}

function* pairsBetween(records: readonly KnownRecord[]): Iterable<readonly [KnownRecord, KnownRecord]> {
  for (const [place, a] of records.entries()) {
    for (const b of records.slice(place + 1, place + 1 + NEIGHBOURS)) if (a.person !== b.person) yield [a, b]
  }
}

/** The lowest thresholds with which enough is right of what is brought together, and of what is asked. */
function thresholdsFor(model: MatchModel, records: readonly KnownRecord[]): MatchModel['thresholds'] {
  const pairs = candidatePairs(records).map(([a, b]) => ({ a, b, score: scoreOf(model, a.identity, b.identity) }))
  const likeliestFirst = pairs.toSorted((one, other) => other.score.total - one.score.total)
  const merge = lowest(HIGHEST, bits => precisionOf(broughtTogether(model, likeliestFirst, bits)) >= PRECISE)
  const review = lowest(merge, bits => {
    const on = pairs.filter(({ score: { total } }) => total >= bits && total < bits + STEP)
    return on.length === 0 || on.filter(({ a, b }) => a.person === b.person).length / on.length >= WORTH_ASKING
  })
  return { merge, review: Math.min(review, merge - STEP) }
}

/** Goes down from here for as long as it is good enough. */
function lowest(highest: number, isGoodEnough: (bits: number) => boolean): number {
  let bits = highest
  while (bits - STEP >= LOWEST && isGoodEnough(bits - STEP)) bits -= STEP
  return bits
}

interface Pair {
  readonly a: KnownRecord
  readonly b: KnownRecord
  readonly score: Score
}

/** The persons that the matching would make of the pairs that weigh so much, as it decides when all records are there. */
function broughtTogether(
  model: MatchModel,
  likeliestFirst: readonly Pair[],
  leastBits: number,
): readonly (readonly KnownRecord[])[] {
  const persons = new Map<KnownRecord, KnownRecord[]>()
  for (const { a, b, score } of likeliestFirst) {
    if (score.total < leastBits) break
    const [first, second] = [persons.get(a) ?? [a], persons.get(b) ?? [b]]
    if (first === second || areContradicted(model, identitiesOf(first), identitiesOf(second))) continue
    const person = [...first, ...second]
    for (const each of person) persons.set(each, person)
  }
  return [...new Set(persons.values())]
}

const identitiesOf = (records: readonly KnownRecord[]) => records.map(({ identity }) => identity)

/** Of the pairs that were brought together, how many are one person's. */
function precisionOf(persons: readonly (readonly KnownRecord[])[]): number {
  const pairs = persons.flatMap(pairsOf)
  return pairs.filter(([a, b]) => a.person === b.person).length / pairs.length
}

/** The pairs that share a key which few enough share. */
function candidatePairs(records: readonly KnownRecord[]): readonly (readonly [KnownRecord, KnownRecord])[] {
  const groups = groupsOf(records, ({ identity }) => [
    ...Object.entries(blocksOf(identity)).flatMap(([key, value]) => (value === null ? [] : [`${key} ${value}`])),
    ...(identity.weComId ? [`weComId ${identity.weComId}`] : []),
  ])
  const places = new Map(records.map((record, place) => [record, place]))
  const pairs = groups
    .filter(({ length }) => length <= LARGEST_BLOCK)
    .flatMap(pairsOf)
    .map(([a, b]) => [`${places.get(a)} ${places.get(b)}`, [a, b]] as const)
  return [...new Map(pairs).values()]
}

function groupsOf(records: readonly KnownRecord[], keysOf: (record: KnownRecord) => readonly string[]) {
  const groups = new Map<string, KnownRecord[]>()
  for (const record of records) {
    for (const key of keysOf(record)) groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()]
}

function pairsOf(records: readonly KnownRecord[]): (readonly [KnownRecord, KnownRecord])[] {
  return records.flatMap((a, place) => records.slice(place + 1).map(b => [a, b] as const))
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
