// No write without evidence: a pending entry joins the transaction of the change that it proves.
import type { Instant } from '../clock.ts'
import { ApiError } from '../errors.ts'
import type { UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Viewer } from '../viewer.ts'
import { canonicalJson, commitment, merkleRoot } from './commitment.ts'
import type { SubjectKeys } from './subject-keys.ts'

export const evidenceKinds = [
  'RECORDS_INGESTED',
  'OPPORTUNITIES_RECORDED',
  'CONSENT_GIVEN',
  'CONSENT_WITHDRAWN',
  'LOSS_ACCEPTED',
  'ERASURE_REQUESTED',
  'SUBJECT_DATA_ERASED',
  'SUBJECT_KEY_DESTROYED',
  'ERASURE_COMPLETED',
  'LOG_KEY_ROTATED',
] as const
export type EvidenceKind = (typeof evidenceKinds)[number]

/** A fact of a subject that the entry commits to without telling it. */
export interface CommittedFact {
  readonly subjectId: string
  /** Hidden in a commitment under the subject's key. */
  readonly content: unknown
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
   * Appends a pending entry inside the unit. Throws EVIDENCE_UNAVAILABLE, which fails the unit: what cannot be proved
   * is not done.
   */
  append(unit: UnitOfWork, draft: EvidenceDraft): Promise<void>
  /**
   * Destroys the key of this subject: from then on nobody can tell what was committed about it, or that it was about it.
   * Throws EVIDENCE_UNAVAILABLE.
   */
  destroyKey(subjectId: string): Promise<void>
}

export const evidenceMigrations: readonly Migration[] = [
  { id: 'core/010-evidence', keys: ['EvidenceEntry.id'], indexes: ['EvidenceEntry.state'] },
  { id: 'core/011-evidence-log', indexes: ['EvidenceEntry.position', 'EvidenceEntry.kind'] },
]

const APPEND_ENTRY = `
CREATE (:EvidenceEntry {id: $id, kind: $kind, at: $at, entry: $entry, state: 'PENDING'})`

/** Up to this many commitments stand in the entry itself; above, their Merkle root does. */
const INLINE_COMMITMENTS = 16

export function evidenceWith(keys: SubjectKeys): Evidence {
  return {
    append: async (unit, draft) => {
      try {
        const entry = canonicalJson(await entryOf(draft, keys))
        await unit.run(APPEND_ENTRY, { id: draft.id, kind: draft.kind, at: draft.at, entry })
      } catch (cause) {
        if (cause instanceof ApiError && cause.code !== 'CONFLICT') throw cause
        throw new ApiError('EVIDENCE_UNAVAILABLE', {}, cause)
      }
    },
    destroyKey: subjectId => keys.destroy(subjectId),
  }
}

async function entryOf(draft: EvidenceDraft, keys: SubjectKeys): Promise<unknown> {
  const { id, kind, at, actor, statement, facts } = draft
  // A subject's own id is personal in a log that nobody can erase from: it stands there as a commitment, too.
  const actorIsSubject = actor.kind === 'SUBJECT'
  const subjectIds = [...facts.map(fact => fact.subjectId), ...(actorIsSubject ? [actor.id] : [])]
  const subjectKeys = await keys.keysOf([...new Set(subjectIds)])
  const commitmentTo = (subjectId: string, content: unknown) => {
    const key = subjectKeys.get(subjectId)
    if (key === undefined) throw new Error('a subject has no key')
    return commitment(key, canonicalJson({ subjectId, content }))
  }
  const commitments = facts.map(({ subjectId, content }) => commitmentTo(subjectId, content))
  return {
    version: 1,
    id,
    kind,
    at,
    actor: { kind: actor.kind, id: actorIsSubject ? commitmentTo(actor.id, 'actor') : actor.id },
    purpose: actor.purpose ?? null,
    statement,
    committed:
      commitments.length <= INLINE_COMMITMENTS
        ? { count: commitments.length, commitments }
        : { count: commitments.length, root: merkleRoot(commitments) },
  }
}
