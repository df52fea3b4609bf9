// What a list asks of consents does not grow with its filters: Neo4j plans each condition for itself.
import { expect, it } from 'vitest'
import type { FieldImage, Law } from '../../core/policy/field-image.ts'
import { customersListing, interactionsListing } from '../../subgraphs/customers/listings.ts'

const LAWS: readonly Law[] = [
  { regions: ['EU-DE'], anyOf: [['MARKETING']] },
  { regions: 'OTHERS', anyOf: [] },
]
const shown = (laws: readonly Law[]): FieldImage => ({ effect: 'SHOWN', mask: undefined, laws })
const masksOf = (imageOf: (type: string, field: string) => FieldImage) => ({ imageOf, imageAsked: imageOf })
const conditionsIn = (text = '') => text.split("'MARKETING' IN given").length - 1

it('fields that are shown under the same conditions share them, and their parameters', () => {
  const masks = masksOf(() => shown(LAWS))
  const once = customersListing(masks, { filter: { name: 'A' } })
  const twice = customersListing(masks, { filter: { name: 'A', nameContains: 'B', company: 'C' } })
  expect(conditionsIn(once.where)).toBeGreaterThan(0)
  expect(conditionsIn(twice.where)).toBe(conditionsIn(once.where))
  expect(Object.keys(twice.params).filter(name => name.endsWith('Regions0'))).toHaveLength(1)
})

it('fields that are shown under other conditions keep their own', () => {
  const others: readonly Law[] = [{ regions: ['EU-FR'], anyOf: [['MARKETING']] }, ...LAWS.slice(1)]
  const masks = masksOf((_, field) => shown(field === 'source' ? others : LAWS))
  const { where, params } = interactionsListing(masks, { filter: { touchpoint: 'PHONE', source: 'call' } })
  expect(conditionsIn(where)).toBe(4)
  expect(params).toMatchObject({ touchpointRegions0: ['EU-DE'], sourceRegions0: ['EU-FR'] })
})

it('a list asks for no consents where everything is shown of everybody', () => {
  const masks = masksOf(() => shown([{ regions: 'OTHERS', anyOf: [[]] }]))
  expect(customersListing(masks, { filter: { name: 'A' } }).wantsGiven).toBe(false)
  expect(
    customersListing(
      masksOf(() => shown(LAWS)),
      { filter: { name: 'A' } },
    ).wantsGiven,
  ).toBe(true)
})
