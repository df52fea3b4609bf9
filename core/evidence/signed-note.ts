// Text under Ed25519 signatures, in the form of c2sp.org/signed-note.
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { sha256 } from './commitment.ts'
import { decodeBase64, decodeText, malformed, orRefused, type Refusal, refused } from './strict-text.ts'

/** The type byte of plain Ed25519 signatures, the only ones made and verified here. */
const ED25519 = Buffer.of(1)
const KEY_BYTES = 32
const ID_BYTES = 4
const MAX_SIGNATURES = 100
const SIGNATURE_START = '— '
// A key name is not empty and holds no space of Unicode, no plus sign and no control character.
const KEY_NAME = /^[^\p{White_Space}\p{Cc}+]+$/u

/** Name and id together say which key signed; the id is eight lower-case hex digits. */
export interface NoteKey {
  readonly name: string
  readonly id: string
  readonly publicKey: KeyObject
}

export interface SigningKey extends NoteKey {
  readonly privateKey: KeyObject
}

export interface NoteSignature {
  readonly name: string
  readonly id: string
  readonly signature: Buffer
}

export interface Note {
  /** What is signed, its last line feed included. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/**
 * What becomes of a signature whose key is not given: the specification ignores it, so that keys can rotate and
 * witnesses can sign; who knows all keys refuses it, so that no byte of the note may change.
 */
export type UnknownSignatures = 'IGNORE' | 'REFUSE'

export interface OpenedNote {
  readonly kind: 'accepted'
  readonly text: string
  /** The given keys that signed it, at least one. */
  readonly signedBy: readonly NoteKey[]
}

/** Throws a TypeError for another kind of key than Ed25519, and MalformedEvidence for a name that no note may carry. */
export function signingKey(name: string, privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey)
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new TypeError('expected an Ed25519 key')
  requireKeyName(name, 'key name')
  return { name, id: keyId(name, rawKey(publicKey)), publicKey, privateKey }
}

/** name+id+base64: what a verifier is given, and the whole of what it has to trust. */
export function verifierKeyText({ name, id, publicKey }: NoteKey): string {
  return `${name}+${id}+${Buffer.concat([ED25519, rawKey(publicKey)]).toString('base64')}`
}

export function parseVerifierKey(input: string | Uint8Array): NoteKey {
  const [name = '', id = '', material = '', ...more] = decodeText(input, 'verifier key').split('+')
  // Base64 itself may hold plus signs.
  const typed = decodeBase64([material, ...more].join('+'), 'verifier key', ED25519.length + KEY_BYTES)
  requireKeyName(name, 'verifier key name')
  const raw = typed.subarray(ED25519.length)
  if (!typed.subarray(0, ED25519.length).equals(ED25519)) {
    throw malformed('verifier key type', 'Ed25519 (1)', `${typed[0]}`)
  }
  const expected = keyId(name, raw)
  if (id !== expected) throw malformed('verifier key id', expected, `${id.length} other characters`)
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  })
  return { name, id, publicKey }
}

/** The note under the signature of each key, in their order. The text ends with a line feed. */
export function signNote(text: string, keys: readonly SigningKey[]): string {
  const lines = keys.map(({ name, id, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey)
    return `${SIGNATURE_START}${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`
  })
  const note = `${text}\n${lines.join('')}`
  if (parseNote(note).text !== text) throw malformed('note', 'a text that ends with a line feed', 'another one')
  return note
}

/** Throws MalformedEvidence for anything but text, an empty line and whole signature lines. */
export function parseNote(input: string | Uint8Array): Note {
  const note = decodeText(input, 'note')
  const separator = note.lastIndexOf('\n\n')
  if (separator < 0) throw malformed('note', 'an empty line before the signatures', 'none')
  const lines = note.slice(separator + 2).split('\n')
  if (lines.pop() !== '') throw malformed('note', 'a line feed at its end', 'none')
  if (lines.length === 0 || lines.length > MAX_SIGNATURES) {
    throw malformed('note', `1 to ${MAX_SIGNATURES} signatures`, `${lines.length}`)
  }
  return { text: note.slice(0, separator + 1), signatures: lines.map(parseSignature) }
}

/** Accepts a note that a given key signed; a false signature under a given key's name and id refuses the whole. */
export function openNote(
  input: string | Uint8Array,
  keys: readonly NoteKey[],
  unknown: UnknownSignatures = 'IGNORE',
): OpenedNote | Refusal {
  return orRefused(() => {
    const { text, signatures } = parseNote(input)
    const signedBy = new Set<NoteKey>()
    for (const { name, id, signature } of signatures) {
      const known = keys.filter(key => key.name === name && key.id === id)
      const signer = known.find(key => verify(null, Buffer.from(text), key.publicKey, signature))
      if (signer !== undefined) signedBy.add(signer)
      else if (known.length > 0) return refused('SIGNATURE', 'signature', `one by key ${id} over this text`, 'another')
      else if (unknown === 'REFUSE') return unknownKey(keys, id)
    }
    if (signedBy.size === 0) return unknownKey(keys, signatures.map(each => each.id).join(', '))
    return { kind: 'accepted', text, signedBy: [...signedBy] }
  })
}

/** The same note with the signature of this key and no other. Throws MalformedEvidence where the key did not sign it. */
export function onlySignedBy(note: string, { name, id }: NoteKey): string {
  const { text, signatures } = parseNote(note)
  const own = signatures.find(signature => signature.name === name && signature.id === id)
  if (own === undefined) throw malformed('signature', `key ${id}`, 'none by that key')
  const encoded = Buffer.concat([Buffer.from(id, 'hex'), own.signature]).toString('base64')
  return `${text}\n${SIGNATURE_START}${name} ${encoded}\n`
}

function parseSignature(line: string, index: number): NoteSignature {
  const at = `signature ${index + 1}`
  const [name = '', encoded = '', ...more] = line.slice(SIGNATURE_START.length).split(' ')
  if (!line.startsWith(SIGNATURE_START) || more.length > 0) {
    throw malformed(at, 'an em dash, a key name and base64, one space apart', `${line.length} characters`)
  }
  requireKeyName(name, at)
  const bytes = decodeBase64(encoded, at)
  if (bytes.length <= ID_BYTES) throw malformed(at, `more than ${ID_BYTES} bytes`, `${bytes.length} bytes`)
  return { name, id: bytes.toString('hex', 0, ID_BYTES), signature: bytes.subarray(ID_BYTES) }
}

function keyId(name: string, raw: Buffer): string {
  return sha256(name, '\n', ED25519, raw).toString('hex', 0, ID_BYTES)
}

function rawKey(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
}

function requireKeyName(name: string, at: string): void {
  if (!KEY_NAME.test(name)) throw malformed(at, 'a key name without spaces and plus signs', `${name.length} characters`)
}

function unknownKey(keys: readonly NoteKey[], got: string): Refusal {
  return refused('UNKNOWN_KEY', 'signature', `key ${keys.map(key => key.id).join(' or ') || 'none'}`, `key ${got}`)
}
