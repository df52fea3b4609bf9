// The compiled table of masks and the guard of the roots, against graphql-shield over every field of the supergraph.
import { buildASTSchema, execute, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { toInstant } from '../../core/clock.ts'
import type { RequestContext } from '../../core/context.ts'
import { entityMasks } from '../../core/policy/entity-masks.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { fieldPrivacy, type PersonalField, type PersonalFields } from '../../core/policy/personal.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { guardRootFields, type RootRules } from '../../core/policy/shield.ts'
import { modulesNamed } from '../../core/registry/modules.ts'
import { buildSubgraph } from '../../core/subgraph.ts'
import { type Purpose, purposes, type Viewer, viewerKinds } from '../../core/viewer.ts'
import { openSupergraph, type Supergraph } from '../../gateway/execution.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { type AskEverything, fullShield, type ShieldContext, type Shown } from '../support/full-shield.ts'

const NOW = toInstant(new Date('2026-11-02T08:00:00Z'))
const ROOTS = ['Query', 'Mutation'] as const

const rootRules: RootRules = {
  Query: Object.assign({}, ...subgraphs.map(({ rootRules: { Query } }) => Query)),
  Mutation: Object.assign({}, ...subgraphs.map(({ rootRules: { Mutation } }) => Mutation)),
}

let supergraph: Supergraph
let shielded: AskEverything
let shownByShield: readonly Shown[]
let fields: readonly (readonly [type: string, field: string])[]
beforeAll(async () => {
  supergraph = openSupergraph(await Promise.all(subgraphs.map(buildSubgraph)), () => {})
  shielded = fullShield(supergraph.sdl, rootRules)
  const schema = buildASTSchema(parse(supergraph.sdl), { assumeValidSDL: true })
  fields = fieldPrivacy(schema)
    .filter(({ type }) => !ROOTS.some(root => root === type))
    .map(({ type, field }) => [type, field])
  shownByShield = await Promise.all(
    [...situations()].map(({ viewer, subject }) => shielded({ policy: groundPolicy, viewer, subject })),
  )
})

interface Situation extends Omit<ShieldContext, 'policy'> {
  readonly birthDate?: string
}

/** Every kind of viewer and purpose, with customers in whom each condition of a rule or a law is met or not. */
function* situations(): Generator<Situation> {
  for (const kind of viewerKinds) {
    for (const purpose of [undefined, ...purposes]) {
      const viewer: Viewer = { kind, id: 'viewer', ...(purpose && { purpose }) }
      if (purpose === undefined || !groundPolicy.grants[kind].includes(purpose)) {
        yield { viewer, subject: { region: 'EU-DE', consents: new Set(purposes) } }
        continue
      }
      for (const region of ['CN-SH', 'EU-DE']) {
        const stated: readonly Purpose[] = [purpose]
        for (const consents of [[], stated, [...stated, 'AI_DECISION'], purposes] as const) {
          yield { viewer, subject: { region, consents: new Set<Purpose>(consents) } }
        }
        const all = new Set(purposes)
        const young = { age: 10, consents: all, byGuardian: new Set<Purpose>(stated) }
        yield { viewer, subject: { region, ...young }, birthDate: '2016-05-20' }
        yield { viewer: { ...viewer, region: 'US-CA' }, subject: { region, consents: all } }
        yield { viewer, subject: { region, otherRegion: 'EU-FR', consents: new Set<Purpose>(stated) } }
      }
    }
  }
}

/** Each field that one of the two shows and the other does not. */
function disagreements(table: PersonalFields, policy: Policy): string[] {
  const found = new Set<string>()
  for (const [index, { viewer, subject, birthDate }] of [...situations()].entries()) {
    const shown = shownByShield[index] ?? new Map<string, ReadonlySet<string>>()
    const masks = entityMasks(table, policy, viewer, value => value, NOW)
    for (const type of new Set(fields.map(([name]) => name))) {
      const { age: _, ...state } = subject as { age?: number } & Parameters<typeof masks.apply>[2]
      masks.apply(type, { id: type }, { ...state, id: 'anna', ...(birthDate && { birthDate }) })
      const withheld = new Set(masks.withheld(type, type)?.flatMap(({ field, mask }) => (mask === 'NULL' ? field : [])))
      for (const [of, field] of fields) {
        if (of !== type || withheld.has(field) !== (shown.get(type)?.has(field) ?? false)) continue
        found.add(`${viewer.kind} ${viewer.purpose} ${type}.${field}`)
      }
    }
  }
  return [...found]
}

/** The supergraph's table with one entry changed, or left out. */
const planted = (type: string, field: string, change: Partial<PersonalField> | undefined): PersonalFields =>
  new Map(
    [...supergraph.personal].map(([name, own]) => {
      if (name !== type) return [name, own]
      const entries = [...own].flatMap(([each, privacy]) => {
        if (each !== field) return [[each, privacy] as const]
        return change === undefined ? [] : [[each, { ...privacy, ...change }] as const]
      })
      return [name, new Map(entries)]
    }),
  )

describe('the compiled table', () => {
  it('agrees with the full shield on every viewer, purpose and field', () => {
    expect(fields.length).toBeGreaterThan(100)
    const asked = new Set([...situations()].map(({ viewer }) => `${viewer.kind} ${viewer.purpose}`))
    expect(asked.size).toBe(viewerKinds.length * (purposes.length + 1))
    expect(disagreements(supergraph.personal, groundPolicy)).toEqual([])
  })

  it('is found out when a field is missing from it', () => {
    const found = disagreements(planted('Interaction', 'text', undefined), groundPolicy)
    expect(found).toContain('PARTNER PARTNER_SHARING Interaction.text')
    expect(found.every(each => each.endsWith(' Interaction.text'))).toBe(true)
  })

  it('is found out when a field stands there under another category', () => {
    const found = disagreements(planted('Customer', 'company', { category: 'identity.name' }), groundPolicy)
    expect(found).toEqual(['PARTNER PARTNER_SHARING Customer.company'])
  })

  it('is found out when a derived value forgets a source', () => {
    const table = planted('InteractionSignals', 'intents', { drawnFrom: [], category: 'behaviour.kind' })
    const found = disagreements(table, groundPolicy)
    expect(found).toContain('REP SALES_FOLLOW_UP InteractionSignals.intents')
  })

  it('is found out when it decides by another policy', () => {
    const rules = groundPolicy.rules.map(rule =>
      rule.id === 'sales-contact' ? { ...rule, effect: 'DENY' as const } : rule,
    )
    const found = disagreements(supergraph.personal, { ...groundPolicy, rules })
    expect(found.sort()).toEqual(
      ['MANAGER', 'REP'].flatMap(kind =>
        ['SALES_FOLLOW_UP', 'SERVICE_DELIVERY'].flatMap(purpose =>
          ['ConflictingRecord', 'Customer'].flatMap(type =>
            ['email', 'phone', 'weComId'].map(field => `${kind} ${purpose} ${type}.${field}`),
          ),
        ),
      ),
    )
  })
})

describe('the guard of the root fields', () => {
  const fieldsOf = (root: (typeof ROOTS)[number]) =>
    Object.keys(
      (root === 'Query' ? supergraph.schema.getQueryType() : supergraph.schema.getMutationType())?.getFields() ?? {},
    )

  /** What the guard that serves lets through. */
  const passed = async (rules: RootRules, root: (typeof ROOTS)[number], viewer: Viewer) => {
    const rootOf = (name: string) =>
      new GraphQLObjectType({
        name,
        fields: Object.fromEntries(
          fieldsOf(name as 'Query').map(field => [field, { type: GraphQLString, resolve: () => 'shown' }]),
        ),
      })
    const schema = guardRootFields(
      new GraphQLSchema({ query: rootOf('Query'), mutation: rootOf('Mutation') }),
      rules,
      'any',
    )
    const document = parse(`${root.toLowerCase()} { ${fieldsOf(root).join(' ')} }`)
    const { data } = await execute({
      schema,
      document,
      contextValue: { viewer, services: { modules: modulesNamed([]) } } as unknown as RequestContext,
    })
    return Object.entries(data ?? {}).flatMap(([field, value]) => (value === 'shown' ? [field] : []))
  }
  const rootDisagreements = async (rules: RootRules) => {
    const found: string[] = []
    for (const kind of viewerKinds) {
      for (const purpose of [undefined, 'SALES_FOLLOW_UP'] as const) {
        const viewer: Viewer = { kind, id: 'viewer', ...(purpose && { purpose }) }
        const shown = await shielded({
          policy: groundPolicy,
          viewer,
          subject: { region: 'EU-DE', consents: new Set() },
        })
        for (const root of ROOTS) {
          const through = new Set(await passed(rules, root, viewer))
          const other = shown.get(root) ?? new Set()
          found.push(
            ...fieldsOf(root)
              .filter(each => through.has(each) !== other.has(each))
              .map(each => `${kind} ${each}`),
          )
        }
      }
    }
    return found
  }

  it('agrees with the full shield on every viewer and field', async () => {
    expect(ROOTS.flatMap(fieldsOf).length).toBeGreaterThan(20)
    expect(await rootDisagreements(rootRules)).toEqual([])
  })

  it('is found out when it lets one more viewer through', async () => {
    const { policies } = rootRules.Query ?? {}
    if (policies === undefined) throw new Error('no row for policies')
    const wider = {
      ...rootRules,
      Query: { ...rootRules.Query, policies: { ...policies, viewers: [...policies.viewers, 'REP'] as const } },
    }
    expect(await rootDisagreements(wider)).toEqual(['REP policies', 'REP policies'])
  })
})
