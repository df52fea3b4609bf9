// A personal value as this viewer sees it, as Cypher: what a statement filters and orders by must be the masked image, or
// the order of a list would tell what its values do not.
import { ApiError, unreachable } from '../errors.ts'
import { type Cypher, cypher } from '../graph/cypher.ts'
import type { Params } from '../graph/graph.ts'
import type { FieldImage, Law } from '../policy/field-image.ts'
import type { MaskKind } from '../policy/masks.ts'
import type { Purpose } from '../viewer.ts'

const NAMES: { readonly [purpose in Purpose]: Cypher } = {
  SERVICE_DELIVERY: cypher`SERVICE_DELIVERY`,
  SALES_FOLLOW_UP: cypher`SALES_FOLLOW_UP`,
  MARKETING: cypher`MARKETING`,
  AI_DECISION: cypher`AI_DECISION`,
  AI_TRAINING: cypher`AI_TRAINING`,
  ANALYTICS: cypher`ANALYTICS`,
  PARTNER_SHARING: cypher`PARTNER_SHARING`,
  COMPLIANCE_AUDIT: cypher`COMPLIANCE_AUDIT`,
  SUBJECT_REQUEST: cypher`SUBJECT_REQUEST`,
  WORKFORCE_PLANNING: cypher`WORKFORCE_PLANNING`,
  SENSITIVE_DATA: cypher`SENSITIVE_DATA`,
  CROSS_BORDER_TRANSFER: cypher`CROSS_BORDER_TRANSFER`,
}

const DIGITS = [cypher`0`, cypher`1`, cypher`2`, cypher`3`, cypher`4`, cypher`5`, cypher`6`, cypher`7`] as const

/**
 * What conditions on consents look into, of customer or seller `c`: a column, bound before them. A subquery in each condition
 * would be planned for itself, which takes Neo4j a tenth of a second each.
 */
export const GIVEN = cypher`[(c)<-[:OF]-(needed:Consent)
    WHERE needed.state = 'GIVEN' AND needed.recipient IN ['', $viewerId] | needed.purpose] AS given`

/** Of which customers `c`, which is bound, a field is shown; `where` wants `given` bound as well. */
export type ShownOf = 'ALL' | 'NONE' | { readonly where: Cypher; readonly params: Params }

/** Wants the parameters of `visibleRows` beside its own, whose names begin with `name`: no two fields of a statement share one. */
export function shownOf(image: FieldImage, name: Cypher): ShownOf {
  if (image.effect === 'NEVER') return 'NONE'
  const { laws, bornUntil } = image
  const named = laws.slice(0, -1)
  if (named.length > DIGITS.length) throw new Error('more laws than a statement can tell apart')
  const ofAge = bornUntil === undefined ? undefined : cypher`(c.birthDate IS NULL OR c.birthDate <= $${name}BornUntil)`
  const consented =
    named.length === 0
      ? enough(laws[0])
      : cypher`${lawOf(laws, name, cypher`c.region`)}
    AND (c.otherRegion IS NULL OR ${lawOf(laws, name, cypher`c.otherRegion`)})`
  if (consented === undefined && ofAge === undefined) return 'ALL'
  const conditions = [consented, ofAge].filter(each => each !== undefined)
  const regions = named.map(({ regions: these }, place) => [`${name}Regions${place}`, these as readonly string[]])
  return {
    where: cypher`(${conditions.reduce((all, each) => cypher`${all} AND ${each}`)})`,
    params: { ...Object.fromEntries(regions), ...(bornUntil !== undefined && { [`${name}BornUntil`]: bornUntil }) },
  }
}

/**
 * What the law of a residence asks for: a condition that is never null. It says nothing of a law that no consent is enough for:
 * planning a statement takes Neo4j the longer, the more alternatives it has.
 */
function lawOf(laws: readonly Law[], name: Cypher, region: Cypher): Cypher {
  const isIn = (place: number) => cypher`coalesce(${region}, '') IN $${name}Regions${DIGITS[place] as Cypher}`
  const isNamed = anyOf(laws.slice(0, -1).map((_, place) => isIn(place)))
  const alternatives = laws.flatMap((law, place) => {
    if (law.anyOf.length === 0) return []
    const isOf = place < laws.length - 1 ? isIn(place) : cypher`NOT (${isNamed})`
    const consented = enough(law)
    return [consented === undefined ? isOf : cypher`(${isOf} AND ${consented})`]
  })
  return cypher`(${anyOf(alternatives)})`
}

/** Undefined where no consent is asked for. */
function enough(law: Law | undefined): Cypher | undefined {
  const sets = law?.anyOf ?? []
  if (sets.some(set => set.length === 0)) return undefined
  return cypher`(${anyOf(sets.map(set => set.map(hasConsented).reduce((all, one) => cypher`${all} AND ${one}`)))})`
}

function anyOf(conditions: readonly Cypher[]): Cypher {
  return conditions.length === 0 ? cypher`false` : conditions.reduce((all, one) => cypher`${all} OR ${one}`)
}

function hasConsented(purpose: Purpose): Cypher {
  return cypher`'${NAMES[purpose]}' IN given`
}

/**
 * The image of a text that is shown under this mask, as text; `value` may be null. Throws BAD_USER_INPUT for a mask whose
 * image has no order of its own (HASH, LAST4) or none in Cypher (BUCKET): by those no list is filtered or ordered.
 */
export function imageUnder(mask: MaskKind | undefined, value: Cypher, at: string): Cypher {
  switch (mask) {
    case undefined:
      return value
    case 'YEAR_ONLY':
      return cypher`substring(${value}, 0, 4) + '-01-01T00:00:00.000Z'`
    case 'REDACT':
      return cypher`CASE WHEN ${value} IS NULL THEN null ELSE '***' END`
    case 'NULL':
      return cypher`null`
    case 'HASH':
    case 'LAST4':
    case 'BUCKET':
      throw new ApiError('BAD_USER_INPUT', { at, expected: 'a field that is not shown to this viewer in part' })
    default:
      return unreachable(mask)
  }
}
