// The interpreter of a shape: slower than the compiled one, ready at once, and it tells where a value was missing.
// It serves the first execution of an operation that nobody registered, and explains incomplete answers.
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
  type SelectionSetNode,
} from 'graphql'
import type { ResponsePath } from './errors.ts'
import { setOwn } from './merge.ts'
import { fieldsOf, type Selecting, selectionSetsOf } from './selection.ts'
import { concreteType, leafTest, requireObject, type Shape, typename } from './shape.ts'

/** A value that was missing or of another type, with its place in the answer. */
export interface Incompletion {
  readonly message: string
  readonly path: ResponsePath
}

/** Shapes like the compiled shape. `report` is told of each value that is missing. */
export function interpretShape(selecting: Selecting, report: (incompletion: Incompletion) => void = () => {}): Shape {
  return (data, shaping) => {
    const path: (string | number)[] = []
    let reported = 0

    function incomplete(message: string): void {
      shaping.isIncomplete = true
      reported++
      report({ message, path: [...path] })
    }

    function shapeObject(value: unknown, declared: GraphQLCompositeType, sets: readonly SelectionSetNode[]): unknown {
      const source = requireObject(value, declared)
      const type = concreteType(selecting.schema, declared, (source.__typename as string | null) ?? undefined)
      if (type === null) {
        incomplete('Invalid __typename found for object.')
        return null
      }
      const object: Record<string, unknown> = {}
      for (const [key, nodes] of fieldsOf(selecting, type, sets)) {
        const shaped = shapeField(source, type, key, nodes)
        if (shaped === undefined) return undefined
        setOwn(object, key, shaped)
      }
      return object
    }

    function shapeField(
      object: Readonly<Record<string, unknown>>,
      parent: GraphQLCompositeType,
      key: string,
      nodes: readonly FieldNode[],
    ): unknown {
      const name = nodes[0]?.name.value ?? ''
      if (name === '__typename') {
        return typename(selecting.schema, parent, Object.hasOwn(object, key) ? object[key] : undefined)
      }
      if (name.startsWith('__')) return shaping.introspected(key)
      const type = 'getFields' in parent ? parent.getFields()[name]?.type : undefined
      if (type === undefined) throw new Error(`${parent.name} has no field ${name}`)
      path.push(key)
      const shaped = shapeType(Object.hasOwn(object, key) ? object[key] : null, type, nodes)
      path.pop()
      return shaped
    }

    function shapeType(value: unknown, type: GraphQLOutputType, nodes: readonly FieldNode[]): unknown {
      if (isNonNullType(type)) {
        const before = reported
        const shaped = shapeType(value, type.ofType, nodes) ?? undefined
        if (shaped === undefined && reported === before) incomplete(`Cannot return null for non-nullable type ${type}.`)
        return shaped
      }
      if (value === null || value === undefined) return null
      if (isListType(type)) {
        if (!Array.isArray(value)) throw new Error(`Invalid non-list value returned by subgraph for list type ${type}`)
        const items = value.map((item, index) => {
          path.push(index)
          const shaped = shapeType(item, type.ofType, nodes)
          path.pop()
          return shaped
        })
        return items.includes(undefined) ? null : items
      }
      if (!isLeafType(type)) return shapeObject(value, type, selectionSetsOf(nodes)) ?? null
      if (leafTest(type)(value)) return value
      incomplete(`Invalid value found for a field of type ${type}.`)
      return null
    }

    const root = selecting.schema.getRootType(selecting.operation.operation)
    return root ? (shapeObject(data, root, [selecting.operation.selectionSet]) ?? null) : null
  }
}
