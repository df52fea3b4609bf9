// A receipt: one JSON-LD file that says what was done, and proves with nothing but the log's public key that the log holds it.
import { z } from 'zod'
import { canonicalJson, commitment } from './commitment.ts'
import { committedContent, evidenceKinds } from './evidence.ts'
import { receiptBody } from './receipt-body.ts'
import type { NoteKey } from './signed-note.ts'
import { decodeBase64, decodeText, malformed, orRefused, type Refusal, refused } from './strict-text.ts'
import { parseTlogProof, type VerifiedProof, verifyTlogProof } from './tlog-proof.ts'

const evidencePart = z.strictObject({
  kind: z.enum(evidenceKinds),
  entryId: z.string(),
  at: z.string(),
  subjectId: z.string(),
  /** What the entry commits to. */
  content: z.unknown(),
  /** Opens the entry's commitments about this subject, and those of no other entry; base64. */
  opening: z.string(),
  /** A c2sp.org/tlog-proof@v1 file whose extra line is the entry. */
  proof: z.string(),
})

export type ReceiptEvidence = z.infer<typeof evidencePart>

/** What of a logged entry the receipt has to agree with. */
const loggedEntry = z.object({
  id: z.string(),
  kind: z.string(),
  at: z.string(),
  committed: z.object({ commitments: z.array(z.string()).optional() }),
})

export interface VerifiedReceipt extends VerifiedProof {
  /** The canonical JSON that was logged. */
  readonly entry: string
}

const OPENING_BYTES = 32

/** The one text of a receipt: indented by two spaces, with a line end. */
export function receiptText(evidence: ReceiptEvidence): string {
  // In the order in which it is committed to, whatever order it came in.
  const content: unknown = JSON.parse(canonicalJson(evidence.content))
  const { kind, entryId, at, subjectId, opening, proof } = evidence
  const part = { kind, entryId, at, subjectId, content, opening, proof }
  return `${JSON.stringify({ ...receiptBody({ ...evidence, content }), 'sg:evidence': part }, null, 2)}\n`
}

/**
 * Accepts a receipt of which every byte follows from what the log, signed by this key, commits to. Needs nothing but its
 * arguments.
 */
export function verifyReceipt(input: string | Uint8Array, key: NoteKey): VerifiedReceipt | Refusal {
  return orRefused(() => {
    const text = decodeText(input, 'receipt')
    const evidence = parseEvidence(text)
    if (receiptText(evidence) !== text) {
      return refused('RECEIPT', 'receipt', 'the text that follows from its evidence', 'another')
    }
    const { extra } = parseTlogProof(evidence.proof)
    if (extra === undefined) throw malformed('proof extra', 'the entry that is proved', 'no such line')
    const verified = verifyTlogProof(evidence.proof, { entry: extra, extra, keys: [key], unknown: 'REFUSE' })
    if (verified.kind === 'refused') return verified
    const entry = loggedEntry.parse(JSON.parse(extra.toString()))
    for (const [name, said, logged] of [
      ['entry id', evidence.entryId, entry.id],
      ['kind', evidence.kind, entry.kind],
      ['time', evidence.at, entry.at],
    ] as const) {
      if (said !== logged) return refused('RECEIPT', `receipt ${name}`, logged, said)
    }
    const opening = decodeBase64(evidence.opening, 'receipt opening', OPENING_BYTES)
    const expected = commitment(opening, committedContent(evidence))
    if (!entry.committed.commitments?.includes(expected)) {
      return refused('COMMITMENT', 'receipt content', 'what the entry commits to', 'something else')
    }
    return { ...verified, entry: extra.toString() }
  })
}

function parseEvidence(text: string): ReceiptEvidence {
  try {
    return evidencePart.parse(JSON.parse(text)['sg:evidence'])
  } catch {
    throw malformed('receipt', 'JSON with sg:evidence of a receipt', 'something else')
  }
}
