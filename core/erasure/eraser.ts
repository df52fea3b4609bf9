// What each part of the house contributes to the erasure of a subject: how it deletes its own.
import type { Services } from '../context.ts'
import type { UnitOfWork } from '../graph/graph.ts'

/** How many nodes were deleted, by their label. */
export type ErasedCounts = { readonly [label: string]: number }

export interface SubjectEraser {
  /** Whose data it is, such as `sales`; stands in the evidence. */
  readonly part: string
  /**
   * Deletes all that this part holds of the subject, and nothing of another part. Called again after a crash, and for what
   * came meanwhile: then it deletes that, or nothing.
   */
  erase(unit: UnitOfWork, subjectId: string, services: Services): Promise<ErasedCounts>
}

/** What a statement counted that answers one row of one number. */
export function countIn(rows: readonly (readonly unknown[])[]): number {
  return Number(rows[0]?.[0] ?? 0)
}
