// The GraphQL types of signals: what a classifier makes of a text. A signal of an interaction is drawn from its content, and
// shown to nobody who is not shown that.

import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionOf } from '../../../core/paging.ts'
import { Personal, Public } from '../../../core/policy/directives.ts'
import { type ArousalSource, arousalSources } from './emotion.ts'
import { type SignalIntent, signalIntents } from './intents.ts'

function enumOf<T extends string>(values: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(values.map(value => [value, value])) as { [K in T]: K }
}

const SignalIntentEnum = enumOf(signalIntents)
const ArousalSourceEnum = enumOf(arousalSources)
const SignalClassifier = { INTENT: 'INTENT', VALENCE: 'VALENCE' } as const
const SignalRunState = { RUNNING: 'RUNNING', DONE: 'DONE', SUPERSEDED: 'SUPERSEDED' } as const

registerEnumType(SignalIntentEnum, {
  name: 'SignalIntent',
  description: 'An intent that is inferred from a text. What the record itself gives is an Intent.',
})
registerEnumType(ArousalSourceEnum, { name: 'ArousalSource', description: 'What a part of the arousal is read from.' })
registerEnumType(SignalClassifier, { name: 'SignalClassifier', description: 'What a classifier tells of a text.' })
registerEnumType(SignalRunState, {
  name: 'SignalRunState',
  description: 'RUNNING until every text is read; SUPERSEDED when another run took its place before that.',
})

const SPAN = 'in UTF-16 code units of the text'

@ObjectType({ description: 'An intent that a part of a text expresses.' })
@Public()
export class IntentSignal {
  @Field(() => SignalIntentEnum, { simple: true, description: 'What the customer is after.' })
  intent!: SignalIntent

  @Field(() => Float, {
    simple: true,
    description: '0 to 1, calibrated: of signals with 0.8, about four in five are right.',
  })
  confidence!: number

  @Field(() => Int, { simple: true, description: `Where the part begins, ${SPAN}.` })
  start!: number

  @Field(() => Int, { simple: true, description: `Where the part ends, exclusive, ${SPAN}.` })
  end!: number

  @Field(() => String, { simple: true, description: 'The version of the model that inferred it.' })
  modelVersion!: string
}

@ObjectType({ description: 'One of the things that arousal is read from.' })
@Public()
export class ArousalPart {
  @Field(() => ArousalSourceEnum, { simple: true, description: 'Where it is read from.' })
  source!: ArousalSource

  @Field(() => Float, { simple: true, description: '0 to 1.' })
  value!: number
}

@ObjectType({
  description:
    'How a text feels. Polarity comes from the classifier alone: punctuation, emoji and capitals tell how strongly something is felt, never whether it is pleasant.',
})
@Public()
export class EmotionSignal {
  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: '-1 displeased to 1 pleased, from the classifier of words. Null where it abstains.',
  })
  valence!: number | null

  @Field(() => Float, { simple: true, description: 'How sure the classifier is of the polarity, 0 to 1, calibrated.' })
  valenceConfidence!: number

  @Field(() => Float, {
    simple: true,
    description:
      '0 calm to 1 agitated, made of the parts below. Says nothing of polarity: exclamation marks stand behind praise and blame alike.',
  })
  arousal!: number

  @Field(() => [ArousalPart], {
    simple: true,
    description: 'Each figure with its source. VOICE is there only for calls whose source measured the voice.',
  })
  arousalParts!: ArousalPart[]

  @Field(() => String, { simple: true, description: 'The version of the model that inferred it.' })
  modelVersion!: string
}

@ObjectType({
  description:
    'What was inferred from the text of an interaction. Empty without a text, and without the consent of the customer to AI_DECISION: then nothing is inferred, and what was is removed.',
})
export class InteractionSignals {
  @Field(() => ID, { simple: true, description: 'The id of the interaction.' })
  @Public()
  id!: string

  @Field(() => [IntentSignal], {
    nullable: true,
    simple: true,
    description: 'The most certain first; empty where the classifier abstains.',
  })
  @Personal('inference.intent', ['behaviour.content'])
  intents!: IntentSignal[] | null

  @Field(() => EmotionSignal, { nullable: true, simple: true, description: 'How the customer felt.' })
  @Personal('inference.emotion', ['behaviour.content'])
  emotion!: EmotionSignal | null

  @Field(() => String, {
    nullable: true,
    simple: true,
    description: 'The model that read the text; null where none did.',
  })
  @Personal('inference.intent', ['behaviour.content'])
  modelVersion!: string | null

