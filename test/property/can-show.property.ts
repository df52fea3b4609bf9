import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toInstant } from '../../core/clock.ts'
import { categories } from '../../core/policy/categories.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { maskValue, strictest } from '../../core/policy/masks.ts'
import { purposes, viewerKinds } from '../../core/viewer.ts'
import { CASES } from '../support/cases.ts'

const NOW = toInstant(new Date('2026-11-02T08:00:00Z'))

const TYPES = ['String', 'DateTime', 'Int', 'Account']
const fields = categories.flatMap(category =>
  TYPES.map(outputType => [`${category} ${outputType}`, category, outputType] as const),
)
const table = new Map([
  ['Thing', new Map(fields.map(([field, category, outputType]) => [field, { category, outputType }]))],
])
const values = Object.fromEntries(
  fields.map(([field, , type]) => [field, type === 'Int' ? 4_800 : '2026-01-01T00:00:00.000Z and more']),
)
const record = { id: '1', ...values } as { readonly id: string; readonly [field: string]: unknown }

const viewers = fc.record({
  kind: fc.constantFrom(...viewerKinds),
  id: fc.constant('somebody'),
  purpose: fc.constantFrom(undefined, ...purposes),
})
const abroad = fc.option(fc.constantFrom('CN-SH', 'EU-DE', 'XX-YY'), { nil: undefined })
const consentSets = fc.subarray([...purposes]).map(given => new Set(given))
const subjects = fc.record({ region: fc.constantFrom('CN-SH', 'EU-DE', 'XX-YY'), consents: consentSets })
const youngOrElsewhere = fc.record({
  otherRegion: abroad,
  birthDate: fc.constantFrom('1990-05-20', '2011-05-20', '2020-05-20'),
  byGuardian: consentSets,
})
type DrawnViewer = typeof viewers extends fc.Arbitrary<infer Drawn> ? Drawn : never
const shownTo = ({ purpose, ...viewer }: DrawnViewer & { region?: string }) =>
  entityMasks(table, groundPolicy, { ...viewer, ...(purpose && { purpose }) }, value => `#${value}`, NOW)

it('what cannot be shown is shown of nobody', () => {
  fc.assert(
    fc.property(viewers, abroad, subjects, fc.option(youngOrElsewhere), (viewer, region, subject, more) => {
      const masks = shownTo({ ...viewer, ...(region && { region }) })
      const image = masks.apply('Thing', record, { id: 'anna', ...subject, ...more })
      for (const [field] of fields)
        if (!masks.canShow('Thing', field)) expect([field, image[field]]).toEqual([field, null])
    }),
    { numRuns: CASES * 4 },
  )
})

it('what can be shown is shown of who consents to everything, and a public field always can', () => {
  fc.assert(
    fc.property(viewers, subjects, (viewer, { region }) => {
      const masks = shownTo(viewer)
      const image = masks.apply('Thing', record, { id: 'anna', region, consents: new Set(purposes) })
      for (const [field] of fields)
        if (masks.canShow('Thing', field)) expect([field, image[field]]).not.toEqual([field, null])
      expect(masks.canShow('Thing', 'id') && masks.canShow('Unknown', 'field')).toBe(true)
    }),
    { numRuns: CASES * 4 },
  )
})

it('of a record about two no more is shown than of either, and whatever is withheld has its reason', () => {
  fc.assert(
    fc.property(viewers, subjects, subjects, (viewer, anna, bert) => {
      const two = [
        { id: 'anna', ...anna },
        { id: 'bert', ...bert },
      ]
      const withheldOf = (...about: typeof two) => {
        const masks = shownTo(viewer)
        const image = masks.applyToAll('Thing', record, about)
        return { image, kinds: new Map(masks.withheld('Thing', '1')?.map(({ field, mask }) => [field, mask])) }
      }
      const [ofAnna, ofBert] = two.map(each => withheldOf(each))
      const both = withheldOf(...two)
      expect(withheldOf(...two.toReversed()).image).toEqual(both.image)
      for (const [field] of fields) {
        const [one, other] = [ofAnna?.kinds.get(field), ofBert?.kinds.get(field)]
        expect([field, both.kinds.get(field)]).toEqual([field, one && other ? strictest(one, other) : (one ?? other)])
        const kind = both.kinds.get(field)
        expect(both.image[field]).toEqual(kind ? maskValue(record[field], kind, value => `#${value}`) : record[field])
      }
    }),
    { numRuns: CASES },
  )
})
