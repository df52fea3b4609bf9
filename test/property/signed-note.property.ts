import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openNote, parseVerifierKey, signingKey, signNote, verifierKeyText } from '../../core/evidence/signed-note.ts'
import { decodeText, MalformedEvidence } from '../../core/evidence/strict-text.ts'
import { expectEveryChangeRefused, parses } from '../support/mutations.ts'
import notes from '../vectors/signed-notes.json' with { type: 'json' }
import log from '../vectors/tessera-log.json' with { type: 'json' }

const runs = { numRuns: Number(process.env.CASES ?? 500) }
const NAME = 'log.example/evidence'

const newKey = (name = NAME) => signingKey(name, generateKeyPairSync('ed25519').privateKey)
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
const both = signNote('a text\n', [key, nextKey])
const signed = signNote('a text\nof two lines=\n', [key])

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
    expect(() => signingKey(NAME, privateKey)).toThrow(TypeError)
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
    const marked = '\ufeffwith a byte order mark\n'
    expect(openNote(Buffer.from(signNote(marked, [key])), [key])).toMatchObject({ text: marked })
  })

  it.each([
    ['no line feed at its end', 'a text'],
    ['a bell', '\u0007\n'],
    ['a tab', '\t\n'],
    ['half a surrogate pair', '\ud800\n'],
    ['a megabyte', `${'x'.repeat(1_000_000)}\n`],
  ])('is not made of a text with %s', (_, text) => expect(() => signNote(text, [key])).toThrow(MalformedEvidence))

  it('is not made without a key', () => expect(() => signNote('nobody signs\n', [])).toThrow(MalformedEvidence))

  it('is refused after any change, where all its keys are known', () => {
    expectEveryChangeRefused(signNote('a text\n', [key]), changed => openNote(changed, [key]).kind === 'accepted')
    expectEveryChangeRefused(both, changed => {
      const opened = openNote(changed, [key, nextKey], 'REFUSE')
      return opened.kind === 'accepted' && opened.signedBy.length === 2
    })
  })

  it.each([
    ['carriage returns', signed.replaceAll('\n', '\r\n')],
    ['a hundred and one signatures', `${signed}${signed.split('\n\n')[1]?.repeat(100)}`],
    ['an unpadded signature', signed.replace(/=\n$/, '\n')],
    ['two spaces', signed.replace(`${NAME} `, `${NAME}  `)],
    ['a word after the signature', signed.replace(/\n$/, ' word\n')],
    ['its last line cut', both.slice(0, -1)],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.of(0xff), Buffer.from(signed)])],
  ])('is not parsed with %s', (_, note) => expect(openNote(note, [key])).toMatchObject({ reason: 'MALFORMED' }))

  it('opens with sixteen signatures', () => {
    const keys = Array.from({ length: 16 }, () => newKey())
    expect(openNote(signNote('a text\n', keys), keys)).toMatchObject({ signedBy: { length: 16 } })
  })
})
