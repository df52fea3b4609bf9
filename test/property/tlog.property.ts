import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
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
import {
  openNote,
  parseNote,
  parseVerifierKey,
  signingKey,
  signNote,
  verifierKeyText,
} from '../../core/evidence/signed-note.ts'
import { decodeText, MalformedEvidence, orRefused } from '../../core/evidence/strict-text.ts'
import { appendToTiles, hashReaderOver, tileKey } from '../../core/evidence/tiles.ts'
import { parseTlogProof, tlogProofText, verifyTlogProof } from '../../core/evidence/tlog-proof.ts'
import notes from '../vectors/signed-notes.json' with { type: 'json' }
import log from '../vectors/tessera-log.json' with { type: 'json' }
import proofs from '../vectors/tlog-proofs.json' with { type: 'json' }

const runs = { numRuns: Number(process.env.CASES ?? 500) }
const ORIGIN = 'log.example/evidence'

const newKey = (name = ORIGIN) => signingKey(name, generateKeyPairSync('ed25519').privateKey)
const keyOfSeed = (name: string, seed: string) =>
  signingKey(
    name,
    // The fixed head of an Ed25519 private key in PKCS #8 (RFC 8410).
    createPrivateKey({
      key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
      format: 'der',
      type: 'pkcs8',
    }),
  )

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

/** Every text of these bytes but one: a byte is replaced, inserted, removed, or the end cut off. */
const mutations = fc.record({
  at: fc.nat(),
  byte: fc.integer({ min: 0, max: 255 }),
  kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
})
type Mutation = typeof mutations extends fc.Arbitrary<infer T> ? T : never

function mutated(text: string, { at, byte, kind }: Mutation): Buffer {
  const bytes = Buffer.from(text)
  const place = at % bytes.length
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place + 1)]
  if (kind === 'cut') return before
  if (kind === 'remove') return Buffer.concat([before, after])
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(place)])
  return Buffer.concat([before, Buffer.of(byte), after])
}

/** Holds the answer to each mutation, and to each turned bit of the text, against acceptance. */
function expectEveryChangeRefused(text: string, accepts: (changed: Buffer) => boolean): void {
  const original = Buffer.from(text)
  expect(accepts(original)).toBe(true)
  fc.assert(
    fc.property(mutations, mutation => {
      const changed = mutated(text, mutation)
      fc.pre(!changed.equals(original))
      expect(accepts(changed)).toBe(false)
    }),
    runs,
  )
  for (let bit = 0; bit < original.length * 8; bit++) {
    const changed = Buffer.from(original)
    const place = Math.floor(bit / 8)
    changed.writeUInt8(changed.readUInt8(place) ^ (1 << (bit % 8)), place)
    if (accepts(changed)) expect.fail(`bit ${bit} may be turned`)
  }
}

const parses = (parse: () => unknown): boolean => {
  const parsed = orRefused(parse)
  return !(typeof parsed === 'object' && parsed !== null && 'kind' in parsed && parsed.kind === 'refused')
}

describe('a verifier key', () => {
  it.each([
    notes.c2sp.verifierKey,
    notes.sumdb.peter.verifierKey,
    notes.sumdb.enoch.verifierKey,
    notes.goChecksumDatabase.verifierKey,
    log.verifierKey,
  ])('is read and written as published: %s', text => expect(verifierKeyText(parseVerifierKey(text))).toBe(text))

  it.each(notes.sumdb.refusedKeys)('is refused as published: %s', text =>
    expect(() => parseVerifierKey(text)).toThrow(MalformedEvidence),
  )

  it('is refused in any part and after any change', () => {
    const text = notes.sumdb.peter.verifierKey
    expectEveryChangeRefused(text, changed => parses(() => parseVerifierKey(changed)))
    for (let start = 0; start < text.length; start++) {
      for (let end = start + 1; end <= text.length; end++) {
        if (end - start < text.length) expect(parses(() => parseVerifierKey(text.slice(start, end)))).toBe(false)
      }
    }
  })

  it.each(['', 'two words', 'no\u00a0space', 'plus+plus', 'line\nfeed', 'tab\t', 'next\u0085line'])(
    'carries no name like %j',
    name => expect(() => newKey(name)).toThrow(MalformedEvidence),
  )

  it('is made of Ed25519 keys only', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(() => signingKey(ORIGIN, privateKey)).toThrow(TypeError)
  })
})

