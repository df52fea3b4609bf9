// No write without evidence: a pending entry joins the transaction of the change that it proves.
import type { Instant } from '../clock.ts'
import { ApiError } from '../errors.ts'
import type { Graph, Params, Row, UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Viewer } from '../viewer.ts'
import { canonicalJson, commitment, merkleRoot, openingOf, subjectTag } from './commitment.ts'
import type { SubjectKeys } from './subject-keys.ts'

export const evidenceKinds = [
  'RECORDS_INGESTED',
  'DEAD_LETTERS_REPLAYED',
  'ENVIRONMENT_LINKED',
  'OPPORTUNITIES_RECORDED',
  'ORDERS_RECORDED',
  'MARKET_RECORDED',
  'CUSTOMERS_COMPARED',
  'CUSTOMERS_MERGED',
  'CUSTOMERS_UNMERGED',
  'MERGE_CONFIRMED',
  'CONSENT_GIVEN',
  'CONSENT_WITHDRAWN',
  'SIGNALS_INFERRED',
  'SIGNALS_REMOVED',
  'SIGNAL_RUN_STARTED',
  'DATA_ACCESSED',
  'POLICY_ACTIVATED',
  'LOSS_ACCEPTED',
  'ERASURE_REQUESTED',
  'SUBJECT_DATA_ERASED',
  'SUBJECT_KEY_DESTROYED',
  'ERASURE_COMPLETED',
  'LOG_KEY_ROTATED',
  'METRIC_TARGET_SET',
  'METRIC_PERIOD_CLOSED',
  'MODULE_ENABLED',
  'MODULE_DISABLED',
  'TASKS_PUBLISHED',
  'TASKS_ROUTED',
  'TASKS_ESCALATED',
  'ASSIGNMENT_ACCEPTED',
  'ASSIGNMENT_DECLINED',
  'PLAN_OVERRIDDEN',
  'TASK_COMPLETED',
  'AVAILABILITY_SET',
  'GOAL_DECOMPOSED',
  'DECOMPOSITION_ACCEPTED',
  'TASK_TEMPLATE_PUBLISHED',
  'KNOWLEDGE_PACK_PUBLISHED',
  'TEAM_ASSEMBLED',
  'SKILLS_IMPORTED',
  'SELLERS_OBSERVED',
  'SKILL_EVIDENCE_RECORDED',
  'SKILL_EVIDENCE_CONTESTED',
  'SKILL_EVIDENCE_REVIEWED',
  'PROFILES_REBUILT',
  'COLLABORATION_RECORDED',
  'REWARD_SET',
  'CONTRIBUTION_RECORDED',
  'TASK_SETTLED',
  'SETTLEMENT_REVERSED',
  'SETTLEMENT_DISPUTED',
  'DISPUTE_REJECTED',
  'CAPABILITY_LISTED',
  'LISTING_WITHDRAWN',
  'TRADE_PROPOSED',
  'TRADE_CHANGED',
  'TRADE_RATED',
] as const
export type EvidenceKind = (typeof evidenceKinds)[number]

/** A fact of a subject that the entry commits to without telling it. */
export interface CommittedFact {
  readonly subjectId: string
  /** Hidden in a commitment under the subject's key. */
  readonly content: unknown
  /** The node that holds the fact, so that a node changed behind the API can be named. */
  readonly node?: NodeName | undefined
}

export interface NodeName {
  readonly label: string
  readonly id: string
  /** How often the node was written, for nodes that are written again: of two entries the higher one is right. */
  readonly revision?: number
}

export interface EvidenceDraft {
  /** Given by the change, so that nodes written before the entry can name it. */
  readonly id: string
  readonly kind: EvidenceKind
  readonly at: Instant
  readonly actor: Pick<Viewer, 'kind' | 'id' | 'purpose'>
  /** Facts that tell nothing personal and may stand in the log as they are. */
  readonly statement: { readonly [name: string]: string | number | null }
  readonly facts: readonly CommittedFact[]
}

