// What each law asks for, an article a row: a row is the decision on a question, or the day by which an answer is due.
import { describe, expect, it } from 'vitest'
import { toInstant } from '../../core/clock.ts'
import type { Category } from '../../core/policy/categories.ts'
import { decideAccess, type SubjectState } from '../../core/policy/decide-access.ts'
import { dueDate, dueDateFor } from '../../core/policy/due-date.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { type Policy, parsePolicy, regimeOf } from '../../core/policy/policy.ts'
import { type Purpose, purposes, type Viewer } from '../../core/viewer.ts'

/** The ground policy, and a rule that shows sellers what no field of the ground policy's holds yet. */
const policy: Policy = parsePolicy({
  ...groundPolicy,
  rules: [
    ...groundPolicy.rules,
    {
      id: 'all-kinds',
      viewers: ['REP'],
      purposes: [...purposes],
      categories: ['special', 'finance', 'location', 'behaviour'],
      effect: 'ALLOW',
    },
  ],
})

interface Asked {
  readonly of?: Category
  readonly for?: Purpose
  readonly by?: Partial<Viewer>
  readonly whoIs?: Partial<SubjectState>
  readonly consents?: readonly Purpose[]
  readonly byGuardian?: readonly Purpose[]
  readonly under?: Policy
}

/** `shown`, or why not and by which article. */
function answerOf(region: string, asked: Asked): string {
  const { of = 'behaviour.content', by = {}, whoIs = {}, consents = [], byGuardian = [], under = policy } = asked
  const viewer: Viewer = { kind: 'REP', id: 'rep-1', purpose: asked.for ?? 'SALES_FOLLOW_UP', ...by }
  const held = new Set([...consents, ...byGuardian])
  const subject = { region, consents: held, byGuardian: new Set(byGuardian), ...whoIs }
  const decision = decideAccess(under, viewer, of, subject)
  return decision.effect === 'ALLOW' ? 'shown' : `${decision.reason.reasonCode}: ${decision.reason.legalBasis}`
}

/** Where consent is the basis it is asked for by the article, and where it is not nothing is asked for. */
function basisHolds(region: string, article: string, purpose: Purpose, isConsent: boolean): void {
  const bare = answerOf(region, { for: purpose })
  expect(bare === 'shown' ? [] : bare.split(': ').map(each => each.split(' ').slice(0, 2).join(' '))).toEqual(
    isConsent ? ['CONSENT_REQUIRED', article] : [],
  )
  expect(answerOf(region, { for: purpose, consents: [purpose] })).toBe('shown')
  expect(regimeOf(policy, region).bases[purpose].article.split(' ').slice(0, 2).join(' ')).toBe(article)
}

const withCompatible = (from: Purpose, to: Purpose): Policy => ({
  ...policy,
  regimes: policy.regimes.map(each =>
    each.id === 'GDPR' ? { ...each, compatible: [{ from, to, article: 'GDPR 6(4) assessment' }] } : each,
  ),
})

const SALES = ['SALES_FOLLOW_UP'] as const
const SENSITIVE = ['SALES_FOLLOW_UP', 'SENSITIVE_DATA'] as const
const ABROAD = ['SALES_FOLLOW_UP', 'CROSS_BORDER_TRANSFER'] as const
const every = [...purposes]

