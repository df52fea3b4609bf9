// Trials of the rule that a mask is no oracle: two graphs that look alike to a viewer answer every operation alike.
import { type GraphQLSchema, getNamedType, isObjectType } from 'graphql'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { PersonalFields } from '../../core/policy/personal.ts'
import { type Policy, parsePolicy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { type Draw, drawFrom, pick } from './draw.ts'
import { type GeneratedOperation, generateOperation } from './generated-operation.ts'
import type { Trace, TwinApi } from './twin-api.ts'
import { COMPANIES, CUSTOMER_IDS, METRIC_ID, NAMES, REGIONS, SELLERS, TASK_ID, TEXTS } from './twin-values.ts'
import { drawWorld, type TwinWorld } from './twin-worlds.ts'
import { twinOf } from './twins.ts'

const SUBJECT_ID = CUSTOMER_IDS[2] ?? ''
const OPERATIONS_A_PAIR = 6
const WALKS_A_PAIR = 4

/** Viewers of every kind, with each purpose that is granted and without any; those who see some twice. */
const VIEWERS: readonly Viewer[] = [
  { kind: 'SUBJECT', id: SUBJECT_ID, purpose: 'SUBJECT_REQUEST' },
  { kind: 'REP', id: SELLERS[0], purpose: 'SALES_FOLLOW_UP' },
  { kind: 'REP', id: SELLERS[1], purpose: 'SERVICE_DELIVERY' },
  { kind: 'MANAGER', id: 'manager-number-1', region: 'CN-SH', purpose: 'SALES_FOLLOW_UP' },
  { kind: 'MANAGER', id: 'manager-number-2', region: 'EU-DE', purpose: 'SERVICE_DELIVERY' },
  { kind: 'REP', id: SELLERS[1], purpose: 'SALES_FOLLOW_UP' },
  { kind: 'MANAGER', id: 'manager-number-3', region: 'EU-DE', purpose: 'SALES_FOLLOW_UP' },
  { kind: 'PARTNER', id: 'partner-number-2', purpose: 'PARTNER_SHARING' },
  { kind: 'PRIVACY_OFFICER', id: 'officer-number-1', purpose: 'COMPLIANCE_AUDIT' },
  { kind: 'PARTNER', id: 'partner-number-1', purpose: 'PARTNER_SHARING' },
  { kind: 'PARTNER', id: 'partner-number-2' },
  { kind: 'ANALYST', id: 'analyst-number-1', purpose: 'ANALYTICS' },
  { kind: 'AUDITOR', id: 'auditor-number-1', purpose: 'COMPLIANCE_AUDIT' },
  { kind: 'OPERATOR', id: 'operator-number-1', purpose: 'COMPLIANCE_AUDIT' },
  { kind: 'SERVICE', id: 'service-number-1' },
  { kind: 'REP', id: SELLERS[0], purpose: 'SUBJECT_REQUEST' },
  { kind: 'MANAGER', id: 'manager-number-4', region: 'CN-SH', purpose: 'WORKFORCE_PLANNING' },
  { kind: 'MANAGER', id: 'manager-number-5', region: 'EU-DE', purpose: 'WORKFORCE_PLANNING' },
  // From abroad, by a mandate, and with a key that would rather be refused.
  { kind: 'REP', id: SELLERS[0], region: 'EU-DE', purpose: 'SALES_FOLLOW_UP' },
  { kind: 'PARTNER', id: 'partner-number-1', region: 'US-CA', purpose: 'PARTNER_SHARING' },
  { kind: 'SUBJECT', id: SUBJECT_ID, guardianId: 'mother-number-1', purpose: 'SUBJECT_REQUEST' },
  { kind: 'PARTNER', id: 'partner-number-2', purpose: 'PARTNER_SHARING', refusesPruned: true },
]

/** Those who are shown something of customers: who sees none can hardly be told anything. */
const SEEING = VIEWERS.filter(({ kind, purpose }) => purpose !== undefined && !/AUDITOR|OPERATOR|OFFICER/.test(kind))

/** A policy with what the one that ships does not have: buckets, redaction, years of some, consent in one region only. */
export const oddPolicy: Policy = parsePolicy({
  ...groundPolicy,
  id: 'odd',
  version: 2,
  rows: { ...groundPolicy.rows, REP: 'REGION', AUDITOR: 'OWNED' },
  rules: [
    ...groundPolicy.rules.filter(({ viewers }) => !viewers.includes('PARTNER')),
    rule('odd-redacted', 'PARTNER', 'PARTNER_SHARING', ['identity.name', 'behaviour.content'], 'REDACT', 'MARKETING'),
    rule('odd-year', 'PARTNER', 'PARTNER_SHARING', ['behaviour.time', 'commercial'], 'YEAR_ONLY', 'AI_TRAINING'),
    rule('odd-bucket', 'PARTNER', 'PARTNER_SHARING', ['behaviour.outcome'], 'BUCKET'),
    rule('odd-plain', 'PARTNER', 'PARTNER_SHARING', ['behaviour.kind', 'identity.employer'], 'ALLOW', 'MARKETING'),
    rule('odd-denied', 'MANAGER', 'SALES_FOLLOW_UP', ['identity.name', 'behaviour.time'], 'DENY'),
  ],
  overlays: [
    {
      id: 'works-council',
      rules: [
        rule('no-emotion', 'MANAGER', 'SALES_FOLLOW_UP', ['inference.emotion'], 'DENY'),
        rule('by-year', 'REP', 'SALES_FOLLOW_UP', ['behaviour.time'], 'YEAR_ONLY', 'ANALYTICS'),
      ],
    },
  ],
  regimes: groundPolicy.regimes.map(regime =>
    regime.id === 'GDPR'
      ? { ...regime, bases: { ...regime.bases, SALES_FOLLOW_UP: { article: 'GDPR 6(1)(f)', consent: false } } }
      : regime,
  ),
})

function rule(id: string, viewer: string, purpose: string, categories: string[], effect: string, alsoConsent?: string) {
  return { id, viewers: [viewer], purposes: [purpose], categories, effect, ...(alsoConsent && { alsoConsent }) }
}

/** Left out, each with what it tells on purpose that is no value. */
const LEFT_OUT: { readonly [root: string]: string } = {
  reconciliation: 'which nodes differ from what the log commits to, by their ids',
  simulateAs: 'in quarters, of how many customers, five and more, another viewer would be shown something',
}

/** Roots by which nothing personal is reached are asked for less often. */
function percentsOf({ schema, personal }: TwinApi['gateway']['supergraph']) {
  const isReached = personalIsReached(schema, personal)
  return (type: string, field: string): number => {
    if (type !== 'Query') return /(Connection|Edge)$/.test(type) ? 90 : 40
    if (field in LEFT_OUT) return 0
    const output = schema.getQueryType()?.getFields()[field]?.type
    return output && isReached(getNamedType(output).name) ? 35 : 3
  }
}

/** Whether a personal field stands at the type or below it. */
function personalIsReached(schema: GraphQLSchema, personal: PersonalFields): (type: string) => boolean {
  const known = new Map<string, boolean>()
  const isReached = (name: string): boolean => {
    const found = known.get(name)
    if (found !== undefined) return found
    known.set(name, personal.has(name))
    const type = schema.getType(name)
    const below = isObjectType(type) ? Object.values(type.getFields()).map(each => getNamedType(each.type).name) : []
    const is = personal.has(name) || below.some(isReached)
    known.set(name, is)
    return is
  }
  return isReached
}

const COORDINATES = ['Customer', 'Interaction.text', 'Opportunity.value', 'InteractionSignals', 'Customer.nothing']

/** Draws the arguments of one operation: they keep to one customer, so that ids, lists and cursors meet. */
function valuesFor(draw: Draw, [one, other]: readonly [TwinWorld, TwinWorld], entryIds: readonly string[]) {
  const all = [...one.customers, ...other.customers]
  const about = pick(draw, [SUBJECT_ID, ...all.map(({ id }) => id)])
  const own = all.filter(({ id }) => id === about)
  const interactionIds = (draw(3) === 0 ? all : own).flatMap(({ interactions }) => interactions.map(({ id }) => id))
  const opportunityIds = own.flatMap(each => (each.own.Opportunity ?? []).map(({ id }) => id))
  const customerIds = [about, about, about, ...CUSTOMER_IDS]
  const cursor = (list: string, ids: readonly string[]) =>
    Buffer.from(`${list} ${ids.length > 0 ? pick(draw, ids) : 'nobody'}`).toString('base64url')
  const cursors = [
    () => cursor(`timeline/${about}`, interactionIds),
    () => cursor(`timeline/${about}`, interactionIds),
    () => cursor('customers', CUSTOMER_IDS),
    () => cursor(`interactions/${pick(draw, ['', about])}`, interactionIds),
    () => cursor(`opportunities/${pick(draw, ['', about])}`, opportunityIds),
  ]
  const values: { readonly [name: string]: () => unknown } = {
    a: () => pick(draw, customerIds),
    b: () => pick(draw, customerIds),
    sellerId: () => pick(draw, [null, ...SELLERS]),
    taskId: () => pick(draw, [null, TASK_ID]),
    id: () => (draw(5) === 0 ? pick(draw, entryIds) : pick(draw, customerIds)),
    customerId: () => pick(draw, customerIds),
    subjectId: () => pick(draw, customerIds),
    entryId: () => pick(draw, entryIds),
    actorId: () => pick(draw, ['auditor-number-1', about]),
    requestId: () => 'nobody',
    first: () => 1 + draw(8),
    after: () => (draw(3) > 0 ? null : pick(draw, cursors)()),
    name: () => pick(draw, NAMES),
    nameContains: () => pick(draw, ['A', 'e', 'Zed', '*']),
    region: () => pick(draw, REGIONS),
    company: () => pick(draw, COMPANIES),
    textContains: () => pick(draw, [...TEXTS, '*']),
    from: () => `202${5 + draw(2)}-0${1 + draw(9)}-15T00:00:00.000Z`,
    to: () => `202${5 + draw(3)}-0${1 + draw(9)}-15T00:00:00.000Z`,
    source: () => pick(draw, ['call', 'wecom-chat']),
    text: () => pick(draw, ['The price is too high!', 'an older budget', ...TEXTS, ...NAMES, '*']),
    depth: () => 1 + draw(3),
    level: () => 0,
    index: () => 0,
    fromSize: () => 1 + draw(8),
    document: () => pick(draw, [CUSTOMERS_WALK, TIMELINE_WALK, null]),
    operationName: () => null,
    variables: () => null,
    coordinates: () => pick(draw, COORDINATES),
  }
  const ofType: { readonly [type: string]: () => unknown } = {
    DateTime: () => `2026-0${1 + draw(9)}-15T00:00:00.000Z`,
    Decimal: () => `${draw(9)}.5`,
  }
  return (_: Draw, name: string, type: string) => (values[name] ?? ofType[type])?.()
}

export interface Difference {
  readonly seed: number
  readonly viewer: Viewer
  readonly text: string
  readonly variables: object
  readonly traces: readonly [Trace, Trace]
}

export interface Trial {
  readonly differences: readonly Difference[]
  readonly cases: number
  /** How many of the answers named something: a trial in which none does shows nothing. */
  readonly withData: number
}

/** One pair of graphs for one viewer, asked a number of operations. The same number makes the same trial. */
export async function trial(api: TwinApi, seed: number): Promise<Trial> {
  const { supergraph, services } = api.gateway
  const { policy } = services.policies.current()
  const draw = drawFrom(seed)
  const viewer = pick(draw, draw(3) === 0 ? VIEWERS : SEEING)
  const world = drawWorld(draw)
  const twin = twinOf(world, { policy, personal: supergraph.personal, viewer }, draw)
  await api.write([world, twin])
  const differences: Difference[] = []
  let cases = 0
  let withData = 0
  const compare = async (operation: GeneratedOperation): Promise<string> => {
    const traces = await api.ask(viewer, operation)
    const [one, other] = traces
    cases++
    if (/"edges":\[\{|"id":"/.test(one.body)) withData++
    if (JSON.stringify(one) !== JSON.stringify(other)) differences.push({ seed, viewer, ...operation, traces })
    return one.body
  }
  for (let index = 0; index < OPERATIONS_A_PAIR; index++) {
    const valueFor = valuesFor(draw, [world, twin], api.entryIds)
    const shape = { depth: 6, queriesOnly: true, percentOf: percentsOf(supergraph), valueFor }
    await compare(generateOperation(supergraph.schema, draw(2 ** 31), shape))
  }
  for (let index = 0; index < WALKS_A_PAIR; index++) {
    const values = valuesFor(draw, [world, twin], api.entryIds)
    const walk = walkOf(draw, name => values(draw, name, ''))
    const body = await compare(walk)
    for (const after of cursorsFrom(draw, body, [world, twin])) {
      await compare({ ...walk, variables: { ...walk.variables, after } })
    }
  }
  return { differences, cases, withData }
}

const CUSTOMERS_WALK = `query Walk($first: Int!, $after: String, $filter: CustomerFilter, $orderBy: CustomerOrder) {
  customers(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id name owner { id } timeline(first: 3) { edges { node { id occurredAt } } } } }
    pageInfo { hasNextPage endCursor }
  }
}`
const INTERACTIONS_WALK = `query Walk($first: Int!, $after: String, $filter: InteractionFilter, $orderBy: InteractionOrder, $customerId: ID) {
  interactions(first: $first, after: $after, filter: $filter, orderBy: $orderBy, customerId: $customerId) {
    edges { cursor node { id occurredAt text customer { id company { name } } signals { modelVersion } } }
    pageInfo { hasNextPage endCursor }
  }
}`
const TIMELINE_WALK = `query Walk($first: Int!, $after: String, $id: ID!) {
  customer(id: $id) {
    phone: name name: phone
    timeline(first: $first, after: $after) { edges { cursor node { id intent emotion } } pageInfo { hasNextPage } }
  }
}`

const LINEAGE_WALK = `query Walk($first: Int!, $after: String) {
  lineage(id: "${METRIC_ID}", first: $first, after: $after) {
    edges { cursor node { id numerator denominator customer { id } } }
    pageInfo { hasNextPage endCursor }
  }
}`
const TASK_WALK = `query Walk($first: Int!) {
  tasks(first: 5) { edges { node {
    roles { name inPlace }
    assignments(first: $first) { edges { node { id seller { id } guide { id } role state proposedAt reason } } }
  } } }
}`
const TRADE_WALK = `query Walk($first: Int!, $after: String) {
  trades(first: $first, after: $after) {
    edges { cursor node { id state legs { skill { id } giver { id } taker { id } } acceptedBy { id } receivedBy { id } } }
    pageInfo { hasNextPage }
  }
}`

/** A list, filtered and ordered somehow. */
function walkOf(draw: Draw, valueFor: (name: string) => unknown): GeneratedOperation {
  const some = (...names: readonly string[]) =>
    Object.fromEntries(names.filter(() => draw(4) === 0).map(name => [name, valueFor(name)]))
  const order = (...by: readonly string[]) =>
    draw(3) === 0 ? null : { by: pick(draw, by), direction: pick(draw, ['ASC', 'DESC']) }
  const first = 1 + draw(4)
  switch (draw(14)) {
    case 0:
    case 1: {
      const filter = some('name', 'nameContains', 'region', 'company')
      return { text: CUSTOMERS_WALK, variables: { first, filter, orderBy: order('NAME', 'REGION') } }
    }
    case 2:
    case 3: {
      const filter = { ...some('from', 'to', 'textContains', 'source'), ...(draw(4) === 0 && { touchpoint: 'WECOM' }) }
      const customerId = draw(2) === 0 ? null : valueFor('customerId')
      const orderBy = order('OCCURRED_AT', 'TOUCHPOINT')
      return { text: INTERACTIONS_WALK, variables: { first, filter, orderBy, customerId } }
    }
    case 4:
    case 5:
    case 6:
      return { text: pick(draw, SEARCH_WALKS), variables: { first, text: valueFor('text') } }
    case 7:
      return {
        text: NEIGHBOURHOOD_WALK,
        variables: { first: pick(draw, [2, 5, 100]), depth: 2 + draw(2), id: valueFor('customerId') },
      }
    case 8:
    case 9:
      return { text: pick(draw, [LINEAGE_WALK, LINEAGE_WALK, TASK_WALK, TRADE_WALK]), variables: { first } }
    default:
      return { text: TIMELINE_WALK, variables: { first, id: valueFor('customerId') } }
  }
}

const SEARCH_WALKS = [
  `query Walk($first: Int!, $after: String, $text: String!) {
  search(text: $text) { customers(first: $first, after: $after) {
    edges { cursor node { id name region } }
    pageInfo { hasNextPage endCursor }
  } }
}`,
  `query Walk($first: Int!, $after: String, $text: String!) {
  search(text: $text) { interactions(first: $first, after: $after) {
    edges { cursor node { id text customer { id name } } }
    pageInfo { hasNextPage endCursor }
  } }
}`,
]

const NEIGHBOURHOOD_WALK = `query Walk($first: Int!, $depth: Int!, $id: ID!) {
  neighbourhood(customerId: $id, depth: $depth, first: $first) {
    customer { id } customers { id company { id } } companies { id } sellers { id } interactions { id occurredAt }
    relations { kind from to } isCut
  }
}`

const FORGED_A_WALK = 2

/** A cursor of the answered list, and some that are forged from it: whoever reads a cursor can put another id into it. */
function cursorsFrom(draw: Draw, body: string, worlds: readonly [TwinWorld, TwinWorld]): readonly string[] {
  const cursor = /"cursor":"([^"]+)"/.exec(body)?.[1]
  if (cursor === undefined) return []
  const [list = ''] = Buffer.from(cursor, 'base64url').toString().split(' ')
  const customers = worlds.flatMap(world => world.customers)
  const ids = /^((search\/)?customers|lineage)/.test(list)
    ? CUSTOMER_IDS
    : customers.flatMap(each => each.interactions).map(({ id }) => id)
  const forged = Array.from({ length: FORGED_A_WALK }, () => `${list} ${pick(draw, ids)}`)
  return [cursor, ...forged.map(text => Buffer.from(text).toString('base64url'))]
}
