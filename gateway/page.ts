// The page of a development server: it shows what each viewer is answered, and it hands out the tokens to try it with.
// Production never serves it.
import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Kind, type OperationDefinitionNode, parse, valueFromASTUntyped } from 'graphql'
import type { Config } from '../core/config.ts'
import { type Development, openDevelopment, signToken } from '../core/development.ts'
import { ApiError } from '../core/errors.ts'
import { formatEarlyError } from './error-format.ts'

const FILES = new URL('./page/', import.meta.url)
const OPERATIONS = new URL('../schema/operations/', import.meta.url)
const EXTENSION = '.graphql'
const EIGHT_HOURS_SECONDS = 8 * 60 * 60

/** First the customer, then those who see more and more of other customers. Viewers of other names come last. */
const VIEWER_ORDER = [
  'subject',
  'rep',
  'other-rep',
  'manager',
  'partner',
  'analyst',
  'auditor',
  'privacy-officer',
  'operator',
  'service',
]

const LOOPBACK_ADDRESS = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i

interface PreparedOperation {
  readonly name: string
  readonly document: string
  /** The defaults that the document declares; variables without one are absent. */
  readonly variables: Readonly<Record<string, unknown>>
}

interface PageViewer {
  readonly name: string
  readonly kind: string
  readonly purpose: string | null
  /** Its API key where it has one, else a JWT. */
  readonly token: string
}

/** Adds the page at / and what it needs. Everything but the viewers is read now, once. */
export async function servePage(http: FastifyInstance, config: Config): Promise<void> {
  const operations = await preparedOperations()
  await serveFile(http, '/', 'index.html', 'text/html; charset=utf-8')
  await serveFile(http, '/page.js', 'page.js', 'text/javascript; charset=utf-8')
  await serveFile(http, '/page.css', 'page.css', 'text/css; charset=utf-8')
  const onRequest = refuseForeign
  http.get('/page/operations', { onRequest }, async () => operations)
  http.get('/page/viewers', { onRequest }, async () => pageViewers(await openDevelopment(config.dataDir), config))
}

async function serveFile(http: FastifyInstance, url: string, name: string, type: string): Promise<void> {
  const content = await readFile(new URL(name, FILES), 'utf8')
  http.get(url, async (_request, reply) => reply.type(type).send(content))
}

// A socket of this machine is not enough: a page from elsewhere can have its own name resolve to 127.0.0.1 and would
// then read the tokens as its own. The Host that it sends is still its name.
async function refuseForeign(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (isFromThisPage(request)) return undefined
  const error = new ApiError('FORBIDDEN', { expected: 'the page of this machine, opened at 127.0.0.1 or localhost' })
  return reply.code(403).send(formatEarlyError(error, request.id, () => {}).body)
}

function isFromThisPage({ headers, socket }: FastifyRequest): boolean {
  const { host = '', origin = `http://${host}`, 'sec-fetch-site': site = 'none' } = headers
  return (
    LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') &&
    LOOPBACK_HOST.test(host) &&
    origin === `http://${host}` &&
    // Another port of this machine is the same site, and yet not this page.
    (site === 'same-origin' || site === 'none')
  )
}

async function pageViewers(development: Development, config: Config): Promise<PageViewer[]> {
  const rank = (name: string) => (VIEWER_ORDER.includes(name) ? VIEWER_ORDER.indexOf(name) : VIEWER_ORDER.length)
  const viewers = Object.entries(development.viewers).sort(([one], [other]) => rank(one) - rank(other))
  const options = { issuer: config.jwtIssuer, audience: config.jwtAudience, expiresInSeconds: EIGHT_HOURS_SECONDS }
  return Promise.all(
    viewers.map(async ([name, { kind, defaultPurpose, apiKey }]) => ({
      name,
      kind,
      purpose: defaultPurpose ?? null,
      token: apiKey ?? (await signToken(development, name, options)),
    })),
  )
}

async function preparedOperations(): Promise<PreparedOperation[]> {
  const files = (await readdir(OPERATIONS)).filter(file => file.endsWith(EXTENSION)).sort()
  return Promise.all(
    files.map(async file => {
      const document = await readFile(new URL(file, OPERATIONS), 'utf8')
      return { name: basename(file, EXTENSION), document, variables: defaultsOf(document) }
    }),
  )
}

function defaultsOf(document: string): Record<string, unknown> {
  const declared = parse(document)
    .definitions.filter((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION)
    .flatMap(({ variableDefinitions = [] }) => variableDefinitions)
  return Object.fromEntries(
    declared.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  )
}
