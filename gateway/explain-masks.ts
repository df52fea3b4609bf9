// Turns what subgraphs withheld into `extensions.masks`: for each place in the answer what, by which policy, why, and
// what would lift it. The entry is the same whether the withheld value is there or not.
import type { GraphQLError } from 'graphql'
import type { Reason } from '../core/policy/decide-access.ts'
import type { EntityMasks, FieldMask } from '../core/policy/entity-masks.ts'
import type { MaskKind } from '../core/policy/masks.ts'
import { ID_ALIAS, type ObjectShape } from './answer-shape.ts'

type Path = readonly (string | number)[]

export interface MaskEntry extends Reason {
  readonly path: Path
  readonly type: string
  readonly id: string | null
  readonly field: string
  readonly mask: MaskKind
}

interface Withheld {
  readonly masks: EntityMasks
  readonly notVisible: Reason
  readonly errors: readonly GraphQLError[]
}

/** Walks the answer along its shape, strips the ids that were added, and answers what was withheld where. */
export function explainMasks(data: unknown, shape: ObjectShape, { masks, notVisible, errors }: Withheld): MaskEntry[] {
  const failed = new Set(errors.map(error => (error.path ?? []).join('/')))
  const entries: MaskEntry[] = []
  // Where the walk stands: copied only where something is told of the place.
  const path: (string | number)[] = []

  function walk(value: unknown, at: ObjectShape): void {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index)
        walk(value[index], at)
        path.pop()
      }
    } else if (isRecord(value)) {
      walkObject(value, at)
    }
  }

  function walkObject(object: Record<string, unknown>, { type, fields }: ObjectShape): void {
    const id = typeof object[ID_ALIAS] === 'string' ? object[ID_ALIAS] : null
    delete object[ID_ALIAS]
    const withheld = id === null ? NOTHING : masks.withheld(type, id)
    for (const { responseKey, field, isEntity, isPersonal, below } of fields) {
      // A key that @skip or @include left out is not in the answer.
      if (responseKey === ID_ALIAS || !(responseKey in object)) continue
      const value = object[responseKey]
      path.push(responseKey)
      const mask = withheld?.find(each => each.field === field)
      // One subgraph gave the key, and when another was asked the viewer might no longer know of the entity.
      const isGone = isPersonal && withheld === undefined && errors.length === 0
      if (mask !== undefined) {
        entries.push({ path: [...path], type, id, field, mask: mask.mask, ...mask.reason })
      } else if (value === null && (isGone || (isEntity && !failed.has(path.join('/'))))) {
        entries.push({ path: [...path], type, id, field, mask: 'NULL', ...notVisible })
      }
      if (below !== undefined) walk(value, below)
      path.pop()
    }
  }

  walk(data, shape)
  return entries
}

const NOTHING: readonly FieldMask[] = []

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
