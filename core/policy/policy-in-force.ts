// The policy in force, as this process knows it. Each activation begins an epoch; what was decided in one epoch is not
// answered in another.
import type { Policy } from './policy.ts'

export interface InForce {
  readonly policy: Policy
  /** The number of the activation that put it in force. */
  readonly epoch: number
}

export interface PolicyInForce {
  current(): InForce
  /** Puts this in force for every request that begins from now on, unless something newer is known. */
  take(activated: InForce): void
}

export function policyInForce(atFirst: InForce): PolicyInForce {
  let current = atFirst
  return {
    current: () => current,
    take: activated => {
      if (activated.epoch > current.epoch) current = activated
    },
  }
}