describe('GDPR', () => {
  const NONE = 'CONSENT_REQUIRED: GDPR 6(1)(a) consent'
  const MINOR = 'GDPR 8(1) consent of the holder of parental responsibility'

  it.each<readonly [string, Asked, string]>([
    ['6(1)(a) sales follow-up needs consent', {}, NONE],
    ['6(1)(a) sales follow-up with consent', { consents: SALES }, 'shown'],
    ['7(3) what a withdrawn consent showed is not shown any more', { consents: ['SENSITIVE_DATA'] }, NONE],
    ['7(4) service is not tied to a consent that it does not need', { for: 'SERVICE_DELIVERY', consents: [] }, 'shown'],
    ['6(1)(b) service delivery rests on the contract', { for: 'SERVICE_DELIVERY' }, 'shown'],
    ['6(1)(c) an audit rests on a legal obligation', { for: 'COMPLIANCE_AUDIT' }, 'shown'],
    [
      '6(4) consent to one purpose opens no other',
      { consents: every.filter(each => each !== 'SALES_FOLLOW_UP') },
      NONE,
    ],
    [
      '6(4) a purpose that was found compatible needs no consent of its own',
      { consents: ['MARKETING'], under: withCompatible('MARKETING', 'SALES_FOLLOW_UP') },
      'shown',
    ],
    [
      '6(4) compatible goes one way',
      { consents: SALES, for: 'MARKETING', under: withCompatible('MARKETING', 'SALES_FOLLOW_UP') },
      NONE,
    ],
    ['8 a child of 15 in Germany does not consent by itself', { consents: SALES, whoIs: { age: 15 } }, NONE],
    ['8 its guardian does', { byGuardian: SALES, whoIs: { age: 15 } }, 'shown'],
    ['8 a child of 16 in Germany consents by itself', { consents: SALES, whoIs: { age: 16 } }, 'shown'],
    ['8 what rests on a contract needs no guardian', { for: 'SERVICE_DELIVERY', whoIs: { age: 15 } }, 'shown'],
    [
      '8 and recital 71: no automated decision about a child, whoever consents',
      { of: 'inference.intent', byGuardian: ['SALES_FOLLOW_UP', 'AI_DECISION'], whoIs: { age: 15 } },
      `NOT_FOR_MINORS: ${MINOR}`,
    ],
    [
      '9 health data needs explicit consent beside that to the purpose',
      { of: 'special.health', consents: SALES },
      'CONSENT_REQUIRED: GDPR 9(2)(a) explicit consent',
    ],
    ['9 health data with explicit consent', { of: 'special.health', consents: SENSITIVE }, 'shown'],
    ['9 explicit consent stands in for no other', { of: 'special.health', consents: ['SENSITIVE_DATA'] }, NONE],
    ['9 accounts and whereabouts are not in the list', { of: 'finance.account', consents: SALES }, 'shown'],
    ['9(2)(f) a legal duty needs no explicit consent', { of: 'special.health', for: 'COMPLIANCE_AUDIT' }, 'shown'],
    [
      '15 the customer itself sees everything',
      { of: 'special.health', for: 'SUBJECT_REQUEST', by: { kind: 'SUBJECT', region: 'US-CA' }, whoIs: { age: 9 } },
      'shown',
    ],
    ['22 an automated decision needs explicit consent of its own', { of: 'inference.intent', consents: SALES }, NONE],
    ['22 with it', { of: 'inference.intent', consents: ['SALES_FOLLOW_UP', 'AI_DECISION'] }, 'shown'],
    ['44 within the Union no border is crossed', { consents: SALES, by: { region: 'EU-FR' } }, 'shown'],
    ['46(2)(c) to China under standard clauses', { consents: SALES, by: { region: 'CN-SH' } }, 'shown'],
    [
      '44 to a country without safeguards',
      { consents: SALES, by: { region: 'US-CA' } },
      'CONSENT_REQUIRED: GDPR 49(1)(a) explicit consent',
    ],
    ['49(1)(a) there with explicit consent', { consents: ABROAD, by: { region: 'US-CA' } }, 'shown'],
  ])('%s', (_, asked, answer) => {
    expect(answerOf('EU-DE', asked)).toBe(answer)
  })

  it.each<readonly [string, Purpose, boolean]>([
    ['6(1)(b)', 'SERVICE_DELIVERY', false],
    ['6(1)(a)', 'SALES_FOLLOW_UP', true],
    ['6(1)(a)', 'MARKETING', true],
    ['22(2)(c)', 'AI_DECISION', true],
    ['6(1)(a)', 'AI_TRAINING', true],
    ['6(1)(a)', 'ANALYTICS', true],
    ['6(1)(a)', 'PARTNER_SHARING', true],
    ['6(1)(a)', 'WORKFORCE_PLANNING', true],
    ['6(1)(c)', 'COMPLIANCE_AUDIT', false],
    ['15', 'SUBJECT_REQUEST', false],
  ])('%s is the legal basis of %s; needs consent: %s', (article, purpose, isConsent) => {
    basisHolds('EU-DE', `GDPR ${article}`, purpose, isConsent)
  })

  it.each<readonly [string, Purpose]>([
    ['9(2)(a)', 'SENSITIVE_DATA'],
    ['49(1)(a)', 'CROSS_BORDER_TRANSFER'],
  ])('%s asks for %s apart from any purpose, so that nobody can state it', (article, consent) => {
    expect(policy.regimes[0]?.bases[consent]).toMatchObject({ consent: true, statutory: false })
    expect(policy.regimes[0]?.bases[consent].article).toMatch(`GDPR ${article}`)
    expect(Object.values(policy.grants).flat()).not.toContain(consent)
  })

  it('8(1) leaves the age to each country: 15 in France', () => {
    expect(answerOf('EU-FR', { consents: SALES, whoIs: { age: 15 } })).toBe('shown')
    expect(answerOf('EU-FR', { consents: SALES, whoIs: { age: 14 } })).toBe(NONE)
  })

  it.each([
    [
      'one month, to the end of the day where the customer lives',
      'EU-DE',
      '2026-03-10T09:00:00Z',
      '2026-04-10T22:00:00.000Z',
    ],
    ['a day that begins before UTC does', 'EU-DE', '2026-03-09T23:30:00Z', '2026-04-10T22:00:00.000Z'],
    [
      'the last day of a shorter month, and on from a Saturday',
      'EU-DE',
      '2026-01-31T12:00:00Z',
      '2026-03-02T23:00:00.000Z',
    ],
    ['on from a Saturday to the Monday', 'EU-DE', '2026-04-11T12:00:00Z', '2026-05-11T22:00:00.000Z'],
    ['on over a holiday and a weekend', 'EU-DE', '2026-04-01T12:00:00Z', '2026-05-04T22:00:00.000Z'],
    [
      'on over Good Friday to the Tuesday after Easter in Germany',
      'EU-DE',
      '2026-03-03T12:00:00Z',
      '2026-04-07T22:00:00.000Z',
    ],
    [
      'not over Good Friday, which is a working day in France',
      'EU-FR',
      '2026-03-03T12:00:00Z',
      '2026-04-03T22:00:00.000Z',
    ],
    ['not on over a day that is a holiday in France only', 'EU-DE', '2026-10-11T12:00:00Z', '2026-11-11T23:00:00.000Z'],
    ['on over a day that is a holiday in France', 'EU-FR', '2026-10-11T12:00:00Z', '2026-11-12T23:00:00.000Z'],
  ])('12(3) an answer is due within %s', (_, region, start, dueBefore) => {
    const due = dueDate(policy, region, toInstant(new Date(start)))
    expect(due).toEqual({ dueBefore, article: 'GDPR 12(3)', isProvisional: false })
  })

  it('12(3) may be extended by two further months', () => {
    const start = toInstant(new Date('2026-03-10T09:00:00Z'))
    expect(dueDate(policy, 'EU-DE', start, true).dueBefore).toBe('2026-06-10T22:00:00.000Z')
  })

  it.each([
    ['15', 'ACCESS'],
    ['16', 'RECTIFICATION'],
    ['17', 'ERASURE'],
    ['18', 'RESTRICTION'],
    ['20', 'PORTABILITY'],
    ['21', 'OBJECTION'],
    ['22(3)', 'HUMAN_REVIEW'],
  ])('%s gives the right of %s', (article, right) => {
    expect(policy.regimes[0]?.rights).toContainEqual({ right, article: `GDPR ${article}` })
  })
})

