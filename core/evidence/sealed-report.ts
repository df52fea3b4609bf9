// A report that carries its proof: the entry that the log holds commits to every byte of it but the proof itself. One seal for
// each form, so that what a person prints and what a program reads prove themselves alike.
import { z } from 'zod'
import { sha256 } from './commitment.ts'
import type { NoteKey } from './signed-note.ts'
import { decodeBase64, decodeText, malformed, orRefused, type Refusal, refused } from './strict-text.ts'
import { parseTlogProof, type VerifiedProof, verifyTlogProof } from './tlog-proof.ts'

export const reportForms = ['JSON_LD', 'CSV', 'HTML'] as const
export type ReportForm = (typeof reportForms)[number]

interface Seal {
  /** How the body ends, before which the proof is put. */
  readonly ending: string
  readonly before: string
  readonly after: string
}

const SEALS: { readonly [form in ReportForm]: Seal } = {
  JSON_LD: { ending: '\n}\n', before: ',\n  "sg:proof": "', after: '"' },
  CSV: { ending: '', before: 'proof,', after: '\n' },
  HTML: { ending: '</body></html>\n', before: '<pre class="proof">', after: '</pre>\n' },
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** What of the logged entry the report has to agree with: the hash of each form's body. */
const loggedEntry = z.object({
  kind: z.literal('METRIC_PERIOD_CLOSED'),
  statement: z.object(Object.fromEntries(reportForms.map(form => [form, z.string()]))),
})

export interface VerifiedReport extends VerifiedProof {
  /** The canonical JSON that was logged. */
  readonly entry: string
}

export function hashOfReport(body: string): string {
  return sha256(body).toString('base64url')
}

/** The body with its proof, a c2sp.org/tlog-proof@v1 file whose extra line is the entry. */
export function sealed(form: ReportForm, body: string, proof: string): string {
  const { ending, before, after } = SEALS[form]
  return `${body.slice(0, body.length - ending.length)}${before}${Buffer.from(proof).toString('base64')}${after}${ending}`
}

/** Whether this looks like a sealed report rather than a receipt or a proof. */
export function isSealed(document: Uint8Array): boolean {
  const text = Buffer.from(document).toString('utf8')
  return reportForms.some(form => partsOf(form, text) !== undefined)
}

/** Accepts a report of which every byte is committed to by an entry of the log that this key signed. Needs nothing else. */
export function verifyReport(input: Uint8Array, key: NoteKey): VerifiedReport | Refusal {
  return orRefused(() => {
    const text = decodeText(input, 'report')
    const form = reportForms.find(each => partsOf(each, text) !== undefined)
    const parts = form && partsOf(form, text)
    if (form === undefined || parts === undefined) throw malformed('report', 'a report with its proof', 'none')
    const proof = decodeBase64(parts.encoded, 'report proof')
    const { extra } = parseTlogProof(proof)
    if (extra === undefined) throw malformed('proof extra', 'the entry that is proved', 'no such line')
    const verified = verifyTlogProof(proof, { entry: extra, extra, keys: [key], unknown: 'REFUSE' })
    if (verified.kind === 'refused') return verified
    const entry = loggedEntry.safeParse(JSON.parse(extra.toString()))
    if (!entry.success) return refused('RECEIPT', 'report entry', 'the entry of a report', 'another entry')
    if (entry.data.statement[form] !== hashOfReport(parts.body)) {
      return refused('COMMITMENT', 'report body', 'what the entry commits to', 'something else')
    }
    return { ...verified, entry: extra.toString() }
  })
}

function partsOf(form: ReportForm, text: string): { readonly body: string; readonly encoded: string } | undefined {
  const { ending, before, after } = SEALS[form]
  const tail = `${after}${ending}`
  const start = text.lastIndexOf(before)
  if (start < 0 || !text.endsWith(tail)) return undefined
  const encoded = text.slice(start + before.length, text.length - tail.length)
  return BASE64.test(encoded) ? { body: `${text.slice(0, start)}${ending}`, encoded } : undefined
}
