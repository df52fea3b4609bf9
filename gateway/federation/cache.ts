// Compiled operations, the most recently used ones.

/** What an operation is compiled for. A subject's consent is never part of it: that is read with the values. */
export interface OperationKey {
  /** The hash of the document. */
  readonly document: string
  readonly operationName: string | undefined
  /** The slice of the schema that the viewer is given. */
  readonly contract: string
  /** Viewers for whom the same fields leave the operation before it is planned. */
  readonly viewerClass: string
  /** The epoch of the policy by which they leave. */
  readonly policyEpoch: number
}

export interface OperationCache<T> {
  /** The operation of that key, made when it is not there. Forgets the one that was unused for longest. */
  get(key: OperationKey, make: () => T): T
  readonly size: number
}

export function operationCache<T>(most: number): OperationCache<T> {
  // A Map keeps the order of insertion: what is used is put in anew, so that the first one is the least recently used.
  const operations = new Map<string, T>()
  return {
    get size() {
      return operations.size
    },
    get: ({ document, operationName, contract, viewerClass, policyEpoch }, make) => {
      const key = `${document} ${policyEpoch} ${JSON.stringify([operationName, contract, viewerClass])}`
      const known = operations.get(key)
      const operation = known ?? make()
      if (known !== undefined) operations.delete(key)
      operations.set(key, operation)
      if (operations.size > most) {
        const [oldest] = operations.keys()
        if (oldest !== undefined) operations.delete(oldest)
      }
      return operation
    },
  }
}
