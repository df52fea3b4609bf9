// How a subgraph elsewhere learns who asks: a token of a few seconds that only the gateway can make.
import { SignJWT } from 'jose'
import type { Clock } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'

export const VIEWER_HEADER = 'x-sovereign-viewer'
export const VIEWER_ISSUER = 'sovereign-graph-gateway'
/** Longer than a request takes to arrive, and too short to be of use to whoever finds it. */
const SECONDS_VALID = 30

/** The headers by which a subgraph called `audience` is told the viewer. `secret` is shared with it: HMAC-SHA-256. */
export function signedViewer(secret: Uint8Array, audience: string, clock: Clock) {
  return async (context: unknown): Promise<Readonly<Record<string, string>>> => {
    const { viewer, requestId } = context as RequestContext
    const now = Math.floor(Date.parse(clock.now()) / 1000)
    const token = await new SignJWT({ viewer: { ...viewer }, requestId })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(VIEWER_ISSUER)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + SECONDS_VALID)
      .sign(secret)
    return { [VIEWER_HEADER]: token }
  }
}