describe('PIPL', () => {
  const NONE = 'CONSENT_REQUIRED: PIPL 13(1)(1) consent'
  const SEPARATE = 'CONSENT_REQUIRED: PIPL 29 separate consent'
  const TRANSFER = 'CONSENT_REQUIRED: PIPL 39 separate consent'

  it.each<readonly [string, Asked, string]>([
    ['13(1)(1) sales follow-up needs consent', {}, NONE],
    ['13(1)(1) sales follow-up with consent', { consents: SALES }, 'shown'],
    ['13(1)(2) service delivery rests on the contract', { for: 'SERVICE_DELIVERY' }, 'shown'],
    ['13(1)(3) an audit rests on a statutory duty', { for: 'COMPLIANCE_AUDIT' }, 'shown'],
    ['14 a changed purpose needs a new consent', { consents: every.filter(each => each !== 'SALES_FOLLOW_UP') }, NONE],
    [
      '14 what was found compatible under GDPR is not under PIPL',
      { consents: ['MARKETING'], under: withCompatible('MARKETING', 'SALES_FOLLOW_UP') },
      NONE,
    ],
    ['15 what a withdrawn consent showed is not shown any more', { consents: ['SENSITIVE_DATA'] }, NONE],
    ['16 who withdraws is served all the same', { for: 'SERVICE_DELIVERY', consents: [] }, 'shown'],
    [
      '23 data goes to a partner with separate consent to that only',
      { for: 'PARTNER_SHARING', consents: SALES },
      'CONSENT_REQUIRED: PIPL 23 separate consent',
    ],
    ['23 with it', { for: 'PARTNER_SHARING', consents: ['PARTNER_SHARING'] }, 'shown'],
    ['24 an automated decision needs consent of its own', { of: 'inference.intent', consents: SALES }, NONE],
    ['28-29 health data needs separate consent', { of: 'special.health', consents: SALES }, SEPARATE],
    ['28-29 bank accounts need separate consent', { of: 'finance.account', consents: SALES }, SEPARATE],
    ['28-29 whereabouts need separate consent', { of: 'location.track', consents: SALES }, SEPARATE],
    ['28-29 with separate consent', { of: 'finance.account', consents: SENSITIVE }, 'shown'],
    ['28-29 also where the purpose rests on a contract', { of: 'finance.account', for: 'SERVICE_DELIVERY' }, SEPARATE],
    ['28 what was said to a seller is not sensitive', { consents: SALES }, 'shown'],
    ['28 all data of a child below 14 is sensitive', { byGuardian: SALES, whoIs: { age: 13 } }, SEPARATE],
    ['31 a child of 13 does not consent by itself', { consents: SENSITIVE, whoIs: { age: 13 } }, NONE],
    ['31 its guardian does, also separately', { byGuardian: SENSITIVE, whoIs: { age: 13 } }, 'shown'],
    ['31 a child of 14 consents by itself', { consents: SALES, whoIs: { age: 14 } }, 'shown'],
    [
      '31 below 14 the guardian is asked whatever the basis',
      { for: 'SERVICE_DELIVERY', byGuardian: ['SENSITIVE_DATA'], whoIs: { age: 13 } },
      'CONSENT_REQUIRED: PIPL 31 consent of a parent or guardian',
    ],
    ['31 but not for a statutory duty', { for: 'COMPLIANCE_AUDIT', whoIs: { age: 13 } }, 'shown'],
    ['38-39 within China no border is crossed', { consents: SALES, by: { region: 'CN-GD' } }, 'shown'],
    ['38-39 to the Union needs separate consent', { consents: SALES, by: { region: 'EU-DE' } }, TRANSFER],
    [
      '38-39 with separate consent, under the standard contract',
      { consents: ABROAD, by: { region: 'EU-DE' } },
      'shown',
    ],
    [
      '38-39 also where the purpose rests on a contract',
      { for: 'SERVICE_DELIVERY', by: { region: 'EU-DE' } },
      TRANSFER,
    ],
    [
      '38 to a country without a contract no consent helps',
      { consents: ABROAD, by: { region: 'US-CA' } },
      'TRANSFER_NOT_COVERED: PIPL 38 conditions of providing abroad',
    ],
    [
      '45 the customer itself sees everything, from wherever',
      { of: 'special.health', for: 'SUBJECT_REQUEST', by: { kind: 'SUBJECT', region: 'US-CA' }, whoIs: { age: 9 } },
      'shown',
    ],
  ])('%s', (_, asked, answer) => {
    expect(answerOf('CN-SH', asked)).toBe(answer)
  })

  it.each<readonly [string, Purpose, boolean]>([
    ['13(1)(2)', 'SERVICE_DELIVERY', false],
    ['13(1)(1)', 'SALES_FOLLOW_UP', true],
    ['24', 'MARKETING', true],
    ['24', 'AI_DECISION', true],
    ['13(1)(1)', 'AI_TRAINING', true],
    ['13(1)(1)', 'ANALYTICS', true],
    ['23', 'PARTNER_SHARING', true],
    ['13(1)(1)', 'WORKFORCE_PLANNING', true],
    ['13(1)(3)', 'COMPLIANCE_AUDIT', false],
    ['45', 'SUBJECT_REQUEST', false],
  ])('%s is the legal basis of %s; needs consent: %s', (article, purpose, isConsent) => {
    basisHolds('CN-SH', `PIPL ${article}`, purpose, isConsent)
  })

  it.each<readonly [string, Purpose]>([
    ['29', 'SENSITIVE_DATA'],
    ['39', 'CROSS_BORDER_TRANSFER'],
  ])('%s asks for %s apart from any purpose, so that nobody can state it', (article, consent) => {
    expect(policy.regimes[1]?.bases[consent]).toMatchObject({ consent: true, statutory: false })
    expect(policy.regimes[1]?.bases[consent].article).toMatch(`PIPL ${article}`)
    expect(Object.values(policy.grants).flat()).not.toContain(consent)
  })

  it('holds in a region that no regime names, as the stricter', () => {
    expect(answerOf('US-CA', { of: 'finance.account', consents: SALES })).toBe(SEPARATE)
    expect(answerOf('US-CA', { consents: SALES, by: { region: 'US-NY' } })).toBe('shown')
  })

  it.each([
    ['15 working days', '2026-03-02T02:00:00Z', '2026-03-23T16:00:00.000Z'],
    ['not counting the day that has begun in China already', '2026-03-01T16:30:00Z', '2026-03-23T16:00:00.000Z'],
    [
      'over Spring Festival, with the Saturdays that are worked for it',
      '2026-02-09T02:00:00Z',
      '2026-03-06T16:00:00.000Z',
    ],
    ['over National Day, with the Saturday that is worked for it', '2026-09-24T02:00:00Z', '2026-10-22T16:00:00.000Z'],
  ])('50 an answer is due within %s', (_, start, dueBefore) => {
    const due = dueDate(policy, 'CN-SH', toInstant(new Date(start)))
    expect(due).toEqual({ dueBefore, article: 'PIPL 50', isProvisional: false })
  })

  it('50 is told as provisional where the holidays of the year are not known yet', () => {
    const due = dueDate(policy, 'CN-SH', toInstant(new Date('2026-12-21T02:00:00Z')))
    expect(due).toMatchObject({ dueBefore: '2027-01-11T16:00:00.000Z', isProvisional: true })
  })

  it.each([
    ['45', 'ACCESS'],
    ['46', 'RECTIFICATION'],
    ['47', 'ERASURE'],
    ['44', 'RESTRICTION'],
    ['45(3)', 'PORTABILITY'],
    ['24(3)', 'HUMAN_REVIEW'],
  ])('%s gives the right of %s', (article, right) => {
    expect(policy.regimes[1]?.rights).toContainEqual({ right, article: `PIPL ${article}` })
  })
})

