// Money: minor units inside, so that sums are exact; a decimal text and a currency outside.
import { GraphQLScalarType, Kind } from 'graphql'
import { Directive, Field, ObjectType } from 'type-graphql'
import { ApiError } from './errors.ts'
import { Public } from './policy/directives.ts'

const DECIMAL = /^-?\d{1,13}(\.\d{1,2})?$/

export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description: 'An exact decimal number as text, with at most two places, such as "4514.00".',
  serialize: parseDecimal,
  parseValue: parseDecimal,
  parseLiteral: node => parseDecimal(node.kind === Kind.STRING ? node.value : undefined),
})

function parseDecimal(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  throw new ApiError('BAD_USER_INPUT', { expected: 'a decimal as text, such as "4514.00"' })
}

@ObjectType({ description: 'An amount of money.' })
@Public()
@Directive('@shareable')
export class Money {
  @Field(() => DecimalScalar, { description: 'The amount in units of the currency, exact.', simple: true })
  amount!: string

  @Field(() => String, { description: 'ISO 4217, such as CNY.', simple: true })
  currency!: string
}

/** "4514.5" → 451450. Exact up to 2^53 minor units. */
export function toMinorUnits(decimal: string): number {
  const [, sign = '', whole = '0', places = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(decimal) ?? []
  const minor = Number(whole) * 100 + Number(places.padEnd(2, '0'))
  return sign === '-' ? -minor : minor
}

/** 451450 → "4514.50". */
export function fromMinorUnits(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0')
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
