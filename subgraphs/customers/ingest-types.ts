// The GraphQL types of what comes in: records, the runs that bring them, and what could not be taken in.
import { GraphQLDateTime, GraphQLJSON } from 'graphql-scalars'
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql'
import { connectionOf } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'

@ObjectType({
  description:
    'A record that could not be taken in: what came of each record that was sent is told. What it holds is sealed under a key of its run.',
})
@Public()
export class DeadLetter {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'The source of the record, such as call or wecom-chat.' })
  source!: string

  @Field(() => ID, { simple: true, description: 'The run that sent it.' })
  runId!: string

  @Field(() => String, { simple: true, description: 'The id that the sender gave.' })
  eventId!: string

  @Field(() => String, { simple: true, description: 'Where the sender found it, such as a file and row.' })
  place!: string

  @Field(() => String, { simple: true, description: 'SCHEMA, TIME, CONFLICT, or a reason of the sender.' })
  reason!: string

  @Field(() => String, { simple: true, description: 'Which part was refused and what was expected; never the value.' })
  detail!: string

  @Field(() => Int, { simple: true, description: 'How often its run sent it.' })
  times!: number

  @Field(() => GraphQLDateTime, { simple: true, description: 'When it was refused, UTC.' })
  at!: string
}

export const DeadLetterConnection = connectionOf('DeadLetter', () => DeadLetter)

@InputType({ description: 'A record as its source wrote it.' })
export class IngestEventInput {
  @Field(() => String, { description: 'Identifies the record within its source, at most 200 characters.' })
  eventId!: string

  @Field(() => GraphQLJSON, { description: 'The record, in the shape that its source prescribes.' })
  payload!: unknown

  @Field(() => String, { nullable: true, description: 'Where the sender found it; shown with a dead letter.' })
  place?: string | null
}

@InputType({ description: 'A record that the sender itself could not read.' })
export class RejectedRecordInput {
  @Field(() => String, { description: 'Identifies the record within its source, at most 200 characters.' })
  eventId!: string

  @Field(() => String, { description: 'Where the sender found it, such as a file and row.' })
  place!: string

  @Field(() => String, { description: 'Why, as a code such as WRONG_COLUMN_COUNT, and the column; never a value.' })
  reason!: string

  @Field(() => GraphQLJSON, { nullable: true, description: 'What could be read of it.' })
  payload?: unknown
}

@InputType({ description: 'A load in several batches, which can be taken up where it was cut off.' })
export class IngestRunInput {
  @Field(() => ID, { description: 'Drawn by the sender: 1 to 64 letters, digits, - and _.' })
  id!: string

  @Field(() => String, { description: 'What is loaded, such as the name of a file; at most 300 characters.' })
  name!: string

  @Field(() => Int, { description: 'Where in what is loaded these records end, such as the number of the last row.' })
  position!: number

  @Field(() => Boolean, { defaultValue: false, description: 'True with the last records of the run.' })
  isLast!: boolean
}

@InputType({ description: 'Records of one source, at most 1,000 together.' })
export class IngestInput {
  @Field(() => String, {
    description: 'A silo, such as call or crm-deal; an unknown one is answered with all there are.',
  })
  source!: string

  @Field(() => [IngestEventInput], { description: 'At most 1,000 with those in `rejected`, in any order.' })
  events!: IngestEventInput[]

  @Field(() => [RejectedRecordInput], {
    nullable: true,
    description: 'Records that the sender could not read; each becomes a dead letter.',
  })
  rejected?: RejectedRecordInput[] | null

  @Field(() => IngestRunInput, {
    nullable: true,
    description: 'The run that they are a part of; without it that of the source and day.',
  })
  run?: IngestRunInput | null
}

@ObjectType({ description: 'What came of the records: accepted + duplicates + deadLetters = sent.' })
@Public()
export class IngestPayload {
  @Field(() => Int, { simple: true, description: 'Taken in now.' })
  accepted!: number

  @Field(() => Int, { simple: true, description: 'Known already, with the same content.' })
  duplicates!: number

  @Field(() => Int, { simple: true, description: 'Refused; the query deadLetters tells why.' })
  deadLetters!: number

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}

@ObjectType({
  description: 'What a run of a sender brought, and how far it has come: accepted + duplicates + deadLetters = sent.',
})
@Public()
export class IngestRun {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'The source of its records.' })
  source!: string

  @Field(() => String, { simple: true, description: 'What is loaded, such as the name of a file, or the day.' })
  name!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When its first records came, UTC.' })
  startedAt!: string

  @Field(() => GraphQLDateTime, { simple: true, description: 'When its last records so far came, UTC.' })
  lastAt!: string

  @Field(() => GraphQLDateTime, {
    nullable: true,
    simple: true,
    description: 'When it was finished, UTC; null while it is not.',
  })
  finishedAt!: string | null

  @Field(() => Int, { simple: true, description: 'Up to where its sender has come, in what it counts by.' })
  position!: number

  @Field(() => Int, { simple: true, description: 'Taken in, at once or when they were sent again.' })
  accepted!: number

  @Field(() => Int, { simple: true, description: 'Known already, with the same content.' })
  duplicates!: number

  @Field(() => Int, { simple: true, description: 'Refused.' })
  deadLetters!: number
}

export const IngestRunConnection = connectionOf('IngestRun', () => IngestRun)

@InputType({ description: 'Which dead letters to send again, and how to read them.' })
export class ReplayInput {
  @Field(() => String, { description: 'Those of this source.' })
  source!: string

  @Field(() => ID, { nullable: true, description: 'Those of this run.' })
  runId?: string | null

  @Field(() => [ID], { nullable: true, description: 'Just these, at most 1,000; without it the first 1,000.' })
  ids?: string[] | null

  @Field(() => ID, { nullable: true, description: 'Those after this one, which an earlier answer gave as `lastId`.' })
  afterId?: string | null

  @Field(() => GraphQLJSON, {
    nullable: true,
    description:
      'A mapping that makes records of what was sent: of the cells of a row by their columns, of a record by the paths of its values, such as customer.number. Without it they are sent as they are.',
  })
  mapping?: unknown
}

@ObjectType({ description: 'What came of the dead letters: accepted + duplicates + deadLetters = replayed.' })
@Public()
export class ReplayPayload {
  @Field(() => Int, { simple: true, description: 'Sent again.' })
  replayed!: number

  @Field(() => Int, { simple: true, description: 'Taken in now, and no dead letters any more.' })
  accepted!: number

  @Field(() => Int, { simple: true, description: 'Known by now with the same content, and no dead letters any more.' })
  duplicates!: number

  @Field(() => Int, { simple: true, description: 'Refused again; each tells why.' })
  deadLetters!: number

  @Field(() => ID, { nullable: true, simple: true, description: 'The last of them; null where there was none.' })
  lastId!: string | null

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
