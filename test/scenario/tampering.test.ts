// Somebody with the engine's own client changes the graph behind the API; the commands find what was done, by name.
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import grafeo from '@grafeo-db/js'
import { beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { startServer } from '../../gateway/server.ts'
import { loadSeeds } from '../../seeds/load.ts'
import { temporaryFolder } from '../commands/folder.ts'
import { type Finished, runCommand } from '../commands/run-command.ts'

const folder = temporaryFolder()
const ORIGINAL = join(folder, 'original')

/** Runs a statement with the engine's own client and answers the first column of its first row. */
type Run = (statement: string) => Promise<unknown>

const STEP = 'MATCH (e:ConsentEvent) RETURN e.id ORDER BY e.id LIMIT 1'
const NODE_ENTRY = "MATCH (e:EvidenceEntry {kind: 'CONSENT_GIVEN'}) RETURN e.id ORDER BY e.position LIMIT 1"

let remembered: string
beforeAll(async () => {
  const config = readConfig({ DATA_DIR: ORIGINAL, PORT: '0', DURABILITY: 'os', LOG_LEVEL: 'silent' })
  const server = await startServer(config)
  await loadSeeds(server.services, server.delivery, 4, () => {})
  await server.settle()
  const [row] = await server.services.graph.read('MATCH (k:Checkpoint) RETURN k.note ORDER BY k.size DESC LIMIT 1')
  remembered = String(row?.[0])
  await server.close()
})

/** A copy of the whole DATA_DIR in which somebody does something. */
async function harmed(name: string, harm: (run: Run) => Promise<unknown>): Promise<string> {
  const dataDir = join(folder, name)
  await cp(ORIGINAL, dataDir, { recursive: true })
  const database = grafeo.GrafeoDB.open(join(dataDir, 'graph.grafeo'))
  await harm(async statement => (await database.executeCypher(statement)).rows()[0]?.[0])
  database.close()
  return dataDir
}

function evidence(dataDir: string, ...args: readonly string[]): Promise<Finished> {
  // A port where nothing listens: the command starts the server in its own process.
  return runCommand('sovereign', ['evidence', ...args], { DATA_DIR: dataDir, SOVEREIGN_URL: 'http://127.0.0.1:9' })
}

describe('evidence reconcile', () => {
  it('accepts a graph that nobody touched, and says how much it compared', async () => {
    const { exitCode, stdout, stderr } = await evidence(ORIGINAL, 'reconcile')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^[1-9]\d* facts of [1-9]\d* entries compared, 0 of erased customers\.\n$/)
  })

  it('names each node that was edited, deleted or inserted', async () => {
    const nodes: Record<string, unknown> = {}
    const dataDir = await harmed('nodes', async run => {
      const [edited, deleted] = [await run(STEP), await run(`${STEP.replace('LIMIT 1', 'SKIP 1 LIMIT 1')}`)]
      await run(`MATCH (e:ConsentEvent {id: '${edited}'}) SET e.state = 'WITHDRAWN'`)
      await run(`MATCH (e:ConsentEvent {id: '${deleted}'}) DETACH DELETE e`)
      const consent = await run("MATCH (k:Consent {purpose: 'MARKETING'}) RETURN k.id LIMIT 1")
      await run(`MATCH (k:Consent {id: '${consent}'}) SET k.purpose = 'AI_DECISION'`)
      await run(`MATCH (k:Consent {id: '${consent}'}), (e:ConsentEvent {id: '${edited}'})
        CREATE (n:ConsentEvent {id: 'inserted', state: 'GIVEN', at: e.at, evidenceEntryId: e.evidenceEntryId})
        CREATE (k)-[:CHANGED_BY]->(n)`)
      await run(`MATCH (k:Consent {id: '${consent}'})
        CREATE (n:ConsentEvent {id: 'forged', state: 'GIVEN', evidenceEntryId: 'no-entry'}) CREATE (k)-[:CHANGED_BY]->(n)`)
      await run("CREATE (:ConsentEvent {id: 'bare'})")
      Object.assign(nodes, { edited, deleted, consent })
    })
    const { exitCode, stdout, stderr } = await evidence(dataDir, 'reconcile')
    expect(exitCode).toBe(1)
    expect(stderr).toBe('Refused. 6 nodes are not as they were written.\n')
    const named = stdout.split('\n').filter(line => /^[A-Z]+ED /.test(line))
    expect(named.map(line => line.replace(/, .*/, '')).sort()).toEqual([
      `DELETED ConsentEvent ${nodes.deleted}`,
      `EDITED Consent ${nodes.consent}`,
      `EDITED ConsentEvent ${nodes.edited}`,
      'INSERTED ConsentEvent (several)',
      'INSERTED ConsentEvent forged',
      'INSERTED ConsentEvent inserted',
    ])
  })

  it('names an entry whose index no longer adds up to what it commits to', async () => {
    let id: unknown
    const dataDir = await harmed('index', async run => {
      id = await run(NODE_ENTRY)
      await run(`MATCH (e:EvidenceEntry {id: '${id}'}) SET e.facts = []`)
    })
    const { exitCode, stdout } = await evidence(dataDir, 'reconcile')
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`EDITED EvidenceEntry ${id}`)
  })
})

