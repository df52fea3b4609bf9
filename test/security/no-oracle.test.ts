// What was once told by another way than the value: each by the shortest pair of graphs that showed it.
import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { inOrderOfPlace } from '../../gateway/error-format.ts'
import { openTwinApi, type TwinApi } from '../support/twin-api.ts'
import { CUSTOMER_IDS, METRIC_ID, SELLERS } from '../support/twin-values.ts'
import type { TwinCustomer, TwinWorld } from '../support/twin-worlds.ts'

const [ANNA = '', BERT = ''] = CUSTOMER_IDS
const REP: Viewer = { kind: 'REP', id: SELLERS[0], purpose: 'SALES_FOLLOW_UP' }
const PARTNER: Viewer = { kind: 'PARTNER', id: 'partner-number-1', purpose: 'PARTNER_SHARING' }
const ANALYST: Viewer = { kind: 'ANALYST', id: 'analyst-number-1', purpose: 'ANALYTICS' }

type Times = { readonly [interactionId: string]: string }

const given = (...purposes: TwinCustomer['consents'][number]['purpose'][]) =>
  purposes.map(purpose => ({ purpose, recipient: '', state: 'GIVEN' as const }))

function aCustomer(id: string, times: Times, parts: Partial<TwinCustomer> = {}): TwinCustomer {
  const values = { name: 'Amy', region: 'CN-SH', owner: SELLERS[0] }
  const interactions = Object.entries(times).map(([each, occurredAt]) => ({
    id: each,
    values: { occurredAt, text: 'text' },
    signals: { intents: '', emotion: null, modelVersion: null, evidenceEntryId: null },
    environment: { events: null },
  }))
  return { id, consents: [], own: {}, interactions, ...parts, values: { ...values, ...parts.values } }
}

const SELLING = SELLERS.map(id => ({ id, values: { region: null }, consents: [], skills: [], account: {}, own: {} }))
const worldOf = (...customers: readonly TwinCustomer[]): TwinWorld => ({
  customers,
  sellers: SELLING,
  shared: [],
  payloads: [],
})

const EARLY = '2026-01-02T00:00:00.000Z'
const LATE = '2026-03-04T00:00:00.000Z'
const TIMELINE = `query T($id: ID!, $after: String) {
  customer(id: $id) { timeline(first: 5, after: $after) { edges { node { id occurredAt } } } } }`

let api: TwinApi
beforeAll(async () => {
  api = await openTwinApi(groundPolicy)
})
afterAll(() => api.close())

/** The answers of the same operation to two worlds, the first one read. */
async function answers(worlds: readonly [TwinWorld, TwinWorld], viewer: Viewer, text: string, variables: object = {}) {
  await api.write(worlds)
  const [one, other] = await api.ask(viewer, { text, variables: variables as Record<string, unknown> })
  expect(other).toEqual(one)
  return { ...JSON.parse(one.body), evidence: one.evidence }
}

const idsIn = ({ data }: { data: { customer: { timeline: { edges: { node: { id: string } }[] } } } }) =>
  data.customer.timeline.edges.map(({ node }) => node.id)

describe('the order of a timeline', () => {
  it('tells a partner, who is shown years, nothing of which came first within one', async () => {
    const consents = given('PARTNER_SHARING')
    const worlds = [
      { a: EARLY, b: LATE },
      { a: LATE, b: EARLY },
    ].map(times => worldOf(aCustomer(ANNA, times, { consents })))
    expect(idsIn(await answers(worlds as never, PARTNER, TIMELINE, { id: ANNA }))).toEqual(['a', 'b'])
  })

  it('goes by the years that a partner is shown', async () => {
    const world = worldOf(
      aCustomer(ANNA, { a: '2024-05-05T00:00:00.000Z', b: EARLY }, { consents: given('PARTNER_SHARING') }),
    )
    expect(idsIn(await answers([world, world], PARTNER, TIMELINE, { id: ANNA }))).toEqual(['b', 'a'])
  })

  it('tells a seller nothing of the times of a customer who does not consent, and all of one who does', async () => {
    const worlds = [
      { a: EARLY, b: LATE },
      { a: LATE, b: EARLY },
    ].map(times => worldOf(aCustomer(ANNA, times)))
    expect(idsIn(await answers(worlds as never, REP, TIMELINE, { id: ANNA }))).toEqual(['a', 'b'])
    const world = worldOf(aCustomer(ANNA, { a: EARLY, b: LATE }, { consents: given('SALES_FOLLOW_UP') }))
    expect(idsIn(await answers([world, world], REP, TIMELINE, { id: ANNA }))).toEqual(['b', 'a'])
  })
})

