// What privacy costs: the same operation with and without authorization and masks (P1), the rules as graphql-shield's field rules
// beside ours (P2), what an operation costs with the fields that its viewer is never shown, and whether plans are kept while
// consents change. 1,000 objects of 10 fields each.
import { isDeepStrictEqual } from 'node:util'
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, type GraphQLSchema, isObjectType, parse } from 'graphql'
import { applyMiddleware } from 'graphql-middleware'
import { rule, shield } from 'graphql-shield'
import type { Instant } from '../core/clock.ts'
import type { Category } from '../core/policy/categories.ts'
import type { CompiledMasks } from '../core/policy/compiled-masks.ts'
import { decideAccess, notVisible } from '../core/policy/decide-access.ts'
import { type EntityMasks, entityMasks } from '../core/policy/entity-masks.ts'
import { PUBLIC_IMAGE } from '../core/policy/field-image.ts'
import { groundPolicy } from '../core/policy/ground-policy.ts'
import { personalFields } from '../core/policy/personal.ts'
import { parsePolicy } from '../core/policy/policy.ts'
import { FEDERATION_HEADER } from '../core/subgraph.ts'
import { purposes } from '../core/viewer.ts'
import { explainMasks } from '../gateway/explain-masks.ts'
import { openFederation } from '../gateway/federation/federation.ts'
import { inProcessLink } from '../gateway/federation/in-process.ts'
import { operationKey } from '../gateway/operation-key.ts'
import { arrive } from '../gateway/pipeline.ts'
import { preparerOf } from '../gateway/prepared-operation.ts'
import { startApi } from '../test/support/start-api.ts'
import {
  cpuRounds,
  median,
  type Own,
  owning,
  printTable,
  type Result,
  ratio,
  requireEqual,
  rounded,
  say,
} from './harness.ts'

const OBJECTS = 1_000
const ROUNDS = { rounds: 5, batchMs: 700 }
const CONSENT_CHANGES = 100
const NOW = '2026-11-02T08:00:00.000Z' as Instant
const REP = { kind: 'REP', id: 'seller', purpose: 'SALES_FOLLOW_UP' } as const

const FIELDS: readonly (readonly [field: string, category: Category])[] = [
  ['name', 'identity.name'],
  ['region', 'identity.region'],
  ['employer', 'identity.employer'],
  ['touchpoint', 'behaviour.kind'],
  ['occurredAt', 'behaviour.time'],
  ['text', 'behaviour.content'],
  ['outcome', 'behaviour.outcome'],
  ['deal', 'commercial.deal'],
  ['intent', 'inference.intent'],
  ['emotion', 'inference.emotion'],
]

interface Thing {
  readonly id: string
  readonly [field: string]: string
}

interface Given {
  readonly masks: Pick<EntityMasks, 'apply'>
}

export async function benchPrivacy(size: number): Promise<Result> {
  const things = Array.from({ length: Math.round(OBJECTS * size) }, (_, n) => aThing(n))
  say('With and without authorization and masks, and beside the field rules of graphql-shield.')
  const ofRules = await rules(things)
  say('The same from the graph.')
  const ofGraph = await owning(fromGraph)
  say('With and without the fields that a partner is never shown.')
  const ofPruning = await owning(pruning)
  const ratios = { ...ofGraph.ratios, ...ofRules.ratios, ...ofPruning }
  const counts = { ...ofGraph.counts, ...ofRules.counts }
  say('Plans while consents change.')
  const kept = await owning(plansKept)
  const all = { ...counts, ...kept }
  printTable(['measure', 'value'], [...Object.entries(ratios), ...Object.entries(all)])
  return { ratios, counts: all, engines: {} }
}

function aThing(n: number): Thing {
  return {
    id: `thing-${n}`,
    ...Object.fromEntries(FIELDS.map(([field]) => [field, `${field} of thing ${n}`])),
  } as Thing
}

const ALL_CONSENTS = new Set(purposes)
const WITHOUT_AI = new Set(purposes.filter(purpose => purpose !== 'AI_DECISION'))

/** Every tenth lacks the consent that two fields need beside the stated purpose. */
function subjectOf({ id }: Thing) {
  return { id, region: 'CN-SH', consents: id.endsWith('0') ? WITHOUT_AI : ALL_CONSENTS }
}

