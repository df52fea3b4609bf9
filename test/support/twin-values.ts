// How a value of each personal field is drawn, and which fields no world holds.
import type { Instant } from '../../core/clock.ts'
import { chance, type Draw, pick } from './draw.ts'

export type Value = string | number | boolean | null

/** When the worlds are looked at. */
export const TWINS_NOW = '2026-06-01T08:00:00.000Z' as Instant

const POOL = 8
/** The ids that customers have: evidence about them is in the log whether they are in a world or not. */
export const CUSTOMER_IDS: readonly string[] = Array.from(
  { length: POOL },
  (_, n) => `${n + 1}0000000-0000-4000-8000-00000000000${n}`,
)
export const SELLERS = ['seller-number-1', 'seller-number-2'] as const
/** Where each seller works, which everybody is told. */
export const REGION_OF_SELLER: { readonly [id: string]: string } = { [SELLERS[0]]: 'CN-SH', [SELLERS[1]]: 'EU-DE' }
export const SKILLS = ['skill-number-1', 'skill-number-2', 'skill-number-3'] as const
export const NAMES = ['Amy', 'Bob', 'Zed', 'Name', 'An older name'] as const
/** What was worked on, contributed to and settled. */
export const TASK_ID = 'task-number-1'
export const ROLES = ['seller', 'helper'] as const
/** The states of an assignment by which somebody has the place: how many places are taken is told of every task. */
export const IN_PLACE: readonly Value[] = ['ACCEPTED', 'DONE']
/** What customers are counted for: as things stand now. */
export const METRIC_ID = 'consent-validity'
export const COMPANIES = ['Account A', 'Account B'] as const
export const REGIONS = ['CN-SH', 'CN-GD', 'EU-DE', 'EU-FR'] as const
export const TEXTS = ['text', 'budget', 'a price is a price'] as const
export const EVENTS = ['event-number-1', 'event-number-2'] as const
const PRODUCTS = ['Product A', 'Product B'] as const
const TOUCHPOINTS = ['PHONE', 'WECOM', 'CRM'] as const
const INTENTS = ['PRICE_INQUIRY', 'BARGAINING', 'COMPLAINT'] as const

/** Whether a text names something in a world and is no value: random, as ids are everywhere. */
export const isTwinId = (text: string): boolean =>
  text
    .split('/')
    .every(part => /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]+-number-\d|(another-)?entry(-\d)?)$/.test(part))

