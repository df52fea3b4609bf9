// What federation costs: CPU for an answer of four subgraphs, ours beside Apollo's and Hive's gateways and beside the same
// schema in one piece. Goals F1 to F5; the same documents, the same data, equal answers, no cache of responses anywhere.
import { isDeepStrictEqual } from 'node:util'
import type { QueryPlan } from '@apollo/query-planner'
import { parse } from 'graphql'
import { openPlanner } from '../gateway/federation/plan.ts'
import { generateOperation } from '../test/support/generated-operation.ts'
import {
  type Arm,
  apolloMonolith,
  composeShop,
  hiveGateway,
  jitMonolith,
  type OurArm,
  ourArm,
  stockLocal,
  stockOverHttp,
  type Variables,
  yogaMonolith,
} from './federation-arms.ts'
import { ownSupergraph } from './federation-own.ts'
import { PREPARED, WIDE } from './federation-shop.ts'
import { cpuRounds, median, owning, printTable, type Result, ratio, rounded, say } from './harness.ts'

const ROUNDS = 5
const GENERATED = 11

interface Operation {
  readonly query: string
  /** Other values at each call. */
  readonly variablesAt: (call: number) => Variables
}

export async function benchFederation(size: number): Promise<Result> {
  return owning(async own => {
    const ours = await ourArm(own)
    const first = await firstHits(ours)
    say('starting the peers …')
    const arms = {
      ours: ours.ask,
      apolloHttp: await stockOverHttp(own),
      apolloLocal: await stockLocal(own),
      hiveNative: hiveGateway(own, true),
      hive: hiveGateway(own, false),
      apolloMonolith: await apolloMonolith(own, true),
      apolloMonolithOff: await apolloMonolith(own, false),
      yogaMonolith: yogaMonolith(),
      jitMonolith: jitMonolith(),
    }
    const otherwise: Record<string, number> = {}
    for (const operation of prepared()) await requireEqualAnswers(arms, operation)
    const operations = [...prepared(), ...(await generated(arms, otherwise))]
    const before = { ...ours.federation.counts }
    say('the wide operation')
    const wide = await cpuRounds(mixOf(arms, prepared().slice(0, 1)), { rounds: ROUNDS, batchMs: 700 * size })
    say('all operations')
    const mixed = await cpuRounds(mixOf(arms, operations), { rounds: ROUNDS, batchMs: 700 * size })
    const after = ours.federation.counts

    const rows = (Object.keys(arms) as (keyof typeof arms)[]).map(name => [
      name,
      ...[wide[name], mixed[name]].flatMap(({ cpuMs, p50Ms, p99Ms }) =>
        [median(cpuMs), median(p50Ms), median(p99Ms)].map(each => each.toFixed(2)),
      ),
    ])
    printTable(['arm', 'wide: CPU ms', 'p50', 'p99', 'all: CPU ms', 'p50', 'p99'], rows)

    const over = (arm: keyof typeof arms) => ratio(wide[arm].cpuMs, wide.ours.cpuMs)
    const overAll = (arm: keyof typeof arms) => ratio(mixed[arm].cpuMs, mixed.ours.cpuMs)
    const own_ = await ownSupergraph(own)
    return {
      ratios: {
        F1: over('apolloHttp'),
        F1L: over('apolloLocal'),
        F2: over('hiveNative'),
        'F2.javascript': over('hive'),
        F3: over('apolloMonolith'),
        F3off: over('apolloMonolithOff'),
        'F3.yoga': over('yogaMonolith'),
        F4: over('jitMonolith'),
        F5: first.ratio,
        'F5.amongOthers': first.among,
        'F5.warmAfterOthers': first.afterOthers,
        'F1.all': overAll('apolloHttp'),
        'F1L.all': overAll('apolloLocal'),
        'F2.all': overAll('hiveNative'),
        'F3.all': overAll('apolloMonolith'),
        'F4.all': overAll('jitMonolith'),
        ...own_.ratios,
      },
      counts: {
        ...shapeOfPlan(),
        ...Object.fromEntries(Object.entries(otherwise).map(([name, count]) => [`answeredOtherwise.${name}`, count])),
        answerBytes: (await ours.ask(WIDE, { first: 6 })).length,
        operations: operations.length,
        prepared: PREPARED.length,
        generated: GENERATED,
        measuredCalls: after.compiled + after.interpreted - before.compiled - before.interpreted,
        interpretedWhileMeasured: after.interpreted - before.interpreted,
        fallbacksWhileMeasured: after.fallbacks - before.fallbacks,
        interpretedFirstHits: before.interpreted,
        fallbacksAtAll: after.fallbacks,
        firstHitMs: rounded(first.firstMs),
        warmMs: rounded(first.warmMs),
        ...own_.counts,
      },
      engines: {},
    }
  })
}

