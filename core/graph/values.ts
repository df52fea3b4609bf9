// What may go into the store and come out of it. Both engines accept more than this, but not the same more: a Date, a Map or
// NaN is stored differently or lost silently, and a whole number beyond 2^53 comes back as Infinity. So such values are refused.
import { ApiError } from '../errors.ts'
import type { GraphValue, Params, Row } from './graph.ts'

/** Marks a whole number as an integer; Neo4j's driver would send it as a float otherwise. */
export type WholeNumber = (value: number) => unknown

/** The parameters as the engine takes them. Throws on the first value that is no GraphValue; the message never shows the value. */
export function toGraphParams(params: Params, wholeNumber: WholeNumber = value => value): Record<string, unknown> {
  return toGraphMap(params, [], wholeNumber)
}

/** One row of a result. Throws on nodes, temporal values and numbers that JSON cannot carry. */
export function fromGraphRow(row: readonly unknown[]): Row {
  return row.map((value, column) => fromGraphValue(value, column))
}

/** The way to a value. It is put into words when the value is refused, and not for each of the many that are not. */
type Place = (string | number)[]

function toGraphValue(value: unknown, place: Place, wholeNumber: WholeNumber): unknown {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      // The engines replace half a surrogate pair by different characters, so it would not be found again.
      if (value.isWellFormed()) return value
      throw refused(wordsFor(place), 'well-formed text', 'a lone surrogate')
    case 'number':
      if (Number.isSafeInteger(value)) return wholeNumber(value === 0 ? 0 : value)
      if (Number.isFinite(value) && !Number.isInteger(value)) return value
      throw refused(wordsFor(place), 'a finite number, whole only within 2^53', 'a number outside')
    case 'object':
      if (value === null) return value
      if (Array.isArray(value)) return toGraphList(value, place, wholeNumber)
      if (isPlainObject(value)) return toGraphMap(value, place, wholeNumber)
      throw refused(wordsFor(place), 'a plain object', `an instance of ${value.constructor?.name ?? 'a class'}`)
    default:
      throw refused(wordsFor(place), 'null, boolean, number, text, list or map', typeof value)
  }
}

function toGraphList(list: readonly unknown[], place: Place, wholeNumber: WholeNumber): unknown[] {
  const converted: unknown[] = []
  for (let index = 0; index < list.length; index++) {
    place.push(index)
    converted.push(toGraphValue(list[index], place, wholeNumber))
    place.pop()
  }
  return converted
}

function toGraphMap(map: object, place: Place, wholeNumber: WholeNumber): Record<string, unknown> {
  const converted: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(map)) {
    place.push(key)
    if (key === '__proto__') throw refused(wordsFor(place), 'another key', 'a key that changes the prototype')
    if (key.includes('\0')) throw refused(wordsFor(place), 'a key of visible characters', 'a key with a NUL character')
    converted[key] = toGraphValue(value, place, wholeNumber)
    place.pop()
  }
  return converted
}

function wordsFor([parameter, ...others]: Place): string {
  return `$${parameter}${others.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')}`
}

function fromGraphValue(value: unknown, column: number): GraphValue {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value
    case 'number':
      if (Number.isFinite(value)) return value === 0 ? 0 : value
      throw refused(`column ${column + 1}`, 'a finite number within 2^53', 'a number outside')
    case 'object':
      if (value === null) return value
      if (Array.isArray(value)) return value.map(item => fromGraphValue(item, column))
      if (isPlainObject(value) && !isEntity(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromGraphValue(item, column)]))
      }
      throw refused(`column ${column + 1}`, 'columns or maps', 'a node, relationship or temporal value')
    default:
      // A bigint: the embedded engine's whole number beyond 2^53, where Neo4j's driver gives Infinity.
      throw refused(`column ${column + 1}`, 'a finite number within 2^53', typeof value)
  }
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

// How the embedded engine returns a node, a relationship and a path; Neo4j's driver has classes for them.
function isEntity(value: object): boolean {
  return Object.hasOwn(value, '_labels') || Object.hasOwn(value, '_source')
}

function refused(at: string, expected: string, got: string): ApiError {
  return new ApiError('INTERNAL_SERVER_ERROR', { at, expected, got })
}
