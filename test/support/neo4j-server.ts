// Starts a real Neo4j from its Maven artifacts, as a process that ends with ours whatever happens to us.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface Neo4jServer {
  readonly url: string
  stop(): Promise<void>
}

export interface Neo4jServerOptions {
  /** Where the server keeps its data; a temporary folder, removed at the end, without it. */
  readonly home?: string
  /** A free port without it. */
  readonly port?: number
  /** For a minute or two of suites that empty the graph again and again: quick to its first answers, slower at its best. */
  readonly shortLived?: boolean
}

const ROOT = join(import.meta.dirname, '../..')
const POM = join(import.meta.dirname, 'neo4j/pom.xml')
const START_LIMIT_MS = 120_000

/** What this machine lacks to run the server, or undefined. */
export function missingForNeo4j(): string | undefined {
  const missing = ['java', ...(existsSync(libraries()) ? [] : ['mvn'])].filter(tool => !runs(tool))
  return missing.length === 0 ? undefined : `${missing.join(' and ')} not found`
}

/** Starts the server and resolves when it answers Bolt on the loopback interface. */
export async function startNeo4j(options: Neo4jServerOptions = {}): Promise<Neo4jServer> {
  downloadLibraries()
  const port = options.port ?? (await freePort())
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'sovereign-neo4j-'))
  const { shortLived = false } = options
  writeConfiguration(home, port, shortLived ? KEEP_PLANS : [])
  // A clean stop takes ten seconds; who throws the data away need not wait for them.
  const server = spawnWithUs(options.home === undefined ? 'KILL' : 'TERM', 'java', [
    '-Xms256m',
    '-Xmx768m',
    '-XX:+UseSerialGC',
    // Most of a short life goes into compiling the query planner well.
    ...(shortLived ? ['-XX:TieredStopAtLevel=1'] : []),
    '--add-opens=java.base/java.nio=ALL-UNNAMED',
    '--add-opens=java.base/java.io=ALL-UNNAMED',
    '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
    '-cp',
    join(libraries(), '*'),
    'org.neo4j.server.CommunityEntryPoint',
    `--home-dir=${home}`,
    `--config-dir=${join(home, 'conf')}`,
  ])
  const stop = async () => {
    server.stdin?.end()
    if (server.exitCode === null) await once(server, 'exit')
    if (options.home === undefined) rmSync(home, { recursive: true, force: true })
  }
  try {
    await answersBolt(server, port)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `neo4j://127.0.0.1:${port}`, stop }
}

function libraries(): string {
  const version = /<version>(\d+\.\d+\.\d+)<\/version>/.exec(readFileSync(POM, 'utf8'))?.[1]
  return join(ROOT, '.cache/neo4j', `lib-${version}`)
}

// Into a folder of its own first: another run may be downloading at the same time, and half a folder must not count.
function downloadLibraries(): void {
  if (existsSync(libraries())) return
  mkdirSync(join(ROOT, '.cache/neo4j'), { recursive: true })
  const unfinished = mkdtempSync(`${libraries()}-`)
  execFileSync('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${unfinished}`])
  try {
    renameSync(unfinished, libraries())
  } catch (error) {
    rmSync(unfinished, { recursive: true })
    if (!existsSync(libraries())) throw error
  }
}

// A plan takes longer than the statement, and without these each emptied graph asks for all plans anew.
const KEEP_PLANS = ['dbms.cypher.min_replan_interval=1h', 'dbms.cypher.statistics_divergence_threshold=1.0']

function writeConfiguration(home: string, port: number, more: readonly string[]): void {
  mkdirSync(join(home, 'conf'), { recursive: true })
  const settings = [
    `server.bolt.listen_address=127.0.0.1:${port}`,
    `server.bolt.advertised_address=127.0.0.1:${port}`,
    'server.http.enabled=false',
    'server.memory.pagecache.size=64m',
    'dbms.security.auth_enabled=false',
    'dbms.usage_report.enabled=false',
    ...more,
  ]
  writeFileSync(join(home, 'conf/neo4j.conf'), `${settings.join('\n')}\n`)
}

// The shell waits for the server; its reader ends the server when our end of the pipe closes, which a SIGKILL of ours does too.
const RUN_UNTIL_STDIN_CLOSES = `
signal=$1; shift
exec 3<&0
"$@" 3<&- & server=$!
(while read -r _ <&3; do :; done; kill -s "$signal" "$server" 2>/dev/null) & reader=$!
exec 3<&-
wait "$server"
kill "$reader" 2>/dev/null`

function spawnWithUs(lastSignal: 'KILL' | 'TERM', command: string, args: readonly string[]): ChildProcess {
  return spawn('/bin/sh', ['-c', RUN_UNTIL_STDIN_CLOSES, 'sh', lastSignal, command, ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not in our process group, so that Ctrl-C reaches us first and we end it in order.
    detached: true,
  })
}

async function answersBolt(server: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS
  while (!(await boltHandshake(port))) {
    if (server.exitCode !== null) throw new Error(`Neo4j ended at its start with exit code ${server.exitCode}.`)
    if (Date.now() > deadline) throw new Error(`Neo4j did not answer within ${START_LIMIT_MS / 1000} s.`)
    await delay(100)
  }
}

// The magic number of Bolt and four offers of versions; a server that is up answers with the one it chose.
function boltHandshake(port: number): Promise<boolean> {
  const hello = Buffer.from('6060b017' + '00000005' + '00000004' + '00000000' + '00000000', 'hex')
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(hello))
    socket.setTimeout(1_000, () => socket.destroy())
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => undefined)
    socket.once('close', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('No free port.')
  return address.port
}

function runs(tool: string): boolean {
  try {
    execFileSync(tool, ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
