// The GraphQL types of the evidence subgraph. The log holds commitments and never data, so all of it is public to whoever
// may ask.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { ErasureState } from '../../core/erasure/erasure-state.ts'
import { type EvidenceKind, evidenceKinds } from '../../core/evidence/evidence.ts'
import { connectionOf, Page, PageInfo } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'

const EvidenceKindEnum = Object.fromEntries(evidenceKinds.map(each => [each, each])) as {
  [K in EvidenceKind]: K
}

registerEnumType(EvidenceKindEnum, { name: 'EvidenceKind', description: 'What an evidence entry is about.' })

@ObjectType({
  description: 'A signed statement of the size and root of the log, in the form of c2sp.org/tlog-checkpoint.',
})
@Public()
export class Checkpoint {
  @Field(() => Int, { simple: true, description: 'How many entries the tree holds.' })
  size!: number

  @Field(() => String, { simple: true, description: 'The RFC 9162 root of the tree, base64.' })
  root!: string

  @Field(() => String, { simple: true, description: 'The signed note, to be kept and compared later.' })
  note!: string

  @Field(() => String, { simple: true, description: 'The key that verifies the note, in the form name+id+base64.' })
  verifierKey!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was signed, UTC.' })
  at!: string
}

@ObjectType({ description: 'An entry of the log: that something happened, by commitments.' })
@Directive('@key(fields: "id")')
@Public()
export class EvidenceEntry {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => EvidenceKindEnum, { simple: true, description: 'What happened.' })
  kind!: EvidenceKind

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it happened, UTC.' })
  at!: string

  @Field(() => Int, { nullable: true, simple: true, description: 'Its leaf in the tree; null until it is integrated.' })
  position!: number | null

  @Field(() => String, { simple: true, description: 'The canonical JSON (RFC 8785) that is hashed into the tree.' })
  entry!: string
}

export const EvidenceEntryConnection = connectionOf('EvidenceEntry', () => EvidenceEntry)

@ArgsType()
export class AuditTrailArgs extends Page {
  @Field(() => EvidenceKindEnum, { nullable: true, description: 'Only entries of this kind.' })
  kind?: EvidenceKind | null

  @Field(() => ID, {
    nullable: true,
    description: 'Only entries about this customer, reads of its data included. Not for operators.',
  })
  subjectId?: string | null

  @Field(() => ID, { nullable: true, description: 'Only what the viewer of this id did.' })
  actorId?: string | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only what happened at this time or later.' })
  from?: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Only what happened before this time.' })
  to?: Date | null
}

export const CheckpointConnection = connectionOf('Checkpoint', () => Checkpoint)

const ReconciliationProblem = { EDITED: 'EDITED', DELETED: 'DELETED', INSERTED: 'INSERTED' } as const
export type ReconciliationProblem = keyof typeof ReconciliationProblem

registerEnumType(ReconciliationProblem, {
  name: 'ReconciliationProblem',
  description: 'What happened to a node behind the API.',
})

@ObjectType({ description: 'A node that is not as the log says that it was written.' })
@Public()
export class ReconciliationFinding {
  @Field(() => String, { simple: true, description: 'The label of the node.' })
  label!: string

  @Field(() => ID, { nullable: true, simple: true, description: 'Null for nodes that name no entry at all.' })
  nodeId!: string | null

  @Field(() => ReconciliationProblem, { simple: true, description: 'What happened to it.' })
  problem!: ReconciliationProblem

  @Field(() => ID, { nullable: true, simple: true, description: 'The entry that the node, or the log, names.' })
  entryId!: string | null
}

@ObjectType({ description: 'What became of the nodes that a page of the log commits to.' })
@Public()
export class Reconciliation {
  @Field(() => Int, { simple: true, description: 'How many entries of the log were looked at.' })
  entries!: number

  @Field(() => Int, { simple: true, description: 'How many facts of nodes were compared.' })
  checked!: number

  @Field(() => Int, { simple: true, description: 'How many of them were of erased customers, and gone by right.' })
  erased!: number

  @Field(() => [ReconciliationFinding], {
    simple: true,
    description: 'What does not agree; at most one a fact, and one a node that names an entry of the page.',
  })
  findings!: readonly ReconciliationFinding[]