  @Field(() => ID, { nullable: true, simple: true, description: 'The entry that proves the inference.' })
  @Personal('inference.intent', ['behaviour.content'])
  evidenceEntryId!: string | null
}

@ObjectType({ description: 'What the current model makes of a text that somebody tries out. Nothing of it is kept.' })
@Public()
export class TextSignals {
  @Field(() => [IntentSignal], {
    simple: true,
    description: 'The most certain first; empty where the classifier abstains.',
  })
  intents!: IntentSignal[]

  @Field(() => EmotionSignal, {
    nullable: true,
    simple: true,
    description: 'Null for a text without any words or signs.',
  })
  emotion!: EmotionSignal | null

  @Field(() => String, { simple: true, description: 'The version of the model.' })
  modelVersion!: string
}

@ObjectType({ description: 'How well a classifier does on texts of one language that were held back.' })
@Public()
export class SignalFigure {
  @Field(() => String, { simple: true, description: 'The intent or polarity; ALL for all of them together.' })
  label!: string

  @Field(() => String, { simple: true, description: 'zh, en or mixed.' })
  language!: string

  @Field(() => Int, { simple: true, description: 'How many texts express the label.' })
  examples!: number

  @Field(() => Float, {
    nullable: true,
    simple: true,
    description: 'Right ÷ named, 0 to 1; null where none was named.',
  })
  precision!: number | null

  @Field(() => Float, { simple: true, description: 'Found ÷ expressed, 0 to 1.' })
  recall!: number

  @Field(() => Float, { simple: true, description: 'The harmonic mean of precision and recall, 0 to 1.' })
  f1!: number

  @Field(() => Float, { simple: true, description: 'Texts of the label on which the classifier said nothing, 0 to 1.' })
  abstention!: number

  @Field(() => Float, {
    simple: true,
    description: 'How far confidence and share of right ones lie apart, over ten bins, 0 to 1.',
  })
  calibrationError!: number
}

@ObjectType({ description: 'A classifier of the current model, with what it is worth.' })
@Public()
export class SignalModel {
  @Field(() => SignalClassifier, { simple: true, description: 'What it tells of a text.' })
  classifier!: keyof typeof SignalClassifier

  @Field(() => String, { simple: true, description: 'The version of the model that it is part of; of its content.' })
  version!: string

  @Field(() => [String], {
    simple: true,
    description: 'What it tells apart; NONE stands for a text without an intent.',
  })
  labels!: string[]

  @Field(() => Int, { simple: true, description: 'How many features of texts it knows.' })
  features!: number

  @Field(() => Int, { simple: true, description: 'How many labelled texts it learnt from.' })
  trainingExamples!: number

  @Field(() => Float, {
    simple: true,
    description: 'The confidence below which it abstains, chosen on held-back texts.',
  })
  threshold!: number

  @Field(() => [SignalFigure], {
    simple: true,
    description: 'Measured on held-back texts that neither training nor the threshold saw.',
  })
  figures!: SignalFigure[]
}

@ObjectType({
  description: 'A run over old interactions by which the current model reads what an older one read, or none.',
})
@Public()
export class SignalRun {
  @Field(() => ID, { simple: true })
  id!: string

  @Field(() => String, { simple: true, description: 'The version of the model that reads.' })
  modelVersion!: string

  @Field(() => SignalRunState, { simple: true, description: 'How it stands.' })
  state!: keyof typeof SignalRunState

  @Field(() => Int, { simple: true, description: 'Customers who consented to AI_DECISION when it was started.' })
  customersTotal!: number

  @Field(() => Int, { simple: true, description: 'Customers of whom nothing is left to read.' })
  customersDone!: number

  @Field(() => Int, { simple: true, description: 'Interactions that it has read.' })
  interactionsRead!: number

  @Field(() => GraphQLDateTime, { simple: true, description: 'UTC.' })
  startedAt!: string

  @Field(() => GraphQLDateTime, { nullable: true, simple: true, description: 'UTC; null while it runs.' })
  finishedAt!: string | null

  @Field(() => ID, { simple: true, description: 'The entry that proves its start.' })
  evidenceEntryId!: string
}

export const SignalRunConnection = connectionOf('SignalRun', () => SignalRun)

@ObjectType({ description: 'The run that was started, and its proof.' })
@Public()
export class SignalRunPayload {
  @Field(() => SignalRun, { simple: true, description: 'As it was started; signalRuns tells how far it is.' })
  run!: SignalRun

  @Field(() => ID, { simple: true })
  evidenceEntryId!: string
}
