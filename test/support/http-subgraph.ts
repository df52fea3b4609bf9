// A subgraph as a service on a loopback port, which tests can make fail.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql'
import { type Gate, gate } from './gate.ts'

export interface HttpSubgraph {
  readonly url: string
  /** What was asked so far. */
  readonly requests: readonly { readonly query: string; readonly headers: IncomingHttpHeaders; readonly port: number }[]
  /** Of a request that is not answered: that it came, and that whoever asked has left. */
  readonly silence: { readonly asked: Gate; readonly left: Gate }
  /** Opened, lets those requests be answered that came while it was held. */
  hold(): Gate
  /** What answers the next requests, in their order, in place of the schema: a status, or a cut connection. */
  fail(...ways: readonly (number | 'cut' | 'silent')[]): void
  close(): Promise<void>
}

export async function httpSubgraph(
  schema: GraphQLSchema,
  contextValue: unknown = {},
  extend: (result: ExecutionResult, query: string) => object = result => result,
): Promise<HttpSubgraph> {
  const requests: { query: string; headers: IncomingHttpHeaders; port: number }[] = []
  const failures: (number | 'cut' | 'silent')[] = []
  const silence = { asked: gate(), left: gate() }
  let held: Gate | undefined
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { query, variables, operationName } = JSON.parse(body)
    requests.push({ query, headers: request.headers, port: request.socket.remotePort ?? 0 })
    const failure = failures.shift()
    if (failure !== undefined) {
      if (failure === 'cut') response.destroy()
      else if (failure !== 'silent') response.writeHead(failure).end('no')
      else {
        response.once('close', silence.left.open)
        silence.asked.open()
      }
      return
    }
    await held?.opened
    const result = await graphql({ schema, source: query, variableValues: variables, operationName, contextValue })
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(extend(result, query)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    silence,
    hold: () => {
      held = gate()
      return held
    },
    fail: (...ways) => void failures.push(...ways),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