export interface Evidence {
  /**
   * Appends pending entries inside the unit, in one statement. Throws EVIDENCE_UNAVAILABLE, which fails the unit: what
   * cannot be proved is not done.
   */
  append(unit: UnitOfWork, drafts: readonly EvidenceDraft[]): Promise<void>
  /** What an entry holds for each of these facts; undefined where the subject has no key, or none any more. */
  commitmentsTo(entryId: string, facts: readonly CommittedFact[]): Promise<readonly (string | undefined)[]>
  /** What opens the entry's commitments about this subject; undefined where it has no key. */
  openingFor(entryId: string, subjectId: string): Promise<Buffer | undefined>
  /** The pseudonym under which the index knows the subject; undefined where it has no key. */
  tagOf(subjectId: string): Promise<string | undefined>
  /**
   * Takes the subject out of the index: its entries stand there as before, and nothing says any more that they are about
   * one and the same subject. Before its key is destroyed, because that finds them.
   */
  unlink(graph: Graph, subjectId: string): Promise<void>
  /**
   * Destroys the key of this subject: from then on nobody can tell what was committed about it, or that it was about it.
   * Throws EVIDENCE_UNAVAILABLE.
   */
  destroyKey(subjectId: string): Promise<void>
  /** The pseudonyms of all who have a key; those of erased subjects are not among them. */
  knownTags(): Promise<ReadonlySet<string>>
}

export interface Proofs {
  /**
   * The c2sp.org/tlog-proof@v1 file of an entry under the latest checkpoint; undefined where there is no such entry.
   * Throws BAD_USER_INPUT for one that is not integrated yet, which it is within a second.
   */
  documentOf(entryId: string): Promise<string | undefined>
}

export const evidenceMigrations: readonly Migration[] = [
  { id: 'core/010-evidence', keys: ['EvidenceEntry.id'], indexes: ['EvidenceEntry.state'] },
  { id: 'core/011-evidence-log', indexes: ['EvidenceEntry.position', 'EvidenceEntry.kind'] },
  { id: 'core/012-evidence-trail', indexes: ['EvidenceEntry.actorId', 'EvidenceEntry.at'] },
]

const APPEND_ENTRIES = `
UNWIND $entries AS row
CREATE (:EvidenceEntry {id: row.id, kind: row.kind, at: row.at, actorId: row.actorId, entry: row.entry,
  subjects: row.subjects, facts: row.facts, state: 'PENDING'})`

const ENTRIES_ABOUT = `
MATCH (e:EvidenceEntry)
WHERE $tag IN e.subjects
RETURN e.id, e.actorId, e.subjects, e.facts`

const REPLACE_INDEX = `
UNWIND $entries AS row
MATCH (e:EvidenceEntry {id: row.id})
SET e.actorId = row.actorId, e.subjects = row.subjects, e.facts = row.facts`

/** Up to this many commitments stand in the entry itself; above, their Merkle root does. */
const INLINE_COMMITMENTS = 16

export function evidenceWith(keys: SubjectKeys): Evidence {
  return {
    append: async (unit, drafts) => {
      try {
        const subjectKeys = await keys.keysOf([...new Set(drafts.flatMap(subjectIdsOf))])
        await unit.run(APPEND_ENTRIES, { entries: drafts.map(draft => rowOf(draft, subjectKeys)) })
      } catch (cause) {
        if (cause instanceof ApiError && cause.code !== 'CONFLICT') throw cause
        throw new ApiError('EVIDENCE_UNAVAILABLE', {}, cause)
      }
    },
    unlink: async (graph, subjectId) => {
      const key = (await keys.knownKeysOf([subjectId])).get(subjectId)
      if (key === undefined) return
      const tag = subjectTag(key)
      const entries = (await graph.read(ENTRIES_ABOUT, { tag })).map(row => withoutTag(row, tag, subjectId))
      if (entries.length > 0) await graph.write(unit => unit.run(REPLACE_INDEX, { entries }))
    },
    destroyKey: subjectId => keys.destroy(subjectId),
    commitmentsTo: async (entryId, facts) => {
      const subjectKeys = await keys.knownKeysOf([...new Set(facts.map(fact => fact.subjectId))])
      return facts.map(fact => {
        const key = subjectKeys.get(fact.subjectId)
        return key && commitmentTo(entryId, fact, key)
      })
    },
    openingFor: async (entryId, subjectId) => {
      const key = (await keys.knownKeysOf([subjectId])).get(subjectId)
      return key && openingOf(key, entryId)
    },
    tagOf: async subjectId => {
      const key = (await keys.knownKeysOf([subjectId])).get(subjectId)
      return key && subjectTag(key)
    },
    knownTags: async () => new Set((await keys.all()).map(subjectTag)),
  }
}

