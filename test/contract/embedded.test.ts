// What only the embedded engine has: files, one process that holds them, and a disk that must have a commit before anybody hears of it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SyncLog } from '../../core/graph/commit-barrier.ts'
import { cypher } from '../../core/graph/cypher.ts'
import { type EmbeddedOptions, openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { openGraph } from '../../core/graph/open.ts'
import { beginningAt, holding } from '../../core/graph/text-index.ts'
import { valuesFoundIn } from '../support/byte-search.ts'
import { gate } from '../support/gate.ts'

const KILLS = Number(process.env.KILLS ?? 10)
const CRASH_WRITER = fileURLToPath(new URL('../support/crash-writer.ts', import.meta.url))
const FULL_DISK_WRITER = fileURLToPath(new URL('../support/full-disk-writer.ts', import.meta.url))
const MARK = 'CREATE (:Mark {n: $n})'
const COUNT_MARKS = 'MATCH (m:Mark) RETURN count(m)'

let directory: string
let file: string
let opened: Graph[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sovereign-embedded-'))
  file = join(directory, 'graph.grafeo')
})

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.allSettled(opened.map(graph => graph.close()))
  opened = []
  rmSync(directory, { recursive: true, force: true })
})

async function openFile(options: Partial<EmbeddedOptions> = {}): Promise<Graph> {
  const graph = await openEmbedded({ file, durability: 'disk', ...options })
  opened.push(graph)
  return graph
}

const mark = (graph: Graph, n: number) => graph.write(unit => unit.run(MARK, { n }))

describe('the commit barrier', () => {
  it('acknowledges a unit only after a sync that began after its commit', async () => {
    const syncing = gate()
    const synced = gate()
    const events: string[] = []
    const graph = await openFile({
      syncLog: async () => {
        events.push('sync begins')
        syncing.open()
        await synced.opened
        events.push('sync ends')
      },
    })
    const write = graph.write(unit => unit.run(MARK, { n: 1 })).then(() => events.push('acknowledged'))
    await syncing.opened
    expect(await graph.read(COUNT_MARKS)).toEqual([[1]])
    synced.open()
    await write
    expect(events).toEqual(['sync begins', 'sync ends', 'acknowledged'])
  })

  it('syncs the file of the log once for each unit that runs alone', async () => {
    const syncs = await recordSyncs()
    const graph = await openFile()
    for (const n of [1, 2, 3]) {
      await mark(graph, n)
      expect(syncs).toEqual(Array(n).fill(newestSegment().ino))
    }
  })

  it('syncs nothing with DURABILITY=os', async () => {
    const syncs = await recordSyncs()
    await mark(await openFile({ durability: 'os' }), 1)
    expect(syncs).toEqual([])
  })

  it('lets units that end together share a sync, and the next unit run while it is under way', async () => {
    const firstSync = gate()
    let syncs = 0
    const graph = await openFile({
      syncLog: async () => {
        if (++syncs === 1) await firstSync.opened
      },
    })
    const units = Array.from({ length: 50 }, (_, n) => mark(graph, n))
    const allCommitted = await graphShows(graph, 50)
    firstSync.open()
    await Promise.all(units)
    expect(allCommitted).toBe(true)
    expect(syncs).toBe(2)
  })

  it('follows the log into a new segment after a checkpoint', async () => {
    const syncs = await recordSyncs()
    const graph = await openFile()
    await mark(graph, 1)
    const before = newestSegment()
    // A checkpoint starts by itself once the log holds 8 MB.
    const text = 'x'.repeat(100_000)
    while (newestSegment().name === before.name) {
      await graph.write(unit => unit.run('MERGE (f:Filler {id: 1}) SET f.text = $text', { text }))
    }
    await mark(graph, 2)
    const after = newestSegment()
    expect(syncs.at(-1)).toBe(after.ino)
    expect(after.ino).not.toBe(before.ino)
  })

  it('fails the unit, writes nothing more and is unhealthy after a sync that failed; reads go on', async () => {
    const failures: SyncLog[] = [async () => Promise.reject(new Error('EIO'))]
    const graph = await openFile({ syncLog: async () => failures.pop()?.() })
    const unavailable = { code: 'GRAPH_UNAVAILABLE' }
    await expect(mark(graph, 1)).rejects.toMatchObject(unavailable)
    await expect(mark(graph, 2)).rejects.toMatchObject(unavailable)
    await expect(graph.health()).rejects.toMatchObject(unavailable)
    expect(await graph.read(COUNT_MARKS)).toEqual([[1]])
  })
})

