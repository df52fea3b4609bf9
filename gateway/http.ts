// The only HTTP entry: /graphql, /boards, /health, /ready and, in development, the page at /.
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
import { describeCause } from './log.ts'
import { type ArrivedContext, arrive, cacheControlOf, type Gateway } from './pipeline.ts'
import { endOf } from './request-end.ts'
import { serverTiming } from './timings.ts'

/** Room for a batch of a thousand records; everything else is far smaller. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024
const REQUEST_TIMEOUT_MS = 30_000

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
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // Connections that wait for nothing are closed at shutdown; requests under way are answered first.
    forceCloseConnections: 'idle',
  })
  await http.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'self'"], 'base-uri': ["'none'"], 'frame-ancestors': ["'none'"] },
    },
    // Plain HTTP behind the operator's proxy: whether the name is only ever served over TLS is the proxy's to say.
    strictTransportSecurity: false,
  })
  if (config.corsOrigins.length > 0) {
    await http.register(cors, {
      origin: [...config.corsOrigins],
      allowedHeaders: ['authorization', 'content-type', 'x-purpose'],
    })
  }
  readJsonStrictly(http)
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
          extensions: { code: 'BAD_USER_INPUT', requestId: request.id },
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
  return http
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