const SDL = `${FEDERATION_HEADER}
type Query { things: [Thing!] @public }
type Thing @key(fields: "id") {
  id: ID! @public
  ${FIELDS.map(([field, category]) => `${field}: String @personal(category: "${category}")`).join('\n  ')}
}`
const DOCUMENT = parse(`{ things { ${FIELDS.map(([field]) => field).join(' ')} } }`)

async function rules(things: readonly Thing[]) {
  const { supergraphSdl, errors } = composeServices([
    { name: 'things', url: 'http://things.invalid', typeDefs: parse(SDL) },
  ])
  if (supergraphSdl === undefined) throw new Error(errors?.join('\n'))
  const schema = schemaOf(things, true)
  const federation = openFederation({ sdl: supergraphSdl, linkTo: () => inProcessLink(schema, () => {}) })
  const personal = personalFields(schema)
  const newMasks = () => entityMasks(personal, groundPolicy, REP, value => value, NOW)
  const prepare = preparerOf(federation.schema, personal)
  const [operation] = DOCUMENT.definitions
  const prepared = prepare(DOCUMENT, operation as Parameters<typeof prepare>[1], newMasks().compiled)
  const keyOf = (document: string) => ({
    document,
    operationName: undefined,
    contract: 'whole',
    viewerClass: 'every',
    policyEpoch: 1,
  })
  federation.register(prepared.document, keyOf('with'))
  federation.register(DOCUMENT, keyOf('without'))

  const run = (document: typeof DOCUMENT, key: string, masks: Given['masks']) =>
    federation.execute({ document, key: keyOf(key), variables: {}, context: { masks }, signal: undefined })
  const masked = async (masks: EntityMasks) => {
    const { answer } = await run(prepared.document, 'with', masks)
    const entries = explainMasks(answer.data, prepared.explained, {
      masks,
      notVisible: notVisible(groundPolicy),
      errors: [],
    })
    return { data: answer.data, entries }
  }
  // The same decisions on customers who consent to everything: nothing is withheld, so that the answers are the same.
  const consenting = () => {
    const masks = newMasks()
    const all = ({ id }: { readonly id: string }) => ({ id, region: 'CN-SH', consents: ALL_CONSENTS })
    return { ...masks, apply: (type, record) => masks.apply(type, record, all(record)) } as EntityMasks
  }
  const fresh: Given['masks'] = { apply: (_, record) => ({ ...record }) }
  const shielded = schemaShielded(things)

  const arms = {
    without: async () => (await run(DOCUMENT, 'without', fresh)).answer.data,
    with: async () => (await masked(consenting())).data,
    withheld: async () => (await masked(newMasks())).data,
    shield: async () => (await execute({ schema: shielded, document: DOCUMENT, contextValue: {} })).data,
  }
  requireEqual('with and without masks', await arms.with(), await arms.without())
  requireEqual('masks and field rules', await arms.withheld(), await arms.shield())
  const { entries } = await masked(newMasks())
  const measured = await cpuRounds({ calls: arms, cycle: 1 }, ROUNDS)
  return {
    ratios: {
      'P1.memory': ratio(measured.with.cpuMs, measured.without.cpuMs),
      'P1.memory.withheld': ratio(measured.withheld.cpuMs, measured.without.cpuMs),
      P2: ratio(measured.shield.cpuMs, measured.withheld.cpuMs),
    },
    counts: {
      objects: things.length,
      fields: FIELDS.length,
      withheld: entries.length,
      withoutCpuMs: rounded(median(measured.without.cpuMs)),
      withCpuMs: rounded(median(measured.with.cpuMs)),
      shieldCpuMs: rounded(median(measured.shield.cpuMs)),
    },
  }
}

/** The schema whose resolver answers all things, masked by what the context gives or as they are. */
function schemaOf(things: readonly Thing[], isMasked: boolean): GraphQLSchema {
  const resolve = (_: unknown, __: unknown, { masks }: Given) =>
    isMasked ? things.map(thing => masks.apply('Thing', thing, subjectOf(thing))) : things.map(thing => ({ ...thing }))
  return buildSubgraphSchema([{ typeDefs: parse(SDL), resolvers: { Query: { things: resolve } } }])
}