describe('the files', () => {
  it('keep what was written when the graph is opened again', async () => {
    const first = await openGraph({ dataDir: join(directory, 'not', 'yet'), durability: 'disk' })
    await mark(first, 1)
    await first.close()
    const second = await openGraph({ dataDir: join(directory, 'not', 'yet'), durability: 'disk' })
    opened.push(second)
    expect(await second.read(COUNT_MARKS)).toEqual([[1]])
  })

  it('are held by one open at a time, in this process and in others', async () => {
    const graph = await openFile()
    await expect(openFile()).rejects.toMatchObject({ code: 'GRAPH_LOCKED' })
    await graph.close()

    const writer = startWriter(0)
    await acknowledgements(writer, 1)
    await expect(openFile()).rejects.toMatchObject({ code: 'GRAPH_LOCKED' })
    await kill(writer)
  })

  it('lose nothing acknowledged when the disk is full; reads go on, and writes again when there is room', async () => {
    const { acknowledged, ...report } = JSON.parse(withFilesUpTo(1_000, FULL_DISK_WRITER))
    expect(acknowledged).toBeGreaterThan(50)
    expect(report).toEqual({
      refusedWith: 'GRAPH_UNAVAILABLE',
      health: 'GRAPH_UNAVAILABLE',
      read: acknowledged,
      smallWrite: 'ok',
      healthAfterIt: 'ok',
    })
    expect(await (await openFile()).read(COUNT_MARKS)).toEqual([[acknowledged + 1]])
  })

  it.each([
    ['', []],
    [' while they are written anew', ['expunging']],
  ])(
    `lose nothing acknowledged in ${KILLS} kills%s, and hold no half of a unit`,
    async (_, how) => {
      let acknowledged = 0
      for (let round = 0; round < KILLS; round++) {
        const from = round * 1_000_000
        const writer = startWriter(from, how)
        const seen = await acknowledgements(writer, 20 + (round % 10) * 10)
        await kill(writer)
        acknowledged += seen.length

        const graph = await openFile()
        const ids = (await graph.read('MATCH (w:Written) WHERE w.id >= $from RETURN w.id', { from })).map(([id]) => id)
        const [[written] = []] = await graph.read('MATCH (w:Written) RETURN count(w)')
        const pairs = await graph.read('MATCH (w:Written)-[:PAIRED]->(p:Partner) WHERE w.id = p.id RETURN count(w)')
        const total = await graph.read('MATCH (t:Total) RETURN t.count')
        const partners = await graph.read('MATCH (p:Partner) RETURN count(p)')
        expect(ids).toEqual(expect.arrayContaining(seen))
        expect([pairs, total, partners]).toEqual(Array(3).fill([[written]]))
        await graph.close()
      }
      expect(acknowledged).toBeGreaterThanOrEqual(KILLS * 20)
    },
    60_000 + KILLS * 10_000,
  )
})

describe('a value that was deleted', () => {
  const VALUE = '金丝雀 canary'
  const KEYED = 'CREATE CONSTRAINT key_Mark_n IF NOT EXISTS FOR (m:Mark) REQUIRE m.n IS UNIQUE'
  const values = () => valuesFoundIn(directory, [VALUE])

  async function writtenAndDeleted(options: Partial<EmbeddedOptions> = {}): Promise<Graph> {
    const graph = await openFile(options)
    await graph.define(KEYED)
    await graph.write(async unit => {
      await unit.run('UNWIND range(1, 500) AS n CREATE (:Mark {n: n})')
      await unit.run('CREATE (:Person {name: $name})-[:SAID]->(:Person {name: $name})', { name: VALUE })
    })
    await graph.expunge()
    expect(values()).toEqual([`${VALUE} in graph.grafeo`])
    await graph.write(unit => unit.run('MATCH (p:Person) DETACH DELETE p'))
    // So this test would fail if the engine's own means were enough.
    expect(values()).toEqual([`${VALUE} in graph.grafeo`])
    return graph
  }

  it.each(['disk', 'os'] as const)('is in no file after expunge, where all else is (%s)', async durability => {
    const graph = await writtenAndDeleted({ durability })
    expect(await graph.expunge()).toBe('REWRITTEN')
    expect(values()).toEqual([])
    for (const open of [async () => graph, () => reopened(graph)]) {
      const each = await open()
      expect(await each.read(COUNT_MARKS)).toEqual([[500]])
      await expect(mark(each, 7)).rejects.toMatchObject({ code: 'CONFLICT' })
    }
  })

  it('is gone while others read and write, who wait and lose nothing', async () => {
    const graph = await writtenAndDeleted()
    const syncs = await recordSyncs()
    const writes = Array.from({ length: 40 }, (_, n) => mark(graph, 1_000 + n))
    const reads = Array.from({ length: 40 }, () => graph.read(COUNT_MARKS))
    const expunged = graph.expunge()
    const later = Array.from({ length: 40 }, (_, n) => mark(graph, 2_000 + n).then(() => graph.read(COUNT_MARKS)))
    await Promise.all([...writes, ...reads, expunged, ...later, graph.expunge()])
    expect(values()).toEqual([])
    await mark(graph, 3_000)
    // The log of the new file, not that of the old one.
    expect(syncs.at(-1)).toBe(newestSegment().ino)
    expect(await (await reopened(graph)).read(COUNT_MARKS)).toEqual([[581]])
  })

  it('is not left by a process that died while it wrote the new file', async () => {
    const graph = await writtenAndDeleted()
    await graph.expunge()
    await graph.close()
    writeFileSync(`${file}.rewritten`, VALUE)
    expect(await (await openFile()).read(COUNT_MARKS)).toEqual([[500]])
    expect(values()).toEqual([])
  })

  async function reopened(graph: Graph): Promise<Graph> {
    await graph.close()
    return openFile()
  }
})

