// A consent is given; its proof leaves the server as one file, and whoever holds the key checks it without the server.
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { verifyDocument } from '../../commands/verify.ts'
import { readConfig } from '../../core/config.ts'
import { ApiError } from '../../core/errors.ts'
import { openLogSigner } from '../../core/evidence/log-signer.ts'
import { receiptText } from '../../core/evidence/receipt.ts'
import { parseVerifierKey } from '../../core/evidence/signed-note.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { startServer } from '../../gateway/server.ts'
import { temporaryFolder } from '../commands/folder.ts'
import { runCommand } from '../commands/run-command.ts'
import { graphThatFailsAt } from '../support/faulty-graph.ts'
import { expectEveryChangeRefused } from '../support/mutations.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const folder = temporaryFolder()
const PROOF = join(folder, 'proof.txt')
const operation = (name: string) => readFile(`schema/operations/${name}.graphql`, 'utf8')

let api: TestApi
let entryId: string
let document: string
let key: string

beforeAll(async () => {
  api = await startApi({ customers: 3 })
  const given = await api.ask('subject', await operation('GiveConsent'), { variables: { idempotencyKey: 'give' } })
  entryId = given.data.giveConsent.evidenceEntryId
  await api.settle()
  const proof = await api.ask('subject', await operation('EvidenceProof'), { variables: { entryId } })
  document = proof.data.inclusionProof.document
  key = proof.data.inclusionProof.checkpoint.verifierKey
  await writeFile(PROOF, document)
})
afterAll(() => api.close())

const verify = (file: string, ...more: readonly string[]) =>
  runCommand('sovereign', ['evidence', 'verify', file, ...more], { DATA_DIR: api.dataDir })

describe('the file that proves a consent', () => {
  it('is accepted offline, with the key of DATA_DIR', async () => {
    const { exitCode, stdout, stderr } = await verify(PROOF)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const [sentence, entry] = stdout.split('\n')
    expect(sentence).toMatch(/^Accepted: entry \d+ of the \d+ that sovereign-graph signed with key [0-9a-f]{8}\.$/)
    expect(JSON.parse(entry ?? '')).toMatchObject({ id: entryId, kind: 'CONSENT_GIVEN', actor: { kind: 'SUBJECT' } })
  })

  it('is accepted in production only with a key that is named', async () => {
    const production = { NODE_ENV: 'production', JWKS_URL: 'https://127.0.0.1:9/keys', JWT_ISSUER: 'issuer' }
    const args = ['evidence', 'verify', PROOF]
    const without = await runCommand('sovereign', args, production)
    expect(without).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('--key') })
    expect(await runCommand('sovereign', [...args, '--key', key], production)).toMatchObject({ exitCode: 0 })
  })

  it('names neither the customer nor its id', async () => {
    const { data } = await api.ask('subject', await operation('CustomerTimeline'))
    const { id, name, phone } = data.customer
    const entry = Buffer.from(/^extra (.*)$/m.exec(document)?.[1] ?? '', 'base64').toString()
    expect(entry).toContain('PARTNER_SHARING')
    for (const personal of [id, name, phone]) expect(entry).not.toContain(personal)
  })

  it('is refused after any change, with what did not match', async () => {
    const changed = document.replace(/^index \d+$/m, 'index 0')
    await writeFile(join(folder, 'changed.txt'), changed)
    const { exitCode, stdout, stderr } = await verify(join(folder, 'changed.txt'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^Refused\. At: .+\. Expected: .+\. Got: .+\.\n$/)
    const noteKey = parseVerifierKey(key)
    expectEveryChangeRefused(document, bytes => verifyDocument(bytes, noteKey).kind === 'accepted')
  })

  it('is refused under the key of another log', async () => {
    const other = await openLogSigner(join(folder, 'other'), 'sovereign-graph')
    const { exitCode, stderr } = await verify(PROOF, '--key', other.verifierKey)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Refused\. At: signature\./)
    expect(await verify(PROOF, '--key', 'nonsense')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^This is no verifier key\./),
    })
  })

  it('is not asked for by a subject who names no entry', async () => {
    const { errors } = await api.ask('subject', await operation('EvidenceProof'))
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  })
})

