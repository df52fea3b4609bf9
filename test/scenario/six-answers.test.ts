// The main job: one operation, one customer, a different right answer for each viewer.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { type Policy, parsePolicy } from '../../core/policy/policy.ts'
import { type Answer, startApi, type TestApi } from '../support/start-api.ts'

const TIMELINE = readFileSync('schema/operations/CustomerTimeline.graphql', 'utf8')
const WITHDRAW = readFileSync('schema/operations/WithdrawConsent.graphql', 'utf8')
const GIVE = readFileSync('schema/operations/GiveConsent.graphql', 'utf8')

const nodesOf = ({ data }: Answer) => data.customer.timeline.edges.map((edge: { node: object }) => edge.node)
const reasonsOf = ({ masks }: Answer) =>
  Object.fromEntries(masks.map(({ type, field, mask, reasonCode }) => [`${type}.${field}`, `${mask} ${reasonCode}`]))

let api: TestApi

beforeAll(async () => {
  api = await startApi({ customers: 24 })
})
afterAll(() => api.close())

describe('CustomerTimeline of a customer who consents to sales, sharing and analytics but not to AI decisions', () => {
  it('shows the customer everything and withholds nothing', async () => {
    const answer = await api.ask('subject', TIMELINE)
    expect(answer.errors).toEqual([])
    expect(answer.masks).toEqual([])
    expect(answer.data.customer).toMatchObject({
      name: '周明澜',
      phone: '+862100000000',
      region: 'CN-SH',
      company: { name: '上海澄岚医院（三级甲等）' },
    })
    expect(nodesOf(answer)[0]).toMatchObject({ intent: 'BARGAINING', emotion: 'PLEASED' })
    expect(answer.data.customer.consents.map((each: { purpose: string }) => each.purpose)).toEqual([
      'ANALYTICS',
      'PARTNER_SHARING',
      'SALES_FOLLOW_UP',
    ])
  })

  it('shows the rep who looks after the customer name, last four digits and content, but no inference', async () => {
    const answer = await api.ask('rep', TIMELINE)
    expect(answer.data.customer).toMatchObject({ name: '周明澜', phone: '***0000' })
    expect(nodesOf(answer)[0]).toMatchObject({ touchpoint: 'WECOM', intent: null, emotion: null })
    expect(nodesOf(answer)[0].text).toContain('价格条款')
    expect(reasonsOf(answer)).toEqual({
      'Customer.phone': 'LAST4 MASKED_BY_RULE',
      'Customer.email': 'LAST4 MASKED_BY_RULE',
      'Customer.weComId': 'LAST4 MASKED_BY_RULE',
      'Interaction.intent': 'NULL CONSENT_REQUIRED',
      'Interaction.emotion': 'NULL CONSENT_REQUIRED',
    })
    expect(answer.masks.find(mask => mask.field === 'intent')).toMatchObject({
      path: ['customer', 'timeline', 'edges', 0, 'node', 'intent'],
      policyId: 'ground/sales-inference',
      policyVersion: 1,
      legalBasis: 'PIPL 13(1)(1) consent',
      remedy: "The customer's consent to AI_DECISION would lift this.",
    })
  })

  it('tells another rep no more than that there is nothing to see', async () => {
    const answer = await api.ask('other-rep', TIMELINE)
    expect(answer.data).toEqual({ customer: null })
    expect(answer.errors).toEqual([])
    expect(answer.masks).toHaveLength(1)
    expect(answer.masks[0]).toMatchObject({ path: ['customer'], reasonCode: 'NOT_VISIBLE' })
  })

  it('answers another rep about an unknown customer byte for byte the same', async () => {
    const known = await api.ask('other-rep', TIMELINE)
    const unknown = await api.ask('other-rep', TIMELINE, {
      variables: { customerId: '00000000-0000-4000-a000-000000000000' },
    })
    expect(unknown.text).toBe(known.text)
  })

  it('shows the partner the company, the kinds and the years', async () => {
    const answer = await api.ask('partner', TIMELINE)
    expect(answer.data.customer).toMatchObject({
      name: null,
      phone: null,
      region: null,
      owner: null,
      consents: null,
      company: { name: '上海澄岚医院（三级甲等）' },
    })
    // All of one year look alike to it, so that they stand by id.
    expect(nodesOf(answer).find(({ touchpoint }: { touchpoint: string }) => touchpoint === 'WECOM')).toMatchObject({
      occurredAt: '2026-01-01T00:00:00.000Z',
      text: null,
      intent: null,
      emotion: null,
      outcome: null,
    })
    expect(reasonsOf(answer)).toMatchObject({
      'Customer.name': 'NULL CATEGORY_NOT_GRANTED',
      'Interaction.occurredAt': 'YEAR_ONLY MASKED_BY_RULE',
      'Interaction.text': 'NULL CATEGORY_NOT_GRANTED',
    })
  })

  it('shows the analyst a pseudonym, the kinds, the years and the region', async () => {
    const answer = await api.ask('analyst', TIMELINE)
    expect(answer.data.customer).toMatchObject({ region: 'CN-SH', phone: null, company: null, consents: null })
    expect(answer.data.customer.name).toMatch(/^[\w-]{22}$/)
    // All of one year look alike to it, so that they stand by id.
    expect(nodesOf(answer).find(({ touchpoint }: { touchpoint: string }) => touchpoint === 'WECOM')).toMatchObject({
      occurredAt: '2026-01-01T00:00:00.000Z',
      text: null,
      intent: null,
    })
    expect(reasonsOf(answer)).toMatchObject({ 'Customer.name': 'HASH MASKED_BY_RULE' })
  })

  it('shows the auditor ids and evidence entries and nothing personal', async () => {
    const answer = await api.ask('auditor', TIMELINE)
    const { customer } = answer.data
    expect(customer).toMatchObject({
      name: null,
      phone: null,
      region: null,
      company: null,
      owner: null,
      consents: null,
    })
    expect(customer.evidenceEntryId).toMatch(/^[0-9a-f-]{36}$/)
    for (const node of nodesOf(answer)) {
      const { id, evidenceEntryId, ...personal } = node
      expect([id, evidenceEntryId].every(each => /^[0-9a-f-]{36}$/.test(each))).toBe(true)
      expect(new Set(Object.values(personal))).toEqual(new Set([null]))
    }
  })

  it('gives six different answers', async () => {
    const viewers = ['subject', 'rep', 'other-rep', 'partner', 'analyst', 'auditor']
    const answers = await Promise.all(viewers.map(viewer => api.ask(viewer, TIMELINE)))
    expect(new Set(answers.map(answer => JSON.stringify(answer.data))).size).toBe(6)
  })
})

