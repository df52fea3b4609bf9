// Pure: what the log cannot vouch for.
import type { Expunged } from '../../core/graph/graph.ts'

const COPIES = [
  'Backups and snapshots of the graph: delete those from before the completion, or let them expire.',
  'Other processes of this service on the same DATA_DIR: start them again, they may know the key still.',
  'Backups of DATA_DIR: an old subject-keys opens what this one no longer does.',
  'Disks that keep what was overwritten (SSDs, copy-on-write file systems): rely on their encryption.',
  'Files from which the records were ingested, and the silos that they are from.',
]

const NEO4J = [
  'Transaction logs of Neo4j: they hold the deleted values until they are rotated and pruned (db.tx_log.rotation.retention_policy, then db.checkpoint()).',
  'Store files of Neo4j: freed records are reused, not overwritten; neo4j-admin database copy writes them anew.',
  'The query log of Neo4j, where it logs parameters (db.logs.query.parameter_logging_enabled): rotate and delete it.',
]

/** What an erasure does not reach, for whoever runs the service to see to. */
export function leftToOperator(store: Expunged): readonly string[] {
  return store === 'REWRITTEN' ? COPIES : [...NEO4J, ...COPIES]
}
