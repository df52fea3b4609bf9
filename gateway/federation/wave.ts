// Fetches of entities that one execution makes of one subgraph at once: a wave, sent as one request.
import type { PlanRun, SubgraphAnswer } from './fetch.ts'
import { mergeOperations, mergeVariables, splitAnswer, type VariableTexts } from './merged-operation.ts'
import { StatusError } from './send.ts'

/** What is asked of a subgraph, but for the variables. */
export interface RemoteOperation {
  /** Of this one alone. */
  readonly id: number
  readonly text: string
  /** How the body of a request for it begins. */
  readonly start: string
}

/** Sends the body of a request that only reads. */
export type SendRead = (body: string, run: PlanRun) => Promise<SubgraphAnswer>

export type AskInWave = (operation: RemoteOperation, texts: VariableTexts, run: PlanRun) => Promise<SubgraphAnswer>

interface Asked {
  readonly operation: RemoteOperation
  readonly texts: VariableTexts
  readonly settle: (answer: Promise<SubgraphAnswer> | SubgraphAnswer) => void
}

/** Of each combination of operations the start of their request is kept; the oldest goes when there are more. */
const MOST_MERGED = 1_000

export function startOf(query: string, operationName?: string | undefined): string {
  return `${JSON.stringify({ query, operationName }).slice(0, -1)},"variables":`
}

export function bodyOf(start: string, texts: VariableTexts): string {
  return `${start}{${texts.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}}`
}

/** A wave is what is asked until nothing is left to do but wait. */
export function openWaves(send: SendRead): AskInWave {
  const waves = new WeakMap<PlanRun, Asked[]>()
  const merged = new Map<string, string>()

  function mergedStart(operations: readonly RemoteOperation[]): string {
    const key = operations.map(({ id }) => id).join()
    const known = merged.get(key)
    if (known !== undefined) return known
    const start = startOf(mergeOperations(operations.map(({ text }) => text)))
    const [oldest] = merged.keys()
    if (oldest !== undefined && merged.size >= MOST_MERGED) merged.delete(oldest)
    merged.set(key, start)
    return start
  }

  async function sendTogether(wave: readonly Asked[], run: PlanRun): Promise<readonly SubgraphAnswer[] | undefined> {
    const start = mergedStart(wave.map(({ operation }) => operation))
    const body = bodyOf(start, mergeVariables(wave.map(({ texts }) => texts)))
    try {
      return splitAnswer(await send(body, run), wave.length)
    } catch (error) {
      if (error instanceof StatusError && !error.isAway) return undefined
      throw error
    }
  }

  const alone = ({ operation, texts }: Asked, run: PlanRun) => send(bodyOf(operation.start, texts), run)

  async function end(wave: readonly Asked[], run: PlanRun): Promise<void> {
    const [first, ...others] = wave
    if (first === undefined) return
    if (others.length === 0) return first.settle(alone(first, run))
    try {
      const answers = await sendTogether(wave, run)
      // One that fails as a whole takes the others with it: asked alone, each has the answer that is its own.
      for (const [index, asked] of wave.entries()) asked.settle(answers?.[index] ?? alone(asked, run))
    } catch (error) {
      for (const { settle } of wave) settle(Promise.reject(error))
    }
  }

  return (operation, texts, run) =>
    new Promise(settle => {
      const asked = { operation, texts, settle }
      const wave = waves.get(run)
      if (wave !== undefined) {
        wave.push(asked)
        return
      }
      const begun = [asked]
      waves.set(run, begun)
      whenIdle(() => {
        waves.delete(run)
        void end(begun, run)
      })
    })
}

/** Calls back after all that promises have ready to run, and before anything that comes from outside. */
function whenIdle(callback: () => void): void {
  void Promise.resolve().then(() => process.nextTick(callback))
}
