// No write without evidence: a pending entry joins the transaction of the change that it proves.
import type { Instant } from '../clock.ts'
import { ApiError } from '../errors.ts'
import type { UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Viewer } from '../viewer.ts'
import { canonicalJson, commitment, merkleRoot, openingOf, subjectTag } from './commitment.ts'
import type { SubjectKeys } from './subject-keys.ts'

export const evidenceKinds = [
  'RECORDS_INGESTED',
  'OPPORTUNITIES_RECORDED',
  'CONSENT_GIVEN',
  'CONSENT_WITHDRAWN',
  'DATA_ACCESSED',
  'POLICY_ACTIVATED',
  'LOSS_ACCEPTED',
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

/** A line of the index: which commitment is about whom, and which node holds what it commits to. */
export interface IndexedFact {
  readonly commitment: string
  readonly tag: string
  readonly node: NodeName | undefined
}

function factLine(committed = '', tag = '', node?: NodeName): string {
  return node === undefined ? `${committed} ${tag}` : `${committed} ${tag} ${node.label}:${node.id}`
}

export function parseFactLine(line: string): IndexedFact {
  const [committed = '', tag = '', node] = line.split(' ')
  const at = node?.indexOf(':') ?? -1
  return {
    commitment: committed,
    tag,
    node: node === undefined ? undefined : { label: node.slice(0, at), id: node.slice(at + 1) },
  }
}
