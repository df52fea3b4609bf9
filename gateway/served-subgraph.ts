// A subgraph of ours that runs as a service (core/serve.ts): it is told the viewer by a signed token, and what it withheld
// and showed is taken over into the request's masks, so that the answer is explained and recorded as if it ran here.

import { GraphQLError } from 'graphql'
import type { Clock } from '../core/clock.ts'
import type { RequestContext } from '../core/context.ts'
import { maskReport } from '../core/policy/mask-report.ts'
import { MASK_REPORT } from '../core/serve.ts'
import { signedViewer } from '../core/signed-viewer.ts'
import type { SubgraphAnswer } from './federation/fetch.ts'
import type { SubgraphLink } from './federation/link.ts'
import { type RemoteOptions, remoteLink } from './federation/remote.ts'

export interface ServedLinkOptions extends Pick<RemoteOptions, 'url' | 'dispatcher' | 'timeoutMs'> {
  readonly name: string
  readonly viewerSecret: Uint8Array
  readonly clock: Clock
}

/** Nothing is shared between requests: what a subgraph answers depends on who asks. */
export function servedLink({ name, viewerSecret, clock, ...remote }: ServedLinkOptions): SubgraphLink {
  return remoteLink({ ...remote, headers: signedViewer(viewerSecret, name, clock), received: takeReport })
}

// An answer without a report is none: nobody could say what of it was masked, or of whom it tells. It is one report for all
// that was asked in one request.
function takeReport({ extensions = {}, ...answer }: SubgraphAnswer, context: unknown): SubgraphAnswer {
  const { [MASK_REPORT]: told, ...others } = extensions
  if (answer.data) {
    const report = maskReport.safeParse(told)
    if (!report.success)
      throw new GraphQLError('A subgraph did not tell what it withheld.', { originalError: report.error })
    const { masks } = context as RequestContext
    masks.adopt(report.data)
  }
  return { ...answer, extensions: others }
}
