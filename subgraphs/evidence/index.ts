import type { Subgraph } from '../../core/subgraph.ts'
import { countableEvidence } from './countable.ts'
import { evidenceLoaders } from './loaders.ts'
import { rootRules } from './policy.ts'
import { references } from './references.ts'
import { EvidenceResolver } from './resolvers.ts'
import { start } from './start.ts'

export { proofsOver } from './proofs.ts'

/** The transparency log over every change. Entries are appended by core/evidence, because every unit of work does. */
export const evidence: Subgraph = {
  name: 'evidence',
  types: [],
  resolvers: [EvidenceResolver],
  references,
  rootRules,
  labels: { owns: ['Log', 'Tile', 'Checkpoint'], reads: ['EvidenceEntry'] },
  migrations: [{ id: 'evidence/001-keys', keys: ['Log.name', 'Tile.key', 'Checkpoint.size'] }],
  evidenced: [],
  consumers: [],
  countable: countableEvidence,
  start,
  createLoaders: evidenceLoaders,
}
