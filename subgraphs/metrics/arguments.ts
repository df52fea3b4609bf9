// What resolvers make of the arguments that all of them share.
import { ApiError } from '../../core/errors.ts'
import { catalogue } from './catalogue.ts'
import type { Definition } from './definition.ts'
import { type Period, periodAsked } from './periods.ts'
import type { PeriodArgs } from './types.ts'

export const METRIC_ID = 'A metric of the query metrics, such as graph-completeness.'

/** Throws BAD_USER_INPUT for a metric that is not defined. */
export function definitionAsked(id: string): Definition {
  const definition = catalogue.get(id)
  if (definition === undefined) {
    throw new ApiError('BAD_USER_INPUT', { at: 'id', expected: 'a metric of the query metrics' })
  }
  return definition
}

export function toPeriod({ grain, day }: PeriodArgs, at: string): Period {
  return periodAsked(grain, day ?? at.slice(0, 10))
}
