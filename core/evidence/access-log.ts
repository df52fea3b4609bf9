// No read without evidence: one access record an operation, durable before the answer leaves. Records that come while a
// batch is being written wait for the next, so that many readers share one commit and a single one waits for nobody.
import type { Instant } from '../clock.ts'
import { ApiError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import type { Ids } from '../ids.ts'
import type { Category } from '../policy/categories.ts'
import { policyEpoch } from '../policy/policy-store.ts'
import type { Viewer } from '../viewer.ts'
import type { Evidence } from './evidence.ts'

export interface Access {
  readonly at: Instant
  readonly viewer: Viewer
  /** SHA-256 of the document that was executed, base64url: what was asked, without the variables. */
  readonly document: string
  /** The categories of which values were shown. */
  readonly categories: ReadonlySet<Category>
  /** The customers of whom values were shown. */
  readonly subjectIds: ReadonlySet<string>
  /** How many values were withheld. */
  readonly masked: number
}

export interface Recorded {
  readonly evidenceEntryId: string
  /** The policy epoch of the moment at which it was recorded: of another epoch than the request's the answer must not leave. */
  readonly policyEpoch: number
}

export interface AccessLog {
  /** Resolves when the record is durable. Throws EVIDENCE_UNAVAILABLE; then the answer must not leave. */
  record(access: Access): Promise<Recorded>
  /** Resolves when every record that came before is written or has failed. */
  settle(): Promise<void>
}

const MOST_IN_A_BATCH = 256

interface Waiting {
  readonly access: Access
  readonly resolve: (recorded: Recorded) => void
  readonly reject: (error: unknown) => void
}

export function accessLogWith(graph: Graph, ids: Ids, evidence: Evidence): AccessLog {
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_IN_A_BATCH)
      waiting = waiting.slice(MOST_IN_A_BATCH)
      try {
        const drafts = batch.map(({ access }) => draftOf(access, ids.next('EvidenceEntry')))
        // In the unit that is written anyway: the answer of another process, too, tells of its activations in time.
        const epoch = await graph.write(async unit => {
          await evidence.append(unit, drafts)
          return policyEpoch(unit)
        })
        for (const [index, { id }] of drafts.entries())
          batch[index]?.resolve({ evidenceEntryId: id, policyEpoch: epoch })
      } catch (cause) {
        for (const each of batch) each.reject(new ApiError('EVIDENCE_UNAVAILABLE', {}, cause))
      }
    }
    writing = undefined
  }

  return {
    record: access =>
      new Promise((resolve, reject) => {
        waiting.push({ access, resolve, reject })
        writing ??= Promise.resolve().then(writeAll)
      }),
    settle: async () => {
      await writing
    },
  }
}

function draftOf({ at, viewer, document, categories, subjectIds, masked }: Access, id: string) {
  return {
    id,
    kind: 'DATA_ACCESSED' as const,
    at,
    actor: viewer,
    statement: {
      document,
      categories: [...categories].sort().join(' '),
      subjects: subjectIds.size,
      masked,
      // Where who asks sits; where a customer lives is its own affair.
      region: (viewer.kind !== 'SUBJECT' && viewer.region) || null,
    },
    // In order of the ids: which of several reads was answered first tells of nothing but the store.
    facts: [...subjectIds].sort().map(subjectId => ({ subjectId, content: 'accessed' })),
  }
}
