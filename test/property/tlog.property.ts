import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  type Checkpoint,
  checkpointText,
  parseCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
} from '../../core/evidence/checkpoint.ts'
import { sha256 } from '../../core/evidence/commitment.ts'
import { emptyRoot, inclusionProof, leafHash, rootFrom } from '../../core/evidence/merkle-tree.ts'
import { parseNote, parseVerifierKey, signingKey, signNote } from '../../core/evidence/signed-note.ts'
import { MalformedEvidence } from '../../core/evidence/strict-text.ts'
import { appendToTiles, hashReaderOver, tileKey } from '../../core/evidence/tiles.ts'
import { parseTlogProof, tlogProofText, verifyTlogProof } from '../../core/evidence/tlog-proof.ts'
import { expectEveryChangeRefused } from '../support/mutations.ts'
import notes from '../vectors/signed-notes.json' with { type: 'json' }
import log from '../vectors/tessera-log.json' with { type: 'json' }
import proofs from '../vectors/tlog-proofs.json' with { type: 'json' }

const ORIGIN = 'log.example/evidence'

const newKey = (name = ORIGIN) => signingKey(name, generateKeyPairSync('ed25519').privateKey)
const key = newKey()
const nextKey = newKey()
const entries = Array.from({ length: 11 }, (_, index) => `entry ${index}`)
const tiles = new Map(appendToTiles(0, entries.map(leafHash), new Map()).map(tile => [tileKey(tile), tile.hashes]))
const read = hashReaderOver(tiles)
const checkpoint: Checkpoint = { origin: ORIGIN, size: entries.length, root: rootFrom(entries.length, read) }
const signed = signCheckpoint(checkpoint, [key])
const extra = Buffer.from('what the application adds')
const proofOf = (index: number, note = signed) =>
  tlogProofText({ extra, index, hashes: inclusionProof(index, entries.length, read), checkpoint: note })

describe('a checkpoint', () => {
  it('is read, written and verified as another log server makes it', () => {
    const logKey = parseVerifierKey(log.verifierKey)
    for (const [size, note] of log.checkpoints.entries()) {
      const leaves = log.entries.slice(0, size).map(leafHash)
      const own = new Map(appendToTiles(0, leaves, new Map()).map(tile => [tileKey(tile), tile.hashes]))
      const expected = { origin: 'example.com/log/testdata', size, root: rootFrom(size, hashReaderOver(own)) }
      expect(verifyCheckpoint(note, [logKey], 'REFUSE')).toMatchObject({ kind: 'accepted', checkpoint: expected })
      expect(checkpointText(expected)).toBe(parseNote(note).text)
    }
  })

  it('is read and written as published', () => {
    expect(parseCheckpoint(parseNote(notes.c2sp.checkpoint).text).size).toBe(20_852_163)
    const { entry, origin, size, text } = notes.sumdb.checkpoint
    expect(parseCheckpoint(text)).toEqual({ origin, size, root: leafHash(entry) })
    expect(checkpointText({ origin, size, root: leafHash(entry) })).toBe(text)
  })

  const root = emptyRoot().toString('base64')
  it.each([
    ...notes.sumdb.refusedCheckpoints,
    `o\n1\n${root}`,
    `o\n1\n${root}\n\n`,
    `o\n1\n${root}\nextension\n`,
    `\n1\n${root}\n`,
    `o\n01\n${root}\n`,
    `o\n+1\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n1e3\n${root}\n`,
    `o\n9007199254740992\n${root}\n`,
    `o\n\n${root}\n`,
    `o\n1\n${root.slice(0, -1)}\n`,
    `o\n1\n${root.replace('U=', 'V=')}\n`,
    `o\n1\n${root.replace('+', '-')}\n`,
    `o\n0\n${leafHash('x').toString('base64')}\n`,
  ])('is refused in another form: %j', text => expect(() => parseCheckpoint(text)).toThrow(MalformedEvidence))

  it('is refused after any change', () => {
    expectEveryChangeRefused(signed, changed => verifyCheckpoint(changed, [key, nextKey]).kind === 'accepted')
  })

  it('is accepted by who knows the old key or the new one, while a log changes its key', () => {
    const both = signCheckpoint(checkpoint, [key, nextKey])
    for (const known of [[key], [nextKey], [key, nextKey]]) {
      expect(verifyCheckpoint(both, known)).toMatchObject({
        kind: 'accepted',
        checkpoint,
        signedBy: { length: known.length },
      })
    }
    expect(verifyCheckpoint(both, [newKey()])).toMatchObject({ reason: 'UNKNOWN_KEY' })
  })

  it('of one log is not signed and not accepted under the key of another', () => {
    const other = newKey('other.example/evidence')
    expect(() => signCheckpoint(checkpoint, [other])).toThrow(MalformedEvidence)
    expect(verifyCheckpoint(signNote(checkpointText(checkpoint), [other]), [other, key])).toMatchObject({
      reason: 'ORIGIN',
    })
    expect(() => checkpointText({ ...checkpoint, size: 2 ** 53 })).toThrow(MalformedEvidence)
  })
})

