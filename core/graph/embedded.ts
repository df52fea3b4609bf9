// The embedded engine behind the port: in process, no set-up, one process holds the file. The only importer of @grafeo-db/js.
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
// A CommonJS module whose exports Node cannot see by name.
import grafeo, { type GrafeoDB, type GrafeoError, type QueryResult } from '@grafeo-db/js'
import { renameDurably, syncPath } from '../durable-files.ts'
import { ApiError, type ErrorCode } from '../errors.ts'
import { CommitBarrier, type SyncLog, walSync } from './commit-barrier.ts'
import { Crossing } from './crossing.ts'
import { apiErrorFor } from './engine-error.ts'
import type { Expunged, Graph, Params, Row, Statement, TextIndex, UnitOfWork } from './graph.ts'
import { HOLDERS, wordsIn } from './text-index.ts'
import { UnderWay } from './under-way.ts'
import { performUnit, requireNoUnitAround, type Transaction, type UnitEngine, within } from './unit.ts'
import { fromGraphRow, toGraphParams } from './values.ts'

export interface EmbeddedOptions {
  /** Where the graph is kept; in memory without it. */
  readonly file?: string
  /** `disk` acknowledges after fdatasync, `os` when the operating system has it: safe against a crash of this process, not of the machine. */
  readonly durability: 'disk' | 'os'
  /** Shuffles rows of statements without ORDER BY; tests use it to find code that relies on an order nobody promised. */
  readonly shuffle?: boolean
  /** How long a caller waits for one statement or unit. The engine goes on with the statement up to its own 30 s. */
  readonly queryTimeoutMs?: number
  /** Stands in for fdatasync in tests of the barrier. */
  readonly syncLog?: SyncLog
}

// Without triggers the log grows for ever. At 8 MB a checkpoint runs in the background in some 20 ms.
const CHECKPOINT = { intervalMs: 60_000, walBytes: 8 * 1024 * 1024 }

const PING = 'RETURN 1'

// Words are told apart before they are stored, and none of them is too common to be found.
const WHOLE_WORDS = { tokenizer: 'standard', stopWords: [] }
const EVERY_HIT = 2 ** 31 - 1

/** What is held while the graph is open: the engine, and the log that its commits are synced in. */
interface Store {
  readonly database: GrafeoDB
  readonly log?: ReturnType<typeof walSync>
}

