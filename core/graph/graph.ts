// The port to the graph store. Stores hold Cypher constants and call this; nobody above knows which engine answers.

/** A value in a row or parameter. Whole numbers are integers on both engines, others floats; times are text (core/clock). */
export type GraphValue =
  | null
  | boolean
  | number
  | string
  | readonly GraphValue[]
  | { readonly [key: string]: GraphValue }

export type Params = { readonly [name: string]: GraphValue }

/** The columns of one row in the order of the RETURN clause. */
export type Row = readonly GraphValue[]

/** A property that holds words, separated by spaces, by which `read` finds the nodes of a label. */
export interface TextIndex {
  readonly label: string
  readonly property: string
}

/**
 * One Cypher text for both engines, or, where one text cannot serve both, a text for each (see docs/adr/002). One that begins at a
 * text index names it (core/graph/text-index): only `read` takes it, since an index holds what is stored.
 */
export type Statement = string | { readonly embedded: string; readonly neo4j: string; readonly begins?: TextIndex }

export interface Reader {
  /**
   * Runs one statement. Rows come in the order that the statement states, in no order without ORDER BY.
   * Throws ApiError GRAPH_UNAVAILABLE, GRAPH_TIMEOUT or CONFLICT.
   */
  run(statement: Statement, params?: Params): Promise<readonly Row[]>
}

/** A unit of work: what it runs is stored together or not at all. */
export interface UnitOfWork extends Reader {
  /**
   * Takes the guard of this name until the unit ends. Units that read the same balance, budget or capacity before they
   * decide take the same guard first, so that one of them waits for the other: neither engine prevents write skew.
   * A name stays in the store for good, so it holds no personal value.
   */
  guard(name: string): Promise<void>
}

/** Whether the files of the store were written anew, or whoever runs the store has to see to them. */
export type Expunged = 'REWRITTEN' | 'LEFT_TO_OPERATOR'

export interface Graph {
  readonly engine: 'embedded' | 'neo4j'

  /**
   * One reading statement in a transaction of its own; one that writes is refused and stores nothing. Retried when the store is
   * briefly away: reading twice is harmless. It may see a unit that is committed but, for another millisecond, not yet on disk.
   */
  read(statement: Statement, params?: Params): Promise<readonly Row[]>

  /**
   * Runs read + decide + write as one unit. Any error inside it, also one that the work swallowed, rolls all of it back
   * and is thrown. The work is run again on a transient conflict, so it must have no effect outside the unit. When the
   * promise resolves the unit is on disk (embedded: after fdatasync, unless DURABILITY=os). When it fails with GRAPH_UNAVAILABLE
   * after the commit was sent, the unit may be on disk: whoever tries again needs an idempotency record in the unit.
   * A unit inside a unit is refused.
   */
  write<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>

  /** Runs one statement that changes the schema (index, constraint); such statements cannot join a unit. */
  define(statement: Statement): Promise<void>

  /** Lets statements begin at this index, from now on and of what is stored already. Doing it twice is harmless. */
  defineText(index: TextIndex): Promise<void>

  /** Resolves when the store answers; throws ApiError GRAPH_UNAVAILABLE otherwise. */
  health(): Promise<void>

  /**
   * Sees to it that values which were deleted before the call stand nowhere in the files of the store. Other calls wait
   * meanwhile. Embedded: REWRITTEN, in time that grows with the store. Neo4j keeps its files to itself: LEFT_TO_OPERATOR.
   */
  expunge(): Promise<Expunged>

  /** Waits for the units under way, then releases the store. Later calls throw GRAPH_UNAVAILABLE. */
  close(): Promise<void>
}