describe('a signed note', () => {
  const peter = parseVerifierKey(notes.sumdb.peter.verifierKey)
  const enoch = parseVerifierKey(notes.sumdb.enoch.verifierKey)

  it('is signed as published', () => {
    const signer = keyOfSeed('PeterNeumann', notes.sumdb.peter.seed)
    expect(verifierKeyText(signer)).toBe(notes.sumdb.peter.verifierKey)
    expect(signNote(notes.sumdb.text, [signer])).toBe(notes.sumdb.signedByPeter)
  })

  it('opens as published', () => {
    for (const { note, verifierKey } of [notes.c2sp, notes.goChecksumDatabase]) {
      expect(openNote(note, [parseVerifierKey(verifierKey)], 'REFUSE').kind).toBe('accepted')
    }
    const { signedByBoth, text } = notes.sumdb
    expect(openNote(signedByBoth, [peter])).toEqual({ kind: 'accepted', text, signedBy: [peter] })
    expect(openNote(signedByBoth, [enoch, peter])).toEqual({ kind: 'accepted', text, signedBy: [peter, enoch] })
    expect(openNote(signedByBoth, [])).toMatchObject({ reason: 'UNKNOWN_KEY' })
    expect(openNote(signedByBoth, [peter], 'REFUSE')).toMatchObject({ reason: 'UNKNOWN_KEY', got: `key ${enoch.id}` })
  })

  it.each(notes.sumdb.refusedNotes)('is refused as published: %j', note =>
    expect(openNote(note, [peter]).kind).toBe('refused'),
  )

  it('is refused whole when a signature under a known key is false, though another is true', () => {
    const [, ...lines] = notes.sumdb.signedByBoth.split('\n\n')
    const moved = `another text\n\n${lines.join('\n\n')}`
    expect(openNote(moved, [enoch])).toMatchObject({ reason: 'SIGNATURE' })
    const halfTrue = `another text\n\n${signNote('another text\n', [key]).split('\n\n')[1]}${lines[0]}`
    expect(openNote(halfTrue, [key]).kind).toBe('accepted')
    expect(openNote(halfTrue, [key, peter])).toMatchObject({ reason: 'SIGNATURE' })
  })

  it('keeps any text, empty lines too', () => {
    const printable = fc.string({ unit: 'grapheme' }).filter(text => parses(() => decodeText(text, 'text')))
    fc.assert(
      fc.property(fc.array(printable), lines => {
        const text = `${lines.join('\n')}\n`
        expect(openNote(Buffer.from(signNote(text, [key, nextKey])), [nextKey])).toMatchObject({
          kind: 'accepted',
          text,
        })
      }),
      runs,
    )
    expect(() => signNote('no line feed', [key])).toThrow(MalformedEvidence)
    expect(() => signNote('nobody signs\n', [])).toThrow(MalformedEvidence)
  })

  it('is refused after any change, where all its keys are known', () => {
    expectEveryChangeRefused(signNote('a text\n', [key]), changed => openNote(changed, [key]).kind === 'accepted')
    const both = signNote('a text\n', [key, nextKey])
    expectEveryChangeRefused(both, changed => {
      const opened = openNote(changed, [key, nextKey], 'REFUSE')
      return opened.kind === 'accepted' && opened.signedBy.length === 2
    })
  })

  it.each([
    ['a carriage return', signed.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${signed}`],
    ['a hundred and one signatures', `${signed}${signed.split('\n\n')[1]?.repeat(100)}`],
    ['a megabyte', `${'x'.repeat(1_000_000)}\n${signed}`],
    ['half a surrogate pair', `\ud800${signed}`],
    ['an unpadded signature', signed.replace('=\n', '\n').replace(/=\n$/, '\n')],
    ['two spaces', signed.replace(`${ORIGIN} `, `${ORIGIN}  `)],
  ])('is refused with %s', (_, note) => expect(openNote(note, [key]).kind).toBe('refused'))

  it('opens with sixteen signatures', () => {
    const keys = Array.from({ length: 16 }, () => newKey())
    expect(openNote(signNote('a text\n', keys), keys)).toMatchObject({ signedBy: { length: 16 } })
  })
})

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

  it('says what it expected and what it got, and nothing of the entry', () => {
    const refusal = verifyTlogProof(proofOf(7), { entry: 'a secret', extra, keys: [key] })
    expect(refusal).toMatchObject({ reason: 'ROOT', at: 'root', expected: checkpoint.root.toString('base64') })
    expect(JSON.stringify(refusal)).not.toContain('secret')
  })
})
