// Equal reads of several executions as one request, while it is under way. Nothing is kept once it is answered.
import type { SubgraphAnswer } from './fetch.ts'
import type { Asker } from './send.ts'

interface UnderWay {
  readonly answer: Promise<SubgraphAnswer>
  readonly ending: AbortController
  askers: number
}

/** Each asker is given the same object, which it must not change. */
export type AskShared = (key: string, body: string, asker: Asker) => Promise<SubgraphAnswer>

/** Equal keys and bodies share. What is sent ends when the last of its askers has left. */
export function openSharedReads(send: (body: string, asker: Asker) => Promise<SubgraphAnswer>): AskShared {
  const reads = new Map<string, UnderWay>()

  function begin(key: string, body: string, context: unknown): UnderWay {
    const ending = new AbortController()
    const begun = { answer: send(body, { context, signal: ending.signal }), ending, askers: 0 }
    const end = () => forget(key, begun)
    begun.answer.then(end, end)
    reads.set(key, begun)
    return begun
  }

  // Another one may have begun under that key after all askers of this one had left.
  function forget(key: string, read: UnderWay): void {
    if (reads.get(key) === read) reads.delete(key)
  }

  return async (sharedBy, body, { context, signal }) => {
    signal?.throwIfAborted()
    const key = `${JSON.stringify(sharedBy)} ${body}`
    const read = reads.get(key) ?? begin(key, body, context)
    read.askers++
    const leave = () => {
      read.askers--
      if (read.askers > 0) return
      forget(key, read)
      read.ending.abort()
    }
    signal?.addEventListener('abort', leave, { once: true })
    try {
      return await read.answer
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }
}
