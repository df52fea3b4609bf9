import fc from 'fast-check'
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
} from 'graphql'
import { GraphQLDateTime } from 'graphql-scalars'
import { describe, expect, it } from 'vitest'
import { toInstant } from '../../core/clock.ts'
import { DecimalScalar } from '../../core/money.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { bucketFloor, isLegalMask, type MaskKind, maskKinds, maskValue, viewerHash } from '../../core/policy/masks.ts'
import { parsePolicy } from '../../core/policy/policy.ts'

const NOW = toInstant(new Date('2026-11-02T08:00:00Z'))

const runs = { numRuns: Number(process.env.CASES ?? 2_000) }

const SECRET = Buffer.from('a secret for tests')
const hash = viewerHash(SECRET, 'viewer-1')
const STARS = '***'

const Mood = new GraphQLEnumType({ name: 'Mood', values: { CALM: {}, KEEN: {} } })
const instants = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map(date => date.toISOString())
const decimals = fc
  .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.nat(99))
  .map(([whole, part]) => `${whole}.${String(part).padStart(2, '0')}`)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const texts = fc.string({ unit: 'grapheme', maxLength: 40 })

/** The leaf types of the schema, and values as resolvers give them. */
const leaves: readonly (readonly [GraphQLLeafType, fc.Arbitrary<unknown>])[] = [
  [GraphQLString, texts],
  [GraphQLID, fc.uuid()],
  [GraphQLInt, fc.integer()],
  [GraphQLFloat, finite],
  [GraphQLBoolean, fc.boolean()],
  [GraphQLDateTime, instants],
  [DecimalScalar, decimals],
  [Mood, fc.constantFrom('CALM', 'KEEN')],
]
const legalPairs = leaves.flatMap(([type, values]) =>
  maskKinds.filter(mask => isLegalMask(mask, type.name)).map(mask => [type.name, mask, type, values] as const),
)
const illegalPairs = leaves.flatMap(([type, values]) =>
  maskKinds.filter(mask => !isLegalMask(mask, type.name)).map(mask => [type.name, mask, type, values] as const),
)

describe('which masks a type may carry', () => {
  it('is this table, and NULL for every other type', () => {
    const masksOf = (type: string) => maskKinds.filter(mask => isLegalMask(mask, type))
    expect(masksOf('String')).toEqual(['LAST4', 'HASH', 'REDACT', 'NULL'])
    expect(masksOf('DateTime')).toEqual(['YEAR_ONLY', 'NULL'])
    expect(masksOf('Int')).toEqual(['BUCKET', 'NULL'])
    expect(masksOf('Float')).toEqual(['BUCKET', 'NULL'])
    for (const type of ['ID', 'Boolean', 'Decimal', 'Mood', 'Money', '[String]', '[Int!]']) {
      expect(masksOf(type)).toEqual(['NULL'])
    }
  })

  it.each(legalPairs)('keeps a %s a %s under %s', (...[, mask, type, values]) => {
    fc.assert(
      fc.property(values, value => {
        const image = maskValue(value, mask, hash)
        if (image === null) return
        expect(type.parseValue(JSON.parse(JSON.stringify(type.serialize(image))))).toEqual(type.parseValue(image))
      }),
      runs,
    )
  })

  it.each(illegalPairs)('withholds a %s that a policy would show as %s', (...[name, mask, , values]) => {
    const policy = parsePolicy({
      ...groundPolicy,
      rules: [{ id: 'odd', viewers: ['AUDITOR'], purposes: ['COMPLIANCE_AUDIT'], categories: ['*'], effect: mask }],
    })
    const personal = new Map([
      ['Thing', new Map([['value', { category: 'commercial.deal' as const, outputType: name }]])],
    ])
    const viewer = { kind: 'AUDITOR', id: 'auditor-1', purpose: 'COMPLIANCE_AUDIT' } as const
    fc.assert(
      fc.property(values, value => {
        const masks = entityMasks(personal, policy, viewer, hash, NOW)
        const subject = { id: 'subject', region: 'EU-DE', consents: new Set<never>() }
        expect(masks.apply('Thing', { id: 'thing-1', value }, subject)).toEqual({ id: 'thing-1', value: null })
        expect(masks.withheld('Thing', 'thing-1')).toMatchObject([{ field: 'value', mask: 'NULL' }])
      }),
      { numRuns: 20 },
    )
  })

  it('withholds a value that is no single text, time or number', () => {
    const values = fc.oneof(fc.object(), fc.array(fc.string()), fc.boolean(), fc.bigInt())
    fc.assert(
      fc.property(values, fc.constantFrom(...maskKinds), (value, mask) => {
        expect(maskValue(value, mask, hash)).toBeNull()
      }),
      runs,
    )
  })
})