describe('the order of other lists of what happened', () => {
  const MANAGER: Viewer = { kind: 'MANAGER', id: 'manager-number-1', region: 'CN-SH', purpose: 'WORKFORCE_PLANNING' }
  const ACCOUNT = `query A($after: String) {
    ledger(sellerId: "${SELLERS[0]}") { postings(first: 5, after: $after) { edges { node { id at } } } } }`
  const anAccount = (times: Times, consents: TwinCustomer['consents'] = []): TwinWorld => {
    const postings = Object.entries(times).map(([id, at]) => ({
      id,
      values: { at, amount: 1, balance: 1, kind: 'SETTLEMENT' },
    }))
    const [seller, ...others] = SELLING
    const owner = { ...seller, id: SELLERS[0], values: { region: 'CN-SH' }, consents, own: { Posting: postings } }
    return { ...worldOf(), sellers: [{ skills: [], account: {}, ...owner }, ...others] }
  }
  const postingsIn = ({ data }: { data: { ledger: { postings: { edges: { node: { id: string } }[] } } } }) =>
    data.ledger.postings.edges.map(({ node }) => node.id)

  it('tells a manager nothing of when credits moved for a seller who does not consent, and all of one who does', async () => {
    const worlds = [anAccount({ a: EARLY, b: LATE, c: EARLY }), anAccount({ a: LATE, b: EARLY, c: LATE })] as const
    expect(postingsIn(await answers(worlds, MANAGER, ACCOUNT))).toEqual(['a', 'b', 'c'])
    const after = Buffer.from(`ledger/${SELLERS[0]} b`).toString('base64url')
    expect(postingsIn(await answers(worlds, MANAGER, ACCOUNT, { after }))).toEqual(['c'])
    const shown = anAccount({ a: EARLY, b: LATE }, given('WORKFORCE_PLANNING'))
    expect(postingsIn(await answers([shown, shown], MANAGER, ACCOUNT))).toEqual(['b', 'a'])
    expect(postingsIn(await answers([shown, shown], MANAGER, ACCOUNT, { after }))).toEqual(['a'])
  })

  it('tells a seller nothing of when records came of a customer who does not consent, and all of one who does', async () => {
    const formed = `{ howFormed(customerId: "${ANNA}") { records { id acceptedAt } } }`
    const recorded = (times: Times, consents: TwinCustomer['consents'] = []) => {
      const records = Object.entries(times).map(([id, acceptedAt]) => ({ id, values: { acceptedAt, source: 'call' } }))
      return worldOf(aCustomer(ANNA, {}, { consents, own: { FormingRecord: records } }))
    }
    const idsOf = async (worlds: readonly [TwinWorld, TwinWorld]) =>
      (await answers(worlds, REP, formed)).data.howFormed.records.map(({ id }: { id: string }) => id)
    expect(await idsOf([recorded({ a: EARLY, b: LATE }), recorded({ a: LATE, b: EARLY })])).toEqual(['a', 'b'])
    const shown = recorded({ a: EARLY, b: LATE }, given('SALES_FOLLOW_UP'))
    expect(await idsOf([shown, shown])).toEqual(['b', 'a'])
  })
})

describe('where sources disagree about a customer', () => {
  const CONFLICTS = `{ howFormed(customerId: "${ANNA}") { conflicts { id name statedAt } } }`
  const stated = (names: readonly string[], times: readonly string[], consents: TwinCustomer['consents'] = []) => {
    const records = names.map((name, place) => ({
      id: String(place),
      values: { name, statedAt: times[place] ?? EARLY, source: `source-${place}` },
    }))
    return worldOf(aCustomer(ANNA, {}, { consents, own: { ConflictingRecord: records } }))
  }
  const idsOf = async (worlds: readonly [TwinWorld, TwinWorld]) =>
    (await answers(worlds, REP, CONFLICTS)).data.howFormed.conflicts.map(({ id }: { id: string }) => id)

  it('is not told of hidden values: neither that they differ, nor which of them came last', async () => {
    const alike = stated(['Amy', 'Amy'], [EARLY, LATE])
    expect(await idsOf([stated(['Amy', 'Zed'], [EARLY, LATE]), alike])).toEqual([])
    expect(await idsOf([stated(['Amy', 'Zed'], [LATE, EARLY]), alike])).toEqual([])
  })

  it('is told of values that are shown, the newest first', async () => {
    const shown = stated(['Amy', 'Zed'], [EARLY, LATE], given('SALES_FOLLOW_UP'))
    expect(await idsOf([shown, shown])).toEqual(['1', '0'])
  })
})

