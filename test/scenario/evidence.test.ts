// A consent is given; its proof leaves the server as one file, and whoever holds the key checks it without the server.
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyDocument } from '../../commands/verify.ts'
import { readConfig } from '../../core/config.ts'
import { openLogSigner } from '../../core/evidence/log-signer.ts'
import { parseVerifierKey } from '../../core/evidence/signed-note.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { startServer } from '../../gateway/server.ts'
import { temporaryFolder } from '../commands/folder.ts'
import { runCommand } from '../commands/run-command.ts'
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
