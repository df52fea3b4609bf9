// Does the graph still hold what the log commits to? Each node that was edited, deleted or inserted behind the API is named.
// A page of entries costs a fixed number of statements for each label, however many nodes it is about.
import type { Services } from '../../core/context.ts'
import { merkleRoot } from '../../core/evidence/commitment.ts'
import { type CommittedFact, type IndexedFact, parseFactLine } from '../../core/evidence/evidence.ts'
import type { EvidencedLabel } from '../../core/evidence/evidenced-label.ts'
import { knownEntries } from '../../core/evidence/known-entries.ts'
import type { Reader, Row } from '../../core/graph/graph.ts'
import { factsOf, type LoggedEntry } from './log-store.ts'
import type { ReconciliationFinding, ReconciliationProblem } from './types.ts'

type ReconcileServices = Pick<Services, 'graph' | 'evidence' | 'evidenced'>

export interface Reconciled {
  /** How many facts of nodes were compared. */
  readonly checked: number
  /** How many of them were of erased customers, whose keys are destroyed and whose nodes are gone by right. */
  readonly erased: number
  readonly findings: readonly ReconciliationFinding[]
}

interface Node {
  readonly id: string
  readonly subjectId: string
  readonly entryId: string
  readonly fact: CommittedFact
}

/** Compares the nodes of these entries with what the entries commit to. */
export async function reconcileEntries(
  services: ReconcileServices,
  entries: readonly LoggedEntry[],
): Promise<Reconciled> {
  const reader: Reader = { run: services.graph.read.bind(services.graph) }
  const lines = await factsOf(
    reader,
    entries.map(({ id }) => id),
  )
  const findings: ReconciliationFinding[] = []
  let checked = 0
  let erased = 0
  const indexed = entries.map(entry => ({ entry, facts: (lines.get(entry.id) ?? []).map(parseFactLine) }))
  for (const { entry, facts } of indexed) {
    // The index beside an entry is not in the tree itself: what it says has to add up to what is.
    if (!addsUp(entry, facts)) findings.push(finding('EvidenceEntry', entry.id, 'EDITED', entry.id))
  }
  for (const evidenced of services.evidenced) {
    const found = await reconcileLabel(services, reader, evidenced, indexed)
    checked += found.checked
    erased += found.erased
    findings.push(...found.findings)
  }
  return { checked, erased, findings }
}

/** The nodes that name no entry, or one that is not there: nobody but somebody behind the API writes such. */
export async function reconcileOrphans({ graph, evidenced }: ReconcileServices): Promise<ReconciliationFinding[]> {
  const reader: Reader = { run: graph.read.bind(graph) }
  const findings: ReconciliationFinding[] = []
  for (const { label, entriesNamed, byEntry } of evidenced) {
    const named = (await reader.run(entriesNamed)).map(([entryId]) => entryId)
    const ids = named.filter(id => typeof id === 'string')
    const known = await knownEntries(reader, ids)
    const unknown = ids.filter(id => !known.has(id))
    const orphans = unknown.length === 0 ? [] : await reader.run(byEntry, { entryIds: unknown })
    findings.push(...orphans.map(([id, , entryId]) => finding(label, String(id), 'INSERTED', String(entryId))))
    if (ids.length < named.length) findings.push(finding(label, null, 'INSERTED', null))
  }
  return findings
}

interface IndexedEntry {
  readonly entry: LoggedEntry
  readonly facts: readonly IndexedFact[]
}

/** A fact whose node does not name its entry. */
interface Elsewhere {
  readonly entry: LoggedEntry
  readonly fact: IndexedFact
  readonly id: string
}

