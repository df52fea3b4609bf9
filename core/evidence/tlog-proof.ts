// The proof that an entry is in the log, in one file that needs no server: c2sp.org/tlog-proof@v1.
import { parseCheckpoint, type VerifiedCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { verifyInclusion } from './merkle-proofs.ts'
import { HASH_BYTES, leafHash } from './merkle-tree.ts'
import { type NoteKey, parseNote, type UnknownSignatures } from './signed-note.ts'
import { decodeBase64, decodeCount, decodeText, malformed, orRefused, type Refusal, refused } from './strict-text.ts'

const HEADER = 'c2sp.org/tlog-proof@v1'
const EXTRA = 'extra '
const INDEX = 'index '

export interface TlogProof {
  /** What the application adds. No signature covers it. */
  readonly extra?: Buffer
  readonly index: number
  /** From the leaf's sibling up. */
  readonly hashes: readonly Buffer[]
  /** The whole signed note. */
  readonly checkpoint: string
}

export interface ProofClaim {
  /** The bytes that were logged. */
  readonly entry: string | Uint8Array
  /** What the extra line has to hold, as nobody signed it; without it there has to be none. */
  readonly extra?: Uint8Array
  readonly keys: readonly NoteKey[]
  readonly unknown?: UnknownSignatures
}

export interface VerifiedProof extends VerifiedCheckpoint {
  readonly index: number
}

export function tlogProofText({ extra, index, hashes, checkpoint }: TlogProof): string {
  const extraLine = extra === undefined || extra.length === 0 ? '' : `${EXTRA}${extra.toString('base64')}\n`
  const hashLines = hashes.map(hash => `${hash.toString('base64')}\n`).join('')
  return `${HEADER}\n${extraLine}${INDEX}${index}\n${hashLines}\n${checkpoint}`
}

/** Throws MalformedEvidence for whatever `tlogProofText` would not have written; it checks forms, not the proof. */
export function parseTlogProof(input: string | Uint8Array): TlogProof {
  const text = decodeText(input, 'proof')
  const end = text.indexOf('\n\n')
  if (end < 0) throw malformed('proof', 'an empty line before the checkpoint', 'none')
  const [header, ...lines] = text.slice(0, end).split('\n')
  if (header !== HEADER) throw malformed('proof header', HEADER, 'another line')
  const extraText = lines[0]?.startsWith(EXTRA) ? lines.shift()?.slice(EXTRA.length) : undefined
  const extra = extraText === undefined ? {} : { extra: decodeBase64(extraText, 'proof extra') }
  if (extra.extra?.length === 0) throw malformed('proof extra', 'no line where there is no extra', 'an empty one')
  const [indexLine, ...hashLines] = lines
  if (!indexLine?.startsWith(INDEX)) throw malformed('proof index', 'a line of index and a number', 'another line')
  const index = decodeCount(indexLine.slice(INDEX.length), 'proof index')
  const hashes = hashLines.map((line, at) => decodeBase64(line, `proof hash ${at + 1}`, HASH_BYTES))
  const checkpoint = text.slice(end + 2)
  const { size } = parseCheckpoint(parseNote(checkpoint).text)
  if (index >= size) throw malformed('proof index', `below the checkpoint's size ${size}`, `${index}`)
  return { ...extra, index, hashes, checkpoint }
}

/** Accepts a proof that shows the entry under a checkpoint of one of the given keys. Needs nothing but its arguments. */
export function verifyTlogProof(input: string | Uint8Array, claim: ProofClaim): VerifiedProof | Refusal {
  return orRefused(() => {
    const proof = parseTlogProof(input)
    if (!(proof.extra ?? Buffer.alloc(0)).equals(claim.extra ?? Buffer.alloc(0))) {
      return refused('EXTRA', 'proof extra', bytesOf(claim.extra), `${bytesOf(proof.extra)} that differ`)
    }
    const verified = verifyCheckpoint(proof.checkpoint, claim.keys, claim.unknown)
    if (verified.kind === 'refused') return verified
    const { size, root } = verified.checkpoint
    const leaf = leafHash(claim.entry)
    const inclusion = verifyInclusion({ leaf, index: proof.index, size, root, proof: proof.hashes })
    return inclusion.kind === 'refused' ? inclusion : { ...verified, index: proof.index }
  })
}

function bytesOf(extra: Uint8Array | undefined): string {
  return `${extra?.length ?? 0} bytes`
}
