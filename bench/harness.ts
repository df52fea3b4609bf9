// What all benches share: interleaved rounds, medians, progress on stderr, a table and one line of JSON on stdout.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { join } from 'node:path'

/** What a bench hands back. A count may also say in words why something was not measured. */
export interface Result {
  readonly ratios: Readonly<Record<string, number>>
  readonly counts: Readonly<Record<string, number | string>>
  /** Versions of the engines that were measured. */
  readonly engines: Readonly<Record<string, string>>
}

/** A bench: `size` multiplies its data; 1 fits into eight minutes on two cores. */
export type Bench = (size: number) => Promise<Result>

/** Registers what must be released; released in reverse order, also after a failure. */
export type Own = (release: () => unknown) => void

/** Runs the work and releases what it owns. */
export async function owning<T>(work: (own: Own) => Promise<T>): Promise<T> {
  const releases: (() => unknown)[] = []
  try {
    return await work(release => releases.push(release))
  } finally {
    for (const release of releases.reverse()) await release()
  }
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** What an arm may answer: so much of its time is told apart and does not count. */
export class Apart {
  readonly ms: number

  constructor(ms: number) {
    this.ms = ms
  }
}

export async function milliseconds(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  const answer = await task()
  return performance.now() - start - (answer instanceof Apart ? answer.ms : 0)
}

export interface RoundsOptions {
  readonly rounds: number
  /** How often each arm runs in a round, */
  readonly times: number
  /** or less often, down to once, where the arms together would take longer than this. */
  readonly roundMs: number
  /** How long each arm is warmed before the first round. */
  readonly warmUpMs: number
}

/**
 * The median time of each arm in each round, in milliseconds. Arms take turns call by call and another one begins each
 * round, so that what else happens on the machine meets all of them alike.
 */
export async function interleaved<Name extends string>(
  arms: Readonly<Record<Name, () => Promise<unknown>>>,
  { rounds, times, roundMs, warmUpMs }: RoundsOptions,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(arms) as Name[]
  let onceMs = 0
  for (const name of names) onceMs += await warmUp(arms[name], warmUpMs)
  const affordable = Math.max(1, Math.min(times, Math.floor(roundMs / onceMs)))
  const medians = Object.fromEntries(names.map(name => [name, []])) as unknown as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)]
    const taken = Object.fromEntries(names.map(name => [name, []])) as unknown as Record<Name, number[]>
    for (let time = 0; time < affordable; time++) {
      for (const name of order) taken[name].push(await milliseconds(arms[name]))
    }
    for (const name of names) medians[name].push(median(taken[name]))
    say(
      `  round ${round + 1} of ${rounds}: ${names.map(name => `${name} ${median(taken[name]).toFixed(1)}`).join(', ')}`,
    )
  }
  return medians
}

export interface CpuRounds {
  /** CPU of the whole process for one call, in each round, in milliseconds: what waits costs nothing here. */
  readonly cpuMs: readonly number[]
  readonly p50Ms: readonly number[]
  readonly p99Ms: readonly number[]
}

/**
 * What a call of each arm costs in CPU. An arm runs whole cycles of its calls, one after the other, for about `batchMs` of CPU; then
 * comes the next arm, and another one begins each round. The first round only warms.
 */
export async function cpuRounds<Name extends string>(
  {
    calls,
    cycle,
  }: { readonly calls: Readonly<Record<Name, (call: number) => Promise<unknown>>>; readonly cycle: number },
  { rounds, batchMs }: { readonly rounds: number; readonly batchMs: number },
): Promise<Readonly<Record<Name, CpuRounds>>> {
  const names = Object.keys(calls) as Name[]
  const measured = Object.fromEntries(
    names.map(name => [name, { cpuMs: [], p50Ms: [], p99Ms: [] }]),
  ) as unknown as Record<Name, { cpuMs: number[]; p50Ms: number[]; p99Ms: number[] }>
  for (let round = 0; round <= rounds; round++) {
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)]
    for (const name of order) {
      const { cpuMs, p50Ms, p99Ms } = await cpuBatch(calls[name], cycle, batchMs)
      if (round === 0) continue
      measured[name].cpuMs.push(cpuMs)
      measured[name].p50Ms.push(p50Ms)
      measured[name].p99Ms.push(p99Ms)
    }
    const said = names.map(name => `${name} ${(measured[name].cpuMs.at(-1) ?? 0).toFixed(2)}`).join(', ')
    say(round === 0 ? '  warm' : `  round ${round} of ${rounds}, CPU ms: ${said}`)
  }
  return measured
}

async function cpuBatch(call: (index: number) => Promise<unknown>, cycle: number, batchMs: number) {
  const times: number[] = []
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  do {
    for (let each = 0; each < cycle; each++) {
      const calledAt = performance.now()
      await call(times.length)
      times.push(performance.now() - calledAt)
    }
  } while (cpuMsSince(cpu) < batchMs)
  const used = cpuMsSince(cpu)
  const sorted = times.toSorted((a, b) => a - b)
  return {
    cpuMs: used / times.length,
    p50Ms: median(sorted),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
  }
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Answers how long the last run took. */
async function warmUp(arm: () => Promise<unknown>, forMs: number): Promise<number> {
  const until = performance.now() + forMs
  for (;;) {
    const taken = await milliseconds(arm)
    if (performance.now() > until) return taken
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}

/** The median over the rounds of a ÷ b: pairs of one round share what disturbed them. */
export function ratio(a: readonly number[], b: readonly number[]): number {
  return rounded(median(a.map((value, round) => value / (b[round] ?? Number.NaN))))
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits))
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** Columns padded to their widest cell; the first one is text, the others are numbers. */
export function printTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [header, ...rows].map(row => row.map(String))
  const widths = header.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    console.log(cells.join('  ').trimEnd())
  }
}

export function printResult(bench: string, { ratios, counts, engines }: Result): void {
  const machine = { cores: cpus().length, node: process.version, ...engines }
  console.log(JSON.stringify({ bench, ratios, counts, machine }))
}

/** Throws unless both are the same answer. */
export function requireEqual(what: string, ours: unknown, theirs: unknown): void {
  const [one, other] = [JSON.stringify(ours), JSON.stringify(theirs)]
  if (one === other) return
  const at = [...one].findIndex((character, index) => character !== other[index])
  throw new Error(
    `${what}: the answers differ at ${at}: ${one.slice(at - 60, at + 60)} / ${other.slice(at - 60, at + 60)}`,
  )
}

/** The versions of the engines as they are pinned: of the embedded one its package's, of Neo4j those of driver and server. */
export function engineVersions(): Record<string, string> {
  const require = createRequire(import.meta.url)
  const versionOf = (name: string) => (require(`${name}/package.json`) as { version: string }).version
  const pom = readFileSync(join(import.meta.dirname, '../test/support/neo4j/pom.xml'), 'utf8')
  const neo4j = /<version>(\d+\.\d+\.\d+)<\/version>/.exec(pom)?.[1] ?? 'unknown'
  return { embedded: versionOf('@grafeo-db/js'), neo4jDriver: versionOf('neo4j-driver'), neo4j }
}