async function reconcileLabel(
  { evidence }: ReconcileServices,
  reader: Reader,
  { label, byId, byEntry, toFact }: EvidencedLabel,
  indexed: readonly IndexedEntry[],
): Promise<Reconciled> {
  const toNode = ([id, subjectId, entryId, ...columns]: Row): Node => ({
    id: String(id),
    subjectId: String(subjectId),
    entryId: String(entryId),
    fact: toFact(String(subjectId), String(id), columns),
  })
  const entryIds = indexed.map(({ entry }) => entry.id)
  const written = (await reader.run(byEntry, { entryIds })).map(toNode)
  const byEntryId = new Map<string, Node[]>(entryIds.map(id => [id, []]))
  for (const node of written) byEntryId.get(node.entryId)?.push(node)
  const findings: ReconciliationFinding[] = []
  const elsewhere: Elsewhere[] = []
  let checked = 0
  for (const { entry, facts } of indexed) {
    const nodes = byEntryId.get(entry.id) ?? []
    const commitments = await evidence.commitmentsTo(
      entry.id,
      nodes.map(node => node.fact),
    )
    const recomputed = new Map(nodes.map(({ id }, index) => [id, commitments[index]]))
    const ofLabel = facts.filter(({ node }) => node?.label === label)
    checked += ofLabel.length
    for (const fact of ofLabel) {
      const id = fact.node?.id ?? ''
      if (!recomputed.has(id)) elsewhere.push({ entry, fact, id })
      else if (recomputed.get(id) !== fact.commitment) findings.push(finding(label, id, 'EDITED', entry.id))
      recomputed.delete(id)
    }
    for (const id of recomputed.keys()) findings.push(finding(label, id, 'INSERTED', entry.id))
  }
  const { erased, findings: others } = await findElsewhere(evidence, reader, label, elsewhere, async ids =>
    (await reader.run(byId, { ids })).map(toNode),
  )
  return { checked, erased, findings: [...findings, ...others] }
}

/** What became of nodes that do not name the entry that wrote them: written again since, erased, or harmed. */
async function findElsewhere(
  evidence: Services['evidence'],
  reader: Reader,
  label: string,
  elsewhere: readonly Elsewhere[],
  nodesById: (ids: readonly string[]) => Promise<readonly Node[]>,
): Promise<Pick<Reconciled, 'erased' | 'findings'>> {
  if (elsewhere.length === 0) return { erased: 0, findings: [] }
  const found = await nodesById(elsewhere.map(({ id }) => id))
  const nodes = new Map(found.map(node => [node.id, node]))
  const revisions = await revisionsIn(
    reader,
    found.map(({ entryId }) => entryId),
  )
  const missing = elsewhere.filter(({ id }) => !nodes.has(id))
  const tags = missing.length === 0 ? new Set() : await evidence.knownTags()
  const deleted = missing.filter(({ fact }) => tags.has(fact.tag))
  // A node that names an older entry than one that wrote it was set back.
  const setBack = elsewhere.filter(({ id, fact }) => {
    const node = nodes.get(id)
    return node !== undefined && (revisions.get(`${node.entryId} ${label}:${id}`) ?? 0) <= (fact.node?.revision ?? 0)
  })
  return {
    erased: missing.length - deleted.length,
    findings: [
      ...deleted.map(({ id, entry }) => finding(label, id, 'DELETED', entry.id)),
      ...setBack.map(({ id, entry }) => finding(label, id, 'EDITED', entry.id)),
    ],
  }
}

/** The revisions that these entries are about, by entry, label and id of the node. */
async function revisionsIn(reader: Reader, entryIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const revisions = new Map<string, number>()
  for (const [entryId, lines] of await factsOf(reader, [...new Set(entryIds)])) {
    for (const { node } of lines.map(parseFactLine)) {
      if (node !== undefined) revisions.set(`${entryId} ${node.label}:${node.id}`, node.revision)
    }
  }
  return revisions
}

function addsUp({ entry }: LoggedEntry, facts: readonly IndexedFact[]): boolean {
  const { committed } = JSON.parse(entry) as { committed: { commitments?: readonly string[]; root?: string } }
  const commitments = facts.map(fact => fact.commitment)
  return committed.commitments === undefined
    ? committed.root === merkleRoot(commitments)
    : committed.commitments.join() === commitments.join()
}

function finding(
  label: string,
  nodeId: string | null,
  problem: ReconciliationProblem,
  entryId: string | null,
): ReconciliationFinding {
  return { label, nodeId, problem, entryId }
}
