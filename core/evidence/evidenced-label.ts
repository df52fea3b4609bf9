// Which nodes the log can vouch for. Each context lists those of its labels that it commits to, and how a node is read back
// into the very fact that was committed to.
import type { Row } from '../graph/graph.ts'
import type { CommittedFact } from './evidence.ts'

/**
 * A label whose nodes name in `evidenceEntryId` the entry that last wrote them. The statements are constants of the owner;
 * both of the first two answer rows of id, subject's id, evidenceEntryId, and the columns of `toFact`.
 */
export interface EvidencedLabel {
  readonly label: string
  /** The nodes with these ids: `$ids`. */
  readonly byId: string
  /** The nodes that these entries wrote last: `$entryIds`. */
  readonly byEntry: string
  /** The entries that nodes name, each once; null where a node names none. */
  readonly entriesNamed: string
  /** What was committed to of a node, from its columns. */
  readonly toFact: (subjectId: string, id: string, columns: Row) => CommittedFact
}