/** The variable of each prepared operation is a number or names an entity by a number. */
function prepared(): Operation[] {
  return PREPARED.map(query => ({
    query,
    variablesAt: call => {
      if (query.includes('$withName')) return { withName: call % 2 === 0 }
      if (query.includes('$first')) return { first: 4 + (call % 3) }
      const kind = /user\(id/.test(query) ? 'user' : /product\(upc/.test(query) ? 'upc' : 'review'
      return { n: `${kind}-${1 + (call % 5)}` }
    },
  }))
}

/**
 * Operations that nobody registered, made now. Ours has to answer each as Apollo's gateway does; one that a peer answers
 * otherwise is no measure for it, so that it is counted and another one made.
 */
async function generated(
  arms: Readonly<Record<string, Arm>>,
  otherwise: Record<string, number>,
): Promise<readonly Operation[]> {
  const schema = openPlanner(composeShop(name => `http://${name}.invalid`)).apiSchema
  const seed = Date.now() % 2 ** 31
  say(`generated operations from ${seed}`)
  const operations: Operation[] = []
  for (let index = 0; operations.length < GENERATED; index++) {
    const { text, variables } = generateOperation(schema, seed + index)
    const operation = { query: text, variablesAt: (call: number) => varied(variables, call) }
    const differing = await answeringOtherwise(arms, operation)
    if (differing.includes('ours')) throw new Error(`ours answers otherwise: ${text}`)
    for (const name of differing) otherwise[name] = (otherwise[name] ?? 0) + 1
    if (differing.length === 0) operations.push(operation)
  }
  return operations
}

function varied(variables: Variables, call: number): Variables {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'number' ? (value + call) % 7 : value]),
  )
}

function mixOf<Name extends string>(arms: Readonly<Record<Name, Arm>>, operations: readonly Operation[]) {
  const calls = Object.entries(arms).map(([name, ask]) => [
    name,
    (call: number) => {
      const operation = operations[call % operations.length] as Operation
      return (ask as Arm)(operation.query, operation.variablesAt(Math.floor(call / operations.length)))
    },
  ])
  return {
    calls: Object.fromEntries(calls) as Record<Name, (call: number) => Promise<unknown>>,
    cycle: operations.length,
  }
}

async function requireEqualAnswers(arms: Readonly<Record<string, Arm>>, operation: Operation): Promise<void> {
  const differing = await answeringOtherwise(arms, operation)
  if (differing.length > 0) throw new Error(`${differing} answers otherwise: ${operation.query}`)
}

/** The arms whose data is not that of Apollo's gateway. */
async function answeringOtherwise(
  arms: Readonly<Record<string, Arm>>,
  { query, variablesAt }: Operation,
): Promise<readonly string[]> {
  const differing = new Set<string>()
  for (const call of [0, 1, 2]) {
    const theirs = JSON.parse(await (arms.apolloLocal as Arm)(query, variablesAt(call)))
    if (theirs.errors) throw new Error(`an operation of the bench fails: ${query}`)
    for (const [name, ask] of Object.entries(arms)) {
      const { data } = JSON.parse(await ask(query, variablesAt(call)))
      if (!isDeepStrictEqual(data, theirs.data)) differing.add(name)
    }
  }
  return [...differing]
}

const CALLS = 300

/**
 * What the first hit of each registered operation takes, ÷ its median when it is asked again and again, and ÷ its median
 * among the others. `afterOthers` is the first number of an operation that is long warm, asked once after many calls of
 * another one: so much of a first hit is the processor's caches, and no matter of being the first.
 */
async function firstHits({ ask }: OurArm) {
  const timed = async ({ query, variablesAt }: Operation, call: number) => {
    const variables = variablesAt(call)
    const startedAt = performance.now()
    await ask(query, variables)
    return performance.now() - startedAt
  }
  const operations = prepared()
  // What starts with the first request of a process is no matter of the operation.
  for (let call = 0; call < CALLS; call++) await ask(`{ warm${call % 10}: me { id } }`, {})
  const measured = operations.map(operation => ({ operation, first: 0, again: 0, among: [] as number[], after: 0 }))
  for (const each of measured) each.first = await timed(each.operation, 0)
  for (const each of measured) {
    const times: number[] = []
    for (let call = 1; call <= CALLS; call++) times.push(await timed(each.operation, call))
    each.again = median(times.slice(CALLS / 3))
  }
  for (let call = 0; call < CALLS / 3; call++) {
    for (const each of measured) each.among.push(await timed(each.operation, call))
  }
  for (const [index, each] of measured.entries()) {
    const another = operations[(index + 1) % operations.length] as Operation
    for (let call = 0; call < CALLS; call++) await timed(another, call)
    each.after = await timed(each.operation, 1)
  }
  const medianOf = (of: (each: (typeof measured)[number]) => number) => rounded(median(measured.map(of)))
  return {
    ratio: medianOf(({ first, again }) => first / again),
    among: medianOf(({ first, among }) => first / median(among)),
    afterOthers: medianOf(({ after, again }) => after / again),
    firstMs: medianOf(({ first }) => first),
    warmMs: medianOf(({ again }) => again),
  }
}

/** How many fetches the wide operation takes, and how many of them after each other. */
function shapeOfPlan(): { readonly fetches: number; readonly waves: number } {
  const planner = openPlanner(composeShop(name => `http://${name}.invalid`))
  type Node = NonNullable<QueryPlan['node']>
  const fetches = (node: Node): number =>
    'nodes' in node
      ? node.nodes.reduce((count, each) => count + fetches(each), 0)
      : node.kind === 'Flatten'
        ? fetches(node.node)
        : 1
  const waves = (node: Node): number => {
    if (node.kind === 'Sequence') return node.nodes.reduce((count, each) => count + waves(each), 0)
    if (node.kind === 'Parallel') return Math.max(...node.nodes.map(waves))
    return node.kind === 'Flatten' ? waves(node.node) : 1
  }
  const { node } = planner.plan(parse(WIDE), undefined)
  return node ? { fetches: fetches(node), waves: waves(node) } : { fetches: 0, waves: 0 }
}
