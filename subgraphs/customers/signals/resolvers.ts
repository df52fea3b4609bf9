import type { GraphQLResolveInfo } from 'graphql'
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../../core/change.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Connection, Page, pageRequest, toConnection } from '../../../core/paging.ts'
import { Public } from '../../../core/policy/directives.ts'
import { loadersOf } from '../../../core/subgraph.ts'
import { LONGEST_TEXT } from '../sources/record.ts'
import { Interaction } from '../types.ts'
import { classify, currentModel } from './classify.ts'
import type { SignalsLoaders } from './loaders.ts'
import { runsPage } from './run-store.ts'
import { startReinference } from './runs.ts'
import {
  InteractionSignals,
  SignalModel,
  type SignalRun,
  SignalRunConnection,
  SignalRunPayload,
  TextSignals,
} from './types.ts'

const SIGNAL_RUNS = 'signalRuns'

@Resolver(() => Interaction)
export class InteractionSignalsResolver {
  @FieldResolver(() => InteractionSignals, {
    nullable: true,
    description: 'What was inferred from the text, with consent to AI_DECISION only.',
  })
  @Public()
  signals(
    @Root() { id }: Interaction,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InteractionSignals | null> {
    return loadersOf<SignalsLoaders>(context, 'customers').signalsOf(id, info)
  }
}

@Resolver()
export class SignalResolver {
  @Query(() => TextSignals, {
    description:
      'What the current model makes of a text, to try it out: nothing of it is kept or logged, and instructions in it are words like any others. For everybody.',
  })
  @Public()
  classifyText(
    @Arg('text', () => String, { description: `At most ${LONGEST_TEXT} characters, of Chinese, English or both.` })
    text: string,
  ): TextSignals {
    const { intents, emotion, modelVersion } = classify(text)
    return {
      intents: intents.map(({ intent, confidence, span }) => ({ intent, confidence, ...span, modelVersion })),
      emotion: emotion ? { ...emotion, arousalParts: [...emotion.arousalParts], modelVersion } : null,
      modelVersion,
    }
  }

  @Query(() => [SignalModel], {
    description: 'The classifiers of the current model and what they are worth on held-back texts. For everybody.',
  })
  @Public()
  signalModels(): SignalModel[] {
    const { version, intent, valence, trainingExamples, figures } = currentModel()
    return [
      { classifier: 'INTENT' as const, stored: intent, trained: trainingExamples.intent },
      { classifier: 'VALENCE' as const, stored: valence, trained: trainingExamples.valence },
    ].map(({ classifier, stored, trained }) => ({
      classifier,
      version,
      labels: [...stored.softmax.labels],
      features: stored.softmax.vocabulary.size,
      trainingExamples: trained,
      threshold: stored.threshold,
      figures: figures.filter(figure => figure.classifier === classifier),
    }))
  }

  @Query(() => SignalRunConnection, {
    nullable: true,
    description: 'Runs of re-inference, the newest first. For operators and services.',
  })
  @Public()
  async signalRuns(
    @Args(() => Page) { first, after }: Page,
    @Ctx() { services: { graph } }: RequestContext,
  ): Promise<Connection<SignalRun>> {
    const page = pageRequest(SIGNAL_RUNS, first, after)
    return toConnection(SIGNAL_RUNS, page, await runsPage({ run: graph.read.bind(graph) }, page))
  }

  @Mutation(() => SignalRunPayload, {
    description:
      'Has the current model read, in the background, every interaction of consenting customers that it has not read. A run that is under way ends, and this one goes on with what it left. For operators and services.',
  })
  @Public()
  reinferSignals(
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<SignalRunPayload> {
    return startReinference(services, viewer, idempotencyKey)
  }
}
