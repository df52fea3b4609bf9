// The GraphQL types of the evidence subgraph. The log holds commitments and never data, so all of it is public to whoever
// may ask.
import { GraphQLDateTime } from 'graphql-scalars'
import { ArgsType, Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { type EvidenceKind, evidenceKinds } from '../../core/evidence/evidence.ts'
import { connectionOf, Page } from '../../core/paging.ts'
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
