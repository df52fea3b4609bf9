// What is drawn from personal data obeys its sources: whoever may not read one of them does not read what follows from it.
import { buildASTSchema, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { toInstant } from '../../core/clock.ts'
import { eventSchemas } from '../../core/events/kinds.ts'
import type { Category } from '../../core/policy/categories.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { fieldPrivacy, personalFields } from '../../core/policy/personal.ts'
import { parsePolicy, type Rule } from '../../core/policy/policy.ts'
import { buildSubgraph } from '../../core/subgraph.ts'
import { purposes, type Viewer } from '../../core/viewer.ts'
import { openSupergraph } from '../../gateway/execution.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const NOW = toInstant(new Date('2026-11-02T08:00:00Z'))
const REP: Viewer = { kind: 'REP', id: 'rep-1', purpose: 'SALES_FOLLOW_UP' }
const ANNA = { id: 'anna', region: 'EU-DE', consents: new Set(purposes) }

/** Every derived field: type, field, its own category, and what it is drawn from. */
const DERIVED: readonly (readonly [string, string, Category, readonly Category[]])[] = [
  [
    'Customer',
    'completeness',
    'identity.employer',
    [
      'identity.name',
      'identity.contact.phone',
      'identity.contact.email',
      'identity.contact.wecom',
      'identity.region',
      'commercial.owner',
    ],
  ],
  ['InteractionSignals', 'intents', 'inference.intent', ['behaviour.content']],
  ['InteractionSignals', 'emotion', 'inference.emotion', ['behaviour.content']],
  ['InteractionSignals', 'modelVersion', 'inference.intent', ['behaviour.content']],
  ['InteractionSignals', 'evidenceEntryId', 'inference.intent', ['behaviour.content']],
  ['InteractionEnvironment', 'events', 'behaviour.environment', ['behaviour.time', 'identity.region']],
  ...(['numerator', 'denominator'] as const).map(
    field =>
      [
        'MetricContribution',
        field,
        'behaviour.kind',
        ['behaviour.time', 'commercial.deal', 'governance.consent', 'inference.intent'],
      ] as const,
  ),
  ...Object.entries({
    name: ['identity.name'],
    phone: ['identity.contact.phone'],
    email: ['identity.contact.email'],
    weComId: ['identity.contact.wecom'],
    birthDate: ['identity.birth'],
    region: ['identity.region'],
    account: ['identity.employer'],
    total: [
      'identity.name',
      'identity.contact.phone',
      'identity.contact.email',
      'identity.contact.wecom',
      'identity.birth',
      'identity.region',
      'identity.employer',
    ],
  } as const).map(([field, sources]) => ['MatchExplanation', field, 'identity.match', sources] as const),
  ...Object.entries({
    TeamMember: ['seller', 'role'],
    TeamProposal: ['members', 'coverage', 'collaboration', 'cost', 'lowerBound'],
    WhyNotMe: ['role', 'isPlanned', 'constraint', 'price', 'parts', 'limit', 'placesMoved'],
  }).flatMap(([type, fields]) => fields.map(field => [type, field, 'workforce.work', ['workforce.skill']] as const)),
]
const pairs = DERIVED.flatMap(([type, field, own, sources]) =>
  [own, ...sources].map(source => ({ place: `${type}.${field}`, type, field, source, all: [own, ...sources] })),
)

let sdl: string
beforeAll(async () => {
  ;({ sdl } = openSupergraph(await Promise.all(subgraphs.map(buildSubgraph)), () => {}))
})

/** What a seller is shown of a field that holds something, under a policy of these rules alone. */
function shown(type: string, field: string, rules: readonly Omit<Rule, 'viewers' | 'purposes'>[], subject = ANNA) {
  const whole = rules.map(rule => ({ ...rule, viewers: ['REP'], purposes: ['SALES_FOLLOW_UP'] }))
  const policy = parsePolicy({ ...groundPolicy, rules: whole })
  const table = personalFields(buildASTSchema(parse(sdl), { assumeValidSDL: true }))
  const masks = entityMasks(table, policy, REP, value => value, NOW)
  const image = masks.apply(type, { id: '1', [field]: 'something' }, subject) as Record<string, unknown>
  return { value: image[field], mask: masks.withheld(type, '1')?.find(each => each.field === field) }
}
const allowing = (categories: readonly Category[]) =>
  categories.map(each => ({ id: each, categories: [each], effect: 'ALLOW' as const }))

describe('the derived fields of the supergraph', () => {
  it('are those of the table', () => {
    const found = fieldPrivacy(buildASTSchema(parse(sdl), { assumeValidSDL: true }))
      .filter(({ drawnFrom }) => drawnFrom.length > 0)
      .map(({ type, field, privacy, drawnFrom }) => [type, field, privacy, drawnFrom])
    expect(found.sort()).toEqual([...DERIVED].sort())
  })

  it.each(pairs)(
    '$place is shown with all it is drawn from, and not without $source',
    ({ type, field, source, all }) => {
      expect(shown(type, field, allowing(all))).toEqual({ value: 'something', mask: undefined })
      const { value, mask } = shown(type, field, allowing(all.filter(each => each !== source)))
      expect(value).toBeNull()
      expect(mask).toMatchObject({ mask: 'NULL', reason: { reasonCode: 'CATEGORY_NOT_GRANTED' } })
    },
  )

  it.each(pairs)('$place is withheld where a rule denies $source', ({ type, field, source, all }) => {
    const denied = { id: 'denied', categories: [source], effect: 'DENY' as const }
    expect(shown(type, field, [...allowing(all), denied]).mask?.reason.reasonCode).toBe('DENIED_BY_RULE')
  })

  it.each(pairs)(
    '$place is withheld where $source needs a consent that is withdrawn',
    ({ type, field, source, all }) => {
      const rules = allowing(all).map(rule =>
        rule.id === source ? { ...rule, alsoConsent: 'AI_TRAINING' as const } : rule,
      )
      expect(shown(type, field, rules).value).toBe('something')
      const left = new Set(purposes.filter(each => each !== 'AI_TRAINING'))
      expect(shown(type, field, rules, { ...ANNA, consents: left }).mask?.reason.reasonCode).toBe('CONSENT_REQUIRED')
    },
  )
})

describe('the completeness of a customer', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi({ customers: 1 })
  })
  afterAll(() => api.close())

  it('counts what is known of seven fields, for who is shown all of them', async () => {
    const text =
      '{ customers { edges { node { completeness name phone email weComId region company { id } owner { id } } } } }'
    const { data } = await api.ask('subject', text)
    const { completeness, ...profile } = data.customers.edges[0].node
    const known = Object.values(profile).filter(each => each !== null).length
    expect([Object.keys(profile).length, completeness]).toEqual([7, known / 7])
    // A seller is shown the last four digits of a phone number.
    const ofRep = await api.ask('rep', text)
    expect(ofRep.data.customers.edges[0].node).toMatchObject({ completeness: null, name: profile.name })
    expect(ofRep.masks.map(({ field, mask, reasonCode }) => [field, mask, reasonCode])).toContainEqual([
      'completeness',
      'NULL',
      'MASKED_BY_RULE',
    ])
  })
})

