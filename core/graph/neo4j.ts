// Neo4j behind the port. The only importer of neo4j-driver.
import neo4j, { type Driver, Neo4jError, type QueryResult, type Session } from 'neo4j-driver'
import { ApiError, type ErrorCode } from '../errors.ts'
import { apiErrorFor } from './engine-error.ts'
import type { Expunged, Graph, Params, Row, Statement, TextIndex, UnitOfWork } from './graph.ts'
import { retry } from './retry.ts'
import { nameOf } from './text-index.ts'
import { UnderWay } from './under-way.ts'
import { performUnit, requireNoUnitAround, type Transaction, type UnitEngine, within } from './unit.ts'
import { fromGraphRow, toGraphParams } from './values.ts'

export interface Neo4jOptions {
  /** `neo4j://` routes reads to a cluster's replicas; `bolt://` speaks to one server. */
  readonly url: string
  /** Left out for a server without authentication. */
  readonly user?: string
  readonly password?: string
  /** How long one statement or unit may take; the server ends it too, though up to 2 s later. */
  readonly queryTimeoutMs?: number
}

const PING = 'RETURN 1'

const AWAIT_INDEX_NEO4J = 'CALL db.awaitIndex($name, $seconds)'

/** Connects and waits for the first answer. Throws GRAPH_UNAVAILABLE when none comes. */
export async function openNeo4j(options: Neo4jOptions): Promise<Graph> {
  const { url, user, password = '', queryTimeoutMs = 30_000 } = options
  const driver = neo4j.driver(url, user === undefined ? undefined : neo4j.auth.basic(user, password), {
    disableLosslessIntegers: true,
    // All rows in one turn: a result is at most some thousand rows, and the caller wants all of them.
    fetchSize: -1,
    maxConnectionPoolSize: 50,
    connectionTimeout: 5_000,
    connectionAcquisitionTimeout: 10_000,
    notificationFilter: { minimumSeverityLevel: 'OFF' },
    telemetryDisabled: true,
  })
  const graph = new Neo4jGraph(driver, queryTimeoutMs)
  try {
    await graph.health()
    return graph
  } catch (error) {
    await graph.close()
    throw error
  }
}

class Neo4jGraph implements Graph, UnitEngine {
  readonly engine = 'neo4j'
  readonly timeoutMs: number
  readonly #driver: Driver
  readonly #underWay = new UnderWay()
  // Shared by all sessions, so that a read sees what this process wrote before, whichever member of a cluster answers it.
  readonly #bookmarks = neo4j.bookmarkManager()

  constructor(driver: Driver, timeoutMs: number) {
    this.#driver = driver
    this.timeoutMs = timeoutMs
  }

  async read(statement: Statement, params: Params = {}): Promise<readonly Row[]> {
    this.#underWay.requireOpen()
    return this.#underWay.track(this.#translated(within(this.timeoutMs, this.#autoCommit('READ', statement, params))))
  }