describe('two residences', () => {
  const inBoth = { otherRegion: 'CN-GD' }

  it.each<readonly [string, Asked, string]>([
    [
      'bank accounts are sensitive, by PIPL',
      { of: 'finance.account', consents: SALES },
      'CONSENT_REQUIRED: PIPL 29 separate consent',
    ],
    [
      'a child of 15 does not consent, by GDPR',
      { consents: SALES, whoIs: { age: 15 } },
      'CONSENT_REQUIRED: GDPR 6(1)(a) consent',
    ],
    [
      'a seller in the Union is abroad, by PIPL',
      { consents: SALES, by: { region: 'EU-DE' } },
      'CONSENT_REQUIRED: PIPL 39 separate consent',
    ],
    ['what both show is shown', { consents: SALES }, 'shown'],
  ])('%s', (_, asked, answer) => {
    expect(answerOf('EU-DE', { ...asked, whoIs: { ...asked.whoIs, ...inBoth } })).toBe(answer)
    expect(answerOf('CN-GD', { ...asked, whoIs: { ...asked.whoIs, otherRegion: 'EU-DE' } })).toBe(answer)
  })

  it('have answers due by the earlier day', () => {
    const quiet = toInstant(new Date('2026-03-02T02:00:00Z'))
    expect(dueDateFor(policy, { region: 'EU-DE', otherRegion: 'CN-GD' }, quiet).article).toBe('PIPL 50')
    const overNationalDay = toInstant(new Date('2026-09-24T02:00:00Z'))
    expect(dueDateFor(policy, { region: 'EU-DE', otherRegion: 'CN-GD' }, overNationalDay).article).toBe('PIPL 50')
    expect(dueDateFor(policy, { region: 'EU-DE' }, quiet).article).toBe('GDPR 12(3)')
  })
})

describe('the bases', () => {
  it('are those of every purpose that somebody can state, under each law', () => {
    const stated = purposes.filter(each => each !== 'SENSITIVE_DATA' && each !== 'CROSS_BORDER_TRANSFER')
    expect(stated.length).toBe(10)
    for (const { bases } of policy.regimes) expect(Object.keys(bases).sort()).toEqual([...purposes].sort())
  })
})

describe('policy data', () => {
  it.each([
    [
      'a region without a calendar',
      { regimes: groundPolicy.regimes.map(each => ({ ...each, places: {} })) },
      'calendar',
    ],
    [
      'a stated purpose that is a separate consent',
      { grants: { ...groundPolicy.grants, REP: ['SENSITIVE_DATA'] } },
      'never stated',
    ],
    [
      'a policy on top under the name of the policy',
      { overlays: [{ id: 'ground', rules: groundPolicy.rules }] },
      'twice',
    ],
    [
      'a category that does not exist',
      { rules: [{ ...groundPolicy.rules[0], categories: ['identity.shoe'] }] },
      'no category',
    ],
  ])('is refused with %s', (_, change, message) => {
    expect(() => parsePolicy({ ...groundPolicy, ...change })).toThrow(message)
  })
})
