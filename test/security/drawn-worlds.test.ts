// The worlds by which masks are held to be no oracle hold every personal field that there is: one that they leave out would be
// held to nothing.
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { parsePolicy } from '../../core/policy/policy.ts'
import { drawFrom } from '../support/draw.ts'
import { openTwinApi, type TwinApi } from '../support/twin-api.ts'
import { CUSTOMER_IDS, DRAWN, DRAWN_OTHERWISE, METRIC_ID, NOT_DRAWN, SELLERS } from '../support/twin-values.ts'
import { drawWorld } from '../support/twin-worlds.ts'

const WORLDS = 12
const SEES_ALL = parsePolicy({
  ...groundPolicy,
  id: 'sees-all',
  grants: { ...groundPolicy.grants, MANAGER: ['COMPLIANCE_AUDIT'] },
  rows: { ...groundPolicy.rows, MANAGER: 'ALL' },
  rules: [
    {
      id: 'all',
      viewers: ['MANAGER', 'PRIVACY_OFFICER'],
      purposes: ['COMPLIANCE_AUDIT'],
      categories: ['*'],
      effect: 'ALLOW',
    },
  ],
})
const MANAGER = { kind: 'MANAGER', id: 'manager-number-1', purpose: 'COMPLIANCE_AUDIT' } as const
const OFFICER = { kind: 'PRIVACY_OFFICER', id: 'officer-number-1', purpose: 'COMPLIANCE_AUDIT' } as const

let api: TwinApi
beforeAll(async () => {
  api = await openTwinApi(SEES_ALL)
})
afterAll(() => api.close())

const drawn = Object.entries(DRAWN).flatMap(([type, fields]) => Object.keys(fields).map(field => `${type}.${field}`))
const named = [...drawn, ...Object.keys(DRAWN_OTHERWISE)]
const personal = () =>
  [...api.gateway.supergraph.personal].flatMap(([type, fields]) => [...fields.keys()].map(field => `${type}.${field}`))

it('draw every personal field of the supergraph', () => {
  const undrawn = personal().filter(each => !named.includes(each) && !NOT_DRAWN.includes(each.split('.')[0] ?? ''))
  const what =
    'a personal field that no world holds: draw it in DRAWN of test/support/twin-values.ts and write it in writeTwin of twin-graph.ts'
  expect(undrawn, what).toEqual([])
})

it('draw no field that there is not', () => {
  expect(named.filter(each => !personal().includes(each))).toEqual([])
})

it('are answered: each drawn field is told to who may see everything, and not alike of everybody', async () => {
  const told = new Map<string, Set<string>>()
  const list = (root: string, type: string) => `${root} { edges { node { ${selection(type)} } } }`
  const text = `{ ${list('customers(first: 100)', 'Customer')} ${list('sellers(first: 100)', 'Seller')}
    ${list('orders(first: 100)', 'Order')} ${list('fulfilments(first: 100)', 'Fulfilment')}
    ${list('matchReviews(first: 100)', 'MatchReview')} ${list('settlements(first: 100)', 'Settlement')}
    ${list('contributions(first: 100)', 'Contribution')} ${list('trades(first: 100)', 'Trade')}
    ${list(`lineage(id: "${METRIC_ID}", first: 100)`, 'MetricContribution')} ${list('tasks(first: 100)', 'Task')}
    ${SELLERS.map((id, n) => `ledger${n}: ledger(sellerId: "${id}") { ${selection('Ledger')} }`).join(' ')}
    ${CUSTOMER_IDS.map((id, n) => `formed${n}: howFormed(customerId: "${id}") { ${FORMATION()} }`).join(' ')} }`
  const contests = `{ ${list('skillContests(review: UPHELD, first: 100)', 'SkillContest')} }`
  for (let seed = 0; seed < WORLDS; seed++) {
    const draw = drawFrom(seed)
    await api.write([drawWorld(draw), drawWorld(draw)])
    const answers = [
      ...(await api.ask(MANAGER, { text, variables: {} })),
      ...(await api.ask(OFFICER, { text: contests, variables: {} })),
    ]
    for (const { body } of answers) {
      expect(JSON.parse(body).errors).toBeUndefined()
      noteValues(JSON.parse(body).data, told)
    }
  }
  const alike = drawn.filter(each => (told.get(each)?.size ?? 0) < 2)
  expect(alike, 'drawn, and answered alike of everybody: writeTwin does not write it where it is read').toEqual([])
})

const FORMATION = () => `records { ${selection('FormingRecord')} } conflicts { ${selection('ConflictingRecord')} }`

/** The ways from a customer to what is drawn beside it. */
const WAYS: { readonly [type: string]: () => string } = {
  Customer: () => `timeline(first: 9) { edges { node { ${selection('Interaction')} } } }
    opportunities(first: 9) { edges { node { ${selection('Opportunity')} } } }`,
  Interaction: () =>
    `signals { ${selection('InteractionSignals')} } environment { ${selection('InteractionEnvironment')} }`,
  Seller: () => `skills(first: 9) { edges { node { ${selection('SellerSkill')} } } }`,
  SellerSkill: () => `evidence(first: 9) { edges { node { ${selection('SkillEvidence')} } } }`,
  Task: () => `assignments(first: 9) { edges { node { ${selection('Assignment')} } } }`,
  Ledger: () => `postings(first: 9) { edges { node { ${selection('Posting')} } } }`,
}

/** Everything that is drawn of a type, and the ways on from it. */
function selection(type: string): string {
  const definition = api.gateway.supergraph.schema.getType(type)
  const fields = isObjectType(definition) ? definition.getFields() : {}
  const own = Object.keys(DRAWN[type] ?? {}).map(field => {
    const output = fields[field] && getNamedType(fields[field].type)
    return isObjectType(output) ? `${field} { ${leavesOf(output).join(' ')} }` : field
  })
  return ['__typename', ...own, WAYS[type]?.() ?? ''].join(' ')
}

function leavesOf(type: GraphQLObjectType): readonly string[] {
  return Object.values(type.getFields()).flatMap(({ name, type: output }) =>
    isObjectType(getNamedType(output)) ? [] : name,
  )
}

/** Notes each value that is something, by type and field. */
function noteValues(value: unknown, told: Map<string, Set<string>>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [field, each] of Object.entries(value)) {
    noteValues(each, told)
    if (Array.isArray(value) || each === null || JSON.stringify(each) === '[]') continue
    const coordinate = `${Reflect.get(value, '__typename')}.${field}`
    told.set(coordinate, (told.get(coordinate) ?? new Set()).add(JSON.stringify(each)))
  }
}