describe('the receipt of a consent', () => {
  const RECEIPT = join(folder, 'receipt.jsonld')
  let receipt: string
  beforeAll(async () => {
    const { data } = await api.ask('subject', await operation('ConsentReceipt'))
    expect(data.consentReceipt).toMatchObject({ id: entryId, purpose: 'PARTNER_SHARING', state: 'GIVEN' })
    receipt = data.consentReceipt.document
    await writeFile(RECEIPT, receipt)
  })

  it('says in the terms of ISO/IEC TS 27560 and DPV who consented to what, towards whom, under what law', async () => {
    const { data } = await api.ask('subject', await operation('CustomerTimeline'))
    expect(JSON.parse(receipt)).toMatchObject({
      '@context': { dpv: 'https://w3id.org/dpv#' },
      '@type': 'dpv:ConsentReceipt',
      'dct:identifier': entryId,
      'dpv:hasRecordOfActivity': {
        '@type': 'dpv:ConsentRecord',
        'dpv:hasDataSubject': { '@id': `urn:uuid:${data.customer.id}` },
        'dpv:hasConsentStatus': 'dpv:ConsentGiven',
        'dpv:hasLegalBasis': 'dpv:Consent',
        'dpv:hasApplicableLaw': { 'dct:title': 'PIPL' },
        'dpv:hasProcess': {
          'dpv:hasPurpose': { 'dct:title': 'PARTNER_SHARING' },
          'dpv:hasRecipient': 'partner-harbour-devices',
        },
      },
    })
  })

  it('is accepted offline, as one file', async () => {
    const { exitCode, stdout } = await verify(RECEIPT)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Accepted: entry \d+ of the \d+ /)
    expect(stdout).toContain(entryId)
  })

  it('is refused after any change of a byte', async () => {
    const noteKey = parseVerifierKey(key)
    expectEveryChangeRefused(receipt, bytes => verifyDocument(bytes, noteKey).kind === 'accepted')
  })

  it('is refused when it says something else with its own proof', async () => {
    const { 'sg:evidence': evidence } = JSON.parse(receipt)
    const noteKey = parseVerifierKey(key)
    const refusalOf = (change: object) => verifyDocument(Buffer.from(receiptText({ ...evidence, ...change })), noteKey)
    expect(refusalOf({})).toMatchObject({ kind: 'accepted' })
    const other = { ...evidence.content, purpose: 'MARKETING' }
    expect(refusalOf({ content: other })).toMatchObject({ kind: 'refused', reason: 'COMMITMENT' })
    expect(refusalOf({ subjectId: 'somebody else' })).toMatchObject({ kind: 'refused', reason: 'COMMITMENT' })
    const opening = Buffer.alloc(32, 7).toString('base64')
    expect(refusalOf({ opening })).toMatchObject({ kind: 'refused', reason: 'COMMITMENT' })
    expect(refusalOf({ kind: 'CONSENT_WITHDRAWN' })).toMatchObject({ kind: 'refused', reason: 'RECEIPT' })
    expect(refusalOf({ at: '2020-01-01T00:00:00.000Z' })).toMatchObject({ kind: 'refused', reason: 'RECEIPT' })
  })

  it('is that of the entry that is asked for, and of nobody else', async () => {
    const withdrawn = await api.ask('subject', await operation('WithdrawConsent'), {
      variables: { idempotencyKey: 'withdraw' },
    })
    await api.settle()
    const newest = await api.ask('subject', await operation('ConsentReceipt'))
    expect(newest.data.consentReceipt).toMatchObject({
      id: withdrawn.data.withdrawConsent.evidenceEntryId,
      state: 'WITHDRAWN',
    })
    expect(JSON.parse(newest.data.consentReceipt.document)['dpv:hasRecordOfActivity']).toMatchObject({
      'dpv:hasConsentStatus': 'dpv:ConsentWithdrawn',
    })
    const older = await api.ask('subject', await operation('ConsentReceipt'), { variables: { entryId } })
    expect(older.data.consentReceipt.state).toBe('GIVEN')
    const foreign = await api.services.graph.read(
      `MATCH (c:Customer)<-[:OF]-(:Consent)-[:CHANGED_BY]->(e:ConsentEvent) WHERE c.id <> $id
      RETURN e.evidenceEntryId LIMIT 1`,
      { id: JSON.parse(receipt)['sg:evidence'].subjectId },
    )
    const variables = { entryId: foreign[0]?.[0] }
    expect(variables.entryId).toBeTypeOf('string')
    const { data } = await api.ask('subject', await operation('ConsentReceipt'), { variables })
    expect(data.consentReceipt).toBeNull()
    const { errors } = await api.ask('rep', await operation('ConsentReceipt'))
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
  })

  it('that is asked for before it is integrated says to ask again in a second', async () => {
    const away = new ApiError('GRAPH_UNAVAILABLE')
    const graph = graphThatFailsAt(
      await openEmbedded({ durability: 'os' }),
      "(e:EvidenceEntry {state: 'PENDING'})",
      away,
      Infinity,
    )
    const slow = await startApi({ customers: 1, graph })
    onTestFinished(() => slow.close())
    await slow.ask('subject', await operation('GiveConsent'), { variables: { idempotencyKey: 'give' } })
    const { data, errors } = await slow.ask('subject', await operation('ConsentReceipt'))
    expect(data.consentReceipt).toBeNull()
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining('ask again in a second'),
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })
})

