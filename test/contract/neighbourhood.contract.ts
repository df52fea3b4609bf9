import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { buildASTSchema, execute, type GraphQLObjectType, parse } from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Instant } from '../../core/clock.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { personalFields } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Viewer } from '../../core/viewer.ts'
import { neighbourhoodLoaders } from '../../subgraphs/customers/neighbourhood/neighbourhood.ts'
import type { Neighbourhood } from '../../subgraphs/customers/neighbourhood/types.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { oddPolicy } from '../support/oracle-trials.ts'
import { openServices, requestOf, type TestServices } from '../support/services.ts'
import { subjectState, UNKNOWN_IDS, viewersOf, visibleTo, type World, writeWorld } from '../support/worlds.ts'

const SDL = readFileSync('schema/supergraph.graphql', 'utf8')
const schema = buildASTSchema(parse(SDL), { assumeValidSDL: true })
const personal = personalFields(schema)
const QUERY = parse(`query ($id: ID!, $depth: Int!, $first: Int!) {
  neighbourhood(customerId: $id, depth: $depth, first: $first) {
    customer { id } customers { id } companies { id } sellers { id } interactions { id } relations { kind from to } isCut
  } }`)

interface Scene {
  readonly world: World
  readonly policy: Policy
  readonly place: number
  readonly depth: number
  readonly first: number
}

const CONSENTS = [
  ['SALES_FOLLOW_UP', 'PARTNER_SHARING'],
  ['SALES_FOLLOW_UP', 'PARTNER_SHARING'],
  ['SALES_FOLLOW_UP'],
  [],
] as const

/** Worlds in which many are neighbours: those who stand alone tell nothing. */
const crowded: fc.Arbitrary<World> = fc
  .array(
    fc.record({
      region: fc.constantFrom('CN-SH', 'CN-SH', 'CN-SH', 'EU-DE'),
      account: fc.constantFrom('Account A', 'Account A', 'Account B', null),
      seller: fc.constantFrom('seller-number-1', 'seller-number-1', 'seller-number-2', null),
      consents: fc.constantFrom(...CONSENTS),
      interactions: fc.nat(2),
    }),
    { minLength: 6, maxLength: 9 },
  )
  .map(drawn => ({
    customers: drawn.map(({ consents, interactions, ...each }, n) => ({
      ...each,
      // In another order than they are drawn in.
      id: `customer-${(n * 7) % 10}`,
      name: 'Name',
      consents: consents.map(purpose => ({ purpose, recipient: '', state: 'GIVEN' })),
      interactions: Array.from({ length: interactions }, (_, i) => ({
        id: `interaction-${(n * 3 + i * 5) % 17}-${n}`,
        occurredAt: '2026-02-01T00:00:00.000Z',
        text: 'text',
      })),
      opportunities: [],
    })),
  }))

/** Of viewers who see some the places, and of all others one. */
const SEEING = [0, 1, 1, 1, 2, 2, 2, 5]

const scenes: fc.Arbitrary<Scene> = fc.record({
  world: crowded,
  policy: fc.constantFrom<Policy>(groundPolicy, oddPolicy),
  place: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...SEEING) },
    fc.nat(viewersOf({ customers: [] }).length - 1),
  ),
  depth: fc.constantFrom(1, 2, 2, 3, 3),
  first: fc.constantFrom(1, 3, 7, 100, 100),
})

type Ids = Record<'companies' | 'sellers' | 'customers' | 'interactions', readonly string[]>

