// The viewers of a development server with a token for each, for the explorer of this machine and nobody else.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../core/config.ts'
import { openDevelopment, signToken } from '../../core/development.ts'
import { ApiError } from '../../core/errors.ts'
import { formatEarlyError } from '../error-format.ts'

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

export interface ExplorerViewer {
  readonly name: string
  readonly kind: string
  /** Its id; a subject's is its customer id. */
  readonly id: string
  readonly purpose: string | null
  /** Its API key where it has one, else a JWT. */
  readonly token: string
}

/** Answers nobody before there is sample data. Each call signs new tokens. */
export async function explorerViewers(config: Config): Promise<ExplorerViewer[]> {
  const development = await openDevelopment(config.dataDir)
  const rank = (name: string) => (VIEWER_ORDER.includes(name) ? VIEWER_ORDER.indexOf(name) : VIEWER_ORDER.length)
  const viewers = Object.entries(development.viewers).sort(([one], [other]) => rank(one) - rank(other))
  const options = { issuer: config.jwtIssuer, audience: config.jwtAudience, expiresInSeconds: EIGHT_HOURS_SECONDS }
  return Promise.all(
    viewers.map(async ([name, { kind, id, defaultPurpose, apiKey }]) => ({
      name,
      kind,
      id,
      purpose: defaultPurpose ?? null,
      token: apiKey ?? (await signToken(development, name, options)),
    })),
  )
}

// A socket of this machine is not enough: a page from elsewhere can have its own name resolve to 127.0.0.1 and would
// then read the tokens as its own. The Host that it sends is still its name.
export async function refuseForeign(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
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