describe('the log of a server', () => {
  it('holds every change that was made, in the audit trail', async () => {
    const { data } = await api.ask('auditor', await operation('AuditTrail'), {
      variables: { kind: 'CONSENT_GIVEN', first: 100 },
    })
    expect(data.auditTrail.edges.map(({ node }: { node: { id: string } }) => node.id)).toContain(entryId)
    expect(data.checkpoint.verifierKey).toBe(key)
  })

  it('is signed by a key that only its owner may read', async () => {
    expect((await stat(join(api.dataDir, 'log-key.pem'))).mode & 0o777).toBe(0o600)
  })
})

describe('the key of the log, rotated', () => {
  let rotated: { oldVerifierKey: string; newVerifierKey: string; evidenceEntryId: string }
  const announcement = join(folder, 'announcement.txt')
  beforeAll(async () => {
    const { data } = await api.ask('operator', await operation('RotateLogKey'), {
      variables: { idempotencyKey: 'rotate' },
    })
    rotated = data.rotateLogKey
    await api.settle()
    const variables = { entryId: rotated.evidenceEntryId }
    const proof = await api.ask('auditor', await operation('EvidenceProof'), { variables })
    await writeFile(announcement, proof.data.inclusionProof.document)
  })

  it('is told by the proof of its entry to who trusts the old one, and no byte of that may change', async () => {
    const { exitCode, stdout } = await verify(announcement, '--key', rotated.oldVerifierKey)
    const idOf = (verifierKey: string) => verifierKey.split('+')[1]
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`with key ${idOf(rotated.oldVerifierKey)} and ${idOf(rotated.newVerifierKey)}.`)
    expect(stdout).toContain(rotated.newVerifierKey)
    const text = await readFile(announcement, 'utf8')
    for (const each of [rotated.oldVerifierKey, rotated.newVerifierKey]) {
      expectEveryChangeRefused(text, bytes => verifyDocument(bytes, parseVerifierKey(each)).kind === 'accepted')
    }
  })

  it('leaves older files accepted by the old key, and newer ones by the new key alone', async () => {
    expect(await verify(PROOF, '--key', rotated.oldVerifierKey)).toMatchObject({ exitCode: 0 })
    expect(await verify(PROOF, '--key', rotated.newVerifierKey)).toMatchObject({ exitCode: 1 })
    const { data } = await api.ask('auditor', await operation('EvidenceProof'), { variables: { entryId } })
    const newer = join(folder, 'newer.txt')
    await writeFile(newer, data.inclusionProof.document)
    expect(await verify(newer, '--key', rotated.newVerifierKey)).toMatchObject({ exitCode: 0 })
    expect(await verify(newer, '--key', rotated.oldVerifierKey)).toMatchObject({ exitCode: 1 })
  })

  it('is known with the one before where DATA_DIR is at hand', async () => {
    expect(await verify(PROOF)).toMatchObject({ exitCode: 0 })
    expect(await verify(announcement)).toMatchObject({ exitCode: 0 })
  })

  it('is rotated by operators only', async () => {
    const { errors } = await api.ask('auditor', await operation('RotateLogKey'), { variables: { idempotencyKey: 'x' } })
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
  })
})

describe('the key of the log', () => {
  const dataDir = join(folder, 'keys')
  const signedOnce = async () => {
    const signer = await openLogSigner(dataDir, 'log.example')
    await signer.sign(3, Buffer.alloc(32, 1))
    return signer
  }

  it('signs no smaller tree, no other root of the same size, and the same tree with the same note', async () => {
    const signer = await signedOnce()
    const note = await signer.sign(3, Buffer.alloc(32, 1))
    await expect(signer.sign(2, Buffer.alloc(32, 1))).rejects.toThrow('signed 3 entries before')
    await expect(signer.sign(3, Buffer.alloc(32, 2))).rejects.toThrow('signed another root')
    const again = await openLogSigner(dataDir, 'log.example')
    expect(again.verifierKey).toBe(signer.verifierKey)
    expect(await again.sign(3, Buffer.alloc(32, 1))).toBe(note)
  })

  it('is refused where others may read it', async () => {
    await signedOnce()
    await chmod(join(dataDir, 'log-key.pem'), 0o644)
    await expect(openLogSigner(dataDir, 'log.example')).rejects.toThrow('others may read it')
    await chmod(join(dataDir, 'log-key.pem'), 0o600)
  })

  it('is refused beside a checkpoint that it did not sign, and a start says which file', async () => {
    await signedOnce()
    const checkpoint = join(dataDir, 'checkpoint')
    await writeFile(checkpoint, (await readFile(checkpoint, 'utf8')).replace('\n3\n', '\n2\n'))
    await expect(openLogSigner(dataDir, 'log.example')).rejects.toThrow(`${checkpoint} is not a checkpoint`)
    const config = readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' })
    const graph = await openEmbedded({ durability: 'os' })
    await expect(startServer(config, { graph })).rejects.toThrow(`${checkpoint} is not a checkpoint`)
  })
})
