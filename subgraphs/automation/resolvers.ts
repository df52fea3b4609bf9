import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { IDEMPOTENCY_KEY_DESCRIPTION } from '../../core/change.ts'
import type { RequestContext } from '../../core/context.ts'
import { Public } from '../../core/policy/directives.ts'
import { allModules, switchModule } from './modules.ts'
import { Module, ModulePayload } from './types.ts'

const NAME = 'A module of the query modules.'

@Resolver()
export class ModuleResolver {
  @Query(() => [Module], { description: 'The modules that can be switched off, by name. For who works here.' })
  @Public()
  modules(@Ctx() { services }: RequestContext): Promise<readonly Module[]> {
    return allModules(services)
  }

  @Mutation(() => ModulePayload, {
    description:
      'Switches a module on; the events that waited for it are then delivered. Idempotent by key. For operators.',
  })
  @Public()
  enableModule(
    @Arg('name', () => ID, { description: NAME }) name: string,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ModulePayload> {
    return switchModule(services, viewer, idempotencyKey, { name, isEnabled: true })
  }

  @Mutation(() => ModulePayload, {
    description:
      'Switches a module off: its operations answer MODULE_DISABLED, what it adds to entities is null, its events wait. For operators.',
  })
  @Public()
  disableModule(
    @Arg('name', () => ID, { description: NAME }) name: string,
    @Arg('idempotencyKey', () => String, { description: IDEMPOTENCY_KEY_DESCRIPTION }) idempotencyKey: string,
    @Ctx() { services, viewer }: RequestContext,
  ): Promise<ModulePayload> {
    return switchModule(services, viewer, idempotencyKey, { name, isEnabled: false })
  }
}
