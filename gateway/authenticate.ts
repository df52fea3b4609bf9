// Who asks: a person by a JWT of the issuer, a partner or analyst by an API key.
import { createRemoteJWKSet, importJWK, type JWTPayload, jwtVerify } from 'jose'
import { looksLikeApiKey, viewerOfApiKey } from '../core/access/api-keys.ts'
import type { Clock } from '../core/clock.ts'
import type { Config } from '../core/config.ts'
import type { Development } from '../core/development.ts'
import { ApiError } from '../core/errors.ts'
import type { Graph } from '../core/graph/graph.ts'
import { isPurpose, type Viewer, viewerKinds } from '../core/viewer.ts'

/** Answers who sent this authorization header. Throws UNAUTHENTICATED and never says why: that would help a forger. */
export type Authenticate = (authorization: string | undefined) => Promise<Viewer>

/** Asymmetric only: with a shared secret, whoever can check a token could also make one. */
const ALGORITHMS = ['EdDSA', 'ES256', 'ES384', 'PS256', 'RS256']
const LONGEST_TOKEN = 8_192

export function authenticateWith(
  config: Config,
  development: Development | undefined,
  { graph, clock }: { readonly graph: Graph; readonly clock: Clock },
): Authenticate {
  const verify = verifierOf(config, development)
  return async authorization => {
    const [, token] = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? []
    if (token === undefined || token.length > LONGEST_TOKEN) throw unauthenticated()
    if (looksLikeApiKey(token)) {
      const viewer = await viewerOfApiKey(graph, token, clock.now())
      if (viewer === undefined) throw unauthenticated()
      return viewer
    }
    const viewer = toViewer(await verify(token, new Date(clock.now())))
    if (viewer === undefined) throw unauthenticated()
    return viewer
  }
}

function verifierOf(config: Config, development: Development | undefined) {
  const expected = { issuer: config.jwtIssuer, audience: config.jwtAudience, algorithms: ALGORITHMS }
  const remote = config.jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(config.jwksUrl))
  return async (token: string, currentDate: Date): Promise<JWTPayload> => {
    const options = { ...expected, currentDate, requiredClaims: ['sub', 'exp', 'iat'] }
    try {
      if (remote !== undefined) return (await jwtVerify(token, remote, options)).payload
      if (development === undefined) throw unauthenticated()
      return (await jwtVerify(token, await importJWK(development.publicJwk, 'EdDSA'), options)).payload
    } catch {
      throw unauthenticated()
    }
  }
}

function toViewer({ sub, kind, region, purposes, act_for: actFor }: JWTPayload): Viewer | undefined {
  const viewerKind = viewerKinds.find(each => each === kind)
  if (viewerKind === undefined || sub === undefined || sub === '') return undefined
  if (region !== undefined && typeof region !== 'string') return undefined
  if (purposes !== undefined && !(Array.isArray(purposes) && purposes.every(each => isPurpose(String(each)))))
    return undefined
  const viewer = { kind: viewerKind, id: sub, region, purposes }
  if (actFor === undefined) return viewer
  // By a mandate that the issuer vouches for: whose data it is, is the one who is acted for.
  if (viewerKind !== 'SUBJECT' || typeof actFor !== 'string' || actFor === '') return undefined
  return { ...viewer, id: actFor, guardianId: sub }
}

function unauthenticated(): ApiError {
  return new ApiError('UNAUTHENTICATED', { expected: 'the header "authorization: Bearer <JWT or API key>"' })
}