/** What is around a customer is what a naive walk over the masked world finds, on both engines. */
export function describeNeighbourhood(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  afterAll(() => services.close())

  it(
    'is what a naive walk over what is shown finds: the nearest, up to its size, and whether there is more',
    async () => {
      let neighbours = 0
      const property = fc.asyncProperty(scenes, async scene => {
        await services.empty()
        await writeWorld(services.graph, scene.world)
        for (const id of [...scene.world.customers.map(each => each.id), UNKNOWN_IDS[0] ?? '']) {
          const found = await neighbourhood(scene, id)
          neighbours += found?.customers.length ?? 0
          expect(found && summary(found)).toEqual(naive(scene, id, services.clock.now()))
        }
      })
      await fc.assert(property, { numRuns: CASES })
      // Were most of them alone, their equality would show nothing.
      expect(neighbours).toBeGreaterThan(CASES / 2)
    },
    CASES_TIMEOUT_MS,
  )

  it('costs a fixed number of statements a ring, whatever is in it', async () => {
    const viewer: Viewer = { kind: 'MANAGER', id: 'manager', region: 'CN-SH', purpose: 'SALES_FOLLOW_UP' }
    const customers = Array.from({ length: 12 }, (_, n) => ({
      id: `customer-${String(n).padStart(2, '0')}`,
      region: 'CN-SH',
      name: 'Name',
      account: 'Account A',
      seller: 'seller-number-1',
      consents: [{ purpose: 'SALES_FOLLOW_UP', recipient: '', state: 'GIVEN' } as const],
      interactions: [{ id: `interaction-${n}`, occurredAt: '2026-02-01T00:00:00.000Z', text: 'text' }],
      opportunities: [],
    }))
    await services.empty()
    await writeWorld(services.graph, { customers })
    for (const [depth, statements, neighbours] of [
      [1, 2, 3],
      [2, 4, 14],
      [3, 5, 25],
    ] as const) {
      const counted = countingGraph(services.graph)
      const scene = { policy: groundPolicy, depth, first: 100, viewer }
      const found = await neighbourhood(scene, 'customer-00', counted)
      expect([counted.statements.length, found && idsIn(found).length]).toEqual([statements, neighbours])
    }
  })

  async function neighbourhood(
    asked: Pick<Scene, 'policy' | 'depth' | 'first'> & ({ readonly viewer: Viewer } | Pick<Scene, 'world' | 'place'>),
    id: string,
    graph = services.graph,
  ): Promise<Neighbourhood | null> {
    const viewer = 'viewer' in asked ? asked.viewer : (viewersOf(asked.world)[asked.place] as Viewer)
    const { policy, depth, first } = asked
    const masks = entityMasks(personal, policy, viewer, value => value, services.clock.now())
    const request = requestOf(services, viewer)
    const loaders = neighbourhoodLoaders({ ...request, services: { ...request.services, graph }, policy, masks })
    let found: Promise<Neighbourhood | null> | undefined
    const query = schema.getQueryType() as GraphQLObjectType
    await execute({
      schema,
      document: QUERY,
      variableValues: { id, depth, first },
      fieldResolver: (_, __, ___, info) => {
        if (info.parentType !== query) return null
        found = loaders.neighbourhood({ customerId: id, depth, first }, info)
        return found.then(() => null)
      },
    })
    if (found === undefined) throw new Error('nothing was asked')
    return found
  }
}

const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id)
const idsIn = ({ companies, sellers, customers, interactions }: Neighbourhood) =>
  [companies, sellers, customers, interactions].flatMap(idsOf)

function summary({ customer, relations, isCut, ...found }: Neighbourhood) {
  return {
    customer: customer.id,
    companies: idsOf(found.companies),
    sellers: idsOf(found.sellers),
    customers: idsOf(found.customers),
    interactions: idsOf(found.interactions),
    relations: relations.map(({ kind, from, to }) => `${from} ${kind} ${to}`).sort(),
    isCut,
  }
}

/** Ring by ring over the images, without a store: first everything, then what has room. */
function naive({ world, policy, place, depth, first }: Scene, middleId: string, now: Instant) {
  const viewer = viewersOf(world)[place] as Viewer
  const visible = visibleTo(world, viewer, policy).map(customer => {
    const { id, account: company, seller: owner } = customer
    const masks = entityMasks(personal, policy, viewer, value => value, now)
    const image = masks.apply('Customer', { id, company, owner }, subjectState(customer, viewer))
    return { ...image, interactionIds: customer.interactions.map(each => each.id) }
  })
  const middle = visible.find(({ id }) => id === middleId)
  if (middle === undefined) return null
  const rings: Ids[] = []
  let [ring, known] = [[middle], new Set([middleId])]
  for (let away = 1; away <= depth; away++) {
    const isOf = (field: 'company' | 'owner') => (each: (typeof visible)[number]) =>
      each[field] !== null && ring.some(one => one[field] === each[field])
    const beside = visible.filter(each => !known.has(each.id) && (isOf('company')(each) || isOf('owner')(each)))
    const fresh = (ids: readonly (string | null)[]) =>
      [...new Set(ids)].filter((id): id is string => id !== null && !known.has(id)).sort()
    const found: Ids =
      away % 2 === 0
        ? { companies: [], sellers: [], customers: fresh(beside.map(({ id }) => id)), interactions: [] }
        : {
            companies: fresh(ring.map(({ company }) => company)),
            sellers: fresh(ring.map(({ owner }) => owner)),
            customers: [],
            interactions: fresh(ring.flatMap(({ interactionIds }) => interactionIds)),
          }
    rings.push(found)
    known = new Set([...known, ...Object.values(found).flat()])
    if (away % 2 === 0) ring = beside
  }
  const inOrder = rings.flatMap(({ companies, sellers, customers, interactions }) => [
    ...companies,
    ...sellers,
    ...customers,
    ...interactions,
  ])
  const taken = new Set(inOrder.slice(0, first))
  const kept = (kind: keyof Ids) => rings.flatMap(found => found[kind]).filter(id => taken.has(id))
  const relations = visible
    .filter(({ id }) => id === middle.id || taken.has(id))
    .flatMap(({ id, company, owner, interactionIds }) => [
      ...(company !== null && taken.has(company) ? [`${id} MEMBER_OF ${company}`] : []),
      ...(owner !== null && taken.has(owner) ? [`${owner} OWNS ${id}`] : []),
      ...interactionIds.filter(each => taken.has(each)).map(each => `${id} HAD ${each}`),
    ])
  return {
    customer: middle.id,
    companies: kept('companies'),
    sellers: kept('sellers'),
    customers: kept('customers'),
    interactions: kept('interactions'),
    relations: relations.sort(),
    isCut: inOrder.length > first,
  }
}
