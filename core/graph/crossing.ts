/** Many pass at a time, or one goes alone: that one waits for those on their way, and who comes meanwhile waits for it. */
export class Crossing {
  readonly #passing = new Set<Promise<unknown>>()
  #alone: Promise<unknown> | undefined

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#alone !== undefined) await this.#alone
    const call = work()
    this.#passing.add(call)
    try {
      return await call
    } finally {
      this.#passing.delete(call)
    }
  }

  /** One at a time: whoever calls it waits for the call before. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const call = Promise.allSettled(this.#passing).then(work)
    this.#alone = call.catch(() => undefined)
    try {
      return await call
    } finally {
      this.#alone = undefined
    }
  }
}
