// Whether a file proves that its entry is in the log. Offline: no server, no graph, nothing but the file and the key.
import { readFile } from 'node:fs/promises'
import { announcedIn } from '../core/evidence/key-announcement.ts'
import { verifyReceipt } from '../core/evidence/receipt.ts'
import { isSealed, verifyReport } from '../core/evidence/sealed-report.ts'
import type { NoteKey } from '../core/evidence/signed-note.ts'
import { malformed, orRefused, type Refusal, refused } from '../core/evidence/strict-text.ts'
import { parseTlogProof, type VerifiedProof, verifyTlogProof } from '../core/evidence/tlog-proof.ts'
import { CommandError } from './command-error.ts'

const BRACE = '{'.charCodeAt(0)

interface VerifiedFile extends VerifiedProof {
  /** The canonical JSON that was logged. */
  readonly entry: string
}

/** A receipt, a report in any of its forms, or the `document` of an inclusion proof. */
export function verifyDocument(document: Uint8Array, key: NoteKey): VerifiedFile | Refusal {
  if (isSealed(document)) return verifyReport(document, key)
  return document[0] === BRACE ? verifyReceipt(document, key) : verifyProof(document, key)
}

/** The file's own extra line holds the entry: what its hash proves to be in the log. Signatures by other keys are refused. */
function verifyProof(document: Uint8Array, key: NoteKey): VerifiedFile | Refusal {
  return orRefused(() => {
    const { extra } = parseTlogProof(document)
    if (extra === undefined) throw malformed('proof extra', 'the entry that is proved', 'no such line')
    const entry = extra.toString()
    // An announcement is signed by the old and the new key. What the other one signed counts for nothing by itself, and
    // what it did not sign was taken away: both have to have signed.
    const announced = announcedIn(entry)
    const others =
      announced === undefined ? [] : [announced.oldKey, announced.newKey].filter(each => each.id !== key.id)
    const keys = [key, ...others]
    const verified = verifyTlogProof(document, { entry: extra, extra, keys, unknown: 'REFUSE' })
    if (verified.kind === 'refused') return verified
    const missing = keys.find(each => !verified.signedBy.includes(each))
    if (missing !== undefined) return refused('UNKNOWN_KEY', 'signature', `key ${missing.id}`, 'other keys')
    return { ...verified, entry }
  })
}

/** What to tell of the file at this path. Throws CommandError, also for a file that is refused. */
export async function verifyFile(path: string, keys: readonly NoteKey[]): Promise<string> {
  const document = await readFile(path).catch(() => {
    throw new CommandError(`${path} cannot be read.`)
  })
  const verified = verifyByAny(document, keys)
  if (verified.kind === 'refused') {
    const { at, expected, got } = verified
    throw new CommandError(`Refused. At: ${at}. Expected: ${expected}. Got: ${got}.`)
  }
  const { index, checkpoint, entry } = verified
  return `Accepted: entry ${index} of the ${checkpoint.size} that ${checkpoint.origin} signed with key ${idsOf(verified.signedBy)}.\n${entry}\n`
}

/** Tries the keys in their order; a file that a later one signed is told apart by its signature alone. */
function verifyByAny(document: Uint8Array, keys: readonly NoteKey[]): VerifiedFile | Refusal {
  const verdicts = keys.map(key => verifyDocument(document, key))
  const decided = verdicts.find(each => each.kind === 'accepted' || each.reason !== 'UNKNOWN_KEY') ?? verdicts[0]
  if (decided === undefined) throw new CommandError('There is no verifier key.')
  return decided
}

const idsOf = (keys: readonly NoteKey[]): string => keys.map(({ id }) => id).join(' and ')
