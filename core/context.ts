// What a resolver is given: who asks, under which policy, and the means to answer. One object a request.
import type { Analyses } from './access/analysis.ts'
import type { Clock, Instant } from './clock.ts'
import type { Outbox } from './events/outbox.ts'
import type { Evidence, Proofs } from './evidence/evidence.ts'
import type { EvidencedLabel } from './evidence/evidenced-label.ts'
import type { LogKeys } from './evidence/log-signer.ts'
import type { Graph } from './graph/graph.ts'
import type { Ids } from './ids.ts'
import type { EntityMasks } from './policy/entity-masks.ts'
import type { Policy } from './policy/policy.ts'
import type { PolicyInForce } from './policy/policy-in-force.ts'
import type { Countable } from './registry/facts.ts'
import type { Modules } from './registry/modules.ts'
import type { SealedTexts } from './sealed-texts.ts'
import type { Viewer } from './viewer.ts'

/** What lives as long as the process. */
export interface Services {
  readonly graph: Graph
  readonly clock: Clock
  readonly ids: Ids
  readonly evidence: Evidence
  readonly outbox: Outbox
  readonly proofs: Proofs
  /** The keys of the log, of which a request may have the next one made. */
  readonly logKeys: LogKeys
  readonly sealedTexts: SealedTexts
  /** The labels whose nodes the log can vouch for. */
  readonly evidenced: readonly EvidencedLabel[]
  readonly policies: PolicyInForce
  /** Tells of operations what would become of them. */
  readonly analyses: Analyses
  /** What the subgraphs let metrics count. */
  readonly countable: Countable
  /** Which of the modules the firm has switched on. */
  readonly modules: Modules
  /** The company that answers for the processing, as receipts name it. */
  readonly controller: string
}

export interface RequestContext {
  readonly requestId: string
  /** When the request arrived; everything it decides, it decides as of then. */
  readonly at: Instant
  readonly viewer: Viewer
  /** The policy by which all of the request is decided; an activation meanwhile has the answer refused. */
  readonly policy: Policy
  readonly policyEpoch: number
  readonly masks: EntityMasks
  readonly services: Services
  /** What each subgraph made for this request, by its name: loaders are per request, never shared between viewers. */
  readonly loaders: ReadonlyMap<string, unknown>
}
