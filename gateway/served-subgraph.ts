// A subgraph of ours that runs as a service (core/serve.ts): it is told the viewer by a signed token, and what it withheld
// and showed is taken over into the request's masks, so that the answer is explained and recorded as if it ran here.
import type { RequestContext } from '../core/context.ts'
import { maskReport } from '../core/policy/mask-report.ts'
import { MASK_REPORT } from '../core/serve.ts'
import { signedViewer } from '../core/signed-viewer.ts'
import type { Clock } from '../core/clock.ts'
import type { AskSubgraph } from './federation/fetch.ts'
import type { SubgraphLink } from './federation/link.ts'
import { type RemoteOptions, remoteLink } from './federation/remote.ts'

export interface ServedLinkOptions extends Pick<RemoteOptions, 'url' | 'dispatcher' | 'timeoutMs'> {
  readonly name: string
  readonly viewerSecret: Uint8Array
  readonly clock: Clock
}

/** Nothing is shared between requests: what a subgraph answers depends on who asks. */
export function servedLink({ name, viewerSecret, clock, ...remote }: ServedLinkOptions): SubgraphLink {
  const link = remoteLink({ ...remote, headers: signedViewer(viewerSecret, name, clock) })
  return {
    interpret: fetch => takingReports(link.interpret(fetch)),
    compile: (fetch, fellBack) => takingReports(link.compile(fetch, fellBack)),
  }
}

// An answer without a report is none: nobody could say what of it was masked, or of whom it tells.
function takingReports(ask: AskSubgraph): AskSubgraph {
  return async (variables, run) => {
    const { extensions: { [MASK_REPORT]: report, ...extensions } = {}, ...answer } = await ask(variables, run)
    if (answer.data) (run.context as RequestContext).masks.adopt(maskReport.parse(report))
    return { ...answer, extensions }
  }
}
