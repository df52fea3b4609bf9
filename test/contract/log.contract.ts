import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { graphql } from 'graphql'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { BackgroundWork } from '../../core/background.ts'
import { toInstant } from '../../core/clock.ts'
import { ApiError } from '../../core/errors.ts'
import { verifyCheckpoint } from '../../core/evidence/checkpoint.ts'
import type { EvidenceDraft } from '../../core/evidence/evidence.ts'
import { type LogSigner, openLogSigner } from '../../core/evidence/log-signer.ts'
import { verifyConsistency } from '../../core/evidence/merkle-proofs.ts'
import { leafHash, rootOf } from '../../core/evidence/merkle-tree.ts'
import { parseVerifierKey } from '../../core/evidence/signed-note.ts'
import { verifyTlogProof } from '../../core/evidence/tlog-proof.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { type BuiltSubgraph, buildSubgraph } from '../../core/subgraph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { evidence } from '../../subgraphs/evidence/index.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { graphThatFailsAt, graphThatLosesAnswers, portOf } from '../support/faulty-graph.ts'
import { NOW, openServices, requestOf, type TestServices } from '../support/services.ts'

const KILLS = Number(process.env.KILLS ?? 10)
const KILLS_TIMEOUT_MS = 30_000 + KILLS * 3_000
const ORIGIN = 'log.example/evidence'
const AUDITOR: Viewer = { kind: 'AUDITOR', id: 'auditor-1' }
const A_CRASH = new ApiError('GRAPH_UNAVAILABLE')

const CHECKPOINTS = 'MATCH (k:Checkpoint) RETURN k.size, k.root, k.note ORDER BY k.size'
const PLACED = 'MATCH (e:EvidenceEntry) RETURN e.position, e.state, e.id, e.entry ORDER BY e.position'

