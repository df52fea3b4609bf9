// A server on a loopback port that records what commands send and answers as each test says.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly query: string
  readonly variables: Record<string, unknown>
  readonly bytes: number
}

/** A body is answered as JSON, text as it is; 'hang up' closes the connection without an answer. */
export type Reply = { status?: number; body: unknown } | { status?: number; text: string } | 'hang up'

export interface LoopbackServer {
  readonly url: string
  readonly received: readonly Received[]
  close(): Promise<void>
}

export async function startLoopbackServer(reply: (request: Received, count: number) => Reply): Promise<LoopbackServer> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { query, variables } = JSON.parse(body.toString('utf8'))
    const { headers, url = '' } = request
    const one: Received = { path: url, headers, query, variables, bytes: body.length }
    received.push(one)
    const answer = reply(one, received.length)
    if (answer === 'hang up') return void request.socket.destroy()
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
    response.end('text' in answer ? answer.text : JSON.stringify(answer.body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface IngestInput {
  readonly source: string
  readonly events: readonly { eventId: string; place: string; payload: unknown }[]
  readonly rejected: readonly { eventId: string; place: string; reason: string; payload?: unknown }[]
  readonly run: { id: string; name: string; position: number; isLast: boolean }
}

export function inputOf({ variables }: Received): IngestInput {
  return variables.input as IngestInput
}

/** Takes every event and keeps every rejection as a dead letter, as the API does with an empty graph. */
export function takeAll(request: Received): Reply {
  const { events, rejected } = inputOf(request)
  const ingest = { accepted: events.length, duplicates: 0, deadLetters: rejected.length, evidenceEntryId: 'entry' }
  return { body: { data: { ingest } } }
}

export function refusal(code: string, status = 200): Reply {
  return { status, body: { data: null, errors: [{ message: 'A sentence.', extensions: { code } }] } }
}
