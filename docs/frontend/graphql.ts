// `graphql` types each document by the schema: variables, and results in which personal values are Masked.
import { initGraphQLTada } from 'gql.tada'
import type { introspection, scalars } from './schema.ts'

export const graphql = initGraphQLTada<{ introspection: introspection; scalars: scalars }>()
