import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { verifyDocument } from '../../commands/verify.ts'
import type { BackgroundWork } from '../../core/background.ts'
import { ApiError } from '../../core/errors.ts'
import { verifyCheckpoint } from '../../core/evidence/checkpoint.ts'
import { type LogSigner, openLogSigner } from '../../core/evidence/log-signer.ts'
import { parseVerifierKey } from '../../core/evidence/signed-note.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { evidence } from '../../subgraphs/evidence/index.ts'
import { proveInclusion } from '../../subgraphs/evidence/proofs.ts'
import { rotateLogKey } from '../../subgraphs/evidence/rotation.ts'
import { graphThatFailsAt } from '../support/faulty-graph.ts'
import { openServices, type TestServices } from '../support/services.ts'

const OPERATOR = { kind: 'OPERATOR', id: 'operator-1' } as const
const A_CRASH = new ApiError('GRAPH_UNAVAILABLE')
const CHECKPOINTS = 'MATCH (k:Checkpoint) RETURN k.note, k.verifierKey ORDER BY k.size'

/** The log goes over to another key in one signed step, whatever dies in it. */
export function describeRotation(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let folder: string
  let signer: LogSigner
  let log: BackgroundWork
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(async () => {
    await services.empty()
    folder = await mkdtemp(join(tmpdir(), 'sovereign-rotation-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await open()
    await write(3)
    await log.settle()
  })
  afterAll(() => services.close())

  /** A process that starts on this folder and graph. */
  async function open(graph: Graph = services.graph): Promise<void> {
    await log?.stop()
    signer = await openLogSigner(folder, 'log.example')
    const means = { signer, acceptLoss: false, failed: () => undefined }
    const work = await evidence.start?.({ ...services, graph }, means)
    if (work === undefined) throw new Error('the evidence subgraph does nothing in the background')
    log = work
    onTestFinished(() => work.stop())
  }
  let written = 0
  async function write(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => `rotation-entry-${written++}`)
    const facts = {
      kind: 'CONSENT_GIVEN' as const,
      at: services.clock.now(),
      statement: {},
      facts: [],
      actor: OPERATOR,
    }
    await services.graph.write(unit =>
      services.evidence.append(
        unit,
        ids.map(id => ({ id, ...facts })),
      ),
    )
    return ids
  }
  let asked = 0
  const rotate = () => rotateLogKey({ ...services, logKeys: signer }, OPERATOR, `rotate-${asked++}`)
  const documentOf = async (id: string | undefined) => {
    const proof = await proveInclusion({ run: services.graph.read.bind(services.graph) }, id)
    return Buffer.from(proof?.document ?? '')
  }
  const verdict = (document: Buffer, key: string) => verifyDocument(document, parseVerifierKey(key)).kind
  const latest = async () => (await services.read(CHECKPOINTS)).at(-1) ?? []

  /** The old key vouches for the new one, which is in force. */
  async function expectRotated(oldKey: string, newKey: string, announcement: string): Promise<void> {
    expect([signer.verifierKey, signer.retiredKeys]).toEqual([newKey, [oldKey]])
    const document = await documentOf(announcement)
    expect(verdict(document, oldKey)).toBe('accepted')
    expect(verdict(document, newKey)).toBe('accepted')
    const [entry] = await write(1)
    await log.settle()
    expect(verifyCheckpoint(String((await latest())[0]), [parseVerifierKey(newKey)], 'REFUSE').kind).toBe('accepted')
    expect(verdict(await documentOf(entry), newKey)).toBe('accepted')
    expect(verdict(await documentOf(entry), oldKey)).toBe('refused')
    // Still, when the log has long been signed by the new key alone.
    expect(verdict(await documentOf(announcement), oldKey)).toBe('accepted')
    expect((await stat(join(folder, 'log-key.pem'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'log-key.pub'), 'utf8')).toBe(`${newKey}\n${oldKey}\n`)
  }

  it('signs the first checkpoint over the announcement with both keys, and later ones with the new', async () => {
    const old = await documentOf(undefined)
    const { oldVerifierKey, newVerifierKey, evidenceEntryId } = await rotate()
    expect(oldVerifierKey).toBe(signer.verifierKey)
    await log.settle()
    const keys = [oldVerifierKey, newVerifierKey].map(each => parseVerifierKey(each))
    const [note, verifierKey] = await latest()
    expect(verifyCheckpoint(String(note), keys, 'REFUSE')).toMatchObject({ kind: 'accepted', signedBy: keys })
    expect(verifierKey).toBe(newVerifierKey)
    await expectRotated(oldVerifierKey, newVerifierKey, evidenceEntryId)
    expect(verdict(old, oldVerifierKey)).toBe('accepted')
  })

  it('is refused while the one before is under way, and is possible again after it', async () => {
    const first = await rotate()
    // Of a process that has not integrated the announcement yet.
    const behind = { ...signer, nextKey: async () => first.newVerifierKey }
    const early = rotateLogKey({ ...services, logKeys: behind }, OPERATOR, 'early')
    await expect(early).rejects.toMatchObject({ code: 'CONFLICT' })
    await log.settle()
    const second = await rotate()
    await log.settle()
    expect(second.oldVerifierKey).toBe(first.newVerifierKey)
    expect(signer.retiredKeys).toEqual([second.oldVerifierKey, first.oldVerifierKey])
    await open()
    expect(verdict(await documentOf(first.evidenceEntryId), first.oldVerifierKey)).toBe('accepted')
    expect(verdict(await documentOf(second.evidenceEntryId), second.oldVerifierKey)).toBe('accepted')
  })

  it('lets nobody announce a key who signed with another', async () => {
    const { oldVerifierKey, newVerifierKey, evidenceEntryId } = await rotate()
    await log.settle()
    const document = (await documentOf(evidenceEntryId)).toString()
    const signatures = document.match(/^— .*$/gm) ?? []
    expect(signatures).toHaveLength(2)
    const byNewOnly = Buffer.from(document.replace(`${signatures[0]}\n`, ''))
    expect([verdict(byNewOnly, oldVerifierKey), verdict(byNewOnly, newVerifierKey)]).toEqual(['refused', 'refused'])
  })

  it('misses no checkpoint of both keys when the store is away as it was signed', async () => {
    await log.stop()
    const { oldVerifierKey, newVerifierKey, evidenceEntryId } = await rotate()
    await open(graphThatFailsAt(services.graph, 'MERGE (k:Checkpoint', A_CRASH))
    await expect(log.settle()).rejects.toMatchObject({ code: A_CRASH.code })
    await write(2)
    await log.settle()
    await expectRotated(oldVerifierKey, newVerifierKey, evidenceEntryId)
  })

  describe('when the process dies', () => {
    const graphWithoutCheckpoints = () =>
      graphThatFailsAt(services.graph, 'MERGE (k:Checkpoint', A_CRASH, Number.POSITIVE_INFINITY)

    it('before it signs, the next one does', async () => {
      const { oldVerifierKey, newVerifierKey, evidenceEntryId } = await rotate()
      await log.stop()
      await open()
      await log.settle()
      await expectRotated(oldVerifierKey, newVerifierKey, evidenceEntryId)
    })

    it('after it signed and before the new key is in its place, the next one puts it there', async () => {
      await log.stop()
      const { oldVerifierKey, newVerifierKey, evidenceEntryId } = await rotate()
      const before = await mkdtemp(join(tmpdir(), 'sovereign-rotation-'))
      onTestFinished(() => rm(before, { recursive: true }))
      await cp(folder, before, { recursive: true })
      await open(graphWithoutCheckpoints())
      await expect(log.settle()).rejects.toMatchObject({ code: A_CRASH.code })
      await log.stop()
      await cp(join(folder, 'checkpoint'), join(before, 'checkpoint'))
      await rm(folder, { recursive: true })
      await cp(before, folder, { recursive: true })
      expect((await openLogSigner(folder, 'log.example')).verifierKey).toBe(oldVerifierKey)
      await open()
      await log.settle()
      await expectRotated(oldVerifierKey, newVerifierKey, evidenceEntryId)
    })

    it('after the new key is in its place and before the graph has its checkpoint, the next one keeps that', async () => {
      await log.stop()
      const { oldVerifierKey, newVerifierKey, evidenceEntryId } = await rotate()
      await open(graphWithoutCheckpoints())
      await expect(log.settle()).rejects.toMatchObject({ code: A_CRASH.code })
      expect(signer.verifierKey).toBe(newVerifierKey)
      expect((await latest())[1]).toBe(oldVerifierKey)
      await open()
      await log.settle()
      await expectRotated(oldVerifierKey, newVerifierKey, evidenceEntryId)
    })
  })
}
