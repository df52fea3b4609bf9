// The worlds by which masks are held to be no oracle hold every personal field that there is: one that they leave out would be
// held to nothing.
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { parsePolicy } from '../../core/policy/policy.ts'
import { drawFrom } from '../support/draw.ts'
import { openTwinApi, type TwinApi } from '../support/twin-api.ts'
import { DRAWN, DRAWN_OTHERWISE, NOT_DRAWN } from '../support/twin-values.ts'
import { drawWorld } from '../support/twin-worlds.ts'

const WORLDS = 12
const SEES_ALL = parsePolicy({
  ...groundPolicy,
  id: 'sees-all',
  grants: { ...groundPolicy.grants, MANAGER: ['COMPLIANCE_AUDIT'] },
  rows: { ...groundPolicy.rows, MANAGER: 'ALL' },
  rules: [{ id: 'all', viewers: ['MANAGER'], purposes: ['COMPLIANCE_AUDIT'], categories: ['*'], effect: 'ALLOW' }],
})
const MANAGER = { kind: 'MANAGER', id: 'manager-number-1', purpose: 'COMPLIANCE_AUDIT' } as const

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
  const text = `{ customers(first: 100) { edges { node { ${selection('Customer')} } } }
    sellers(first: 100) { edges { node { skills(first: 9) { edges { node { ${selection('SellerSkill')} } } } } } } }`
  for (let seed = 0; seed < WORLDS; seed++) {
    const draw = drawFrom(seed)
    await api.write([drawWorld(draw), drawWorld(draw)])
    for (const { body } of await api.ask(MANAGER, { text, variables: {} })) {
      expect(JSON.parse(body).errors).toBeUndefined()
      noteValues(JSON.parse(body).data, told)
    }
  }
  const alike = drawn.filter(each => (told.get(each)?.size ?? 0) < 2)
  expect(alike, 'drawn, and answered alike of everybody: writeTwin does not write it where it is read').toEqual([])
})

/** The ways from a customer to what is drawn beside it. */
const WAYS: { readonly [type: string]: () => string } = {
  Customer: () => `timeline(first: 9) { edges { node { ${selection('Interaction')} } } }
    opportunities(first: 9) { edges { node { ${selection('Opportunity')} } } }`,
  Interaction: () => `signals { ${selection('InteractionSignals')} }`,
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
