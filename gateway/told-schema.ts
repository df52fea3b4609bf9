// The schema as one kind of viewer is told of it by introspection: without the operations that it may not call and the fields
// that it can be shown of nobody, whatever it states as its purpose.
import { MapperKind, mapSchema, pruneSchema } from '@graphql-tools/utils'
import type { GraphQLSchema } from 'graphql'
import { compiledMasks } from '../core/policy/compiled-masks.ts'
import type { PersonalFields } from '../core/policy/personal.ts'
import type { Policy } from '../core/policy/policy.ts'
import type { RootRules } from '../core/policy/shield.ts'
import type { Viewer } from '../core/viewer.ts'

/** Made at the first question of a kind of viewer, and kept as long as the policy. */
export type ToldSchema = (policy: Policy, viewer: Viewer) => GraphQLSchema

interface Telling {
  readonly schema: GraphQLSchema
  readonly personal: PersonalFields
  readonly rootRules: readonly RootRules[]
}

export function toldSchemas({ schema, personal, rootRules }: Telling): ToldSchema {
  const known = new WeakMap<Policy, Map<string, GraphQLSchema>>()
  return (policy, viewer) => {
    const granted = policy.grants[viewer.kind].filter(each => viewer.purposes?.includes(each) ?? true)
    const byViewer = known.get(policy) ?? new Map<string, GraphQLSchema>()
    known.set(policy, byViewer)
    const key = [viewer.kind, viewer.region, ...granted].join(' ')
    const told = byViewer.get(key) ?? tell(policy, viewer, granted)
    byViewer.set(key, told)
    return told
  }

  function tell(policy: Policy, viewer: Viewer, granted: readonly Viewer['purpose'][]): GraphQLSchema {
    const masks = granted.map(purpose => compiledMasks(personal, policy, { ...viewer, purpose }))
    const canShow = (type: string, field: string) =>
      !personal.get(type)?.has(field) || masks.some(each => each.canShow(type, field))
    const mayCall = (kind: 'Query' | 'Mutation', field: string) =>
      rootRules.some(rules => rules[kind]?.[field]?.viewers.includes(viewer.kind))
    const told = mapSchema(schema, {
      [MapperKind.QUERY_ROOT_FIELD]: (field, name) => (mayCall('Query', name) ? field : null),
      [MapperKind.MUTATION_ROOT_FIELD]: (field, name) => (mayCall('Mutation', name) ? field : null),
      [MapperKind.OBJECT_FIELD]: (field, name, type) => (canShow(type, name) ? field : null),
    })
    return pruneSchema(told)
  }
}
