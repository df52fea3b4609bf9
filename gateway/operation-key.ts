// What a client's operation is compiled for.
import type { OperationKey } from './federation/cache.ts'
import type { Pruned } from './prune.ts'

/**
 * The key of an operation by the hash of its document. Viewers for whom the same fields leave it are one class: that is all
 * by which what is planned for them can differ. Consent is no part of it, so that no withdrawal costs a plan.
 */
export function operationKey(
  document: string,
  operationName: string | undefined,
  policyEpoch: number,
  { left }: Pruned,
): OperationKey {
  const viewerClass = left.length === 0 ? 'every' : `without ${left.join(' ')}`
  return { document, operationName, contract: 'whole', viewerClass, policyEpoch }
}
