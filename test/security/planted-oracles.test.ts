// Leaks that are planted one at a time, as faults in the ports of the gateway: the trials that hold the real one to be no oracle
// must find each. Nothing but metrics groups and counts, of five customers and more, and there is no subscription: their leaks
// stand in the nearest place.
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import type { Graph, Row, Statement } from '../../core/graph/graph.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Gateway } from '../../gateway/pipeline.ts'
import { CASES_TIMEOUT_MS, say } from '../support/cases.ts'
import { portOf } from '../support/faulty-graph.ts'
import { trial } from '../support/oracle-trials.ts'
import { openTwinApi, type Plant, type TwinApi } from '../support/twin-api.ts'

const MOST_TRIALS = 300

/** Sends the statements to the graph as they are after this change. */
function rewriting(change: (text: string) => string): Plant {
  return {
    graph: graph => ({
      ...portOf(graph),
      read: (statement, params) => graph.read(changed(statement, change), params),
    }),
  }
}

function changed(statement: Statement, change: (text: string) => string): Statement {
  if (typeof statement === 'string') return change(statement)
  return { ...statement, embedded: change(statement.embedded), neo4j: change(statement.neo4j) }
}

/** Shows each result to `look`, which may change or refuse it. */
function looking(look: (rows: readonly Row[], graph: Graph, text: string) => Promise<readonly Row[]>): Plant {
  return {
    graph: graph => ({
      ...portOf(graph),
      read: async (statement, params) => look(await graph.read(statement, params), graph, textOf(statement, graph)),
    }),
  }
}

const textOf = (statement: Statement, graph: Graph) =>
  typeof statement === 'string' ? statement : statement[graph.engine]

/** What a leak tells of hidden values: how many of all that lie in the graph are there at all. */
const HIDDEN = 'MATCH (c:Customer) RETURN count(c.phone) + count(c.weComId)'
const hiddenIn = async (graph: Graph) => Number((await graph.read(HIDDEN))[0]?.[0])

/** Changes the answer of the execution, which masks have been applied to, by what is hidden. */
function answering(change: (data: Record<string, unknown>, hidden: number) => void): Plant {
  return {
    gateway: gateway => {
      const { supergraph, services } = gateway
      const execute: Gateway['supergraph']['federation']['execute'] = async request => {
        const executed = await supergraph.federation.execute(request)
        const hidden = await hiddenIn(services.graph)
        if (executed.answer.data) eachObject(executed.answer.data, object => change(object, hidden))
        return executed
      }
      return { ...gateway, supergraph: { ...supergraph, federation: { ...supergraph.federation, execute } } }
    },
  }
}

function eachObject(value: unknown, visit: (object: Record<string, unknown>) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const each of Object.values(value)) eachObject(each, visit)
  if (!Array.isArray(value)) visit(value as Record<string, unknown>)
}

/** Tells the cost of an operation by what its last statement could have seen. */
function costing(): Plant {
  let hidden = 0
  const { graph } = looking(async (rows, of) => {
    hidden = await hiddenIn(of)
    return rows
  })
  return {
    ...(graph && { graph }),
    gateway: gateway => ({
      ...gateway,
      prepare: (document, operation, masks) => {
        const prepared = gateway.prepare(document, operation, masks)
        const nothing = { ...prepared.asked, fields: [] }
        return {
          ...prepared,
          get asked() {
            return hidden % 2 === 0 ? prepared.asked : nothing
          },
        }
      },
    }),
  }
}

/** Takes out the condition in brackets that stands before this one and says of whom the value is shown. */
function withoutGuardOf(condition: RegExp, text: string): string {
  const end = text.search(condition)
  let depth = 0
  for (let at = end; at >= 0; at--) {
    if (text[at] === ')') depth++
    if (text[at] === '(') depth--
    if (depth === 0) return `${text.slice(0, at)}true${text.slice(end + 1)}`
  }
  return text
}

const LEAKS: { readonly [leak: string]: Plant } = {
  'a timeline sorted by a hidden time': rewriting(text =>
    text.replace('WITH i ORDER BY i.id LIMIT $latest', 'WITH i ORDER BY i.occurredAt DESC, i.id LIMIT $latest'),
  ),
  'a page that counts hidden values (for totalCount)': rewriting(text =>
    text.replace(
      'WITH c ORDER BY c.id LIMIT $limit',
      'WITH c WHERE c.phone IS NOT NULL WITH c ORDER BY c.id LIMIT $limit',
    ),
  ),
  "a cursor that tells where somebody else's row stands": rewriting(text =>
    text.replaceAll('of.id = c.id', 'of.id IS NOT NULL'),
  ),
  'an alias that leads around the mask': answering((object, hidden) => {
    for (const [key, value] of Object.entries(object)) if (/^a\d+$/.test(key) && value === null) object[key] = hidden
  }),
  'a filter on hidden texts': rewriting(text => withoutGuardOf(/\) AND \w\.\w+ CONTAINS/, text)),
  'a search for words of hidden values': rewriting(text => withoutGuardOf(/\) AND size\(\[word IN/, text)),
  'a search that is cut off before it is known who may be seen': rewriting(text =>
    text.replace(/WHERE id\(c\) = holder AND/, 'WHERE id(c) = holder\nWITH c ORDER BY c.id LIMIT 1 WHERE'),
  ),
  'null told from hidden': answering((object, hidden) => {
    if (object.name === null && hidden % 2 === 0) delete object.name
  }),
  'an error that quotes a hidden value': looking(async (rows, graph, text) => {
    if (text.includes(':Customer') && (await hiddenIn(graph)) % 2 === 0) {
      throw new ApiError('CONFLICT', { got: String(rows.length) })
    }
    return rows
  }),
  'rows grouped by a hidden region (for group)': rewriting(text =>
    text.replace(/ORDER BY c\.id( LIMIT \$limit)?$/gm, 'ORDER BY c.region DESC, c.id$1'),
  ),
  'a cost in the extensions that depends on hidden values': costing(),
  'a statement more that depends on hidden values': looking(async (rows, graph) => {
    if ((await hiddenIn(graph)) % 2 === 0) await graph.read(HIDDEN)
    return rows
  }),
  'an event that counts hidden values (for subscription)': {
    gateway: gateway => ({
      ...gateway,
      accessLog: {
        ...gateway.accessLog,
        record: async access => gateway.accessLog.record({ ...access, masked: await hiddenIn(gateway.services.graph) }),
      },
    }),
  },
}

describe('a planted leak is found', () => {
  let api: TwinApi | undefined
  afterEach(() => api?.close())

  it.each(Object.entries(LEAKS))(
    '%s',
    async (leak, plant) => {
      api = await openTwinApi(groundPolicy, plant)
      const trials = await trialsUntilDifference(api)
      say(`planted: ${leak}, found in trial ${trials + 1}`)
      expect(trials).toBeLessThan(MOST_TRIALS)
    },
    CASES_TIMEOUT_MS,
  )
})

describe('without a leak', () => {
  let api: TwinApi
  afterAll(() => api.close())

  it('the first of the same trials find nothing', async () => {
    api = await openTwinApi(groundPolicy)
    expect(await trialsUntilDifference(api, 25)).toBe(25)
  })
})

/** How many trials pass before two worlds that look alike are answered differently. */
async function trialsUntilDifference(api: TwinApi, most = MOST_TRIALS): Promise<number> {
  for (let seed = 0; seed < most; seed++) {
    if ((await trial(api, seed * 7_919)).differences.length > 0) return seed
  }
  return most
}
