// How lists are filtered and ordered: by the values as this viewer sees them. What is hidden equals nothing and stands as
// though it were empty; ties stand by id.
import { registerEnumType } from 'type-graphql'
import { imageUnder, type ShownOf, shownOf } from './consent/images.ts'
import { ApiError } from './errors.ts'
import { canonicalJson, sha256 } from './evidence/commitment.ts'
import { type Cypher, cypher } from './graph/cypher.ts'
import type { Params } from './graph/graph.ts'
import type { EntityMasks } from './policy/entity-masks.ts'
import type { FieldImage } from './policy/field-image.ts'

export const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const

registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Ascending or descending; what is hidden or empty stands as the least. Equal values stand by id.',
})

type Images = Pick<EntityMasks, 'imageOf' | 'imageAsked'>

const LONGEST_WORD = 200

/** A personal field that a list can be filtered or ordered by, and where statements find its value. */
export interface ListedField {
  readonly type: string
  readonly field: string
  /** The same, as the beginning of names of parameters. */
  readonly name: Cypher
  readonly value: Cypher
}

/** Which rows of a list are asked for, and in which order. */
export interface Listing {
  /** The fields on which they depend and that are shown of somebody. */
  readonly shownFields: readonly string[]
  /** Whether `where` and `key` want the column GIVEN. */
  readonly wantsGiven: boolean
  /** True for a row that is asked for; undefined where all are. */
  readonly where: Cypher | undefined
  /** By what the rows stand; undefined where they stand by id. Never null. */
  readonly key: Cypher | undefined
  readonly direction: Cypher
  readonly params: Params
}

/** All rows, by id. */
export const EVERYTHING: Listing = {
  shownFields: [],
  wantsGiven: false,
  where: undefined,
  key: undefined,
  direction: cypher`ASC`,
  params: {},
}

/** A part of a WHERE: how the field's value compares with what is given. */
export interface Filter {
  readonly listed: ListedField
  /** `$` and the name of the argument. */
  readonly parameter: Cypher
  readonly given: string
  readonly compare: (value: Cypher, parameter: Cypher) => Cypher
}

export const equals = (value: Cypher, parameter: Cypher) => cypher`${value} = ${parameter}`
export const contains = (value: Cypher, parameter: Cypher) => cypher`${value} CONTAINS ${parameter}`
export const atLeast = (value: Cypher, parameter: Cypher) => cypher`${value} >= ${parameter}`
export const below = (value: Cypher, parameter: Cypher) => cypher`${value} < ${parameter}`

/**
 * The listing of what is asked for. Its categories count as shown, because the rows tell of them. Throws BAD_USER_INPUT for a
 * field that this viewer is shown in part, and for a text that is too long to be a value.
 */
export function listingOf(
  masks: Images,
  filters: readonly Filter[],
  order: { readonly listed: ListedField; readonly direction: keyof typeof OrderDirection } | undefined,
): Listing {
  const listed = [...filters.map(each => each.listed), ...(order ? [order.listed] : [])]
  const shownOnce = sharedShownOf()
  const compared = filters.map(each => conditionOf(masks, each, shownOnce))
  const ordered = order && imageOf(masks, order.listed, 'orderBy', shownOnce)
  const shown = new Set(compared.flatMap(({ shown }) => shown ?? []))
  return {
    shownFields: listed
      .filter(each => masks.imageOf(each.type, each.field).effect === 'SHOWN')
      .map(({ field }) => field),
    wantsGiven: shown.size > 0 || ordered?.where !== undefined,
    where: [...shown, ...compared.map(({ text }) => text)].reduce<Cypher | undefined>(
      (all, each) => (all ? cypher`${all} AND ${each}` : each),
      undefined,
    ),
    key: ordered && keyOf(ordered),
    direction: order?.direction === 'DESC' ? cypher`DESC` : cypher`ASC`,
    params: Object.assign({}, ...compared.map(({ params }) => params), ordered?.params),
  }
}

/**
 * By what rows stand where nobody asks for an order: a field as this viewer sees it, and of whom it is hidden by nothing.
 * Undefined where it is hidden of everybody.
 */
export function shownKey(
  masks: Pick<EntityMasks, 'imageOf'>,
  { type, field, name, value }: ListedField,
): { readonly key: Cypher | undefined; readonly params: Params } {
  const image = toImage(masks.imageOf(type, field), name, value, field, shownOf)
  return { key: keyOf(image), params: image.params }
}

/** The name of a list that depends on what is asked for. Hashed, because a cursor shows the name of its list. */
export function listNameOf(list: string, ...asked: readonly unknown[]): string {
  const given = asked.filter(each => each !== null && each !== undefined)
  return given.length === 0 ? list : `${list}/${sha256(canonicalJson(given)).toString('base64url').slice(0, 16)}`
}

interface Image {
  /** Undefined where the value is hidden of everybody. */
  readonly text: Cypher | undefined
  /** Of whom it is shown; undefined where of all. */
  readonly where: Cypher | undefined
  readonly params: Params
}

/** The fields of one statement that are shown under the same conditions share them: each is planned and looked up once. */
function sharedShownOf(): typeof shownOf {
  const known = new Map<string, ShownOf>()
  return (image, name) => {
    const key = canonicalJson(image.effect === 'NEVER' ? [] : [image.laws, image.bornUntil ?? ''])
    const shown = known.get(key) ?? shownOf(image, name)
    known.set(key, shown)
    return shown
  }
}

function imageOf(
  masks: Images,
  { type, field, name, value }: ListedField,
  at: string,
  shownOnce: typeof shownOf,
): Image {
  return toImage(masks.imageAsked(type, field), name, value, at, shownOnce)
}

function toImage(image: FieldImage, name: Cypher, value: Cypher, at: string, shownAs: typeof shownOf): Image {
  const shown = shownAs(image, name)
  if (shown === 'NONE' || image.effect === 'NEVER') return { text: undefined, where: undefined, params: {} }
  const text = imageUnder(image.mask, value, at)
  return shown === 'ALL' ? { text, where: undefined, params: {} } : { text, where: shown.where, params: shown.params }
}

function keyOf({ text, where }: Image): Cypher | undefined {
  if (text === undefined) return undefined
  return where === undefined
    ? cypher`coalesce(${text}, '')`
    : cypher`CASE WHEN ${where} THEN coalesce(${text}, '') ELSE '' END`
}

/** `shown` is undefined where the value is shown of all. */
function conditionOf(
  masks: Images,
  filter: Filter,
  shownOnce: typeof shownOf,
): { shown: Cypher | undefined; text: Cypher; params: Params } {
  const { listed, parameter, given, compare } = filter
  const name = parameter.slice(1)
  if (given.length > LONGEST_WORD) {
    throw new ApiError('BAD_USER_INPUT', { at: `filter.${name}`, expected: `at most ${LONGEST_WORD} characters` })
  }
  const image = imageOf(masks, listed, `filter.${name}`, shownOnce)
  if (image.text === undefined) return { shown: undefined, text: cypher`false`, params: {} }
  const text = compare(image.text, parameter)
  return { shown: image.where, text, params: { ...image.params, [name]: given } }
}
