// What can be told of an operation before it is asked. The gateway, which prunes and plans, answers it.
import type { CompiledMasks } from '../policy/compiled-masks.ts'
import type { Reason } from '../policy/decide-access.ts'
import type { PersonalField } from '../policy/personal.ts'
import type { Policy } from '../policy/policy.ts'
import type { Viewer } from '../viewer.ts'

/** An operation as somebody would ask it. */
export interface StatedOperation {
  readonly document: string
  readonly operationName?: string | null | undefined
  readonly variables: { readonly [name: string]: unknown }
}

/** By the IBM cost specification: objects that may be answered, and fields that may have to be resolved. */
export interface OperationCost {
  readonly type: number
  readonly field: number
}

export interface PersonalCoordinate extends PersonalField {
  readonly type: string
  readonly field: string
  /** True where it can be shown to this viewer of nobody, so that it leaves operations before they are planned. */
  readonly isPruned: boolean
}

/** A root field that this viewer may not call for this purpose, or one that left and that its key would rather have refused. */
export interface RefusedField {
  readonly coordinate: string
  readonly code: string
}

/** A root field that answers null where there is no such record, or none that this viewer may know of. */
export interface RowCoordinate {
  readonly type: string
  readonly field: string
  readonly reason: Reason
}

export interface OperationAnalysis {
  /** What is left to be planned, as text. */
  readonly pruned: string
  /** The personal fields that it asks for, each once, in the order of the document; none below a field that is refused. */
  readonly fields: readonly PersonalCoordinate[]
  readonly rows: readonly RowCoordinate[]
  readonly refused: readonly RefusedField[]
  /** As it was asked. */
  readonly cost: OperationCost
  /** Of what is left of it. */
  readonly prunedCost: OperationCost
}

/** Of coordinates, as if they were asked for of one object of each type. */
export interface CoordinatesAnalysis extends Pick<OperationAnalysis, 'fields' | 'cost' | 'prunedCost'> {}

export interface Analyses {
  /** The viewer with this purpose. Throws PURPOSE_NOT_GRANTED. */
  withPurpose(policy: Policy, viewer: Viewer, purpose: string | undefined): Viewer
  masksOf(policy: Policy, viewer: Viewer): CompiledMasks
  /** Throws BAD_USER_INPUT for what is no valid operation of the schema. */
  ofOperation(policy: Policy, viewer: Viewer, stated: StatedOperation): OperationAnalysis
  /** `Type.field`, or `Type` for all of its fields; public ones are left out. Throws BAD_USER_INPUT for an unknown one. */
  ofCoordinates(policy: Policy, viewer: Viewer, coordinates: readonly string[]): CoordinatesAnalysis
}
