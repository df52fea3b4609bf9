// What the sellers of the seeds did, so that there is something to see of what they can do: invented, the same on every run.
import { recordReaction } from '../core/change.ts'
import type { Instant } from '../core/clock.ts'
import type { Services } from '../core/context.ts'
import type { BehaviourTold } from '../core/events/kinds.ts'
import type { EventDraft } from '../core/events/outbox.ts'
import { type JointWork, type ToldObservation, tellJointWork, tellObservations } from '../subgraphs/talent/index.ts'
import { randomFor } from './random.ts'

const LOADER = { kind: 'SERVICE', id: 'seeds' } as const
const DAY_MS = 86_400_000
/** What was done, one thing every so many days. */
const EVERY_DAYS = 7
const DAYS = 168

/** How often sellers do what, in turn, beside the tasks and trades that they really do. */
const WORK: readonly (readonly [BehaviourTold, number])[] = [
  ['NEGOTIATION', 4],
  ['MEETING_NOTE', 3],
  ['CUSTOMER_FEEDBACK', 3],
  ['PROPOSAL_EDIT', 3],
  ['CROSS_CULTURAL_TALK', 2],
  ['CHALLENGE', 2],
  ['TRAINING', 1],
]

/** The last of those who are numbered so began a month ago: little is known of it. */
const NEWCOMER_OF = 12
const NEWCOMER_DAYS = 21

const SELLERS = `
MATCH (s:Seller)
RETURN s.id, s.number, s.region
ORDER BY s.number`

interface Seller {
  readonly id: string
  readonly number: number
  readonly region: string
}

/** Tells of half a year of work up to now, and of who did some of it together. */
export async function seedBehaviour(services: Services): Promise<void> {
  const rows = await services.graph.read(SELLERS)
  const sellers = rows.map(([id, , region], index) => ({ id: String(id), number: index + 1, region: String(region) }))
  const now = services.clock.now()
  if (sellers.length === 0) return
  await recordReaction(services, LOADER, async change => {
    const events: EventDraft[] = []
    for (const seller of sellers) events.push(await tellObservations(change, observationsOf(seller, now)))
    for (const work of togetherOf(sellers, now)) events.push(await tellJointWork(change, work))
    const statement = { sellers: sellers.length }
    return { evidence: { kind: 'SELLERS_OBSERVED', statement, facts: [] }, events, result: {} }
  })
}

function observationsOf({ id, number }: Seller, now: Instant): readonly ToldObservation[] {
  const random = randomFor('behaviour', number)
  const strength = new Map(WORK.map(([behaviour]) => [behaviour, 0.35 + random.below(50) / 100]))
  const days = number % NEWCOMER_OF === 0 ? NEWCOMER_DAYS : DAYS
  return Array.from({ length: Math.ceil(days / EVERY_DAYS) }, (_, week) => {
    const behaviour = random.weighted(WORK)
    // Everybody learns a little.
    const succeeds = (strength.get(behaviour) ?? 0) + (0.15 * week * EVERY_DAYS) / DAYS
    return {
      sourceId: `seeds/${id}/behaviour/${week}`,
      sellerId: id,
      behaviour,
      outcome: random.chance(succeeds) ? 1 : random.below(4) / 10,
      complexity: 1 + random.below(5),
      at: daysBefore(now, days - week * EVERY_DAYS),
    }
  })
}

/** Sellers of one region work together, and now and then with one of another. */
function togetherOf(sellers: readonly Seller[], now: Instant): readonly JointWork[] {
  return sellers.flatMap((seller, index) => {
    const random = randomFor('together', seller.number)
    const near = sellers.filter(({ id, region }) => id !== seller.id && region === seller.region)
    const other = sellers[(index + 1) % sellers.length]
    const colleagues = [...new Set([...(near.length > 0 ? [random.pick(near).id] : []), ...(other ? [other.id] : [])])]
    const sellerIds = [seller.id, ...colleagues.filter(id => id !== seller.id)]
    if (sellerIds.length < 2) return []
    const outcome = 0.4 + random.below(7) / 10
    const at = daysBefore(now, 1 + random.below(DAYS))
    return [{ sourceId: `seeds/${seller.id}/together`, sellerIds, outcome, at }]
  })
}

function daysBefore(now: Instant, days: number): string {
  return new Date(Date.parse(now) - days * DAY_MS).toISOString()
}
