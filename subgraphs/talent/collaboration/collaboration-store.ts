// What talent asks of the graph about who worked with whom, and writes of it.
import type { EventDraft } from '../../../core/events/outbox.ts'
import type { Reader, UnitOfWork } from '../../../core/graph/graph.ts'

/** Something that several sellers did together. */
export interface Collaboration {
  readonly id: string
  /** Sorted. */
  readonly sellerIds: readonly string[]
  readonly outcome: number
  readonly at: string
}

/** Something that several sellers did together, as it was told. */
export interface JointWork {
  readonly sourceId: string
  readonly sellerIds: readonly string[]
  /** 0 failed to 1 succeeded. */
  readonly outcome: number
  readonly at: string
}

const TELL = `
MERGE (j:JointWork {id: $sourceId})
SET j.sellerIds = $sellerIds, j.outcome = $outcome, j.at = $at`

const TOLD = `
MATCH (j:JointWork {id: $sourceId})
RETURN j.sellerIds, j.outcome, j.at`

type Pair = readonly [string, string]

const COLLABORATION = `
MATCH (w:Collaboration {id: $id})
RETURN w.outcome, w.at, [(w)<-[:TOOK_PART]-(s:Seller) | s.id]`

const KEEP = `
MERGE (w:Collaboration {id: $id})
SET w.outcome = $outcome, w.at = $at, w.evidenceEntryId = $evidenceEntryId`

const LEAVE = `
MATCH (w:Collaboration {id: $id})<-[t:TOOK_PART]-(:Seller)
DELETE t`

const JOIN = `
UNWIND $sellerIds AS wanted
MATCH (w:Collaboration {id: $id})
MATCH (s:Seller {id: wanted})
MERGE (s)-[:TOOK_PART]->(w)`

const SHARED = `
UNWIND $pairs AS pair
MATCH (a:Seller {id: pair[0]})-[:TOOK_PART]->(w:Collaboration)<-[:TOOK_PART]-(b:Seller {id: pair[1]})
RETURN a.id, b.id, w.outcome`

const FORGET = `
UNWIND $pairs AS pair
MATCH (a:Seller {id: pair[0]})-[r:WORKED_WITH]-(b:Seller {id: pair[1]})
DELETE r`

// In both directions, so that who asks of one of them need not know which way it was written.
const REMEMBER = `
UNWIND $rows AS row
MATCH (a:Seller {id: row.a})
MATCH (b:Seller {id: row.b})
MERGE (a)-[there:WORKED_WITH]->(b)
SET there.count = row.count, there.outcome = row.outcome
MERGE (b)-[back:WORKED_WITH]->(a)
SET back.count = row.count, back.outcome = row.outcome`

const SELLERS_KNOWN = `
UNWIND $ids AS wanted
MATCH (s:Seller {id: wanted})
RETURN s.id`

/** Keeps what was done together, in place of what was told of it before. Answers the event that names it. */
export async function tellJointWork(
  { unit }: { readonly unit: UnitOfWork },
  { sourceId, sellerIds, outcome, at }: JointWork,
): Promise<EventDraft<'SELLERS_WORKED_TOGETHER'>> {
  await unit.run(TELL, { sourceId, sellerIds, outcome, at })
  return { kind: 'SELLERS_WORKED_TOGETHER', body: { sourceId, sellerIds: [...sellerIds] } }
}

export async function jointWorkOf(reader: Reader, sourceId: string): Promise<JointWork | undefined> {
  const [row] = await reader.run(TOLD, { sourceId })
  if (row === undefined) return undefined
  const [sellerIds, outcome, at] = row
  return { sourceId, sellerIds: [...(sellerIds as readonly string[])], outcome: Number(outcome), at: String(at) }
}

/** Those of these ids that are sellers', sorted. */
export async function sellersAmong(reader: Reader, ids: readonly string[]): Promise<readonly string[]> {
  return (await reader.run(SELLERS_KNOWN, { ids })).map(([id]) => String(id)).sort()
}

export async function collaborationById(reader: Reader, id: string): Promise<Collaboration | undefined> {
  const [row] = await reader.run(COLLABORATION, { id })
  if (row === undefined) return undefined
  const [outcome, at, sellerIds] = row
  return { id, outcome: Number(outcome), at: String(at), sellerIds: [...(sellerIds as readonly string[])].sort() }
}

/** Writes it in place of what was known of it, and counts anew who worked with whom. */
export async function keepCollaboration(
  unit: UnitOfWork,
  evidenceEntryId: string,
  { id, outcome, at, sellerIds }: Collaboration,
  before: Collaboration | undefined,
): Promise<void> {
  await unit.run(KEEP, { id, outcome, at, evidenceEntryId })
  await unit.run(LEAVE, { id })
  await unit.run(JOIN, { id, sellerIds })
  const pairs = new Map(
    [...pairsOf(before?.sellerIds ?? []), ...pairsOf(sellerIds)].map(pair => [pair.join(' '), pair]),
  )
  const outcomes = new Map<string, number[]>()
  const touched = [...pairs.values()]
  for (const [a, b, each] of await unit.run(SHARED, { pairs: touched })) {
    const ofPair = outcomes.get(`${a} ${b}`) ?? []
    ofPair.push(Number(each))
    outcomes.set(`${a} ${b}`, ofPair)
  }
  await unit.run(FORGET, { pairs: touched })
  const rows = [...outcomes].map(([pair, all]) => {
    const [a = '', b = ''] = pair.split(' ')
    return { a, b, count: all.length, outcome: meanOf(all) }
  })
  if (rows.length > 0) await unit.run(REMEMBER, { rows })
}

// In an order of its own: the sum of floats depends on it, and the graph answers in none.
function meanOf(outcomes: number[]): number {
  return outcomes.sort((a, b) => a - b).reduce((sum, each) => sum + each, 0) / outcomes.length
}

function pairsOf(sellerIds: readonly string[]): readonly Pair[] {
  return sellerIds.flatMap((a, index) => sellerIds.slice(index + 1).map(b => [a, b] as const))
}