describe('withdrawing a consent', () => {
  it('changes the very next answer to the partner, and giving it again changes it back', async () => {
    const before = await api.ask('partner', TIMELINE)
    expect(before.data.customer.company).not.toBeNull()

    const withdrawn = await api.ask('subject', WITHDRAW, { variables: { idempotencyKey: 'withdraw-1' } })
    expect(withdrawn.data.withdrawConsent.consent.state).toBe('WITHDRAWN')
    expect(withdrawn.data.withdrawConsent.evidenceEntryId).toMatch(/^[0-9a-f-]{36}$/)
    const without = await api.ask('partner', TIMELINE)
    expect(without.data).toEqual({ customer: null })
    expect(without.masks).toMatchObject([{ path: ['customer'], reasonCode: 'NOT_VISIBLE' }])

    const variables = { purpose: 'PARTNER_SHARING', recipient: 'partner-harbour-devices', idempotencyKey: 'give-1' }
    await api.ask('subject', GIVE, { variables })
    expect((await api.ask('partner', TIMELINE)).text).toBe(before.text)
  })

  it('takes the rep the content when the consent to follow-up goes, and says what would lift it', async () => {
    const variables = { purpose: 'SALES_FOLLOW_UP', recipient: null, idempotencyKey: 'withdraw-2' }
    await api.ask('subject', WITHDRAW, { variables })
    const answer = await api.ask('rep', TIMELINE)
    expect(answer.data.customer).toMatchObject({ name: null, phone: null, region: null })
    expect(reasonsOf(answer)).toMatchObject({ 'Customer.name': 'NULL CONSENT_REQUIRED' })
    await api.ask('subject', GIVE, { variables: { ...variables, idempotencyKey: 'give-2' } })
  })
})

describe('the policy alone', () => {
  const withRule = (id: string, change: Partial<Policy['rules'][number]>): Policy =>
    parsePolicy({
      ...groundPolicy,
      version: 2,
      rules: groundPolicy.rules.map(rule => (rule.id === id ? { ...rule, ...change } : rule)),
    })

  it('changes what the partner sees when one row changes and no code does', async () => {
    const policy = withRule('partner-slice', { categories: ['identity.region', 'behaviour.kind'] })
    const changed = await startApi({ customers: 24, policy })
    try {
      const answer = await changed.ask('partner', TIMELINE)
      expect(answer.data.customer).toMatchObject({ company: null, region: 'CN-SH' })
      expect(answer.masks.every(mask => mask.policyVersion === 2)).toBe(true)
    } finally {
      await changed.close()
    }
  })

  it('shows the rep the whole phone number when its row says so', async () => {
    const changed = await startApi({ customers: 24, policy: withRule('sales-contact', { effect: 'ALLOW' }) })
    try {
      expect((await changed.ask('rep', TIMELINE)).data.customer.phone).toBe('+862100000000')
    } finally {
      await changed.close()
    }
  })
})
