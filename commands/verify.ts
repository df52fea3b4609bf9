// Whether a file proves that its entry is in the log. Offline: no server, no graph, nothing but the file and the key.
import { readFile } from 'node:fs/promises'
import type { Config } from '../core/config.ts'
import { readVerifierKey } from '../core/evidence/log-signer.ts'
import { verifyReceipt } from '../core/evidence/receipt.ts'
import { type NoteKey, parseVerifierKey } from '../core/evidence/signed-note.ts'
import { MalformedEvidence, malformed, orRefused, type Refusal } from '../core/evidence/strict-text.ts'
import { parseTlogProof, type VerifiedProof, verifyTlogProof } from '../core/evidence/tlog-proof.ts'
import { CommandError } from './command-error.ts'

const BRACE = '{'.charCodeAt(0)

interface VerifiedFile extends VerifiedProof {
  /** The canonical JSON that was logged. */
  readonly entry: string
}

/** A receipt, or the `document` of an inclusion proof. */
export function verifyDocument(document: Uint8Array, key: NoteKey): VerifiedFile | Refusal {
  return document[0] === BRACE ? verifyReceipt(document, key) : verifyProof(document, key)
}

/** The file's own extra line holds the entry: what its hash proves to be in the log. Signatures by other keys are refused. */
function verifyProof(document: Uint8Array, key: NoteKey): VerifiedFile | Refusal {
  return orRefused(() => {
    const { extra } = parseTlogProof(document)
    if (extra === undefined) throw malformed('proof extra', 'the entry that is proved', 'no such line')
    const verified = verifyTlogProof(document, { entry: extra, extra, keys: [key], unknown: 'REFUSE' })
    return verified.kind === 'refused' ? verified : { ...verified, entry: extra.toString() }
  })
}

/** What to tell of the file at this path. Throws CommandError, also for a file that is refused. */
export async function verifyFile(config: Config, path: string, keyText: string | undefined): Promise<string> {
  const key = await verifierKey(config, keyText)
  const document = await readFile(path).catch(() => {
    throw new CommandError(`${path} cannot be read.`)
  })
  const verified = verifyDocument(document, key)
  if (verified.kind === 'refused') {
    const { at, expected, got } = verified
    throw new CommandError(`Refused. At: ${at}. Expected: ${expected}. Got: ${got}.`)
  }
  const { index, checkpoint, entry } = verified
  return `Accepted: entry ${index} of the ${checkpoint.size} that ${checkpoint.origin} signed with key ${key.id}.\n${entry}\n`
}

async function verifierKey(config: Config, text: string | undefined): Promise<NoteKey> {
  if (text === undefined && config.production) throw new CommandError('Give the verifier key of the log with --key.')
  try {
    return parseVerifierKey(text ?? (await readVerifierKey(config.dataDir)))
  } catch (error) {
    throw error instanceof MalformedEvidence ? new CommandError(`This is no verifier key. ${error.message}`) : error
  }
}