describe('a domain event', () => {
  /** What each property of an event's body may be: an id, ids, a word of a vocabulary, a yes or no. */
  const BODIES: { readonly [kind: string]: { readonly [property: string]: string } } = {
    RECORDS_ACCEPTED: { source: 'name of a source', recordIds: 'ids' },
    INTERACTIONS_RECORDED: { interactionIds: 'ids' },
    ENVIRONMENT_EVENTS_RECORDED: { environmentEventIds: 'ids' },
    CONSENT_CHANGED: { customerId: 'id', purpose: 'vocabulary', given: 'boolean' },
    ERASURE_REQUESTED: { requestId: 'id', subjectId: 'id' },
    OPPORTUNITIES_CHANGED: { opportunityIds: 'ids' },
    ERASURE_COMPLETED: { requestId: 'id' },
    CUSTOMERS_STATED: { customerIds: 'ids' },
    CUSTOMERS_MERGED: { personId: 'id', customerIds: 'ids' },
    CUSTOMERS_UNMERGED: {
      personId: 'id',
      customerIds: 'ids',
      mergedAt: 'time',
      unmergedAt: 'time',
      dissolved: 'boolean',
    },
    SELLERS_OBSERVED: { sources: 'vocabulary and ids' },
    SELLERS_WORKED_TOGETHER: { sourceId: 'id', sellerIds: 'ids' },
    OBSERVATIONS_RETRACTED: { behaviour: 'vocabulary', sourceIds: 'ids' },
    SELLER_SKILLS_CHANGED: { sellerIds: 'ids' },
    SELLER_CONSENT_CHANGED: { sellerId: 'id', purpose: 'vocabulary', given: 'boolean' },
    SELLERS_RECORDED: { sellerIds: 'ids' },
    TASKS_PUBLISHED: { taskIds: 'ids' },
    TASKS_ROUTED: { taskIds: 'ids' },
    TASKS_ESCALATED: { taskIds: 'ids' },
    TASK_COMPLETED: { taskId: 'id' },
    ASSIGNMENT_CHANGED: { assignmentId: 'id', taskId: 'id' },
    AVAILABILITY_CHANGED: { sellerId: 'id', taskIds: 'ids' },
    TEAM_ASSEMBLED: { teamId: 'id', taskId: 'id' },
    TASK_SETTLED: { taskId: 'id', settlementId: 'id' },
    SETTLEMENT_REVERSED: { taskId: 'id', settlementId: 'id' },
    TRADE_COMPLETED: { tradeId: 'id' },
  }

  it('of each kind holds what the table names, and no place for a personal value', () => {
    const properties = Object.fromEntries(
      Object.entries(eventSchemas).map(([kind, { shape }]) => [kind, Object.keys(shape).sort()]),
    )
    expect(properties).toEqual(
      Object.fromEntries(Object.entries(BODIES).map(([kind, body]) => [kind, Object.keys(body).sort()])),
    )
  })

  it.each(Object.entries(eventSchemas))('%s takes nothing beside it', (_, schema) => {
    const additional = z.toJSONSchema(schema) as { additionalProperties?: unknown }
    expect(additional.additionalProperties).toBe(false)
  })
})
