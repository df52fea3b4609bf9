// Which calls a graph still has to finish before it may close.
import { ApiError } from '../errors.ts'

export class UnderWay {
  readonly #calls = new Set<Promise<unknown>>()
  #closed: Promise<void> | undefined

  /** Throws GRAPH_UNAVAILABLE once closing has begun. */
  requireOpen(): void {
    if (this.#closed !== undefined) throw new ApiError('GRAPH_UNAVAILABLE', { got: 'a closed graph' })
  }

  track<T>(call: Promise<T>): Promise<T> {
    this.#calls.add(call)
    const forget = () => this.#calls.delete(call)
    call.then(forget, forget)
    return call
  }

  /** Waits for the calls under way, then releases, once however often it is called. */
  close(release: () => Promise<void>): Promise<void> {
    this.#closed ??= Promise.allSettled(this.#calls).then(release)
    return this.#closed
  }
}
