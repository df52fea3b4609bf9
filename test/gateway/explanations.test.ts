// What is told of an operation before it is asked is what the operation is answered, and it is told without reading anything
// of anybody.
import { readdirSync, readFileSync } from 'node:fs'
import { getOperationAST, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiKey } from '../../core/access/api-keys.ts'
import { BY_GUARDIAN } from '../../core/consent/consent-store.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { customerShares, shareOf } from '../../subgraphs/access/rules.ts'
import { matchModel } from '../../subgraphs/customers/identity/model.ts'
import { keepPairs } from '../../subgraphs/customers/identity/review-store.ts'
import { countAll, forgetAndMarkAll } from '../../subgraphs/metrics/projection.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { type CountingGraph, countingGraph } from '../support/counting-graph.ts'
import { startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const OPERATIONS = new URL('../../schema/operations/', import.meta.url)
const operation = (name: string) => readFileSync(new URL(`${name}.graphql`, OPERATIONS), 'utf8')
const QUERIES = readdirSync(OPERATIONS)
  .map(file => file.replace('.graphql', ''))
  .filter(name => getOperationAST(parse(operation(name)))?.operation === 'query')

/** Who asks, and the same as a viewer to be simulated. */
const VIEWERS = {
  subject: ['SUBJECT', 'SUBJECT_REQUEST'],
  rep: ['REP', 'SALES_FOLLOW_UP'],
  manager: ['MANAGER', 'SERVICE_DELIVERY'],
  partner: ['PARTNER', 'PARTNER_SHARING'],
  analyst: ['ANALYST', 'ANALYTICS'],
  auditor: ['AUDITOR', 'COMPLIANCE_AUDIT'],
  'privacy-officer': ['PRIVACY_OFFICER', 'COMPLIANCE_AUDIT'],
  operator: ['OPERATOR', 'COMPLIANCE_AUDIT'],
} as const
type Name = keyof typeof VIEWERS

const SIMULATE = `query($input: SimulationInput!) { simulateAs(input: $input) {
  viewerKind purpose prunedDocument customersVisible refused { coordinate code } cost { type field } prunedCost { type field }
  fields { type field isPruned outcomes { mask reasonCode policyId policyVersion legalBasis remedy share } } } }`

/** Whom a decision tells apart: residents of two laws, of age and not, with every combination of consents, all of them the rep's. */
interface Person {
  readonly region: string
  readonly birthDate: string | null
  readonly isByGuardian: boolean
  readonly consents: readonly string[]
}
const CONSENTABLE = [
  ['SALES_FOLLOW_UP', 'SERVICE_DELIVERY'],
  ['AI_DECISION'],
  ['PARTNER_SHARING', 'ANALYTICS'],
] as const
const COMBINATIONS = [...CONSENTABLE, ['SENSITIVE_DATA']].reduce<readonly (readonly string[])[]>(
  (sets, group) => sets.flatMap(set => [set, [...set, ...group]]),
  [[]],
)
const ALL_PEOPLE: readonly Person[] = [['CN-SH', '2013-05-20'] as const, ['EU-DE', '2011-05-20'] as const].flatMap(
  ([region, birthDate]) => [
    ...COMBINATIONS.map(consents => ({ region, birthDate, isByGuardian: true, consents })),
    // What a minor consents to by itself shows nothing, but to whom it lets know of the minor at all.
    { region, birthDate, isByGuardian: false, consents: CONSENTABLE.flat() },
    ...COMBINATIONS.filter(each => !each.includes('SENSITIVE_DATA')).map(consents => ({
      region,
      birthDate: null,
      isByGuardian: false,
      consents,
    })),
  ],
)
const isMinorWith = (region: string, purposes: readonly string[]) => (person: Person) =>
  person.region === region && person.isByGuardian && String(person.consents) === String(purposes)
/** A diagnosis names three customers at most, the first by their ids: these stand for how all of them look. */
const isExample = (person: Person) =>
  [isMinorWith('CN-SH', []), isMinorWith('CN-SH', CONSENTABLE[0]), isMinorWith('EU-DE', [])].some(is => is(person))
const PEOPLE = ALL_PEOPLE.toSorted((a, b) => Number(isExample(b)) - Number(isExample(a)))
/** What is told of two is told as of the one of them of whom less is: everybody is compared with who agreed to everything. */
const comparedWith = (id: string): string => {
  const { region } = PEOPLE[ids.indexOf(id)] ?? {}
  return ids.find((_, n) => PEOPLE[n]?.region === region && PEOPLE[n]?.consents.length === MOST_CONSENTS) ?? ''
}
const MOST_CONSENTS = Math.max(...COMBINATIONS.map(consents => consents.length))
/** Who does something itself, so that those who do not are below the mean: fewer than the industry has. */
const SELF_OPERATING = 5
const SCORE = { total: 9, weights: { name: 9 } }
const SPREAD = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
SET c.region = row.region, c.birthDate = row.birthDate
WITH c, row
MATCH (s:Seller {id: row.seller})
MERGE (s)-[:OWNS]->(c)`
/** Two sources tell something else of each, field by field. */
const DISAGREE = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
CREATE (r:SourceRecord {id: row.id + $source, key: row.id + $source, source: $source, acceptedAt: $at, statedAt: $at, payload: $payload})
CREATE (r)-[:IDENTIFIES]->(c)`
const STATED = ['mail', 'web'].map((source, n) => ({
  source,
  payload: JSON.stringify({
    customer: {
      ...{ name: `Name ${n}`, phone: `+861380000000${n}`, email: `${n}@example.org`, weComId: `wx-${n}` },
      ...{ birthDate: `198${n}-05-20`, region: n === 0 ? 'CN-SH' : 'CN-GD', otherRegion: n === 0 ? 'EU-DE' : 'EU-FR' },
    },
    account: { name: `Account ${n}` },
  }),
}))
const FORGET_CONSENTS = 'MATCH (k:Consent) DETACH DELETE k'
const FORGET_OWNERS = 'MATCH (:Seller)-[o:OWNS]->(:Customer) DELETE o'
const GIVE = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
CREATE (k:Consent {id: row.key, key: row.key, purpose: row.purpose, recipient: '', state: 'GIVEN', since: '2026-01-01T00:00:00.000Z'})
SET k.givenBy = row.givenBy
CREATE (k)-[:OF]->(c)`

let api: TestApi
let graph: CountingGraph
let ids: readonly string[]
let viewerIds: { readonly [name: string]: { readonly id: string; readonly region?: string } }

beforeAll(async () => {
  graph = countingGraph(await openEmbedded({ durability: 'os', shuffle: true }))
  api = await startApi({ customers: PEOPLE.length, graph })
  const idOf = async (name: string) => {
    const context = await api.gateway.authenticate(`Bearer ${await api.tokenOf(name)}`)
    return [name, { id: context.id, ...(context.region && { region: context.region }) }] as const
  }
  viewerIds = Object.fromEntries(await Promise.all(Object.keys(VIEWERS).map(idOf)))
  ids = (await graph.read('MATCH (c:Customer) RETURN c.id ORDER BY c.id')).map(([id]) => String(id))
  const people = ids.map((id, n) => ({ id, ...(PEOPLE[n] as Person) }))
  const rows = people.map(({ id, region, birthDate }) => ({ id, region, birthDate, seller: viewerIds.rep?.id ?? '' }))
  const given = people.flatMap(({ id, consents, isByGuardian }) =>
    consents.map(purpose => ({
      id,
      purpose,
      key: `${id}/${purpose}`,
      givenBy: isByGuardian ? BY_GUARDIAN : null,
    })),
  )
  await graph.write(async unit => {
    await unit.run(FORGET_CONSENTS)
    await unit.run(FORGET_OWNERS)
    await unit.run(SPREAD, { rows })
    await unit.run(GIVE, { rows: given })
    for (const stated of STATED) await unit.run(DISAGREE, { rows, at: api.clock.now(), ...stated })
    await keepPairs(
      unit,
      ids.map(id => ({ a: id, b: comparedWith(id), state: 'PENDING', score: SCORE })),
      matchModel().version,
      { at: api.clock.now(), evidenceEntryId: 'entry' },
      () => api.services.ids.next('MatchReview'),
    )
  })
  for (const id of ids.slice(-SELF_OPERATING)) {
    await changeConsent(api.services, { kind: 'SUBJECT', id }, `self-operation/${id}`, { purpose: 'MARKETING' }, true)
  }
  // The consents above were given behind the API, of which no event tells.
  await forgetAndMarkAll(api.services)
  await countAll(api.services)
})
afterAll(() => api.close())

async function simulated(name: Name, document: string, input: object = {}) {
  const [kind, purpose] = VIEWERS[name]
  const viewer = { kind, ...viewerIds[name] }
  const variables = { input: { viewer, purpose, document, ...input } }
  const { data, errors } = await api.ask('privacy-officer', SIMULATE, { variables })
  expect(errors).toEqual([])
  return data.simulateAs
}

interface Explained {
  readonly type: string
  readonly field: string
  readonly mask: string | null
  readonly reasonCode: string | null
  readonly policyId: string | null
  readonly policyVersion: number | null
  readonly legalBasis: string | null
  readonly remedy: string | null
}
const textOf = ({ type, field, mask, reasonCode, policyId, policyVersion, legalBasis, remedy }: Explained) =>
  [`${type}.${field}`, mask, reasonCode, policyId, policyVersion, legalBasis, remedy].join(' | ')

const maskedOutcomes = (explanation: { fields: { type: string; field: string; outcomes: Explained[] }[] }) =>
  new Set(
    explanation.fields.flatMap(({ type, field, outcomes }) =>
      outcomes.filter(({ mask }) => mask !== null).map(outcome => textOf({ ...outcome, type, field })),
    ),
  )

/** The masks that an operation was answered with for each customer whom it can be about, and for nobody; its cost is the one that is told. */
async function realRuns(name: Name, document: string): Promise<ReadonlySet<string>> {
  const [, purpose] = VIEWERS[name]
  const declared = (variable: string) => document.includes(`$${variable}:`)
  const about = declared('customerId') || declared('a') ? [...ids, 'unknown'] : [undefined]
  const masks = new Set<string>()
  const costs = new Set<string>()
  const variablesFor = (customerId: string | undefined) => ({
    ...(declared('customerId') && { customerId }),
    ...(declared('a') && { a: customerId, b: comparedWith(customerId ?? '') }),
    ...(declared('grain') && { grain: 'YEAR' }),
    // Of customers who all have one seller many are neighbours.
    ...(declared('first') && { first: customerId === undefined || declared('depth') ? 100 : 3 }),
  })
  for (const customerId of about) {
    const answer = await api.ask(name, document, { variables: variablesFor(customerId), purpose })
    for (const mask of answer.masks) masks.add(textOf(mask))
    if (answer.errors.length === 0) costs.add(JSON.stringify(JSON.parse(answer.text).extensions.cost))
  }
  const { cost } = await simulated(name, document, { variables: variablesFor(about[0]) })
  if (costs.size > 0) expect([...costs]).toEqual([JSON.stringify(cost)])
  return masks
}

/** Who is found by a value is one of whom it is shown: the masks of others, of which is told before it is known whom, are not met. */
const FOUND_BY_VALUE: { readonly [operation: string]: RegExp } = {
  Search: /^(Customer|Interaction)\./,
  HowFormed: /^ConflictingRecord\./,
  // Whoever is an example is one of whom it is shown what it adds.
  Diagnosis: /^(MetricContribution|Customer)\./,
  Neighbourhood: /^Customer\.region /,
}

describe('the masks that are told', () => {
  const ABOUT_CUSTOMERS = QUERIES.filter(name => /customer|interaction|opportunit/i.test(operation(name)))

  it.each(Object.keys(VIEWERS) as Name[])('are those of the real runs, for %s', async name => {
    let masked = 0
    for (const each of ABOUT_CUSTOMERS) {
      const document = operation(each)
      const outcomes = maskedOutcomes(await simulated(name, document))
      const real = await realRuns(name, document)
      const isMet = (outcome: string) => real.has(outcome) || !FOUND_BY_VALUE[each]?.test(outcome)
      expect([each, [...outcomes].filter(isMet).sort()]).toEqual([each, [...real].sort()])
      masked += outcomes.size
    }
    expect(masked > 0).toBe(name !== 'operator')
  })

  it('stand below fields that are refused for nobody', async () => {
    const explanation = await simulated(
      'partner',
      '{ opportunities { edges { node { stage } } } customers { edges { node { id } } } }',
    )
    expect(explanation.refused).toEqual([{ coordinate: 'Query.opportunities', code: 'FORBIDDEN' }])
    expect(explanation.fields).toEqual([])
  })
})

describe('beside the masks', () => {
  it('stand the pruned document and what it costs before and after', async () => {
    const explanation = await simulated(
      'partner',
      '{ customers(first: 3) { edges { node { id phone consents { purpose history { at } } } } } }',
    )
    expect(explanation.prunedDocument.replaceAll(/\s+/g, ' ')).toBe(
      '{ customers(first: 3) { edges { node { id phone: __typename consents: __typename } } } }',
    )
    expect(explanation).toMatchObject({
      viewerKind: 'PARTNER',
      purpose: 'PARTNER_SHARING',
      refused: [],
      cost: { type: 338, field: 38 },
      prunedCost: { type: 8, field: 5 },
    })
    expect(
      explanation.fields.map(({ field, isPruned }: { field: string; isPruned: boolean }) => [field, isPruned]),
    ).toEqual([
      ['phone', true],
      ['consents', true],
    ])
  })

  it('stands the cost that the operation itself tells', async () => {
    const document = operation('CustomersTimeline')
    const { cost } = await simulated('rep', document)
    const { text } = await api.ask('rep', document)
    expect(JSON.parse(text).extensions.cost).toEqual(cost)
    expect(cost.type).toBeGreaterThan(100)
  })

  it('stands a share in quarters, and of fewer than five nothing', async () => {
    const { fields, customersVisible } = await simulated('rep', '{ customers { edges { node { name } } } }')
    expect(customersVisible).toBe('MORE_THAN_THREE_QUARTERS')
    const shares = fields[0].outcomes.map(({ reasonCode, legalBasis, share }: never) => [reasonCode, legalBasis, share])
    expect(shares).toEqual([
      [null, null, 'UP_TO_THREE_QUARTERS'],
      ['CONSENT_REQUIRED', 'PIPL 13(1)(1) consent', 'UP_TO_A_QUARTER'],
      // Of minors: the guardian's consents. How many they are is told by nothing.
      ['CONSENT_REQUIRED', 'PIPL 13(1)(1) consent', null],
      ['CONSENT_REQUIRED', 'PIPL 29 separate consent', null],
      ['CONSENT_REQUIRED', 'GDPR 6(1)(a) consent', 'UP_TO_A_QUARTER'],
      ['CONSENT_REQUIRED', 'GDPR 6(1)(a) consent', null],
    ])
    const alone = await simulated('subject', '{ customers { edges { node { name } } } }')
    expect(alone.customersVisible).toBe('FEWER_THAN_FIVE')
    expect(alone.fields[0].outcomes.map(({ share }: { share: string }) => share)).toEqual(['FEWER_THAN_FIVE'])
  })
})

describe('a share', () => {
  it('tells a group of fewer than five from none by nothing, on either side', () => {
    for (const whole of [0, 4, 5, 8, 20, 1_000]) {
      for (let part = 0; part <= Math.min(4, whole); part++) {
        expect(shareOf(part, whole)).toBe('FEWER_THAN_FIVE')
        if (whole - part >= 5) expect(shareOf(whole - part, whole)).toBe(shareOf(whole, whole))
      }
    }
  })

  it('never falls when the part grows', () => {
    for (const whole of [5, 10, 23, 100]) {
      const places = Array.from({ length: whole + 1 }, (_, part) => customerShares.indexOf(shareOf(part, whole)))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
    }
  })
})

describe('nothing is read', () => {
  it('but how many customers live where and gave which consents', async () => {
    graph.forget()
    await simulated('rep', operation('CustomerTimeline'))
    // The log asks, too, whenever it likes, and of its own labels only.
    const own = graph.statements.filter(each =>
      /:(Customer|Interaction|Opportunity|Consent|Seller|Account)\b/.test(each),
    )
    expect(own.map(each => each.trim().replaceAll(/\s+/g, ' '))).toEqual([
      'MATCH (c:Customer) WHERE c.mergedInto IS NULL RETURN count(c)',
      "MATCH (:Seller {id: $viewerId})-[:OWNS]->(c:Customer) WHERE c.mergedInto IS NULL RETURN c.region, [coalesce(c.otherRegion, ''), '', ''] + [(c)<-[:OF]-(held:Consent) WHERE held.state = 'GIVEN' AND held.recipient IN ['', $viewerId] | held.purpose + coalesce(held.givenBy, '')], count(*)",
    ])
  })

  it('to find a key by its id', async () => {
    const [, keyId = ''] = (await api.tokenOf('partner')).split('_')
    const document = '{ customers { edges { node { phone company { id } } } } }'
    const input = { keyId, purpose: 'PARTNER_SHARING', document }
    const byKey = await api.ask('operator', SIMULATE, { variables: { input } })
    expect(byKey.data.simulateAs).toEqual(await simulated('partner', document))
    const unknown = { ...input, keyId: '000000000000' }
    const { errors } = await api.ask('operator', SIMULATE, { variables: { input: unknown } })
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_VISIBLE'])
  })
})

describe('explainAccess', () => {
  const EXPLAIN = `query($document: String, $coordinates: [String!]) { explainAccess(document: $document, coordinates: $coordinates) {
    viewerKind purpose prunedDocument customersVisible refused { coordinate code } cost { type field } prunedCost { type field }
    fields { type field isPruned outcomes { mask reasonCode policyId policyVersion legalBasis remedy share } } } }`

  it('tells each viewer of itself what a simulation of it tells', async () => {
    for (const name of Object.keys(VIEWERS) as Name[]) {
      const document = operation('CustomerTimeline')
      const [, purpose] = VIEWERS[name]
      const { data, errors } = await api.ask(name, EXPLAIN, { variables: { document }, purpose })
      expect(errors).toEqual([])
      expect(data.explainAccess).toEqual(await simulated(name, document))
    }
  })

  it('takes coordinates, of a field or of a whole type', async () => {
    const variables = { coordinates: ['Interaction.intent', 'Customer', 'PageInfo.endCursor'] }
    const { data } = await api.ask('rep', EXPLAIN, { variables })
    const personal = [...(api.gateway.supergraph.personal.get('Customer')?.keys() ?? [])]
    expect(personal.length).toBeGreaterThan(5)
    expect(data.explainAccess.fields.map(({ type, field }: Explained) => `${type}.${field}`)).toEqual([
      'Interaction.intent',
      ...personal.map(field => `Customer.${field}`),
    ])
    expect(data.explainAccess.prunedDocument).toBeNull()
  })

  it('tells what coordinates cost, of one object of each type: all of them, and what is left', async () => {
    const variables = { coordinates: ['Interaction.intent', 'Customer', 'PageInfo.endCursor'] }
    // An interaction, a page, a customer with its company, seller, two lists, and ten consents for want of a bound.
    const cost = { type: 1 + 1 + 1 + 2 + 2 + 10, field: 5 }
    const ofRep = await api.ask('rep', EXPLAIN, { variables })
    expect(ofRep.data.explainAccess).toMatchObject({
      cost,
      prunedCost: cost,
      customersVisible: 'MORE_THAN_THREE_QUARTERS',
    })
    const ofPartner = await api.ask('partner', EXPLAIN, { variables })
    // Without the interaction, the seller and the consents, which a partner is never shown.
    expect(ofPartner.data.explainAccess).toMatchObject({ cost, prunedCost: { type: 5, field: 3 } })
    const shares = ofPartner.data.explainAccess.fields.flatMap(({ type, field, outcomes }: never) =>
      (outcomes as { mask: null; share: string }[]).flatMap(({ mask, share }) =>
        mask === null ? [[type, field, share]] : [],
      ),
    )
    expect(shares).toEqual([['Customer', 'company', 'MORE_THAN_THREE_QUARTERS']])
  })

  it('tells the owner of a key that would rather be refused what it would be refused for', async () => {
    const viewer = { kind: 'PARTNER', id: 'partner-1', purposes: ['PARTNER_SHARING'], refusesPruned: true } as const
    const key = await api.services.graph.write(unit =>
      createApiKey(unit, { viewer, createdAt: api.clock.now(), expiresAt: '2099-01-01T00:00:00.000Z' as never }),
    )
    const document = '{ customers { edges { node { phone company { id } owner { id } } } } }'
    const headers = { authorization: `Bearer ${key}`, 'x-purpose': 'PARTNER_SHARING' }
    const real = await toAnswer(await api.post({ query: document }, headers))
    expect(real.errors.map(({ extensions }) => extensions.code)).toEqual(['FIELDS_NOT_GRANTED'])
    const [, keyId = ''] = key.split('_')
    const input = { keyId, purpose: 'PARTNER_SHARING', document }
    const { data } = await api.ask('operator', SIMULATE, { variables: { input } })
    expect(data.simulateAs).toMatchObject({
      refused: ['Customer.owner', 'Customer.phone'].map(coordinate => ({ coordinate, code: 'FIELDS_NOT_GRANTED' })),
      fields: [],
    })
    for (const { coordinate } of data.simulateAs.refused) expect(real.errors[0]?.message).toContain(coordinate)
  })

  it('says without a purpose that one is wanted', async () => {
    const variables = { coordinates: ['Customer.phone'] }
    const { data } = await api.ask('rep', EXPLAIN, { variables, purpose: null })
    expect(data.explainAccess.fields[0].outcomes).toMatchObject([{ mask: 'NULL', reasonCode: 'PURPOSE_REQUIRED' }])
  })

  it.each([
    ['either a document or coordinates', {}],
    ['either a document or coordinates', { document: '{ purposes { purpose } }', coordinates: [] }],
    ['a valid document', { document: '{ nothing }' }],
    ['a document of GraphQL', { document: '{' }],
    ['one operation', { document: 'query A { purposes { purpose } } query B { purposes { purpose } }' }],
    ['at most 20000 characters', { document: `{ ${'purposes { purpose } '.repeat(1_500)} }` }],
    ['Type or Type.field', { coordinates: ['Nothing'] }],
    ['Type or Type.field', { coordinates: ['Customer.nothing'] }],
    ['at most 100', { coordinates: Array.from({ length: 101 }, () => 'Customer') }],
  ])('wants %s', async (message, variables) => {
    const { errors } = await api.ask('rep', EXPLAIN, { variables })
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
    expect(errors[0]?.message).toContain(message)
  })
})

it('a purpose that the simulated viewer is not granted is refused', async () => {
  const [kind] = VIEWERS.partner
  const input = { viewer: { kind, id: 'partner-1' }, purpose: 'ANALYTICS', document: '{ purposes { purpose } }' }
  const { errors } = await api.ask('privacy-officer', SIMULATE, { variables: { input } })
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['PURPOSE_NOT_GRANTED'])
})