/** Opens or creates the graph. Throws GRAPH_LOCKED when another process (or another open in this one) holds it. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Graph> {
  const { file } = options
  if (file !== undefined) await mkdir(dirname(file), { recursive: true })
  const store = await openStore(options)
  // What a crash left of a rewriting; the store itself is the old one or the new one.
  if (file !== undefined) await rm(rewritten(file), { force: true })
  return new EmbeddedGraph(store, options)
}

async function openStore({ file, shuffle = false, durability }: EmbeddedOptions): Promise<Store> {
  const database = created(file, shuffle)
  if (file === undefined) return { database }
  database.setCheckpointTriggers(CHECKPOINT)
  await syncPath(dirname(file))
  return durability === 'os' ? { database } : { database, log: walSync(`${file}.wal`) }
}

const rewritten = (file: string): string => `${file}.rewritten`

class EmbeddedGraph implements Graph, UnitEngine {
  readonly engine = 'embedded'
  readonly timeoutMs: number
  readonly #options: EmbeddedOptions
  readonly #barrier: CommitBarrier | undefined
  readonly #underWay = new UnderWay()
  readonly #crossing = new Crossing()
  #store: Store
  #queue: Promise<unknown> = Promise.resolve()
  /** Why nothing may be written any more, once that is so. */
  #broken: unknown
  /** Why nothing may be read either: the store was closed to take its new file, and did not open again. */
  #lost: unknown
  /** Whether the last commit found no room on the disk. It was rolled back whole, so the next may try. */
  #isFull = false

  constructor(store: Store, options: EmbeddedOptions) {
    this.#store = store
    this.#options = options
    this.timeoutMs = options.queryTimeoutMs ?? 30_000
    const syncLog = options.syncLog ?? (() => this.#store.log?.sync() ?? Promise.resolve())
    this.#barrier = store.log && new CommitBarrier(syncLog)
  }

  async read(statement: Statement, params: Params = {}): Promise<readonly Row[]> {
    this.#underWay.requireOpen()
    try {
      const rows = this.#crossing.pass(() => this.#readOnly(statement, params))
      return await within(this.timeoutMs, this.#underWay.track(rows))
    } catch (error) {
      throw this.translate(error)
    }
  }

  async write<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    requireNoUnitAround()
    return this.#acknowledged(() => performUnit(this, work))
  }

  define(statement: Statement): Promise<void> {
    return this.#defined(() => this.#store.database.executeCypher(textOf(statement)))
  }

  defineText({ label, property }: TextIndex): Promise<void> {
    return this.#defined(() => this.#store.database.createTextIndex(label, property, WHOLE_WORDS))
  }

  async health(): Promise<void> {
    this.#requireSound()
    if (this.#isFull) throw new ApiError('GRAPH_UNAVAILABLE', { got: 'a full disk' })
    await this.read(PING)
    const { stopped, lastError } = await this.#crossing.pass(async () => this.#store.database.checkpointStatus())
    if (stopped) throw new ApiError('GRAPH_UNAVAILABLE', {}, lastError)
  }

  async expunge(): Promise<Expunged> {
    requireNoUnitAround()
    const { file } = this.#options
    if (file !== undefined) await this.#acknowledged(() => this.#rewrite(file))
    return 'REWRITTEN'
  }

  close(): Promise<void> {
    return this.#underWay.close(() => this.#release())
  }

  begin(): Transaction {
    const transaction = this.#store.database.beginTransaction()
    // A commit that fails ends the transaction too, though the engine goes on calling it active; its rollback would throw then.
    let ended = false
    return {
      run: async (statement, params) =>
        rowsOf(await transaction.executeCypher(textOf(statement), toGraphParams(params))),
      commit: async () => {
        ended = true
        transaction.commit()
        this.#isFull = false
      },
      rollback: async () => {
        if (!ended) transaction.rollback()
      },
    }
  }

  // Not by GQLSTATUS: a full disk has the one of a conflict, and trying again at once would not help it.
  isTransient(error: unknown): boolean {
    return engineCodeOf(error) === WRITE_CONFLICT
  }

  translate(error: unknown): unknown {
    if (engineCodeOf(error) === DISK_FULL) this.#isFull = true
    return translate(error)
  }

  async #defined(definition: () => Promise<unknown>): Promise<void> {
    requireNoUnitAround()
    await this.#acknowledged(async () => {
      try {
        await definition()
      } catch (error) {
        throw this.translate(error)
      }
    })
  }

  // One unit at a time holds read + decide + write, because every isolation level of the engine lets write skew pass. The sync
  // of the log is outside the queue: the next unit runs meanwhile, and units that end together share one sync.
  async #acknowledged<T>(unit: () => Promise<T>): Promise<T> {
    this.#underWay.requireOpen()
    const turn = this.#queue.then(() => {
      this.#requireSound()
      return unit()
    })
    this.#queue = turn.catch(() => undefined)
    const acknowledged = turn.then(async result => {
      await this.#onDisk()
      return result
    })
    return this.#underWay.track(acknowledged)
  }

  async #onDisk(): Promise<void> {
    try {
      await this.#barrier?.passed()
    } catch (error) {
      // After a failed sync nobody knows what is on disk, and a second sync may succeed without having written it.
      this.#broken ??= error
      throw new ApiError('GRAPH_UNAVAILABLE', {}, error)
    }
  }

  // In a transaction that is always rolled back: a statement that writes must not get past the queue and the barrier.
  async #readOnly(statement: Statement, params: Params): Promise<readonly Row[]> {
    this.#requireStore()
    if (typeof statement !== 'string' && statement.begins !== undefined) {
      return this.#readOnly(statement.embedded, { ...params, [HOLDERS]: await this.#holders(statement.begins, params) })
    }
    const transaction = this.#store.database.beginTransaction()
    try {
      const result = await transaction.executeCypher(textOf(statement), toGraphParams(params))
      if (Object.values(result.counters).some(count => count > 0)) {
        throw new ApiError('INTERNAL_SERVER_ERROR', { expected: 'a statement that only reads' })
      }
      return rowsOf(result)
    } finally {
      transaction.rollback()
    }
  }

  /** Every node that holds a word: whom the statement leaves out must push nobody else out. */
  async #holders({ label, property }: TextIndex, params: Params): Promise<readonly number[]> {
    const found = await this.#store.database.textSearch(label, property, wordsIn(params).join(' '), EVERY_HIT)
    return found.map(([node]) => node ?? -1)
  }

  // A deleted value stays in the free blocks of the file, however often the engine compacts it. Only a file that is written
  // anew is without it, so that takes the place of the old one.
  async #rewrite(file: string): Promise<void> {
    // Nobody syncs the log of the old file after this: units before it are on disk, and those behind it wait in the queue.
    await this.#onDisk()
    await this.#crossing.alone(async () => {
      await rm(rewritten(file), { force: true })
      this.#saveAs(rewritten(file))
      await syncPath(rewritten(file))
      try {
        await this.#release()
        await renameDurably(rewritten(file), file)
        this.#store = await openStore(this.#options)
      } catch (error) {
        this.#lost = error
        throw error
      }
    })
  }

  #saveAs(file: string): void {
    const { database } = this.#store
    try {
      database.compact()
      database.save(file)
    } catch (error) {
      throw this.translate(error)
    }
  }

  async #release(): Promise<void> {
    await this.#store.log?.close()
    try {
      this.#store.database.close()
    } catch (error) {
      throw translate(error)
    }
  }

  #requireStore(): void {
    if (this.#lost !== undefined) throw new ApiError('GRAPH_UNAVAILABLE', {}, this.#lost)
  }

  #requireSound(): void {
    this.#requireStore()
    if (this.#broken !== undefined) throw new ApiError('GRAPH_UNAVAILABLE', {}, this.#broken)
  }
}

