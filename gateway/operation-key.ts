// What a client's operation is compiled for.
import type { OperationKey } from './federation/cache.ts'

/**
 * The key of an operation by the hash of its document. So far every viewer is given the whole schema, and nothing leaves an
 * operation before it is planned: one contract and one class of viewers.
 */
export function operationKey(document: string, operationName: string | undefined, policyEpoch: number): OperationKey {
  return { document, operationName, contract: 'whole', viewerClass: 'every', policyEpoch }
}
