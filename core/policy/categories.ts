// The categories of personal data that fields carry by @personal(category:), after DPV's and Fideslang's hierarchies.
// `identity.contact.phone` is part of `identity.contact`, which is part of `identity`.

export const categories = [
  'identity.name',
  'identity.contact.phone',
  'identity.contact.email',
  'identity.contact.wecom',
  'identity.region',
  'identity.birth',
  'identity.employer',
  'identity.match',
  'behaviour.kind',
  'behaviour.time',
  'behaviour.content',
  'behaviour.outcome',
  'behaviour.environment',
  'inference.intent',
  'inference.emotion',
  'commercial.deal',
  'commercial.amount',
  'commercial.owner',
  'governance.consent',
  'finance.account',
  'location.track',
  'workforce.skill',
  'workforce.evidence',
  'workforce.contest',
  'workforce.work',
  'workforce.credit',
  'special.health',
  'special.biometric',
  'special.belief',
  'special.origin',
  'special.sexuality',
] as const
export type Category = (typeof categories)[number]

/** True when `category` is `ancestor` or lies below it; `*` is above all. */
export function isWithin(category: string, ancestor: string): boolean {
  return ancestor === '*' || category === ancestor || category.startsWith(`${ancestor}.`)
}
