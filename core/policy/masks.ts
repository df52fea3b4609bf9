// What a mask does to a value. A mask keeps the field's type, so that a masked answer is still a valid answer.
import { createHmac } from 'node:crypto'
import { unreachable } from '../errors.ts'

/** From the mildest to the strictest. */
export const maskKinds = ['BUCKET', 'YEAR_ONLY', 'LAST4', 'HASH', 'REDACT', 'NULL'] as const
export type MaskKind = (typeof maskKinds)[number]

/** Which values a mask is for; NULL is for all. */
const MASKED_TYPES: { readonly [mask in MaskKind]: 'number' | 'time' | 'text' | 'any' } = {
  BUCKET: 'number',
  YEAR_ONLY: 'time',
  LAST4: 'text',
  HASH: 'text',
  REDACT: 'text',
  NULL: 'any',
}

/** The stricter of two. No value can carry masks for different types, so that together they withhold it. */
export function strictest(a: MaskKind, b: MaskKind): MaskKind {
  if (MASKED_TYPES[a] !== MASKED_TYPES[b]) return 'NULL'
  return maskKinds.indexOf(a) >= maskKinds.indexOf(b) ? a : b
}

/** Which masks a field of this GraphQL type may carry; every type may be NULL. */
export function isLegalMask(mask: MaskKind, graphqlType: string): boolean {
  switch (mask) {
    case 'NULL':
      return true
    case 'REDACT':
    case 'HASH':
    case 'LAST4':
      return graphqlType === 'String'
    case 'YEAR_ONLY':
      return graphqlType === 'DateTime'
    case 'BUCKET':
      return graphqlType === 'Int' || graphqlType === 'Float'
    default:
      return unreachable(mask)
  }
}

/** How the viewer's HASH is keyed: equal values look equal to one viewer and to no two viewers alike. */
export type ViewerHash = (value: string) => string

export function viewerHash(secret: Buffer, viewerId: string): ViewerHash {
  const key = createHmac('sha256', secret).update(viewerId).digest()
  return value => createHmac('sha256', key).update(value).digest('base64url').slice(0, 22)
}

/** The lower bound of the decade that a number lies in: 48,200 → 10,000, 7 → 1, 0 → 0, -30 → -100. */
export function bucketFloor(value: number): number {
  if (value === 0) return 0
  const decade = Number(Math.abs(value).toExponential().split('e')[1])
  if (value > 0) return powerOfTen(decade)
  return value === -powerOfTen(decade) ? value : -powerOfTen(decade + 1)
}

/** Exact, which 10 ** n is not: 10 ** 29 lies above 1e29. */
function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`)
}

/**
 * The value as the viewer sees it. Null stays null, so that a mask does not tell a missing value by an error.
 * A mask that the value's type cannot carry withholds the value.
 */
export function maskValue(value: unknown, mask: MaskKind, hash: ViewerHash): unknown {
  if (value === null || value === undefined) return null
  switch (mask) {
    case 'NULL':
      return null
    case 'REDACT':
      return typeof value === 'string' ? '***' : null
    case 'HASH':
      return typeof value === 'string' ? hash(value) : null
    case 'LAST4':
      return typeof value === 'string' ? lastFour(value) : null
    case 'YEAR_ONLY':
      return typeof value === 'string' && /^\d{4}-/.test(value) ? `${value.slice(0, 4)}-01-01T00:00:00.000Z` : null
    case 'BUCKET':
      return typeof value === 'number' ? bucketOf(value) : null
    default:
      return unreachable(mask)
  }
}

/** Null where GraphQL has no number for the bound: below the least Int, or below the least Float. */
function bucketOf(value: number): number | null {
  const floor = bucketFloor(value)
  return isInt(floor) || (Number.isFinite(floor) && !isInt(value)) ? floor : null
}

/** Three stars and the last four characters; a value of eight or fewer shows only stars, or half of it would be told. */
function lastFour(value: string): string {
  const characters = [...value]
  return characters.length <= 8 ? '***' : `***${characters.slice(-4).join('')}`
}

function isInt(value: number): boolean {
  return (value | 0) === value
}
