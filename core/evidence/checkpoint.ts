// What a log signs: its origin, size and root, in the form of c2sp.org/tlog-checkpoint without extension lines.
import { emptyRoot, HASH_BYTES } from './merkle-tree.ts'
import { type NoteKey, openNote, type SigningKey, signNote, type UnknownSignatures } from './signed-note.ts'
import { decodeBase64, decodeCount, decodeText, malformed, orRefused, type Refusal, refused } from './strict-text.ts'

export interface Checkpoint {
  /** The log's name, which its signing keys carry too. */
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

export interface VerifiedCheckpoint {
  readonly kind: 'accepted'
  readonly checkpoint: Checkpoint
  readonly signedBy: readonly NoteKey[]
}

/** The text that is signed. Throws MalformedEvidence for a checkpoint that would not be read back. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  const text = `${origin}\n${size}\n${root.toString('base64')}\n`
  parseCheckpoint(text)
  return text
}

/** Reads the text, not the note around it; nobody vouches for it yet. */
export function parseCheckpoint(input: string | Uint8Array): Checkpoint {
  const lines = decodeText(input, 'checkpoint').split('\n')
  const [origin = '', size = '', root = '', end] = lines
  if (lines.length !== 4 || end !== '') throw malformed('checkpoint', '3 lines', `${lines.length - 1} line ends`)
  if (origin === '') throw malformed('checkpoint origin', 'a name', 'none')
  const checkpoint = {
    origin,
    size: decodeCount(size, 'checkpoint size'),
    root: decodeBase64(root, 'checkpoint root', HASH_BYTES),
  }
  if (checkpoint.size === 0 && !checkpoint.root.equals(emptyRoot())) {
    throw malformed('checkpoint root', `${emptyRoot().toString('base64')} of the empty tree`, root)
  }
  return checkpoint
}

/** Signed by each key, as in a rotation by the old and the new one; a key of another name is a mistake and throws. */
export function signCheckpoint(checkpoint: Checkpoint, keys: readonly SigningKey[]): string {
  const foreign = keys.find(key => key.name !== checkpoint.origin)
  if (foreign !== undefined) throw malformed('signing key name', "the checkpoint's origin", `that of key ${foreign.id}`)
  return signNote(checkpointText(checkpoint), keys)
}

/** Accepts a checkpoint that a given key signed whose name is the checkpoint's origin: a key speaks for its log only. */
export function verifyCheckpoint(
  input: string | Uint8Array,
  keys: readonly NoteKey[],
  unknown: UnknownSignatures = 'IGNORE',
): VerifiedCheckpoint | Refusal {
  return orRefused(() => {
    const note = openNote(input, keys, unknown)
    if (note.kind === 'refused') return note
    const checkpoint = parseCheckpoint(note.text)
    if (!note.signedBy.some(key => key.name === checkpoint.origin)) {
      const signers = note.signedBy.map(key => key.id).join(', ')
      return refused('ORIGIN', 'checkpoint origin', 'a signing key of that name', `key ${signers} of another`)
    }
    return { kind: 'accepted', checkpoint, signedBy: note.signedBy }
  })
}