  @Field(() => PageInfo, {
    simple: true,
    description: 'The last page also names the nodes that name no entry of the log.',
  })
  pageInfo!: PageInfo
}

@ObjectType({ description: 'That an entry is in the log under a checkpoint (RFC 9162 §2.1.3).' })
@Public()
export class InclusionProof {
  @Field(() => Int, { simple: true, description: 'The leaf of the entry.' })
  position!: number

  @Field(() => [String], { simple: true, description: 'From the sibling of the leaf up, base64; at most 53.' })
  hashes!: string[]

  @Field(() => Checkpoint, { simple: true, description: 'The signed tree that the proof is for.' })
  checkpoint!: Checkpoint

  @Field(() => String, {
    simple: true,
    description: 'Entry, proof and checkpoint in one c2sp.org/tlog-proof@v1 file, for `sovereign evidence verify`.',
  })
  document!: string
}

@ObjectType({ description: 'That the tree of an older checkpoint is a prefix of a later one (RFC 9162 §2.1.4).' })
@Public()
export class ConsistencyProof {
  @Field(() => Int, { simple: true, description: 'The size of the older tree.' })
  fromSize!: number

  @Field(() => [String], { simple: true, description: 'The proof, base64; at most 54.' })
  hashes!: string[]

  @Field(() => Checkpoint, { simple: true, description: 'The signed tree that the older one is a prefix of.' })
  checkpoint!: Checkpoint
}

@ObjectType({ description: 'How many nodes of one label were deleted.' })
@Public()
export class ErasedCount {
  @Field(() => String, { simple: true, description: 'The label in the graph, such as Interaction.' })
  label!: string

  @Field(() => Int, { simple: true, description: 'How many.' })
  count!: number
}

@ObjectType({ description: 'What one part of the service deleted of a subject.' })
@Public()
export class ErasedPart {
  @Field(() => String, { simple: true, description: 'The part, such as sales. One that was asked again stands twice.' })
  part!: string

  @Field(() => [ErasedCount], { simple: true, description: 'One a label.' })
  erased!: ErasedCount[]

  @Field(() => ID, { simple: true, description: 'The entry that proves it.' })
  evidenceEntryId!: string
}

@ObjectType({ description: 'An entry of the log with the proof that it is there.' })
@Public()
export class ProvedEntry {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => EvidenceKindEnum, { simple: true, description: 'What happened.' })
  kind!: EvidenceKind

  @Field(() => InclusionProof, {
    nullable: true,
    simple: true,
    description: 'Null within the second in which it is not integrated yet.',
  })
  proof!: InclusionProof | null
}

@ObjectType({ description: 'What was done about a request to be erased. Names the subject by nothing.' })
@Public()
export class ErasureCertificate {
  @Field(() => ID, { simple: true, description: 'The request of the subject.' })
  requestId!: string

  @Field(() => ErasureState, { simple: true, description: 'How far it has come.' })
  state!: ErasureState

  @Field(() => GraphQLDateTime, { simple: true, description: 'When the subject asked first, UTC.' })
  requestedAt!: string

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description:
      'By the law of the residence it has to be answered before this time, UTC. Null where that was not kept.',
  })
  dueBefore!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'When it was completed, UTC.' })
  completedAt!: string | null

  @Field(() => [ErasedPart], { simple: true, description: 'What was deleted, part by part in their order.' })
  parts!: ErasedPart[]

  @Field(() => [ProvedEntry], {
    simple: true,
    description: 'The request, each part, the destruction of the key and the completion, in this order.',
  })
  entries!: ProvedEntry[]

  @Field(() => [String], {
    nullable: true,
    simple: true,
    description: 'What the service cannot reach and its operator has to see to; null until it is completed.',
  })
  leftToOperator!: string[] | null
}

@ObjectType({ description: 'The key that signed the log, the one that will, and the proof of the announcement.' })
@Public()
export class RotateLogKeyPayload {
  @Field(() => String, { simple: true, description: 'What verified the log up to the entry, name+id+base64.' })
  oldVerifierKey!: string

  @Field(() => String, { simple: true, description: 'What verifies it from the entry on, within a second.' })
  newVerifierKey!: string

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