describe('a cursor', () => {
  const timelineCursor = (interactionId: string) =>
    Buffer.from(`timeline/${ANNA} ${interactionId}`).toString('base64url')

  it("that is forged of somebody else's interaction tells nothing of when that took place, or whether it is there", async () => {
    const anna = aCustomer(ANNA, { a: EARLY, b: LATE }, { consents: given('SALES_FOLLOW_UP') })
    const bert = (at: string) => aCustomer(BERT, { x: at }, { values: { owner: SELLERS[1] } })
    const variables = { id: ANNA, after: timelineCursor('x') }
    const dated = [worldOf(anna, bert(EARLY)), worldOf(anna, bert('2026-02-01T00:00:00.000Z'))] as const
    expect(idsIn(await answers(dated, REP, TIMELINE, variables))).toEqual([])
    expect(idsIn(await answers([worldOf(anna, bert(LATE)), worldOf(anna)], REP, TIMELINE, variables))).toEqual([])
  })

  it('holds an id and no value, whatever the list is ordered by', async () => {
    const world = worldOf(aCustomer(ANNA, {}, { consents: given('SALES_FOLLOW_UP') }))
    const text = '{ customers(orderBy: {by: NAME}, filter: {name: "Amy"}) { edges { cursor } } }'
    const { data } = await answers([world, world], REP, text)
    const cursor = Buffer.from(data.customers.edges[0].cursor, 'base64url').toString()
    expect(cursor).toMatch(new RegExp(`^customers/[\\w-]{16} ${ANNA}$`))
  })
})

