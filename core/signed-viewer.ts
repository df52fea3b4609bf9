// How a subgraph that is a service learns who asks: a token of a few seconds that only the gateway can make.
import { jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock, Instant } from './clock.ts'
import type { RequestContext } from './context.ts'
import { ApiError } from './errors.ts'
import { purposes, type Viewer, viewerKinds } from './viewer.ts'

export const VIEWER_HEADER = 'x-sovereign-viewer'
export const VIEWER_ISSUER = 'sovereign-graph-gateway'
/** Longer than a request takes to arrive, and too short to be of use to whoever finds it. */
const SECONDS_VALID = 30

/** What a subgraph is told of a request. */
export interface SignedRequest {
  readonly viewer: Viewer
  readonly requestId: string
  /** When the request arrived at the gateway; what is decided is decided as of then. */
  readonly at: Instant
  /** The policy epoch by which the gateway decides. */
  readonly policyEpoch: number
}

const claims = z.object({
  viewer: z.strictObject({
    kind: z.enum(viewerKinds),
    id: z.string(),
    region: z.string().optional(),
    purposes: z.array(z.enum(purposes)).optional(),
    guardianId: z.string().optional(),
    purpose: z.enum(purposes).optional(),
    refusesPruned: z.boolean().optional(),
  }),
  requestId: z.string(),
  at: z.custom<Instant>(value => typeof value === 'string'),
  policyEpoch: z.int(),
})

/** The headers by which a subgraph called `audience` is told the viewer. `secret` is shared with it: HMAC-SHA-256. */
export function signedViewer(secret: Uint8Array, audience: string, clock: Clock) {
  return async (context: unknown): Promise<Readonly<Record<string, string>>> => {
    const { viewer, requestId, at, policyEpoch } = context as RequestContext
    const now = secondsOf(clock)
    const token = await new SignJWT({ viewer: { ...viewer }, requestId, at, policyEpoch })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(VIEWER_ISSUER)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + SECONDS_VALID)
      .sign(secret)
    return { [VIEWER_HEADER]: token }
  }
}

/** Reads what the gateway signed for `audience`. Throws UNAUTHENTICATED for everything else. */
export function readSignedViewer(secret: Uint8Array, audience: string, clock: Clock) {
  return async (token: unknown): Promise<SignedRequest> => {
    try {
      const { payload } = await jwtVerify(String(token), secret, {
        algorithms: ['HS256'],
        issuer: VIEWER_ISSUER,
        audience,
        requiredClaims: ['exp'],
        currentDate: new Date(secondsOf(clock) * 1000),
      })
      return claims.parse(payload)
    } catch (cause) {
      throw new ApiError('UNAUTHENTICATED', { at: VIEWER_HEADER, expected: 'what the gateway signed' }, cause)
    }
  }
}

function secondsOf(clock: Clock): number {
  return Math.floor(Date.parse(clock.now()) / 1000)
}