describe('evidence audit', () => {
  it('accepts a log that nobody touched', async () => {
    const { exitCode, stdout } = await evidence(ORIGINAL, 'audit')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Accepted: \d+ entries under \d+ checkpoints, every root recomputed\.\n$/)
  })

  it('names the first entry that is not what was logged', async () => {
    let id: unknown
    const dataDir = await harmed('entry', async run => {
      id = await run(NODE_ENTRY)
      await run(
        `MATCH (e:EvidenceEntry {id: '${id}'}) SET e.entry = replace(e.entry, 'CONSENT_GIVEN', 'CONSENT_TAKEN')`,
      )
    })
    const { exitCode, stderr } = await evidence(dataDir, 'audit')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(new RegExp(`^Refused\\. Entry \\d+ \\(${id}\\) is not what was logged at its place\\.\n$`))
  })

  it('names the first entry that is missing', async () => {
    let position: unknown
    const dataDir = await harmed('missing', async run => {
      const id = await run(NODE_ENTRY)
      position = await run(`MATCH (e:EvidenceEntry {id: '${id}'}) RETURN e.position`)
      await run(`MATCH (e:EvidenceEntry {id: '${id}'}) DETACH DELETE e`)
    })
    const { exitCode, stderr } = await evidence(dataDir, 'audit')
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `Refused. Entry ${position} is missing.\n` })
  })

  it('names the checkpoint that somebody wrote without the key', async () => {
    const dataDir = await harmed('checkpoint', run =>
      run("MATCH (k:Checkpoint {size: 0}) SET k.note = replace(k.note, 'sovereign-graph', 'sovereign-grapf')"),
    )
    const { exitCode, stderr } = await evidence(dataDir, 'audit')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Refused\. Checkpoint of 0\. At: /)
  })
})

describe('evidence verify --against', () => {
  const FILE = join(folder, 'remembered.txt')
  beforeAll(() => writeFile(FILE, remembered))

  it('accepts a log that has only grown since', async () => {
    const { exitCode, stdout } = await evidence(ORIGINAL, 'verify', '--against', FILE)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Accepted: the log of \d+ entries begins with the \d+ remembered\.\n$/)
  })

  it('refuses a fork: another history under the same key', async () => {
    const dataDir = join(folder, 'fork')
    await cp(ORIGINAL, dataDir, { recursive: true })
    // The whole log begins anew under the same key; the checkpoint beside the key goes, too.
    for (const name of ['graph.grafeo', 'graph.grafeo.wal', 'checkpoint']) {
      await rm(join(dataDir, name), { recursive: true, force: true })
    }
    const config = readConfig({ DATA_DIR: dataDir, PORT: '0', DURABILITY: 'os', LOG_LEVEL: 'silent' })
    const server = await startServer(config)
    await loadSeeds(server.services, server.delivery, 6, () => {})
    await server.settle()
    await server.close()
    const { exitCode, stderr } = await evidence(dataDir, 'verify', '--against', FILE)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /^Refused: a fork\. At: .+\. Expected: .+\. Got: .+\.\n$|^Refused\. The server shows \d+ entries/,
    )
  })

  it('refuses a remembered checkpoint that this key did not sign, and a file that is none', async () => {
    const other = join(folder, 'other.txt')
    await writeFile(other, remembered.replace('sovereign-graph', 'sovereign-grapf'))
    const { exitCode, stderr } = await evidence(ORIGINAL, 'verify', '--against', other)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Refused: the remembered checkpoint\. At: /)
    expect(await evidence(ORIGINAL, 'verify', '--against', join(folder, 'nothing.txt'))).toMatchObject({ exitCode: 1 })
    expect(await evidence(ORIGINAL, 'verify')).toMatchObject({
      exitCode: 1,
      stderr: 'Name a file, or a checkpoint with --against.\n',
    })
  })
})
