// How a unit of work runs on any engine: one statement after the other, rolled back as a whole on any error, retried when transient.
import { AsyncLocalStorage } from 'node:async_hooks'
import { ApiError } from '../errors.ts'
import type { Params, Row, Statement, UnitOfWork } from './graph.ts'
import { retry } from './retry.ts'

/** What an engine offers for a unit; it throws the engine's own errors. */
export interface Transaction {
  run(statement: Statement, params: Params): Promise<readonly Row[]>
  commit(): Promise<void>
  rollback(): Promise<void>
}

export interface UnitEngine {
  begin(): Transaction
  /** Whether the error, as the engine threw it, promises that nothing was stored and that another attempt may succeed. */
  isTransient(error: unknown): boolean
  /** The error of the catalogue for an error of the engine; any other error as it is. */
  translate(error: unknown): unknown
  readonly timeoutMs: number
}

const TAKE_GUARD = `
  MERGE (guard:Guard {name: $name})
  SET guard.touched = coalesce(guard.touched, 0) + 1`

const unitsUnderWay = new AsyncLocalStorage<{ ended: boolean }>()

/** Runs the work in a transaction of the engine until it is committed, or throws the error for which it was rolled back. */
export async function performUnit<T>(engine: UnitEngine, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  try {
    return await retry(() => attempt(engine, work), engine.isTransient)
  } catch (error) {
    throw engine.translate(error)
  }
}

/** Refuses a unit inside a unit: with one write queue it would wait for itself. */
export function requireNoUnitAround(): void {
  if (unitsUnderWay.getStore()?.ended === false) throw new Error('A unit of work was started inside another one.')
}

/** The promise, or GRAPH_TIMEOUT after this time; what it stands for goes on until the engine itself ends it. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ApiError('GRAPH_TIMEOUT')), milliseconds)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

async function attempt<T>(engine: UnitEngine, work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
  const transaction = engine.begin()
  const unit = new Unit(transaction, engine)
  const underWay = { ended: false }
  try {
    const result = await unitsUnderWay.run(underWay, () => within(engine.timeoutMs, work(unit)))
    await unit.end()
    await transaction.commit()
    return result
  } catch (error) {
    await unit.end().catch(() => undefined)
    await transaction.rollback()
    // The work may have wrapped a transient error into one of its own: the engine's original decides about the retry.
    throw engine.isTransient(unit.failure) ? unit.failure : error
  } finally {
    underWay.ended = true
  }
}

class Unit implements UnitOfWork {
  readonly #transaction: Transaction
  readonly #engine: UnitEngine
  #queue: Promise<unknown> = Promise.resolve()
  #ended = false
  /** The first error of a statement, as the engine threw it. */
  failure: unknown

  constructor(transaction: Transaction, engine: UnitEngine) {
    this.#transaction = transaction
    this.#engine = engine
  }

  run(statement: Statement, params: Params = {}): Promise<readonly Row[]> {
    if (this.#ended) return Promise.reject(new Error('A statement was run after its unit of work had ended.'))
    const rows = this.#queue.then(() => this.#execute(statement, params))
    this.#queue = rows.catch(() => undefined)
    return rows
  }

  async guard(name: string): Promise<void> {
    await this.run(TAKE_GUARD, { name })
  }

  /** Waits for statements that the work did not await, and throws the error that the work swallowed, if any. */
  async end(): Promise<void> {
    this.#ended = true
    await this.#queue
    if (this.failure !== undefined) throw this.failure
  }

  async #execute(statement: Statement, params: Params): Promise<readonly Row[]> {
    // After a failed statement the embedded engine would go on and store the rest; Neo4j refuses. Here both refuse.
    if (this.failure !== undefined) throw this.#engine.translate(this.failure)
    try {
      return await this.#transaction.run(statement, params)
    } catch (error) {
      this.failure = error
      throw this.#engine.translate(error)
    }
  }
}
