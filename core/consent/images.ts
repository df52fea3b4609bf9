// A personal value as this viewer sees it, as Cypher: what a statement filters and orders by must be the masked image, or
// the order of a list would tell what its values do not.
import { ApiError, unreachable } from '../errors.ts'
import { type Cypher, cypher } from '../graph/cypher.ts'
import type { Params } from '../graph/graph.ts'
import type { ConsentNeed, FieldImage } from '../policy/field-image.ts'
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
}

/** Of which customers `c`, which is bound, a field is shown. */
export type ShownOf = 'ALL' | 'NONE' | { readonly where: Cypher; readonly params: Params }

/** Wants the parameters of `visibleRows` beside its own. */
export function shownOf(image: FieldImage): ShownOf {
  if (image.effect === 'NEVER') return 'NONE'
  if (image.needs.length === 0) return 'ALL'
  const where = image.needs.map(conditionOf).reduce((all, each) => cypher`${all} AND ${each}`)
  const params = image.needs.flatMap(({ purpose, of }) => {
    if (of === 'EVERYBODY') return []
    return [[regionsParam(purpose), 'in' in of ? of.in : of.notIn] as const]
  })
  return { where: cypher`(${where})`, params: Object.fromEntries(params) }
}

// In which regions a purpose rests on consent is the same for every field, so that fields of one statement share the list.
const regionsParam = (purpose: Purpose) => `regionsFor${NAMES[purpose]}`

function conditionOf({ purpose, of }: ConsentNeed): Cypher {
  const given = cypher`EXISTS {
    MATCH (c)<-[:OF]-(needed:Consent)
    WHERE needed.state = 'GIVEN' AND needed.purpose = '${NAMES[purpose]}' AND needed.recipient IN ['', $viewerId] }`
  if (of === 'EVERYBODY') return given
  const isIn = cypher`(coalesce(c.region, '') IN $regionsFor${NAMES[purpose]})`
  return 'in' in of ? cypher`(NOT ${isIn} OR ${given})` : cypher`(${isIn} OR ${given})`
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