/** Entries get their places once and for good, and what was signed stays true. */
export function describeLog(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let built: BuiltSubgraph
  let folder: string
  let signer: LogSigner
  beforeAll(async () => {
    services = await openServices(await openGraph())
    built = await buildSubgraph(evidence)
  })
  beforeEach(async () => {
    await services.empty()
    folder = await mkdtemp(join(tmpdir(), 'sovereign-log-'))
    signer = await openLogSigner(folder, ORIGIN)
    onTestFinished(() => rm(folder, { recursive: true }))
  })
  afterAll(() => services.close())

  let written = 0
  /** Entries that were acknowledged, and so may never be lost. */
  const write = async (count: number): Promise<readonly string[]> => {
    const ids = Array.from({ length: count }, () => `entry-${written++}`)
    const actor = { kind: 'OPERATOR', id: 'operator-1' } as const
    const at = services.clock.now()
    const drafts = ids.map(id => ({ id, kind: 'CONSENT_GIVEN' as const, at, actor, statement: {}, facts: [] }))
    await services.graph.write(unit => services.evidence.append(unit, drafts))
    return ids
  }
  const failures: unknown[] = []
  /** A process that starts on this graph. */
  const start = async (
    graph: Graph = services.graph,
    means: { signer?: LogSigner; acceptLoss?: boolean } = {},
  ): Promise<BackgroundWork> => {
    const failed = (cause: unknown) => failures.push(cause)
    const work = await evidence.start?.({ ...services, graph }, { signer, acceptLoss: false, failed, ...means })
    if (work === undefined) throw new Error('the evidence subgraph does nothing in the background')
    onTestFinished(() => work.stop())
    return work
  }
  /** Each of these entries has one place, the places have no gaps, and every checkpoint is of a prefix of them. */
  async function expectWhole(ids: readonly string[]): Promise<void> {
    const rows = await services.read(PLACED)
    expect(rows.map(([position, state]) => [position, state])).toEqual(rows.map((_, at) => [at, 'INTEGRATED']))
    expect(rows.map(([, , id]) => id).sort()).toEqual([...ids].sort())
    const leaves = rows.map(([, , , entry]) => leafHash(String(entry)))
    const key = parseVerifierKey(signer.verifierKey)
    const checkpoints = await services.read(CHECKPOINTS)
    for (const [size, root, note] of checkpoints) {
      const expected = rootOf(leaves.slice(0, Number(size)))
      expect(root).toBe(expected.toString('base64'))
      expect(verifyCheckpoint(String(note), [key], 'REFUSE')).toMatchObject({
        kind: 'accepted',
        checkpoint: { origin: ORIGIN, size, root: expected },
      })
    }
    expect(checkpoints.at(-1)?.[0]).toBe(ids.length)
  }

  /** Asks the subgraph itself, as an auditor unless said otherwise. */
  const ask = async (field: string, graph: Graph = services.graph, viewer: Viewer = AUDITOR) => {
    const request = requestOf({ ...services, graph }, viewer)
    const contextValue = { ...request, loaders: new Map([['evidence', evidence.createLoaders(request)]]) }
    const { data, errors } = await graphql({ schema: built.schema, source: `{ ${field} }`, contextValue })
    const [error] = errors ?? []
    return { ...JSON.parse(JSON.stringify(data)), code: error?.extensions.code, message: error?.message }
  }

  describe('the sequencer', () => {
    it('signs the empty log before anything else, and the same tree only once', async () => {
      await start()
      await start()
      expect((await services.read(CHECKPOINTS)).map(([size]) => size)).toEqual([0])
      await expectWhole([])
    })

    it('integrates what is pending, in the order of its time, over the widths of tiles and of batches', async () => {
      const log = await start()
      const ids: string[] = []
      for (const count of [1, 254, 1, 1, 1_100]) {
        ids.push(...(await write(count)))
        await log.settle()
      }
      await expectWhole(ids)
      // Or it would integrate the one before the other is written.
      await log.stop()
      services.clock.set('2026-03-02T09:00:00.000Z')
      const [later] = await write(1)
      services.clock.set('2026-03-02T08:59:00.000Z')
      const [earlier] = await write(1)
      await (await start()).settle()
      const places = await services.read('MATCH (e:EvidenceEntry) WHERE e.id IN $ids RETURN e.id ORDER BY e.position', {
        ids: [later, earlier].map(String),
      })
      expect(places).toEqual([[earlier], [later]])
    })

    it('does so by itself within a second', async () => {
      await start()
      const ids = await write(3)
      await expect.poll(() => services.count('Checkpoint'), { timeout: 5_000 }).toBe(2)
      await expectWhole(ids)
    })

    it('tells the first of a row of failures, and goes on when the store is back', async () => {
      failures.length = 0
      const log = await start(graphThatFailsAt(services.graph, "state: 'PENDING'}", A_CRASH, 3))
      await expect.poll(() => failures, { timeout: 5_000 }).toEqual([A_CRASH])
      const ids = await write(1)
      await expect.poll(() => services.count('Checkpoint'), { timeout: 5_000 }).toBe(2)
      await log.settle()
      expect(failures).toEqual([A_CRASH])
      await expectWhole(ids)
    })

    it(
      'beside another one gives every entry one place, without gaps',
      async () => {
        const [one, two] = [await start(), await start()]
        const ids: string[] = []
        for (let round = 0; round < KILLS; round++) {
          const [more] = await Promise.all([write((round % 10) * 7), one.settle(), two.settle()])
          ids.push(...more)
        }
        await Promise.all([one.settle(), two.settle()])
        await expectWhole(ids)
      },
      KILLS_TIMEOUT_MS,
    )
  })

  describe('a process that is killed', () => {
    /** Where it dies: at a statement of a unit, with the answer to a commit, or around the signature. */
    const DEATHS: Readonly<Record<string, () => { graph?: Graph; signer?: LogSigner }>> = {
      'before the batch is read': () => atStatement('ORDER BY e.at, e.id'),
      'before the entries have places': () => atStatement("SET e.state = 'INTEGRATED'"),
      'before the tiles are written': () => atStatement('MERGE (t:Tile'),
      'before the head is written': () => atStatement('SET l.size = $size, l.root'),
      'after the commit of the batch': () => ({ graph: graphThatLosesAnswers(services.graph, 1) }),
      'before it signs': () => ({ signer: { ...signer, sign: () => Promise.reject(A_CRASH) } }),
      'after it signed': () => atStatement('MERGE (k:Checkpoint'),
      'before the checkpoint is the latest': () => atStatement('SET l.signedSize'),
      'after the commit of the checkpoint': () => ({ graph: graphThatLosesSecondAnswer(services.graph) }),
    }
    const atStatement = (text: string) => ({ graph: graphThatFailsAt(services.graph, text, A_CRASH) })

    const unharmed = async (death: string) => {
      const ids: string[] = []
      for (let kill = 0; kill < KILLS; kill++) {
        ids.push(...(await write(1 + (kill % 10) * 29)))
        let parts = { graph: services.graph, signer }
        const mortal = await start(
          {
            ...portOf(services.graph),
            read: (statement, params) => parts.graph.read(statement, params),
            write: work => parts.graph.write(work),
          },
          { signer: { ...signer, sign: (size, root) => parts.signer.sign(size, root) } },
        )
        parts = { ...parts, ...DEATHS[death]?.() }
        await expect(mortal.settle()).rejects.toMatchObject({ code: A_CRASH.code })
        await mortal.stop()
        signer = await openLogSigner(folder, ORIGIN)
        const next = await start()
        if (kill % 2 === 0) await next.settle()
        await next.stop()
      }
      await (await start()).settle()
      await expectWhole(ids)
    }
    it.each(Object.keys(DEATHS))(
      '%s loses no entry, integrates none twice and signs no other tree',
      unharmed,
      KILLS_TIMEOUT_MS,
    )
  })

  describe('what was signed', () => {
    it('stays a prefix of all that is signed later', async () => {
      const log = await start()
      const kept: { size: number; root: Buffer }[] = []
      const ids: string[] = []
      for (const count of [0, 1, 2, 5, 130, 130, 300]) {
        ids.push(...(await write(count)))
        await log.settle()
        const { checkpoint } = await ask('checkpoint { size root }')
        kept.push({ size: checkpoint.size, root: Buffer.from(checkpoint.root, 'base64') })
        for (const old of kept) {
          const { consistencyProof } = await ask(
            `consistencyProof(fromSize: ${old.size}) { hashes checkpoint { size root } }`,
          )
          const verdict = verifyConsistency({
            oldSize: old.size,
            oldRoot: old.root,
            newSize: consistencyProof.checkpoint.size,
            newRoot: Buffer.from(consistencyProof.checkpoint.root, 'base64'),
            proof: consistencyProof.hashes.map((hash: string) => Buffer.from(hash, 'base64')),
          })
          expect(verdict).toEqual({ kind: 'accepted' })
        }
      }
      await expectWhole(ids)
    })

    it('proves each entry, in three statements and at most 2·log256(n) + 2 tiles', async () => {
      const log = await start()
      const ids = await write(1_400)
      await log.settle()
      const key = parseVerifierKey(signer.verifierKey)
      const graph = countingGraph(services.graph)
      const tiles: number[] = []
      const counted: Graph = {
        ...portOf(graph),
        read: (statement, params) => {
          if (Array.isArray(params?.keys)) tiles.push(params.keys.length)
          return graph.read(statement, params)
        },
      }
      const rows = await services.read(PLACED)
      for (const position of [0, 1, 255, 256, 511, 700, 1_024, 1_279, 1_280, 1_399]) {
        const [, , id, entry] = rows[position] ?? []
        graph.forget()
        const { inclusionProof } = await ask(`inclusionProof(entryId: "${id}") { position document }`, counted)
        expect(graph.statements).toHaveLength(3)
        expect(inclusionProof.position).toBe(position)
        const claim = { entry: String(entry), extra: Buffer.from(String(entry)), keys: [key] }
        expect(verifyTlogProof(inclusionProof.document, claim)).toMatchObject({ kind: 'accepted', index: position })
        graph.forget()
        await ask(`consistencyProof(fromSize: ${position}) { hashes }`, counted)
        expect(graph.statements.length).toBeLessThanOrEqual(2)
      }
      expect(Math.max(...tiles)).toBeLessThanOrEqual(2 * (Math.log(ids.length) / Math.log(256)) + 2)
    })

    it('proves the newest entry when none is named, and none before the first', async () => {
      const log = await start()
      expect(await ask('inclusionProof { position }')).toMatchObject({ inclusionProof: null })
      await write(5)
      await log.settle()
      expect(await ask('inclusionProof { position }')).toMatchObject({ inclusionProof: { position: 4 } })
    })

    it('says of an entry that it is not integrated yet, and nothing of an unknown one', async () => {
      const [id] = await write(1)
      const pending = await ask(`inclusionProof(entryId: "${id}") { position }`)
      expect(pending).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('not integrated yet') })
      expect(await ask(`evidenceEntry(id: "${id}") { id position }`)).toMatchObject({
        evidenceEntry: { id, position: null },
      })
      expect(await ask('evidenceEntry(id: "unknown") { id }')).toMatchObject({ evidenceEntry: null, code: undefined })
      expect(await ask('inclusionProof(entryId: "unknown") { position }')).toMatchObject({ inclusionProof: null })
    })

    it.each([-1, 3])('is not asked for from a size of %i, which nobody signed', async fromSize => {
      await write(2)
      await (await start()).settle()
      const { code } = await ask(`consistencyProof(fromSize: ${fromSize}) { hashes }`)
      expect(code).toBe('BAD_USER_INPUT')
    })
  })

  describe('the audit trail', () => {
    const page = async (args: string) => {
      const { auditTrail } = await ask(
        `auditTrail(${args}) { edges { node { position kind } } pageInfo { hasNextPage endCursor } }`,
      )
      const places = auditTrail.edges.map(({ node }: { node: { position: number } }) => node.position)
      return { places, ...auditTrail.pageInfo }
    }

    it('is read page by page in the order of the log, without what is pending', async () => {
      await write(5)
      const sequencer = await start()
      await sequencer.settle()
      // Or it would integrate the next entry while the pages are read.
      await sequencer.stop()
      const first = await page('first: 3')
      expect(first).toMatchObject({ places: [0, 1, 2], hasNextPage: true })
      await write(1)
      expect(await page(`first: 3, after: "${first.endCursor}"`)).toMatchObject({ places: [3, 4], hasNextPage: false })
    })

    it('of one kind leaves out the others', async () => {
      await write(2)
      await (await start()).settle()
      await services.graph.write(unit => unit.run("MATCH (e:EvidenceEntry {position: 0}) SET e.kind = 'LOSS_ACCEPTED'"))
      const first = await page('kind: CONSENT_GIVEN, first: 1')
      expect(first).toMatchObject({ places: [1], hasNextPage: false })
      expect(await page('kind: LOSS_ACCEPTED')).toMatchObject({ places: [0] })
      expect(await page('kind: CONSENT_WITHDRAWN')).toMatchObject({ places: [] })
    })
  })

  describe('the audit trail of a question', () => {
    const NINE = toInstant(new Date('2026-03-02T09:00:00.000Z'))
    const TEN = toInstant(new Date('2026-03-02T10:00:00.000Z'))
    const rep = { kind: 'REP', id: 'rep-1', purpose: 'SALES_FOLLOW_UP' } as const
    const anna = { kind: 'SUBJECT', id: 'anna', purpose: 'SUBJECT_REQUEST' } as const
    const accessed = (...subjectIds: readonly string[]) =>
      subjectIds.map(subjectId => ({ subjectId, content: 'accessed' }))

    beforeEach(async () => {
      const draft = { statement: {}, at: toInstant(new Date(NOW)), kind: 'DATA_ACCESSED' as const }
      const drafts: EvidenceDraft[] = [
        { ...draft, id: '0', actor: rep, facts: accessed('anna') },
        { ...draft, id: '1', actor: { kind: 'REP', id: 'rep-2' }, facts: accessed('anna', 'bo'), at: NINE },
        { ...draft, id: '2', actor: anna, facts: [], at: NINE, kind: 'CONSENT_GIVEN' },
        { ...draft, id: '3', actor: rep, facts: accessed('bo'), at: TEN },
      ]
      await services.graph.write(unit => services.evidence.append(unit, drafts))
      const sequencer = await start()
      await sequencer.settle()
      await sequencer.stop()
    })

    const found = async (args: string, viewer: Viewer = AUDITOR) => {
      const answer = await ask(`auditTrail(${args}) { edges { node { id } } }`, services.graph, viewer)
      return answer.code ?? answer.auditTrail.edges.map(({ node }: { node: { id: string } }) => node.id)
    }

    it.each([
      ['a customer', 'subjectId: "anna"', ['0', '1', '2']],
      ['another customer', 'subjectId: "bo"', ['1', '3']],
      ['a customer and a kind', 'subjectId: "anna", kind: DATA_ACCESSED', ['0', '1']],
      ['who acted', 'actorId: "rep-1"', ['0', '3']],
      ['a customer who acted', 'actorId: "anna"', ['2']],
      ['who acted on whom', 'actorId: "rep-1", subjectId: "bo"', ['3']],
      ['a time and after', `from: "${NINE}"`, ['1', '2', '3']],
      ['before a time', `to: "${NINE}"`, ['0']],
      ['a time and a kind', `from: "${NINE}", to: "${TEN}", kind: DATA_ACCESSED`, ['1']],
      ['a customer nobody knows', 'subjectId: "nobody"', []],
      ['a viewer nobody knows', 'actorId: "nobody"', []],
    ])('finds by %s', async (_, args, ids) => {
      expect(await found(args)).toEqual(ids)
    })

    it('shows a subject what is about itself, whatever it asks for', async () => {
      expect(await found('first: 100', anna)).toEqual(['0', '1', '2'])
      expect(await found('subjectId: "anna", kind: CONSENT_GIVEN', anna)).toEqual(['2'])
      expect(await found('subjectId: "bo"', anna)).toEqual([])
      expect(await found('actorId: "rep-1"', anna)).toEqual(['0'])
    })

    it('is not answered about a customer to an operator', async () => {
      const operator = { kind: 'OPERATOR', id: 'operator-1' } as const
      expect(await found('subjectId: "anna"', operator)).toBe('FORBIDDEN')
      expect(await found('actorId: "rep-1"', operator)).toEqual(['0', '3'])
    })

    it('is refused for a time that ends before it begins, and for a cursor of another question', async () => {
      expect(await found(`from: "${TEN}", to: "${NINE}"`)).toBe('BAD_USER_INPUT')
      const { auditTrail } = await ask('auditTrail(actorId: "rep-1", first: 1) { pageInfo { endCursor } }')
      const after = `after: "${auditTrail.pageInfo.endCursor}"`
      expect(await found(`actorId: "rep-1", ${after}`)).toEqual(['3'])
      expect(await found(`actorId: "rep-2", ${after}`)).toBe('BAD_USER_INPUT')
    })

    it('gives nobody a key who had none', async () => {
      await found('subjectId: "nobody"')
      await found('actorId: "nobody"')
      expect(await services.keys.knownKeysOf(['nobody'])).toEqual(new Map())
    })
  })

  describe('a start', () => {
    const run = (statement: string) => services.graph.write(unit => unit.run(statement))
    const HARM: Readonly<Record<string, () => Promise<unknown>>> = {
      'whose log lost its tail': async () => {
        const [, [, root] = []] = await services.read(CHECKPOINTS)
        await run('MATCH (k:Checkpoint {size: 7}) DETACH DELETE k')
        await services.graph.write(unit =>
          unit.run("MATCH (l:Log {name: 'evidence'}) SET l.size = 3, l.root = $root, l.signedSize = 3", {
            root: String(root),
          }),
        )
      },
      'whose graph is empty': () => services.empty(),
      'whose graph is that of another log': async () => {
        await services.empty()
        const other = await mkdtemp(join(tmpdir(), 'sovereign-log-'))
        onTestFinished(() => rm(other, { recursive: true }))
        await write(9)
        const log = await start(services.graph, { signer: await openLogSigner(other, ORIGIN) })
        await log.settle()
        await log.stop()
      },
      'whose log holds other entries': async () => {
        await run("MATCH (t:Tile) SET t.hashes = 'AAAA' + substring(t.hashes, 4)")
      },
      'whose log lost a tile': () => run("MATCH (t:Tile {key: '0/0'}) DETACH DELETE t"),
      'whose checkpoint is gone from beside the key': async () => {
        await rm(join(folder, 'checkpoint'))
        signer = await openLogSigner(folder, ORIGIN)
      },
    }
    const signedTwice = async () => {
      const log = await start()
      const ids = [...(await write(3))]
      await log.settle()
      ids.push(...(await write(4)))
      await log.settle()
      await log.stop()
      return ids
    }

    it.each(Object.keys(HARM))('%s is refused', async harm => {
      await signedTwice()
      await HARM[harm]?.()
      await expect(start()).rejects.toMatchObject({ code: 'EVIDENCE_ROLLED_BACK' })
    })

    it.each(['whose log lost its tail', 'whose graph is empty', 'whose checkpoint is gone from beside the key'])(
      '%s goes on where the loss is accepted, and the log tells of it',
      async harm => {
        await signedTwice()
        const [, , [signedSize, signedRoot] = []] = await services.read(CHECKPOINTS)
        await HARM[harm]?.()
        const kept = (await services.read('MATCH (e:EvidenceEntry) RETURN e.id')).map(([id]) => String(id))
        const log = await start(services.graph, { acceptLoss: true })
        await log.settle()
        await log.stop()
        const told = await services.read("MATCH (e:EvidenceEntry {kind: 'LOSS_ACCEPTED'}) RETURN e.id, e.entry")
        expect(told).toHaveLength(1)
        expect(JSON.parse(String(told[0]?.[1])).statement).toMatchObject({ signedSize, signedRoot })
        signer = await openLogSigner(folder, ORIGIN)
        const next = await start()
        const more = await write(2)
        await next.settle()
        await expectWhole([...kept, String(told[0]?.[0]), ...more])
      },
    )

    it('whose tree is torn is refused even where the loss is accepted', async () => {
      await signedTwice()
      await HARM['whose log lost a tile']?.()
      await expect(start(services.graph, { acceptLoss: true })).rejects.toMatchObject({ code: 'EVIDENCE_ROLLED_BACK' })
    })

    it('leaves no trace of a loss that there was not', async () => {
      await signedTwice()
      await start(services.graph, { acceptLoss: true })
      expect(await services.count('EvidenceEntry')).toBe(7)
    })
  })
}

function graphThatLosesSecondAnswer(graph: Graph): Graph {
  let commits = 0
  return {
    ...portOf(graph),
    write: async work => {
      const result = await graph.write(work)
      if (++commits === 2) throw A_CRASH
      return result
    },
  }
}