describe('a filter or an order', () => {
  const text = '{ customers(filter: {nameContains: "m"}, orderBy: {by: NAME}) { edges { node { id } } } }'

  it('does not find what is hidden, by any part of it', async () => {
    const worlds = ['Amy', 'Zed'].map(name => worldOf(aCustomer(ANNA, {}, { values: { name } })))
    expect((await answers(worlds as never, REP, text)).data.customers.edges).toEqual([])
  })

  it('does not find what became of a contest for who may not know of contests', async () => {
    const contested = (review: string): TwinWorld => {
      const values = {
        behaviour: 'TRAINING',
        outcome: 1,
        complexity: 1,
        weight: 1,
        seenAt: EARLY,
        counts: true,
        review,
      }
      const skills = [
        { id: 'skill', values: { skill: 'skill-number-1', level: 1 }, evidence: [{ id: 'piece', values }] },
      ]
      return { ...worldOf(), sellers: SELLING.map((seller, n) => (n === 0 ? { ...seller, skills } : seller)) }
    }
    const worlds = [contested('CONTESTED'), contested('UPHELD')] as const
    const contests = '{ skillContests(review: UPHELD) { edges { node { id } } } }'
    expect((await answers(worlds, REP, contests)).data.skillContests.edges).toEqual([])
    await api.write(worlds)
    const [, upheld] = await api.ask({ ...REP, purpose: 'SUBJECT_REQUEST' }, { text: contests, variables: {} })
    expect(JSON.parse(upheld.body).data.skillContests.edges).toEqual([{ node: { id: 'piece' } }])
  })

  it('on a field that the viewer is shown as a hash is refused before anything is read', async () => {
    const worlds = ['Amy', 'Zed'].map(name =>
      worldOf(aCustomer(ANNA, {}, { values: { name }, consents: given('ANALYTICS') })),
    )
    await api.write(worlds as never)
    const [one] = await api.ask(ANALYST, { text, variables: {} })
    expect(JSON.parse(one.body).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(one.statements.filter(each => each.includes('MATCH (c:Customer)'))).toEqual([])
  })

  it('is a look at the category, which the access record names though nobody was found', async () => {
    const world = worldOf(aCustomer(ANNA, {}, { consents: given('SALES_FOLLOW_UP'), values: { name: 'Bob' } }))
    const { evidence } = await answers([world, world], REP, text)
    expect(JSON.parse(evidence[0][2]).statement).toMatchObject({ categories: 'identity.name', subjects: 0 })
  })
})

describe('who is behind a value', () => {
  const text = `{ lineage(id: "${METRIC_ID}", first: 9) { edges { node { id numerator denominator } } } }`
  const MANAGER: Viewer = { kind: 'MANAGER', id: 'manager-number-1', region: 'CN-SH', purpose: 'SALES_FOLLOW_UP' }
  const adding = (id: string, denominator: number, consents: TwinCustomer['consents'] = []) =>
    aCustomer(id, {}, { consents, own: { MetricContribution: [{ id, values: { numerator: 1, denominator } }] } })
  const listed = async (worlds: readonly [TwinWorld, TwinWorld], viewer: Viewer) => {
    const { data } = await answers(worlds, viewer, text)
    return data.lineage.edges.map(({ node }: { node: object }) => Object.values(node))
  }

  it.each([
    ['a manager without consent', MANAGER],
    ['a privacy officer', { kind: 'PRIVACY_OFFICER', id: 'officer-number-1', purpose: 'COMPLIANCE_AUDIT' } as const],
  ])('is not told to %s: who adds nothing is listed beside who does', async (_, viewer) => {
    const worlds = [worldOf(adding(ANNA, 2), adding(BERT, 0)), worldOf(adding(ANNA, 0), adding(BERT, 2))] as const
    expect(await listed(worlds, viewer)).toEqual([ANNA, BERT].map(id => [id, null, null]))
  })

  it('is told to a manager of customers who consent', async () => {
    const consents = given('SALES_FOLLOW_UP', 'AI_DECISION')
    const world = worldOf(adding(ANNA, 2, consents), adding(BERT, 0, consents))
    expect(await listed([world, world], MANAGER)).toEqual([[ANNA, 1, 2]])
  })
})

describe('a neighbourhood', () => {
  const [, , CARL = '', DORA = ''] = CUSTOMER_IDS
  const text = `query N($id: ID!, $depth: Int!, $first: Int!) { neighbourhood(customerId: $id, depth: $depth, first: $first) {
    customer { id } customers { id } companies { id } sellers { id } interactions { id } relations { kind from to } isCut
  } }`
  const around = async (worlds: readonly [TwinWorld, TwinWorld], variables: { depth: number; first: number }) => {
    const { data, errors } = await answers(worlds, REP, text, { id: ANNA, ...variables })
    expect(errors).toBeUndefined()
    const { customers, companies, sellers, isCut, relations } = data.neighbourhood
    const ids = [customers, companies, sellers].map((found: { id: string }[]) => found.map(({ id }) => id))
    return [...ids, relations.length, isCut]
  }
  const consents = given('SALES_FOLLOW_UP')
  const anna = aCustomer(ANNA, {}, { consents, values: { company: 'Account A' } })
  const bert = (company: string | null, more = {}) => aCustomer(BERT, {}, { values: { company }, ...more })

  it('does not lead over a company or seller that is not shown of a customer', async () => {
    const worlds = [worldOf(anna, bert('Account A')), worldOf(anna, bert('Account B'))] as const
    expect(await around(worlds, { depth: 3, first: 100 })).toEqual([[], ['Account A'], [SELLERS[0]], 2, false])
    const shown = worldOf(anna, bert('Account A', { consents }))
    expect((await around([shown, shown], { depth: 2, first: 100 }))[0]).toEqual([BERT])
  })

  it('does not say by its size or end that there are others whom the viewer may not know of', async () => {
    const seen = bert('Account A', { consents })
    const elsewhere = { consents, values: { owner: SELLERS[1], company: 'Account A' } }
    const others = [CARL, DORA].map(id => aCustomer(id, { [`${id}/x`]: EARLY }, elsewhere))
    const worlds = [worldOf(anna, seen, ...others), worldOf(anna, seen)] as const
    // The company, the seller and Bert.
    for (const first of [3, 4]) {
      expect(await around(worlds, { depth: 3, first })).toEqual([[BERT], ['Account A'], [SELLERS[0]], 4, false])
    }
    expect(await around(worlds, { depth: 3, first: 2 })).toEqual([[], ['Account A'], [SELLERS[0]], 2, true])
  })

  it('is nothing where there is no such customer that the viewer may know of', async () => {
    const hidden = aCustomer(CARL, {}, { consents, values: { owner: SELLERS[1] } })
    await api.write([worldOf(anna, hidden), worldOf(anna)])
    const variables = { id: CARL, depth: 2, first: 5 }
    const [one, other] = await api.ask(REP, { text, variables })
    expect(other).toEqual(one)
    expect(JSON.parse(one.body)).toMatchObject({
      data: { neighbourhood: null },
      extensions: { masks: [] },
    })
  })

  it.each([
    { depth: 0, first: 5 },
    { depth: 4, first: 5 },
    { depth: 1, first: 0 },
    { depth: 1, first: 101 },
  ])('is refused out of its bounds: %j', async bounds => {
    const [one] = await api.ask(REP, { text, variables: { id: ANNA, ...bounds } })
    expect(JSON.parse(one.body).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

describe('what is kept beside the answers', () => {
  const OPERATOR: Viewer = { kind: 'OPERATOR', id: 'operator-number-1', purpose: 'COMPLIANCE_AUDIT' }
  const AUDITOR: Viewer = { kind: 'AUDITOR', id: 'auditor-number-1', purpose: 'COMPLIANCE_AUDIT' }
  const OFFICER: Viewer = { kind: 'PRIVACY_OFFICER', id: 'officer-number-1', purpose: 'COMPLIANCE_AUDIT' }
  const SUBJECT: Viewer = { kind: 'SUBJECT', id: ANNA, purpose: 'SUBJECT_REQUEST' }
  const TRAIL = 'auditTrail(first: 50) { edges { node { id kind at entry } } pageInfo { endCursor } }'
  const LETTERS = 'deadLetters(first: 50) { edges { cursor node { id source eventId place reason detail at } } }'

  /** Everything about two people that these viewers are not shown. */
  const saying = (name: string, phone: string, text: string, payload: string): TwinWorld => {
    const parts = { consents: given('SALES_FOLLOW_UP'), values: { name, phone, weComId: `wx-${name}` } }
    const [anna, bert] = [ANNA, BERT].map(id => {
      const customer = aCustomer(id, { [`${id}/a`]: EARLY }, parts)
      return {
        ...customer,
        interactions: customer.interactions.map(each => ({ ...each, values: { ...each.values, text } })),
      }
    })
    return { customers: [anna, bert] as TwinCustomer[], sellers: SELLING, shared: [], payloads: [payload, payload] }
  }
  const SECRETS = ['Wilhelmina', '+8613912340001', 'a most secret text', '{"said": "hush"}'] as const
  const OTHERS = ['Zed', '+8613900009999', 'nothing much', '{"said": "well"}'] as const
  const worlds = [saying(...SECRETS), saying(...OTHERS)] as const

  it.each([
    ['the audit trail', AUDITOR, `{ ${TRAIL} }`],
    ['the audit trail', OFFICER, `{ ${TRAIL} }`],
    ['the audit trail of one customer', AUDITOR, `{ ${TRAIL.replace('50', `50, subjectId: "${ANNA}"`)} }`],
    ['the dead letters', OPERATOR, `{ ${LETTERS} }`],
  ])('is the same whoever it is about, and is told: %s', async (_, viewer, text) => {
    const { data, errors } = await answers(worlds, viewer, text)
    expect(errors).toBeUndefined()
    const [list] = Object.values<{ edges: unknown[] }>(data)
    expect(list?.edges.length).toBeGreaterThan(0)
    expect(JSON.stringify(data)).not.toMatch(/Wilhelmina|13912340001|secret|hush/)
  })

  it('says of a request nothing of what its answer said: neither the log nor the access record', async () => {
    const text = `{ customers { edges { node { name phone weComId timeline { edges { node { text } } } } } } }`
    for (const viewer of [REP, SUBJECT]) {
      await api.write(worlds)
      const [{ body, log, evidence }] = await api.ask(viewer, { text, variables: {} })
      expect(body).toContain('Wilhelmina')
      expect([...log, JSON.stringify(evidence)].join()).not.toMatch(/Wilhelmina|13912340001|0001\b|secret|hush/)
      expect([log.length, evidence.length]).toEqual([1, 1])
    }
  })
})

describe('the order of errors', () => {
  it('is that of the places, not that in which the store answered', () => {
    const at = (...path: (string | number)[]) => new GraphQLError('', { path })
    const errors = [at('b'), at('a', 10, 'x'), at('a', 2, 'y'), at('a', 2), new GraphQLError('')]
    expect(inOrderOfPlace(errors).map(({ path }) => path?.join('/'))).toEqual([
      undefined,
      'a/2',
      'a/2/y',
      'a/10/x',
      'b',
    ])
  })
})
