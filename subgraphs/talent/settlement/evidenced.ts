// What the log can vouch for of settlement: each contribution, and each posting.
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import type { EvidencedLabel } from '../../../core/evidence/evidenced-label.ts'
import type { Row } from '../../../core/graph/graph.ts'

const POSTING = `
RETURN p.id, p.subjectId, p.evidenceEntryId, p.account, p.number, p.amountMinor, p.balanceMinor, p.kind, p.because,
  p.transactionId, p.at`

const POSTINGS_BY_ID = `
UNWIND $ids AS wanted
MATCH (p:Posting {id: wanted})
${POSTING}`

const POSTINGS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (p:Posting {evidenceEntryId: wanted})
${POSTING}`

const POSTINGS_NAME = `
MATCH (p:Posting)
RETURN DISTINCT p.evidenceEntryId`

const CONTRIBUTION = `
RETURN k.id, k.sellerId, k.evidenceEntryId, k.taskId, k.part, k.share, k.hours, k.evidence`

const CONTRIBUTIONS_BY_ID = `
UNWIND $ids AS wanted
MATCH (k:Contribution {id: wanted})
${CONTRIBUTION}`

const CONTRIBUTIONS_BY_ENTRY = `
UNWIND $entryIds AS wanted
MATCH (k:Contribution {evidenceEntryId: wanted})
${CONTRIBUTION}`

const CONTRIBUTIONS_NAME = `
MATCH (k:Contribution)
RETURN DISTINCT k.evidenceEntryId`

/** Columns: account, number, amountMinor, balanceMinor, kind, because, transactionId, at. */
export function postingFact(subjectId: string, id: string, columns: Row): CommittedFact {
  return { subjectId, content: [id, ...columns], node: { label: 'Posting', id } }
}

/** Columns: taskId, part, share, hours, evidence. */
export function contributionFact(subjectId: string, id: string, columns: Row): CommittedFact {
  return { subjectId, content: [id, ...columns], node: { label: 'Contribution', id } }
}

export const evidencedSettlement: readonly EvidencedLabel[] = [
  {
    label: 'Posting',
    byId: POSTINGS_BY_ID,
    byEntry: POSTINGS_BY_ENTRY,
    entriesNamed: POSTINGS_NAME,
    toFact: postingFact,
  },
  {
    label: 'Contribution',
    byId: CONTRIBUTIONS_BY_ID,
    byEntry: CONTRIBUTIONS_BY_ENTRY,
    entriesNamed: CONTRIBUTIONS_NAME,
    toFact: contributionFact,
  },
]
