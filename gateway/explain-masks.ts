// Turns what subgraphs withheld into `extensions.masks`: for each place in the answer what, by which policy, why, and
// what would lift it. The entry is the same whether the withheld value is there or not.
import type { GraphQLError } from 'graphql'
import type { FieldMask } from '../core/policy/compiled-masks.ts'
import type { Reason } from '../core/policy/decide-access.ts'
import type { EntityMasks } from '../core/policy/entity-masks.ts'
import type { MaskKind } from '../core/policy/masks.ts'
import { ID_ALIAS, type ObjectShape, type PlaceShape, TYPE_ALIAS } from './answer-shape.ts'
import { docUrlOfReason } from './explorer/doc-pages.ts'
import { setOwn } from './federation/merge.ts'

type Path = readonly (string | number)[]

export interface MaskEntry extends Reason {
  readonly path: Path
  readonly type: string
  readonly id: string | null
  readonly field: string
  readonly mask: MaskKind
  /** The page that explains the reason, relative to the server. */
  readonly docUrl: string
}

interface Withheld {
  readonly masks: Pick<EntityMasks, 'withheld' | 'withheldUnread'>
  readonly notVisible: Reason
  readonly errors: readonly GraphQLError[]
  /** The reason of what a module adds that is off; without it all are on. */
  readonly disabled?: (type: string, field: string) => Reason | undefined
}

/**
 * Walks the answer along its shape and answers what was withheld where. Strips what was added to tell entities apart, and
 * puts null in the place of what left the operation.
 */
export function explainMasks(
  data: unknown,
  shape: ObjectShape,
  { masks, notVisible, errors, disabled = () => undefined }: Withheld,
): MaskEntry[] {
  const failed = new Set(errors.map(error => (error.path ?? []).join('/')))
  const entries: MaskEntry[] = []
  // Where the walk stands: copied only where something is told of the place.
  const path: (string | number)[] = []

  function walk(value: unknown, at: PlaceShape): void {
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        path.push(index)
        walk(value[index], at)
        path.pop()
      }
    } else if (isRecord(value)) {
      const type = takeType(value)
      const shape = at instanceof Map ? at.get(type) : (at as ObjectShape)
      if (shape !== undefined) walkObject(value, shape)
    }
  }

  function walkObject(object: Record<string, unknown>, { type, fields, others, asksId }: ObjectShape): void {
    const id = takeId(object, asksId)
    const withheld = id === null ? NOTHING : masks.withheld(type, id)
    const told = withheld?.length === 0 && id !== null ? others : fields
    for (const { responseKey, field, isEntity, isPersonal, isPruned, below } of told) {
      // A key that @skip or @include left out is not in the answer.
      if (!Object.hasOwn(object, responseKey)) continue
      if (isPruned) setOwn(object, responseKey, null)
      const value = object[responseKey]
      path.push(responseKey)
      const known = isPruned ? masks.withheldUnread(type, id) : withheld
      const mask = known?.find(each => each.field === field)
      // One subgraph gave the key, and when another was asked the viewer might no longer know of the entity.
      const isGone = isPersonal && known === undefined && errors.length === 0
      if (mask !== undefined) {
        entries.push({ path: [...path], type, id, field, mask: mask.mask, ...explained(mask.reason) })
      } else if (value === null && !failed.has(path.join('/'))) {
        const reason = disabled(type, field) ?? (isGone || isEntity ? notVisible : undefined)
        if (reason) entries.push({ path: [...path], type, id, field, mask: 'NULL', ...explained(reason) })
      }
      if (below !== undefined) walk(value, below)
      path.pop()
    }
  }

  walk(data, shape)
  return entries
}

function explained(reason: Reason) {
  return { ...reason, docUrl: docUrlOfReason(reason.reasonCode) }
}

/** The type of an object that may be of several, without what was added for it. */
function takeType(object: Record<string, unknown>): string {
  const type = object[TYPE_ALIAS]
  if (type !== undefined) delete object[TYPE_ALIAS]
  return String(type)
}

/** The id that tells the entity from others, without what was added for it. */
function takeId(object: Record<string, unknown>, asksId: boolean): string | null {
  const added = object[ID_ALIAS]
  if (added !== undefined) delete object[ID_ALIAS]
  const id = added ?? (asksId ? object.id : undefined)
  return typeof id === 'string' ? id : null
}

const NOTHING: readonly FieldMask[] = []

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
