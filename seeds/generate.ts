// A company's customers for development, tests and demonstrations: invented, the same on every run, in the shape in which
// the silos deliver their records.
import type { Purpose } from '../core/viewer.ts'
import { customerNumber, type Profile, profileOf } from './customers.ts'
import { dealsOf } from './deals.ts'
import { interactionRecord, planInteractions } from './interactions.ts'
import { randomFor } from './random.ts'
import { type SiloSource, siloRecordsOf } from './silos.ts'

export interface SeedRecord {
  readonly source: 'crm-account' | 'crm-deal' | 'call' | 'wecom-chat' | SiloSource
  readonly eventId: string
  readonly payload: unknown
}

export interface SeedConsent {
  readonly purpose: Purpose
  /** The partner whom PARTNER_SHARING names; empty for the company's own purposes. */
  readonly recipient: string
}

export interface SeedCustomer {
  readonly number: string
  readonly consents: readonly SeedConsent[]
}

export const SEED_PARTNER_ID = 'partner-harbour-devices'

/** The share of customers who consent. SERVICE_DELIVERY rests on contract and is nobody's to give. */
const shares: readonly (readonly [Purpose, number])[] = [
  ['SALES_FOLLOW_UP', 0.85],
  ['MARKETING', 0.4],
  ['AI_DECISION', 0.5],
  ['AI_TRAINING', 0.45],
  ['ANALYTICS', 0.6],
  ['PARTNER_SHARING', 0.35],
]

/** The customers on whom examples rely: one with some consents, one with all, one with none. */
const fixedPurposes: ReadonlyMap<number, readonly Purpose[]> = new Map([
  [1, ['SALES_FOLLOW_UP', 'PARTNER_SHARING', 'ANALYTICS']],
  [2, shares.map(([purpose]) => purpose)],
  [3, []],
])

export function seedCustomers(count: number): readonly SeedCustomer[] {
  return Array.from({ length: count }, (_, before) => ({
    number: customerNumber(before + 1),
    consents: purposesOf(before + 1).map(purpose => ({
      purpose,
      recipient: purpose === 'PARTNER_SHARING' ? SEED_PARTNER_ID : '',
    })),
  }))
}

/** Accounts first, then deals, then interactions by time. Lazily: a record is made when it is asked for. */
export function* seedRecords(customers: number): Generator<SeedRecord> {
  const profiles: Profile[] = []
  for (let index = 1; index <= customers; index++) {
    const profile = profileOf(index)
    profiles.push(profile)
    yield { source: 'crm-account', eventId: `crm/${profile.number}`, payload: accountPayload(profile) }
  }
  for (const profile of profiles) {
    for (const deal of dealsOf(profile)) {
      const { number, region, account, seller } = profile
      const payload = { customer: { number, region: region.code }, account, seller, deal }
      yield { source: 'crm-deal', eventId: `deal/${deal.number}/${deal.stage}`, payload }
    }
  }
  for (const planned of planInteractions(profiles)) {
    const profile = profiles[planned.customer - 1]
    if (profile) yield interactionRecord(planned, profile)
  }
}

/** What all other silos deliver of the same customers, and of the world around them: comes after the records above. */
export function siloRecords(customers: number): readonly SeedRecord[] {
  return siloRecordsOf(Array.from({ length: customers }, (_, before) => profileOf(before + 1)))
}

function purposesOf(index: number): readonly Purpose[] {
  const random = randomFor('consent', index)
  return fixedPurposes.get(index) ?? shares.filter(([, share]) => random.chance(share)).map(([purpose]) => purpose)
}

function accountPayload({ number, name, phone, email, weComId, region, account, seller }: Profile) {
  return {
    customer: {
      number,
      name,
      ...(phone && { phone }),
      ...(email && { email }),
      ...(weComId && { weComId }),
      region: region.code,
    },
    account,
    seller,
  }
}
