// The opportunities in the CRM of the seeds: one record for each stage in which a deal was saved.
import { officeTime, WORKDAYS } from './calendar.ts'
import type { Profile } from './customers.ts'
import { type Random, randomFor } from './random.ts'
import { YUAN_FOR_EURO } from './words.ts'

type Stage = 'PROSPECTING' | 'ENGAGING' | 'PROPOSAL' | 'WON' | 'LOST'

const howMany = [
  [0, 3],
  [1, 5],
  [2, 2],
] as const

const paths: readonly (readonly [readonly Stage[], number])[] = [
  [['PROSPECTING'], 3],
  [['ENGAGING'], 3],
  [['PROSPECTING', 'ENGAGING'], 3],
  [['ENGAGING', 'PROPOSAL'], 3],
  [['PROPOSAL', 'WON'], 3],
  [['PROPOSAL', 'LOST'], 2],
  [['WON'], 2],
  [['PROSPECTING', 'ENGAGING', 'PROPOSAL', 'WON'], 1],
]

const LONGEST_CYCLE = 85

export interface DealRecord {
  readonly number: string
  readonly product: string
  readonly stage: Stage
  /** When the deal entered the stage. */
  readonly stageAt: string
  readonly openedAt: string
  readonly closedAt?: string
  readonly amount?: { readonly amount: string; readonly currency: string }
}

export function dealsOf(profile: Profile): DealRecord[] {
  const { region, offer, example } = profile
  const random = randomFor('deals', profile.index)
  // Whoever plays a worked example has a deal to be worked on.
  if (example) return stagesOf(profile, 1, example.deal, ['ENGAGING', 'PROPOSAL'], random)
  return Array.from({ length: random.weighted(howMany) }, (_, before) => {
    const unitPrice = offer.unitPrice * (region.currency === 'CNY' ? YUAN_FOR_EURO : 1)
    const sale = {
      product: random.pick(offer.products[region.language]),
      amount: (unitPrice * (1 + random.below(20)) * (0.85 + random.below(20) / 100)).toFixed(2),
    }
    return stagesOf(profile, before + 1, sale, random.weighted(paths), random)
  }).flat()
}

function stagesOf(
  { index, region }: Profile,
  nth: number,
  { product, amount }: { readonly product: string; readonly amount: string },
  path: readonly Stage[],
  random: Random,
): DealRecord[] {
  const number = `D-${String(index).padStart(5, '0')}-${nth}`
  const opened = random.below(WORKDAYS - LONGEST_CYCLE)
  const minute = random.below(9 * 60)
  const days = 12 + random.below(LONGEST_CYCLE - 12)
  const estimatedEarly = random.chance(0.4)
  // A deal enters its stages at even steps between its opening and its end.
  const stageAt = (step: number) =>
    officeTime(opened + Math.round((days * step) / path.length), minute, region.language)
  return path.map((stage, step) => ({
    number,
    product,
    stage,
    stageAt: isEnd(stage) ? stageAt(path.length) : stageAt(step),
    openedAt: stageAt(0),
    ...(isEnd(stage) && { closedAt: stageAt(path.length) }),
    // Before a proposal, most deals have no figure yet.
    ...((estimatedEarly || !['PROSPECTING', 'ENGAGING'].includes(stage)) && {
      amount: { amount, currency: region.currency },
    }),
  }))
}

function isEnd(stage: Stage): boolean {
  return stage === 'WON' || stage === 'LOST'
}