describe('a mask', () => {
  it.each(maskKinds)('%s leaves null null', mask => {
    expect(maskValue(null, mask, hash)).toBeNull()
    expect(maskValue(undefined, mask, hash)).toBeNull()
  })

  const idempotent: readonly MaskKind[] = ['BUCKET', 'YEAR_ONLY', 'REDACT', 'NULL']
  it.each(legalPairs.filter(([, mask]) => idempotent.includes(mask)))(
    'of %s by %s changes nothing the second time',
    (...[, mask, , values]) => {
      fc.assert(
        fc.property(values, value => {
          const image = maskValue(value, mask, hash)
          expect(maskValue(image, mask, hash)).toBe(image)
        }),
        runs,
      )
    },
  )
})

describe('a masked text', () => {
  it('by REDACT and NULL is the same whatever the text', () => {
    fc.assert(
      fc.property(texts, text => {
        expect(maskValue(text, 'REDACT', hash)).toBe(STARS)
        expect(maskValue(text, 'NULL', hash)).toBeNull()
      }),
      runs,
    )
  })

  it('by LAST4 is three stars and the last four characters of a long one, and three stars for eight or fewer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), text => {
        const characters = [...text]
        const image = String(maskValue(text, 'LAST4', hash))
        expect(image.startsWith(STARS)).toBe(true)
        const shown = [...image].slice(STARS.length)
        expect(shown).toEqual(characters.length <= 8 ? [] : characters.slice(-4))
      }),
      runs,
    )
  })

  it('by HASH is 22 characters that hold nothing of the text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6, maxLength: 21 }), text => {
        const image = String(maskValue(text, 'HASH', hash))
        expect(image).toMatch(/^[\w-]{22}$/)
        expect(image).not.toContain(text)
      }),
      runs,
    )
  })

  it('by HASH is equal for equal texts of one viewer, and for no two texts or viewers', () => {
    const distinct = fc.uniqueArray(texts, { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(distinct, distinct, ([one = '', other = ''], [ann = '', bob = '']) => {
        const hashOf = (viewerId: string, text: string) => maskValue(text, 'HASH', viewerHash(SECRET, viewerId))
        expect(hashOf(ann, one)).toBe(hashOf(ann, one))
        expect(hashOf(ann, one)).not.toBe(hashOf(ann, other))
        expect(hashOf(ann, one)).not.toBe(hashOf(bob, one))
        expect(maskValue(one, 'HASH', viewerHash(Buffer.from('another secret'), ann))).not.toBe(hashOf(ann, one))
      }),
      runs,
    )
  })
})

describe('a masked time', () => {
  it('by YEAR_ONLY is the first moment of its year', () => {
    fc.assert(
      fc.property(instants, instant => {
        const start = new Date(0)
        start.setUTCFullYear(new Date(instant).getUTCFullYear(), 0, 1)
        expect(maskValue(instant, 'YEAR_ONLY', hash)).toBe(start.toISOString())
      }),
      runs,
    )
  })
})

describe('a masked number', () => {
  it('by BUCKET is the lower bound of its decade', () => {
    fc.assert(
      fc.property(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 101, max: 999 }), (exponent, digits) => {
        const [lower, value, upper] = [`1e${exponent}`, `${digits}e${exponent - 2}`, `1e${exponent + 1}`].map(Number)
        expect(maskValue(value, 'BUCKET', hash)).toBe(lower)
        expect(maskValue(lower, 'BUCKET', hash)).toBe(lower)
        expect(bucketFloor(-Number(value))).toBe(-Number(upper))
      }),
      runs,
    )
  })

  it('by BUCKET never lies above the number', () => {
    fc.assert(
      fc.property(finite, value => {
        expect(bucketFloor(value)).toBeLessThanOrEqual(value)
      }),
      runs,
    )
  })

  it.each([
    [48_200, 10_000],
    [7, 1],
    [0, 0],
    [-0, 0],
    [0.00001, 0.00001],
    [1e29, 1e29],
    [-30, -100],
    [-100, -100],
    [2_147_483_647, 1_000_000_000],
    // Below these bounds GraphQL has neither an Int nor a Float.
    [-2_147_483_648, null],
    [-1.7e308, null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    [Number.NEGATIVE_INFINITY, null],
  ])('%d is shown by BUCKET as %d', (value, image) => {
    expect(maskValue(value, 'BUCKET', hash)).toBe(image)
  })
})