/** How a value of each personal field is drawn. The values of a type's other fields are the same in all worlds. */
export const DRAWN: { readonly [type: string]: { readonly [field: string]: (draw: Draw) => Value } } = {
  Customer: {
    name: draw => pick(draw, [null, ...NAMES]),
    phone: draw => pick(draw, [null, `+86139${1000 + draw(9000)}${pick(draw, ['0001', '0002'])}`]),
    email: draw => pick(draw, [null, `${pick(draw, ['ann', 'bob'])}${draw(9)}@example.com`]),
    weComId: draw => pick(draw, [null, `wx${draw(99)}`, `wechat-${draw(99)}-${pick(draw, ['abcd', 'efgh'])}`]),
    region: draw => pick(draw, REGIONS),
    otherRegion: draw => pick(draw, [null, null, null, ...REGIONS]),
    birthDate: draw => pick(draw, [null, null, null, '1980-05-05', '2011-01-01', '2015-03-03']),
    company: draw => pick(draw, [null, ...COMPANIES]),
    owner: draw => pick(draw, [null, ...SELLERS]),
  },
  Interaction: {
    touchpoint: draw => pick(draw, TOUCHPOINTS),
    source: draw => pick(draw, ['wecom-chat', 'call']),
    occurredAt: draw => aTime(draw, pick(draw, [2025, 2026])),
    text: draw => pick(draw, [null, ...TEXTS]),
    intent: draw => pick(draw, [null, ...INTENTS]),
    emotion: draw => pick(draw, [null, 'CALM', 'ANGRY']),
    outcome: draw => pick(draw, [null, 'done', 'nobody answered']),
    durationSeconds: draw => pick(draw, [null, draw(5_000)]),
  },
  InteractionSignals: {
    intents: draw => pick(draw, ['', 'BARGAINING', 'COMPLAINT']),
    emotion: draw => pick(draw, [null, draw(10) / 10]),
    modelVersion: draw => pick(draw, [null, 'model-1', 'model-2']),
    evidenceEntryId: draw => pick(draw, ['entry', 'another-entry']),
  },
  Opportunity: {
    stage: draw => pick(draw, ['PROSPECTING', 'ENGAGING', 'WON']),
    product: draw => pick(draw, PRODUCTS),
    value: draw => pick(draw, [null, draw(100_000)]),
    openedAt: draw => aTime(draw, 2025),
    closedAt: draw => pick(draw, [null, aTime(draw, 2026)]),
    history: draw => pick(draw, ['PROSPECTING', 'PROSPECTING ENGAGING', 'ENGAGING WON']),
  },
  SellerSkill: {
    skill: draw => pick(draw, SKILLS),
    // How much of success was seen, which is told as a level.
    level: draw => draw(40) / 4,
  },
  InteractionEnvironment: { events: draw => pick(draw, [null, ...EVENTS]) },
  Order: {
    product: draw => pick(draw, PRODUCTS),
    quantity: draw => 1 + draw(20),
    value: draw => draw(100_000),
    status: draw => pick(draw, ['PLACED', 'DELIVERED', 'CANCELLED']),
    orderedAt: draw => aTime(draw, 2025),
    statusAt: draw => aTime(draw, 2026),
  },
  Fulfilment: {
    service: draw => pick(draw, ['Installation', 'Training']),
    status: draw => pick(draw, ['PROMISED', 'DONE']),
    promisedFor: draw => aTime(draw, 2025),
    statusAt: draw => aTime(draw, 2026),
  },
  FormingRecord: {
    source: draw => pick(draw, ['call', 'mail']),
    acceptedAt: draw => aTime(draw, pick(draw, [2025, 2026])),
  },
  ConflictingRecord: {
    source: draw => pick(draw, ['call', 'mail']),
    statedAt: draw => aTime(draw, pick(draw, [2025, 2026])),
    name: draw => pick(draw, [null, ...NAMES]),
    phone: draw => pick(draw, [null, '+8613911110001', '+8613922220001']),
    email: draw => pick(draw, [null, 'ann@example.com', 'bob@example.com']),
    weComId: draw => pick(draw, [null, 'wx1', 'wx2']),
    birthDate: draw => pick(draw, [null, '1980-05-05', '1980-06-06', '1981-05-05']),
    region: draw => pick(draw, REGIONS),
    otherRegion: draw => pick(draw, [null, ...REGIONS]),
    account: draw => pick(draw, [null, ...COMPANIES]),
  },
  MetricContribution: {
    numerator: draw => draw(3),
    // Of whom nothing is counted below the line, that one adds nothing.
    denominator: draw => pick(draw, [0, 2, 3]),
  },
  MatchReview: {
    score: draw => draw(90) / 10,
    // What the name weighed.
    weights: draw => draw(90) / 10,
  },
  Ledger: { balance: draw => draw(100_000) },
  Posting: {
    amount: draw => draw(100_000),
    balance: draw => draw(100_000),
    kind: draw => pick(draw, ['SETTLEMENT', 'TRADE_PAID', 'TRADE_HELD']),
    because: draw => pick(draw, ['settlement-number-1', 'trade-number-2']),
    at: draw => aTime(draw, 2026),
  },
  Contribution: {
    part: draw => pick(draw, ['discovery', 'delivery']),
    percent: draw => draw(100),
    hours: draw => draw(40),
    evidence: draw => pick(draw, ['entry-1', 'entry-2']),
  },
  Settlement: {
    amount: draw => draw(100_000),
    disputedBecause: draw => pick(draw, [null, 'It was me.', 'Too little.']),
  },
  Assignment: {
    guide: draw => pick(draw, [null, ...SELLERS]),
    role: draw => pick(draw, ROLES),
    state: draw => pick(draw, [...IN_PLACE, 'PROPOSED', 'DECLINED', 'LEFT']),
    proposedAt: draw => aTime(draw, 2026),
    reason: draw => pick(draw, [null, 'knows the customer', 'nobody else is there']),
  },
  Trade: {
    // What each credits the other with.
    legs: draw => 1 + draw(9),
    acceptedBy: draw => pick(draw, [null, ...SELLERS]),
    receivedBy: draw => pick(draw, [null, ...SELLERS]),
  },
  SkillEvidence: {
    behaviour: draw => pick(draw, ['OPPORTUNITY', 'NEGOTIATION', 'TRAINING']),
    outcome: draw => draw(10) / 10,
    complexity: draw => 1 + draw(5),
    weight: draw => (1 + draw(9)) / 10,
    seenAt: draw => aTime(draw, 2025),
    counts: draw => chance(draw, 70),
    review: draw => pick(draw, [null, 'CONTESTED', 'UPHELD']),
  },
  SkillContest: {
    reason: draw => pick(draw, ['NOT_ME', 'OTHER']),
    proposedOutcome: draw => pick(draw, [null, draw(10) / 10]),
    proposedComplexity: draw => pick(draw, [null, 1 + draw(5)]),
    contestedAt: draw => aTime(draw, 2026),
    reviewedAt: draw => pick(draw, [null, aTime(draw, 2026)]),
  },
}

/** Personal fields that are no value of a world by themselves, each with what decides it there. */
export const DRAWN_OTHERWISE: { readonly [coordinate: string]: string } = {
  'Customer.completeness': 'the seven fields that it counts',
  'Customer.consents': 'the consents of a customer, which are drawn by purpose and recipient',
  'ConsentReceipt.purpose': 'the entries of the log, which are the same for both worlds',
  'ConsentReceipt.state': 'the same',
  'ConsentReceipt.at': 'the same',
  'ConsentReceipt.document': 'the same',
  'SellerSkill.low': 'what the level is made of',
  'SellerSkill.high': 'the same',
  'SellerSkill.confidence': 'the same',
  'SellerSkill.learningCurve': 'the evidence of the skill, at some times before',
  'Guidance.isNewcomer': 'what the levels of all skills are made of',
  'Guidance.seen': 'the same',
  'Guidance.steps': 'the same, of everybody who consents to guide',
  'Contribution.seller': 'the seller beside whom it is drawn',
  'Assignment.seller': 'the same',
  'SkillContest.seller': 'the same',
  'SkillContest.skill': 'the skill beside which the evidence is drawn',
  'SkillContest.behaviour': 'the evidence that is contested',
  'SkillContest.outcome': 'the same',
  'SkillContest.complexity': 'the same',
  'SkillContest.seenAt': 'the same',
  'SkillContest.review': 'the same',
  ...Object.fromEntries(
    ['name', 'phone', 'email', 'weComId', 'birthDate', 'region', 'account', 'total'].map(field => [
      `MatchExplanation.${field}`,
      'the fields of the two customers who are compared',
    ]),
  ),
}

/** Types that no world holds yet, so that nothing is known of whether their fields are an oracle. */
export const NOT_DRAWN: readonly string[] = ['TeamMember', 'TeamProposal', 'WhyNotMe']

function aTime(draw: Draw, year: number): string {
  return new Date(Date.UTC(year, draw(12), 1 + draw(28), draw(24), 0, draw(60))).toISOString()
}