/** The same decisions as field rules. They are kept by what a subject consents to, so that only the rules themselves are measured. */
function schemaShielded(things: readonly Thing[]): GraphQLSchema {
  const decided = new Map<string, boolean>()
  const isShown = (category: Category, thing: Thing) => {
    const key = `${category} ${thing.id.endsWith('0')}`
    const known = decided.get(key) ?? decideAccess(groundPolicy, REP, category, subjectOf(thing)).effect !== 'DENY'
    decided.set(key, known)
    return known
  }
  const rows = FIELDS.map(([field, category]) => [
    field,
    rule({ cache: 'no_cache' })((thing: Thing) => isShown(category, thing)),
  ])
  const schema = schemaOf(things, false)
  if (!isObjectType(schema.getType('Thing'))) throw new Error('there is no type Thing')
  return applyMiddleware(schema, {
    Thing: (shield({ Thing: Object.fromEntries(rows) }).generate(schema) as { Thing: object }).Thing,
  })
}

const OPEN_POLICY = parsePolicy({
  ...groundPolicy,
  rows: { ...groundPolicy.rows, MANAGER: 'ALL' },
  rules: [
    { id: 'all', viewers: ['MANAGER'], purposes: ['SERVICE_DELIVERY'], categories: ['*'], effect: 'ALLOW' },
    ...groundPolicy.rules,
  ].filter(({ viewers }, index) => index === 0 || !viewers.includes('MANAGER')),
})
const FROM_GRAPH = `query Timelines {
  customers(first: 100) { edges { node { id name timeline(first: 10) { edges { node {
    id touchpoint source occurredAt text intent emotion outcome durationSeconds evidenceEntryId } } } } } }
}`

/** Masks by which no field leaves an operation. */
const SHOWS_ALL: CompiledMasks = {
  canShow: () => true,
  viewOf: () => ({ masks: [], shown: [] }),
  neverShown: () => [],
  imageOf: () => ({ image: PUBLIC_IMAGE, isByAge: false }),
}
const FOR_PARTNER = `query Partner {
  customers(first: 100) { edges { node { id name phone email company { name } consents { id purpose }
    opportunities(first: 5) { edges { node { id stage value { amount } } } }
    timeline(first: 10) { edges { node { id touchpoint text intent signals { modelVersion } } } } } } }
}`

/** The same operation of a partner with what it can never be shown, and without. */
async function pruning(own: Own) {
  const api = await startApi({ customers: 400 })
  own(() => api.close())
  const { gateway } = api
  const { federation } = gateway.supergraph
  const headers = { authorization: `Bearer ${await api.tokenOf('partner')}`, 'x-purpose': 'PARTNER_SHARING' }
  const document = parse(FOR_PARTNER)
  const operation = document.definitions[0] as Parameters<typeof gateway.prepare>[1]
  const arrived = () => arrive(gateway, { requestId: 'bench', headers })
  const armOf = (compiled: CompiledMasks, name: string) => {
    const prepared = gateway.prepare(document, operation, compiled)
    const key = operationKey(name, undefined, 0, prepared.pruned)
    return async () => {
      const context = await arrived()
      const { answer } = await federation.execute({
        document: prepared.document,
        key,
        variables: {},
        context,
        signal: undefined,
      })
      const withheld = { masks: context.masks, notVisible: notVisible(groundPolicy), errors: [] }
      explainMasks(answer.data, prepared.explained, withheld)
      return answer.data
    }
  }
  const arms = {
    pruned: armOf((await arrived()).masks.compiled, 'pruned'),
    unpruned: armOf(SHOWS_ALL, 'unpruned'),
  }
  for (let warm = 0; warm < 3; warm++) {
    if (!isDeepStrictEqual(await arms.pruned(), await arms.unpruned())) throw new Error('pruning changed the answer')
  }
  const measured = await cpuRounds({ calls: arms, cycle: 1 }, ROUNDS)
  return { 'unpruned/pruned': ratio(measured.unpruned.cpuMs, measured.pruned.cpuMs) }
}

