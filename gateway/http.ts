// The only HTTP entry: /graphql, /boards, /health, /ready, and what gateway/explorer adds: the explorer at / and the pages of errors.
import { randomUUID } from 'node:crypto'
import type { ApolloServer } from '@apollo/server'
import fastifyApollo from '@as-integrations/fastify'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Config } from '../core/config.ts'
import type { RequestContext } from '../core/context.ts'
import { ApiError } from '../core/errors.ts'
import { settleStatus } from './answer-status.ts'
import { serveBoards } from './boards.ts'
import { formatEarlyError } from './error-format.ts'
import { docUrlOfError } from './explorer/doc-pages.ts'
import { describeCause } from './log.ts'
import { type ArrivedContext, arrive, cacheControlOf, type Gateway } from './pipeline.ts'
import { endOf } from './request-end.ts'
import { serverTiming } from './timings.ts'
import { NDJSON_PATH, serveNdjson } from './ways-in/ndjson-route.ts'

/** How long a client may take to send a request that is read whole. */
const TIME_TO_SEND_MS = 30_000
/** Room for a batch of a thousand records; everything else is far smaller. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024

export interface Readiness {
  /** Resolves when the service can answer; throws what is missing. */
  check(): Promise<void>
}

export async function openHttp(
  config: Config,
  gateway: Gateway,
  api: ApolloServer<RequestContext>,
  readiness: Readiness,
): Promise<FastifyInstance> {
  const http = Fastify({
    logger: false,
    bodyLimit: LARGEST_BODY_BYTES,
    // A stream of records takes its time; each other request has its own limit below.
    requestTimeout: 0,
    genReqId: () => randomUUID(),
    // Connections that wait for nothing are closed at shutdown; requests under way are answered first.
    forceCloseConnections: 'idle',
  })
  await http.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'worker-src': ["'self'"],
        // Monaco, the editor of the explorer, writes styles; its stylesheet holds fonts and pictures.
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
        'img-src': ["'self'", 'data:'],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    // Plain HTTP behind the operator's proxy: whether the name is only ever served over TLS is the proxy's to say.
    strictTransportSecurity: false,
  })
  if (config.corsOrigins.length > 0) {
    await http.register(cors, {
      origin: [...config.corsOrigins],
      allowedHeaders: ['authorization', 'content-type', 'x-purpose'],
      exposedHeaders: ['x-request-id', 'x-evidence-entry', 'server-timing'],
    })
  }
  readJsonStrictly(http)
  limitTimeToSend(http)
  http.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('cache-control', 'no-store')
  })
  http.setErrorHandler((error: FastifyError, request, reply) => sendError(gateway, toApiError(error), request, reply))
  http.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      errors: [
        {
          message: 'There is nothing at this address. Try /graphql.',
          extensions: { code: 'BAD_USER_INPUT', docUrl: docUrlOfError('BAD_USER_INPUT'), requestId: request.id },
        },
      ],
    }),
  )

  http.get('/health', async () => ({ status: 'ok' }))
  http.get('/ready', async (request, reply) => {
    try {
      await readiness.check()
      return { status: 'ready' }
    } catch (error) {
      return sendError(gateway, error, request, reply)
    }
  })

  const contexts = new WeakMap<object, ArrivedContext>()
  await http.register(async graphql => {
    graphql.addHook('preHandler', async (request, reply) => {
      const signal = endOf(reply, config.requestDeadlineMs)
      try {
        const { authorization, 'x-purpose': purpose } = request.headers
        const headers = { authorization, 'x-purpose': Array.isArray(purpose) ? purpose.join() : purpose }
        const context = await arrive(gateway, { requestId: request.id, headers, signal })
        contexts.set(request, context)
      } catch (error) {
        return sendError(gateway, error, request, reply)
      }
    })
    graphql.addHook('onSend', async (request, reply) => {
      const context = contexts.get(request)
      if (context === undefined) return
      reply.header('cache-control', cacheControlOf(context))
      reply.header('server-timing', serverTiming(context.arrived.timings))
      // Beside the request's id and not in the answer: two answers that say the same are the same, byte for byte.
      const { evidenceEntryId } = context.arrived
      if (evidenceEntryId !== undefined) reply.header('x-evidence-entry', evidenceEntryId)
      settleStatus(reply, context.arrived)
    })
    await graphql.register(fastifyApollo(api), {
      path: '/graphql',
      method: ['GET', 'POST'],
      context: async request => {
        const context = contexts.get(request)
        if (context === undefined) throw new ApiError('UNAUTHENTICATED')
        return context
      },
    })
  })
  serveBoards(http)
  serveNdjson(http, gateway)
  return http
}

function limitTimeToSend(http: FastifyInstance): void {
  http.addHook('onRequest', async ({ raw, url }) => {
    if (url.startsWith(NDJSON_PATH)) return
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy()
    }, TIME_TO_SEND_MS)
    raw.once('close', () => clearTimeout(timer))
  })
}

// Fastify would replace broken UTF-8 by question marks and so change what was said without a word.
function readJsonStrictly(http: FastifyInstance): void {
  const parseJson = http.getDefaultJsonParser('error', 'error')
  http.removeContentTypeParser('application/json')
  http.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    let text: string
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer)
    } catch {
      done(new ApiError('BAD_USER_INPUT', { at: 'body', expected: 'UTF-8' }))
      return
    }
    void parseJson(request, text, done)
  })
}

function toApiError(error: FastifyError | ApiError): unknown {
  if (error instanceof ApiError) return error
  if (error.statusCode === 413) {
    return new ApiError('PAYLOAD_TOO_LARGE', { expected: `at most ${LARGEST_BODY_BYTES} bytes` }, error)
  }
  if (error.statusCode === 415) {
    return new ApiError('BAD_USER_INPUT', { at: 'content-type', expected: 'application/json' }, error)
  }
  // What the parser says of a body may quote it.
  if (error.statusCode === 400) return new ApiError('BAD_USER_INPUT', { at: 'body', expected: 'JSON' }, error)
  return error
}

function sendError({ log }: Gateway, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const logCause = (cause: unknown) =>
    log.error({ event: 'unexpected', requestId: request.id, ...describeCause(cause) })
  const { status, body } = formatEarlyError(error, request.id, logCause)
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).send(body)
}
