// The decorators by which a type states the privacy of its fields. What they state is in the schema, nowhere else.
// TypeGraphQL's decorators need it, and every module that decorates imports this one.
import 'reflect-metadata'
import { Directive } from 'type-graphql'
import type { Category } from './categories.ts'

type AnyDecorator = PropertyDecorator & MethodDecorator & ClassDecorator

/**
 * States the category of a personal field; whoever is not shown the category is not shown the value. A derived value also
 * states the categories that it is drawn from: whoever is not shown one of them is not shown what follows from it.
 */
export function Personal(category: Category, drawnFrom: readonly Category[] = []): AnyDecorator {
  const sources = drawnFrom.length === 0 ? '' : `, drawnFrom: ${JSON.stringify(drawnFrom)}`
  return Directive(`@personal(category: "${category}"${sources})`) as AnyDecorator
}

/** States that a field, or every field of a type, tells nothing personal. */
export function Public(): AnyDecorator {
  return Directive('@public') as AnyDecorator
}