  async write<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    this.#underWay.requireOpen()
    requireNoUnitAround()
    return this.#underWay.track(performUnit(this, work))
  }

  async define(statement: Statement): Promise<void> {
    this.#underWay.requireOpen()
    requireNoUnitAround()
    const definition = this.#autoCommit('WRITE', statement, {}).catch(error => {
      // Another process defined the same between the server's check of IF NOT EXISTS and its work: it is there.
      if (codeOf(error) !== 'Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists') throw error
    })
    await this.#underWay.track(this.#translated(definition))
  }

  async defineText(index: TextIndex): Promise<void> {
    const name = nameOf(index)
    // By spaces alone, as the words are stored; with its transaction, not after it.
    await this.define(`CREATE FULLTEXT INDEX ${name} IF NOT EXISTS FOR (n:${index.label}) ON EACH [n.${index.property}]
      OPTIONS {indexConfig: {\`fulltext.analyzer\`: 'whitespace', \`fulltext.eventually_consistent\`: false}}`)
    await this.read(AWAIT_INDEX_NEO4J, { name, seconds: Math.ceil(this.timeoutMs / 1_000) })
  }

  async health(): Promise<void> {
    await this.read(PING)
  }

  async expunge(): Promise<Expunged> {
    return 'LEFT_TO_OPERATOR'
  }

  close(): Promise<void> {
    return this.#underWay.close(() => this.#driver.close())
  }

  // Explicit rather than the driver's managed transactions: those run the work again when the connection is lost during the
  // commit, and a commit that did happen would be done twice.
  begin(): Transaction {
    const session = this.#session('WRITE')
    // Not awaited: BEGIN travels with the first statement.
    const transaction = session.beginTransaction({ timeout: this.timeoutMs })
    return {
      run: async (statement, params) => rowsOf(await transaction.run(textOf(statement), toParams(params))),
      commit: async () => {
        try {
          await transaction.commit()
        } catch (error) {
          throw isConnectionLost(error) ? unknownOutcome(error) : error
        } finally {
          await session.close()
        }
      },
      rollback: async () => {
        // When it cannot be said, the server drops the transaction together with the connection.
        if (transaction.isOpen()) await transaction.rollback().catch(() => undefined)
        await session.close().catch(() => undefined)
      },
    }
  }

  isTransient(error: unknown): boolean {
    return neo4j.isRetryableError(error)
  }

  translate(error: unknown): unknown {
    if (!(error instanceof Neo4jError)) return error
    return apiErrorFor(error.code, CODES, STATEMENT_ERRORS.has(error.code) ? error.message : undefined)
  }

  async #translated<T>(call: Promise<T>): Promise<T> {
    try {
      return await call
    } catch (error) {
      throw this.translate(error)
    }
  }

  // One round trip instead of the three of BEGIN, RUN, COMMIT. The driver does not retry these, so we do.
  #autoCommit(mode: 'READ' | 'WRITE', statement: Statement, params: Params): Promise<readonly Row[]> {
    return retry(async () => {
      const session = this.#session(mode)
      try {
        return rowsOf(await session.run(textOf(statement), toParams(params), { timeout: this.timeoutMs }))
      } finally {
        await session.close()
      }
    }, this.isTransient)
  }

  #session(defaultAccessMode: 'READ' | 'WRITE'): Session {
    return this.#driver.session({ defaultAccessMode, bookmarkManager: this.#bookmarks })
  }
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  'Neo.ClientError.Schema.ConstraintValidationFailed': 'CONFLICT',
  'Neo.ClientError.Transaction.TransactionTimedOut': 'GRAPH_TIMEOUT',
  'Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration': 'GRAPH_TIMEOUT',
  'Neo.ClientError.Transaction.LockAcquisitionTimeout': 'GRAPH_TIMEOUT',
  'Neo.ClientError.Security.Unauthorized': 'GRAPH_UNAVAILABLE',
  'Neo.TransientError.Transaction.DeadlockDetected': 'GRAPH_UNAVAILABLE',
  'Neo.TransientError.Transaction.LockClientStopped': 'GRAPH_UNAVAILABLE',
  'Neo.TransientError.General.DatabaseUnavailable': 'GRAPH_UNAVAILABLE',
  'Neo.TransientError.General.MemoryPoolOutOfMemoryError': 'GRAPH_UNAVAILABLE',
  [neo4j.error.SERVICE_UNAVAILABLE]: 'GRAPH_UNAVAILABLE',
  [neo4j.error.SESSION_EXPIRED]: 'GRAPH_UNAVAILABLE',
}

const STATEMENT_ERRORS = new Set([
  'Neo.ClientError.Statement.SyntaxError',
  'Neo.ClientError.Statement.SemanticError',
  'Neo.ClientError.Statement.ParameterMissing',
])

function isConnectionLost(error: unknown): boolean {
  return codeOf(error) === neo4j.error.SERVICE_UNAVAILABLE || codeOf(error) === neo4j.error.SESSION_EXPIRED
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Neo4jError ? error.code : undefined
}

function unknownOutcome(error: unknown): ApiError {
  return new ApiError('GRAPH_UNAVAILABLE', { got: 'no answer to the commit; it may have been stored' }, error)
}

function rowsOf(result: QueryResult): readonly Row[] {
  return result.records.map(record => fromGraphRow([...record.values()]))
}

function toParams(params: Params): Record<string, unknown> {
  return toGraphParams(params, neo4j.int)
}

function textOf(statement: Statement): string {
  return typeof statement === 'string' ? statement : statement.neo4j
}
