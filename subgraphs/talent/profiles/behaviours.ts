// Pure: of which skills a behaviour tells, and how much. docs/talent.md says why.
import { behaviours as observed } from '../../../core/events/kinds.ts'
import { ownSkill } from '../skills/own-skills.ts'

/** What evidence of skills comes from: what others tell of, outcomes of opportunities, and what people say of themselves. */
export const behaviours = [...observed, 'OPPORTUNITY', 'SELF_ASSESSMENT'] as const
export type Behaviour = (typeof behaviours)[number]

interface Telling {
  /** URIs of the skills that it tells of where nothing else is said. */
  readonly skills: readonly string[]
  /** Beside something that was done and had an outcome, which weighs 1. What somebody says of itself weighs little. */
  readonly weight: number
}

const TELLINGS: { readonly [behaviour in Behaviour]: Telling } = {
  OPPORTUNITY: { skills: [ownSkill('closing')], weight: 1 },
  NEGOTIATION: { skills: [ownSkill('negotiation')], weight: 1 },
  CROSS_CULTURAL_TALK: { skills: [ownSkill('cross-cultural-communication')], weight: 1 },
  TASK: { skills: [], weight: 1 },
  CUSTOMER_FEEDBACK: { skills: [ownSkill('customer-care')], weight: 0.6 },
  TRADE: { skills: [], weight: 0.6 },
  PROPOSAL_EDIT: { skills: [ownSkill('proposal-writing')], weight: 0.5 },
  CHALLENGE: { skills: [ownSkill('questioning-ai')], weight: 0.5 },
  TRAINING: { skills: [ownSkill('learning')], weight: 0.5 },
  MEETING_NOTE: { skills: [ownSkill('needs-analysis')], weight: 0.4 },
  SELF_ASSESSMENT: { skills: [], weight: 0.1 },
}

export const weightOf = (behaviour: Behaviour): number => TELLINGS[behaviour].weight

/** URIs of the skills of which it tells: those that are named, or what the behaviour stands for. */
export function skillsToldOf(behaviour: Behaviour, named: readonly string[] | undefined): readonly string[] {
  return named === undefined || named.length === 0 ? TELLINGS[behaviour].skills : named
}

const DAY_MS = 86_400_000
const DAYS_A_STEP = 30
const MOST_COMPLEX = 5

/** How hard a sale was, by how long it took: 1 within 30 days, one more for each 30 days, at most 5. */
export function complexityOfSale(openedAt: string, closedAt: string): number {
  const days = Math.max(0, (Date.parse(closedAt) - Date.parse(openedAt)) / DAY_MS)
  return Math.min(MOST_COMPLEX, 1 + Math.floor(days / DAYS_A_STEP))
}
