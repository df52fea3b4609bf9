// Fetches of one wave as one request, over HTTP, against the same fetches made one by one in this process: the same
// supergraph, resolvers, faults and operation have equal data, errors and places of errors.
import fc from 'fast-check'
import { parse } from 'graphql'
import { Agent } from 'undici'
import { expect, it } from 'vitest'
import { type Federation, openFederation } from '../../../gateway/federation/federation.ts'
import { inProcessLink } from '../../../gateway/federation/in-process.ts'
import { remoteLink } from '../../../gateway/federation/remote.ts'
import { CASES, CASES_TIMEOUT_MS } from '../../support/cases.ts'
import { generateOperation } from '../../support/generated-operation.ts'
import { generateSupergraph } from '../../support/generated-supergraph.ts'
import { type HttpSubgraph, httpSubgraph } from '../../support/http-subgraph.ts'

const OPERATIONS_A_SUPERGRAPH = 20
const SUPERGRAPHS = Math.ceil(Math.max(200, CASES / 5) / OPERATIONS_A_SUPERGRAPH)

async function answerOf(federation: Federation, text: string, variables: Record<string, unknown>, context: unknown) {
  const key = { document: text, operationName: undefined, contract: '', viewerClass: '', policyEpoch: 1 }
  const { answer } = await federation.execute({ document: parse(text), key, variables, context })
  const { data, errors = [] } = answer
  const said = errors.map(({ message, path, extensions }) => JSON.stringify([path, message, extensions]))
  return { data: JSON.parse(JSON.stringify(data ?? null)), errors: said.sort() }
}

/** Answers how many requests were for a whole wave. */
async function compareOver(seed: number): Promise<number> {
  const { sdl, schemas } = generateSupergraph(seed)
  const context = { faults: 0 }
  const services = new Map<string, HttpSubgraph>()
  for (const [name, schema] of schemas) services.set(name, await httpSubgraph(schema, context))
  const dispatcher = new Agent()
  const found = <T>(among: ReadonlyMap<string, T>, name: string) => {
    const one = among.get(name)
    if (one === undefined) throw new Error(name)
    return one
  }
  const remote = openFederation({
    sdl,
    linkTo: ({ name }) => remoteLink({ url: found(services, name).url, dispatcher, timeoutMs: 5_000 }),
  })
  const here = openFederation({
    sdl,
    linkTo: ({ name }) => inProcessLink(found(schemas, name), () => {}),
  })
  try {
    for (let index = 0; index < OPERATIONS_A_SUPERGRAPH; index++) {
      const { text, variables } = generateOperation(here.schema, seed + index)
      context.faults = index % 2 === 0 ? 0 : 1 + index
      const asked = `# ${index}\n${text}`
      const together = await answerOf(remote, asked, variables, context)
      expect({ seed, text, ...together }).toEqual({
        seed,
        text,
        ...(await answerOf(here, asked, variables, context)),
      })
    }
    const queries = [...services.values()].flatMap(({ requests }) => requests.map(({ query }) => query))
    return queries.filter(query => query.includes('e1: _entities')).length
  } finally {
    await dispatcher.destroy()
    await Promise.all([...services.values()].map(service => service.close()))
  }
}

it(
  `answers ${SUPERGRAPHS * OPERATIONS_A_SUPERGRAPH} operations with waves as one request and without alike`,
  async () => {
    let waves = 0
    const compare = async (seed: number) => {
      waves += await compareOver(seed)
    }
    await fc.assert(fc.asyncProperty(fc.integer(), compare), { numRuns: SUPERGRAPHS, endOnFailure: true })
    expect(waves).toBeGreaterThan(0)
  },
  CASES_TIMEOUT_MS,
)
