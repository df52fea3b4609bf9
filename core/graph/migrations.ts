// What a label needs in the store before the first write: keys (unique) and look-up indexes, as versioned migrations.

import type { Graph } from './graph.ts'

/** One step of the schema, owned by the subgraph or core folder that owns the label. */
export interface Migration {
  /** `owner/NNN-what`, for example `customers/001-keys`. Sorts and runs in this order; never renamed, never edited once released. */
  readonly id: string
  /** `Label.property` pairs whose value is unique in the label and looked up by equality. */
  readonly keys?: readonly string[]
  /** `Label.property` pairs looked up by equality. */
  readonly indexes?: readonly string[]
  /** Work on data, run once. */
  readonly statements?: readonly string[]
}

/** Applies what is not applied yet, in order of id. Safe to run at each start and after a crash in the middle. */
export declare function migrate(graph: Graph, migrations: readonly Migration[], now: string): Promise<readonly string[]>