describe('a tlog-proof', () => {
  it.each(proofs.written)('is written as published: $index', ({ words, text, ...proof }) => {
    const hashes = words.map(word => sha256(word))
    expect(tlogProofText({ ...proof, extra: Buffer.from(proof.extra), hashes })).toBe(text)
  })

  it.each(proofs.refused)('is refused as published: $text', ({ at, text }) => {
    expect(() => parseTlogProof(text)).toThrow(`At: ${at}.`)
  })

  it('shows each entry under the checkpoint of another log server', () => {
    const leaves = new Map([['0/0', Buffer.from(log.tile, 'base64')]])
    for (const [index, entry] of log.entries.entries()) {
      const hashes = inclusionProof(index, log.entries.length, hashReaderOver(leaves))
      const text = tlogProofText({ index, hashes, checkpoint: log.checkpoints.at(-1) ?? '' })
      expect(tlogProofText(parseTlogProof(text))).toBe(text)
      expect(verifyTlogProof(text, { entry, keys: [parseVerifierKey(log.verifierKey)] })).toMatchObject({ index })
    }
  })

  it('is refused after any change', () => {
    for (const index of [0, 7, 10]) {
      const claim = { entry: entries[index] ?? '', extra, keys: [key] }
      expectEveryChangeRefused(proofOf(index), changed => verifyTlogProof(changed, claim).kind === 'accepted')
    }
  })

  it('is refused for any other entry', () => {
    expectEveryChangeRefused(
      'entry 7',
      entry => verifyTlogProof(proofOf(7), { entry, extra, keys: [key] }).kind === 'accepted',
    )
  })

  it.each([
    ['EXTRA', proofOf(7), { extra: Buffer.from('something else') }],
    ['EXTRA', tlogProofText({ ...parseTlogProof(proofOf(7)), extra: Buffer.alloc(0) }), {}],
    ['UNKNOWN_KEY', proofOf(7), { keys: [nextKey] }],
    ['UNKNOWN_KEY', proofOf(7, signCheckpoint(checkpoint, [key, nextKey])), { unknown: 'REFUSE' as const }],
    ['SIGNATURE', proofOf(7, signed.replace(/\n11\n/, '\n12\n')), {}],
    ['ROOT', proofOf(8), {}],
    ['PROOF_LENGTH', proofOf(10), {}],
    ['MALFORMED', `${proofOf(7)}\n`, {}],
    ['MALFORMED', proofOf(7).replace('index 7', 'index 07'), {}],
    ['MALFORMED', proofOf(7).replace('index 7', 'index 11'), {}],
    ['MALFORMED', proofOf(7).replace('index 7', 'extra AAAA\nindex 7'), {}],
    ['MALFORMED', proofOf(7).replace(/extra .*\n/, 'extra \n'), {}],
    ['MALFORMED', proofOf(7).replaceAll('\n', '\r\n'), {}],
  ])('is refused for %s where that does not match', (reason, text, change) => {
    const claim = { entry: 'entry 7', extra, keys: [key], ...change }
    const tampered = reason === 'PROOF_LENGTH' ? text.replace('index 10', 'index 7') : text
    expect(verifyTlogProof(tampered, claim)).toMatchObject({ kind: 'refused', reason })
  })

  it('of an index beyond its checkpoint is not even parsed', () => {
    expect(() => parseTlogProof(proofOf(7).replace('index 7', 'index 11'))).toThrow('At: proof index.')
  })

  it('says what it expected and what it got, and nothing of the entry', () => {
    const refusal = verifyTlogProof(proofOf(7), { entry: 'a secret', extra, keys: [key] })
    expect(refusal).toMatchObject({ reason: 'ROOT', at: 'root', expected: checkpoint.root.toString('base64') })
    expect(JSON.stringify(refusal)).not.toContain('secret')
  })
})