function created(file: string | undefined, shuffleUnordered: boolean): GrafeoDB {
  try {
    return grafeo.GrafeoDB.create(file, { shuffleUnordered })
  } catch (error) {
    // The engine has no code of its own for this; a contract test holds the sentence.
    const isLocked = error instanceof Error && error.message.includes('cannot be locked')
    throw new ApiError(isLocked ? 'GRAPH_LOCKED' : 'GRAPH_UNAVAILABLE', {}, error)
  }
}

// By rows(), not toArray(): a column named __proto__ would set the object's prototype.
function rowsOf(result: QueryResult): readonly Row[] {
  return result.rows().map(fromGraphRow)
}

function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.embedded
}

const WRITE_CONFLICT = 'GRAFEO-T001'
const DISK_FULL = 'GRAFEO-T009'

// By the engine's own code, which opens its message: one GQLSTATUS stands for several of them.
const CODES: Readonly<Record<string, ErrorCode>> = {
  'GRAFEO-V001': 'CONFLICT',
  [WRITE_CONFLICT]: 'GRAPH_UNAVAILABLE',
  [DISK_FULL]: 'GRAPH_UNAVAILABLE',
  'GRAFEO-X003': 'GRAPH_UNAVAILABLE',
  'GRAFEO-Q003': 'GRAPH_TIMEOUT',
}

const STATEMENT_ERRORS = new Set(['GRAFEO-Q001', 'GRAFEO-Q002'])

function translate(error: unknown): unknown {
  if (!isEngineError(error)) return error
  const code = engineCodeOf(error) ?? 'unknown'
  return apiErrorFor(code, CODES, STATEMENT_ERRORS.has(code) ? (error as Error).message : undefined)
}

// GenericFailure is the database's, InvalidArg the binding's, which checks parameters before the database sees them.
function isEngineError(error: unknown): error is GrafeoError {
  return (
    error instanceof Error && ['GenericFailure', 'InvalidArg'].includes((error as NodeJS.ErrnoException).code ?? '')
  )
}

function engineCodeOf(error: unknown): string | undefined {
  return isEngineError(error) ? /GRAFEO-[A-Z]\d{3}/.exec(error.message)?.[0] : undefined
}