/** An operation that reads about 1,000 interactions from the embedded graph, by a policy under which nothing is withheld. */
async function fromGraph(own: Own) {
  const api = await startApi({ customers: 400, policy: OPEN_POLICY })
  own(() => api.close())
  const { gateway } = api
  const headers = { authorization: `Bearer ${await api.tokenOf('manager')}`, 'x-purpose': 'SERVICE_DELIVERY' }
  const document = parse(FROM_GRAPH)
  const { masks: ofManager } = await arrive(gateway, { requestId: 'bench', headers })
  const operation = document.definitions[0] as Parameters<typeof gateway.prepare>[1]
  const prepared = gateway.prepare(document, operation, ofManager.compiled)
  const keyOf = (name: string) => operationKey(name, undefined, 0, prepared.pruned)
  const bare: EntityMasks = {
    compiled: SHOWS_ALL,
    masksOf: () => [],
    withheldUnread: () => [],
    apply: (_, record) => ({ ...record }),
    applyToAll: (_, record) => ({ ...record }),
    canShow: () => true,
    imageOf: () => PUBLIC_IMAGE,
    imageAsked: () => PUBLIC_IMAGE,
    withheld: () => undefined,
    categoriesShown: () => new Set(),
    subjectsShown: () => new Set(),
    report: () => ({ withheld: [], states: [], categories: [], subjects: [] }),
    adopt: () => undefined,
  }
  const contextWith = async (masks?: EntityMasks) => {
    const arrived = await arrive(gateway, { requestId: 'bench', headers })
    if (masks === undefined) return arrived
    const loaders = new Map<string, unknown>()
    const context = { ...arrived, masks, loaders }
    for (const { name, createLoaders } of gateway.subgraphs) loaders.set(name, createLoaders(context))
    return context
  }
  const { federation } = gateway.supergraph
  const ask = async (asked: typeof document, name: string, masks?: EntityMasks) => {
    const context = await contextWith(masks)
    const { answer } = await federation.execute({
      document: asked,
      key: keyOf(name),
      variables: {},
      context,
      signal: undefined,
    })
    return { context, data: answer.data }
  }
  const arms = {
    without: async () => (await ask(document, 'without', bare)).data,
    with: async () => {
      const { context, data } = await ask(prepared.document, 'with')
      explainMasks(data, prepared.explained, { masks: context.masks, notVisible: notVisible(OPEN_POLICY), errors: [] })
      return data
    },
  }
  for (let warm = 0; warm < 3; warm++) requireEqual('with and without masks', await arms.with(), await arms.without())
  const interactions = JSON.stringify(await arms.without()).split('touchpoint').length - 1
  const measured = await cpuRounds({ calls: arms, cycle: 1 }, ROUNDS)
  return {
    ratios: { P1: ratio(measured.with.cpuMs, measured.without.cpuMs) },
    counts: { interactionsFromGraph: interactions, fromGraphCpuMs: rounded(median(measured.without.cpuMs)) },
  }
}

/** The share of operations that found their plan, while one consent after the other was withdrawn and given. */
async function plansKept(own: Own) {
  const api = await startApi({ customers: 10 })
  own(() => api.close())
  const { data } = await api.ask('subject', '{ customers { edges { node { id } } } }')
  const id = data.customers.edges[0].node.id
  const query =
    'query Kept($id: ID!) { customer(id: $id) { name phone timeline { edges { node { occurredAt text } } } } }'
  const ask = () => api.ask('rep', query, { variables: { id } })
  const changeTo = (change: 'giveConsent' | 'withdrawConsent', key: string) =>
    api.ask(
      'subject',
      `mutation Change($key: String!) {
      ${change}(input: {purpose: SALES_FOLLOW_UP}, idempotencyKey: $key) { evidenceEntryId } }`,
      { variables: { key } },
    )
  await ask()
  await changeTo('withdrawConsent', 'first')
  await changeTo('giveConsent', 'second')
  const { counts } = api.gateway.supergraph.federation
  const before = { ...counts }
  const answers = new Set<string>()
  for (let change = 0; change < CONSENT_CHANGES; change++) {
    await changeTo(change % 2 === 0 ? 'withdrawConsent' : 'giveConsent', `change ${change}`)
    answers.add(JSON.stringify((await ask()).data))
  }
  if (answers.size !== 2)
    throw new Error(`expected two answers, one for each state of the consent, got ${answers.size}`)
  const compiled = counts.compiled - before.compiled
  const interpreted = counts.interpreted - before.interpreted
  return { consentChanges: CONSENT_CHANGES, planCacheHitRate: rounded(compiled / (compiled + interpreted)) }
}
