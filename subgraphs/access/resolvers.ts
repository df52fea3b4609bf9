import { GraphQLJSON } from 'graphql-scalars'
import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { RequestContext } from '../../core/context.ts'
import { type Connection, Page, pageRequest } from '../../core/paging.ts'
import { Public } from '../../core/policy/directives.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { loadersOf } from '../../core/subgraph.ts'
import { AccessExplanation, SimulationInput } from './explanation-types.ts'
import { explainAccess, simulateAs } from './explanations.ts'
import type { AccessLoaders } from './loaders.ts'
import { activatePolicy, POLICIES, policiesPage } from './policies.ts'
import { ActivatePolicyInput, ActivatePolicyPayload, PolicyVersion, PolicyVersionConnection } from './types.ts'

@Resolver(() => PolicyVersion)
export class PolicyResolver {
  @Query(() => PolicyVersionConnection, {
    nullable: true,
    description:
      'The versions of the policy that were put in force, the newest first: the first one is in force. For privacy officers, auditors and operators.',
  })
  @Public()
  policies(
    @Args(() => Page) { first, after }: Page,
    @Ctx() context: RequestContext,
  ): Promise<Connection<PolicyVersion>> {
    return policiesPage(context, pageRequest(POLICIES, first, after))
  }

  @FieldResolver(() => GraphQLJSON, { description: 'The whole policy, as activatePolicy takes it.' })
  @Public()
  async data(@Root() { id }: PolicyVersion, @Ctx() context: RequestContext): Promise<Policy | null> {
    return loadersOf<AccessLoaders>(context, 'access').policy.load(id)
  }

  @Mutation(() => ActivatePolicyPayload, {
    description:
      'Puts a policy in force, at once and in every process on the graph. A request that runs meanwhile is answered with POLICY_CHANGED. BAD_USER_INPUT names each row that is wrong; CONFLICT for a version that was in force with other rows, or is in force now. For operators.',
  })
  @Public()
  activatePolicy(
    @Arg('input', () => ActivatePolicyInput, { description: 'The policy that is to hold.' }) input: ActivatePolicyInput,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ActivatePolicyPayload> {
    return activatePolicy(services, viewer, idempotencyKey, input)
  }
}

@Resolver()
export class ExplanationResolver {
  @Query(() => AccessExplanation, {
    description:
      'What the viewer would be shown of a document or of coordinates, masked how, why, and what would lift it, for the purpose that this request states. Reads no value. For everybody.',
  })
  @Public()
  explainAccess(
    @Arg('document', () => String, { nullable: true, description: 'At most 20,000 characters. Without coordinates.' })
    document: string | null | undefined,
    @Arg('operationName', () => String, { nullable: true, description: 'Which operation of the document.' })
    operationName: string | null | undefined,
    @Arg('variables', () => GraphQLJSON, {
      nullable: true,
      description: 'The variables, by which the cost may differ.',
    })
    variables: unknown,
    @Arg('coordinates', () => [String], {
      nullable: true,
      description: 'At most 100, such as Customer.phone, or Customer for all of its fields. Without a document.',
    })
    coordinates: string[] | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<AccessExplanation> {
    return explainAccess(context, { document, operationName, variables, coordinates })
  }

  @Query(() => AccessExplanation, {
    description:
      'What another viewer would be answered, told without asking: what is left of the operation, the masks as extensions.masks would name them, the cost. Reads no value. For privacy officers and operators.',
  })
  @Public()
  simulateAs(
    @Arg('input', () => SimulationInput, { description: 'Who would ask what, for which purpose.' })
    input: SimulationInput,
    @Ctx() context: RequestContext,
  ): Promise<AccessExplanation> {
    return simulateAs(context, input)
  }
}