describe('a text index', () => {
  const SAID = { label: cypher`Said`, property: cypher`words` }
  const KEEP = 'CREATE (:Said {words: $words})'
  const CANARY = 'canaryword'

  async function withWords(): Promise<Graph> {
    const graph = await openFile()
    await graph.defineText(SAID)
    await graph.write(unit => unit.run(KEEP, { words: 'price the' }))
    await graph.write(unit => unit.run(KEEP, { words: CANARY }))
    return graph
  }
  const found = async (graph: Graph, ...words: readonly string[]) => {
    const text = cypher`${holding(graph.engine, SAID, cypher`s`)} RETURN s.words`
    return (await graph.read(beginningAt(SAID, text), { words })).flat()
  }

  it('is there when the file is opened again, and keeps up with what is stored then', async () => {
    await (await withWords()).close()
    const graph = await openFile()
    await graph.write(unit => unit.run(KEEP, { words: '价格' }))
    expect((await found(graph, 'the', '价格')).toSorted()).toEqual(['price the', '价格'])
  })

  it('is there after the file was written anew, and holds nothing in it of what was deleted', async () => {
    const graph = await withWords()
    await graph.expunge()
    expect(valuesFoundIn(directory, [CANARY])).toEqual([`${CANARY} in graph.grafeo`])
    await graph.write(unit => unit.run('MATCH (s:Said {words: $words}) DELETE s', { words: CANARY }))
    await graph.expunge()
    expect(valuesFoundIn(directory, [CANARY])).toEqual([])
    expect([await found(graph, CANARY), await found(graph, 'price')]).toEqual([[], ['price the']])
  })
})

/** The inode of each file at the moment of its fdatasync, from now on. */
async function recordSyncs(): Promise<number[]> {
  const syncs: number[] = []
  const handle = await open(directory, 'r')
  await handle.close()
  // Node does not export the class of file handles.
  const prototype: FileHandle = Object.getPrototypeOf(handle)
  const datasync = prototype.datasync
  vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: FileHandle) {
    syncs.push((await this.stat()).ino)
    return datasync.call(this)
  })
  return syncs
}

function newestSegment(): { name: string; ino: number } {
  const name = readdirSync(`${file}.wal`).sort().at(-1)
  if (name === undefined) throw new Error('The log has no segment.')
  return { name, ino: statSync(join(`${file}.wal`, name)).ino }
}

// Reads until the count is there; false when the graph stands still before, as it would if units waited for the sync.
async function graphShows(graph: Graph, count: number): Promise<boolean> {
  for (let turn = 0; turn < 5_000; turn++) {
    const [[shown] = []] = await graph.read(COUNT_MARKS)
    if (shown === count) return true
  }
  return false
}

// The limit of the shell, in blocks of 512 or 1,024 bytes, is met like the end of the disk.
function withFilesUpTo(blocks: number, script: string): string {
  const command = `ulimit -f ${blocks}; exec "$0" --import tsx "$@"`
  return execFileSync('/bin/sh', ['-c', command, process.execPath, script, file], { encoding: 'utf8' })
}

function startWriter(firstId: number, how: readonly string[] = []): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', CRASH_WRITER, file, String(firstId), ...how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function acknowledgements(writer: ChildProcess, count: number): Promise<number[]> {
  if (writer.stdout === null) throw new Error('The writer has no output.')
  const ids: number[] = []
  for await (const line of createInterface(writer.stdout)) {
    ids.push(Number(line))
    if (ids.length === count) return ids
  }
  throw new Error('The writer ended by itself.')
}

async function kill(writer: ChildProcess): Promise<void> {
  const ended = once(writer, 'exit')
  writer.kill('SIGKILL')
  await ended
}
