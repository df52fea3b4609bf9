// Who the customers of the seeds are. Customer n is the same person in a graph of ten as in one of a hundred thousand.
import { at, randomFor } from './random.ts'
import {
  addressesZh,
  mailDomains,
  offers,
  type Place,
  type Region,
  regions,
  type SectorOffer,
  sellerNames,
} from './words.ts'
import { type WorkedExample, workedExample } from './worked-examples.ts'

interface Seller {
  readonly number: string
  readonly name: string
  readonly region: string
}

export interface Profile {
  readonly index: number
  readonly number: string
  readonly name: string
  /** As a seller addresses this customer. */
  readonly address: string
  readonly phone?: string
  readonly email?: string
  readonly weComId?: string
  readonly region: Region
  readonly account: { readonly name: string; readonly sector: string }
  readonly offer: SectorOffer
  readonly seller: Seller
  readonly example?: WorkedExample
}

export const customerNumber = (index: number) => `C-${String(index).padStart(5, '0')}`

export function profileOf(index: number): Profile {
  const random = randomFor('profile', index)
  const region = at(regions, index - 1)
  const withinRegion = Math.floor((index - 1) / regions.length)
  const example = workedExample(index)
  const firm = firmOf(region, withinRegion)
  const offer = offers.find(({ sector }) => sector === example?.account.sector) ?? firm.offer

  const family = random.pick(region.families)
  const given = random.pick(region.givenNames)
  const name = example?.name ?? (region.language === 'zh' ? family + given : `${given} ${family}`)
  const chats = random.chance(region.language === 'zh' ? 0.9 : 0.6)
  return {
    index,
    number: customerNumber(index),
    name,
    address: region.language === 'zh' ? name.charAt(0) + random.pick(addressesZh) : name,
    ...((random.chance(0.93) || example) && { phone: phoneAt(firm.place, withinRegion) }),
    ...((random.chance(0.86) || example) && { email: `${mailbox(name, index)}@${random.pick(mailDomains)}` }),
    ...((chats || example) && { weComId: `wm${String(random.below(1e9)).padStart(9, '0')}${index}` }),
    region,
    account: example?.account ?? { name: firm.name, sector: offer.sector },
    offer,
    seller: sellerOf(index),
    ...(example && { example }),
  }
}

function sellerOf(customerIndex: number): Seller {
  const index = (customerIndex - 1) % sellerNames.length
  return {
    number: `S-${String(index + 1).padStart(2, '0')}`,
    name: at(sellerNames, index),
    region: at(regions, index).code,
  }
}

/** Which firm of the region each of ten customers works for: some firms have three contacts, most have one. */
const FIRM_OF_TEN = [0, 0, 0, 1, 1, 2, 3, 4, 5, 6]
const FIRMS_IN_TEN = 7

function firmOf(region: Region, withinRegion: number): { name: string; offer: SectorOffer; place: Place } {
  const number = Math.floor(withinRegion / 10) * FIRMS_IN_TEN + at(FIRM_OF_TEN, withinRegion)
  const offer = at(offers, number)
  const round = Math.floor(number / offers.length)
  const [heads, tails] = region.stems
  const stem = at(heads, round) + at(tails, Math.floor(round / heads.length))
  // The place moves on with each full round of stems, so names repeat only after all of them.
  const place = at(region.places, number + Math.floor(round / (heads.length * tails.length)))
  const name = region.companies[offer.sector].replace('{stem}', stem).replace('{place}', place.name)
  return { name, offer, place }
}

function phoneAt(place: Place, withinRegion: number): string {
  return place.phone + String(withinRegion % 10 ** place.lineDigits).padStart(place.lineDigits, '0')
}

/** Latin names lose their accents; other scripts have no letters to offer, and the number alone tells people apart. */
function mailbox(name: string, index: number): string {
  const letters = name.toLowerCase().replaceAll('ß', 'ss').normalize('NFD').replace(/\p{M}/gu, '')
  return `${letters.replace(/[^a-z]+/g, '.').replace(/^\.$/, 'contact')}.${index}`
}