/** What a subject's entry commits to of the subject as the one who acted. */
function actorFact(subjectId: string): CommittedFact {
  return { subjectId, content: 'actor' }
}

/** The exact value that is committed to: whoever opens a commitment needs it, too. */
export function committedContent({ subjectId, content }: CommittedFact): unknown {
  return { subjectId, content }
}

function subjectIdsOf({ actor, facts }: EvidenceDraft): string[] {
  return [...facts.map(fact => fact.subjectId), ...(actor.kind === 'SUBJECT' ? [actor.id] : [])]
}

/** The node of an entry: what goes into the tree, and beside it the index by which it is found. */
function rowOf(draft: EvidenceDraft, subjectKeys: ReadonlyMap<string, Buffer>) {
  const { id, kind, at, actor, statement, facts } = draft
  const keyOf = (subjectId: string) => {
    const key = subjectKeys.get(subjectId)
    if (key === undefined) throw new Error('a subject has no key')
    return key
  }
  const commitments = facts.map(fact => commitmentTo(id, fact, keyOf(fact.subjectId)))
  const tags = new Map([...new Set(subjectIdsOf(draft))].map(each => [each, subjectTag(keyOf(each))]))
  // A subject's own id is personal in a log that nobody can erase from: it stands there as a commitment, too.
  const actorId = actor.kind === 'SUBJECT' ? commitmentTo(id, actorFact(actor.id), keyOf(actor.id)) : actor.id
  const entry = {
    version: 1,
    id,
    kind,
    at,
    actor: { kind: actor.kind, id: actorId },
    purpose: actor.purpose ?? null,
    statement,
    committed:
      commitments.length <= INLINE_COMMITMENTS
        ? { count: commitments.length, commitments }
        : { count: commitments.length, root: merkleRoot(commitments) },
  }
  return {
    id,
    kind,
    at,
    actorId: actor.kind === 'SUBJECT' ? (tags.get(actor.id) ?? '') : actor.id,
    entry: canonicalJson(entry),
    subjects: [...tags.values()],
    facts: facts.map(({ subjectId, node }, index) => factLine(commitments[index], tags.get(subjectId), node)),
  }
}

function commitmentTo(entryId: string, fact: CommittedFact, subjectKey: Buffer): string {
  return commitment(openingOf(subjectKey, entryId), committedContent(fact))
}

/** The index of an entry without this subject. Its commitments stay: the root in the entry is made of them. */
function withoutTag([id, actorId, subjects, facts]: Row, tag: string, subjectId: string): Params {
  const lines = (facts as readonly string[]).map(line => {
    const fact = parseFactLine(line)
    if (fact.tag !== tag) return line
    // What a line is about is told by the ids of nodes that are gone, but never by that of the subject.
    return factLine(fact.commitment, '', fact.node?.id === subjectId ? undefined : fact.node)
  })
  return {
    id: String(id),
    actorId: actorId === tag ? '' : String(actorId),
    subjects: (subjects as readonly string[]).filter(each => each !== tag),
    facts: lines,
  }
}

/** A line of the index: which commitment is about whom, and which node holds what it commits to. */
export interface IndexedFact {
  readonly commitment: string
  /** Empty for a subject who was erased. */
  readonly tag: string
  readonly node: Required<NodeName> | undefined
}

function factLine(committed = '', tag = '', node?: NodeName): string {
  return node === undefined
    ? `${committed} ${tag}`
    : `${committed} ${tag} ${node.label}:${node.id} ${node.revision ?? 1}`
}

export function parseFactLine(line: string): IndexedFact {
  const [committed = '', tag = '', name, revision] = line.split(' ')
  const at = name?.indexOf(':') ?? -1
  return {
    commitment: committed,
    tag,
    node:
      name === undefined ? undefined : { label: name.slice(0, at), id: name.slice(at + 1), revision: Number(revision) },
  }
}
