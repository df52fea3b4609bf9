// How customers behave in the seeds: what they want, in which mood, and what comes of it. Weights, not claims.

export const intents = [
  ['PRICE_INQUIRY', 16],
  ['TECHNICAL_INQUIRY', 14],
  ['BARGAINING', 11],
  ['PRICE_COMPARISON', 11],
  ['DELIVERY_INQUIRY', 12],
  ['PURCHASE', 8],
  ['COMPLAINT', 7],
  ['RENEWAL', 7],
  ['OTHER', 8],
  ['BUDGET_DELAY', 6],
] as const
export type Intent = (typeof intents)[number][0]

export type Emotion = 'CALM' | 'PLEASED' | 'EXCITED' | 'HESITANT' | 'ANXIOUS' | 'ANGRY'

export type Outcome =
  | 'QUOTE_REQUESTED'
  | 'FOLLOW_UP_AGREED'
  | 'MEETING_BOOKED'
  | 'NO_DECISION'
  | 'ESCALATED'
  | 'ORDER_PLACED'
  | 'RESOLVED'

/** What a customer who comes back within days asks next; an intent that is not listed stays. */
export const nextIntent: Partial<Record<Intent, Intent>> = {
  PRICE_INQUIRY: 'PRICE_COMPARISON',
  PRICE_COMPARISON: 'BARGAINING',
  BARGAINING: 'PURCHASE',
  TECHNICAL_INQUIRY: 'PRICE_INQUIRY',
  PURCHASE: 'DELIVERY_INQUIRY',
}

type Weights<T> = readonly (readonly [T, number])[]

export const moodsOf: Record<Intent, Weights<Emotion>> = {
  PRICE_INQUIRY: [
    ['CALM', 6],
    ['HESITANT', 2],
    ['PLEASED', 1],
    ['EXCITED', 1],
  ],
  PRICE_COMPARISON: [
    ['CALM', 4],
    ['HESITANT', 5],
    ['ANXIOUS', 1],
  ],
  BARGAINING: [
    ['CALM', 3],
    ['HESITANT', 4],
    ['ANXIOUS', 2],
    ['ANGRY', 1],
  ],
  DELIVERY_INQUIRY: [
    ['CALM', 4],
    ['ANXIOUS', 5],
    ['ANGRY', 1],
  ],
  TECHNICAL_INQUIRY: [
    ['CALM', 7],
    ['HESITANT', 1],
    ['EXCITED', 1],
    ['ANXIOUS', 1],
  ],
  COMPLAINT: [
    ['ANGRY', 6],
    ['ANXIOUS', 3],
    ['CALM', 1],
  ],
  PURCHASE: [
    ['PLEASED', 5],
    ['EXCITED', 3],
    ['CALM', 2],
  ],
  RENEWAL: [
    ['PLEASED', 4],
    ['CALM', 4],
    ['HESITANT', 2],
  ],
  BUDGET_DELAY: [
    ['HESITANT', 4],
    ['ANXIOUS', 4],
    ['CALM', 2],
  ],
  OTHER: [
    ['CALM', 7],
    ['PLEASED', 2],
    ['ANXIOUS', 1],
  ],
}

export const outcomesOf: Record<Intent, Weights<Outcome>> = {
  PRICE_INQUIRY: [
    ['QUOTE_REQUESTED', 6],
    ['FOLLOW_UP_AGREED', 3],
    ['NO_DECISION', 1],
  ],
  PRICE_COMPARISON: [
    ['QUOTE_REQUESTED', 3],
    ['FOLLOW_UP_AGREED', 4],
    ['NO_DECISION', 3],
  ],
  BARGAINING: [
    ['FOLLOW_UP_AGREED', 4],
    ['ESCALATED', 3],
    ['NO_DECISION', 2],
    ['ORDER_PLACED', 1],
  ],
  DELIVERY_INQUIRY: [
    ['RESOLVED', 5],
    ['FOLLOW_UP_AGREED', 3],
    ['ESCALATED', 2],
  ],
  TECHNICAL_INQUIRY: [
    ['MEETING_BOOKED', 4],
    ['RESOLVED', 3],
    ['FOLLOW_UP_AGREED', 3],
  ],
  COMPLAINT: [
    ['ESCALATED', 6],
    ['RESOLVED', 2],
    ['FOLLOW_UP_AGREED', 2],
  ],
  PURCHASE: [
    ['ORDER_PLACED', 8],
    ['MEETING_BOOKED', 2],
  ],
  RENEWAL: [
    ['ORDER_PLACED', 4],
    ['QUOTE_REQUESTED', 3],
    ['NO_DECISION', 3],
  ],
  BUDGET_DELAY: [
    ['NO_DECISION', 5],
    ['FOLLOW_UP_AGREED', 5],
  ],
  OTHER: [
    ['FOLLOW_UP_AGREED', 5],
    ['MEETING_BOOKED', 3],
    ['RESOLVED', 2],
  ],
}
