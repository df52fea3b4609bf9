// The schema that clients see, as files under review, and what must hold for every type and field of it.
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLObjectType,
  GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  Kind,
  parse,
  print,
} from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { isWithin } from '../../core/policy/categories.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import { isLegalMask, maskKinds } from '../../core/policy/masks.ts'
import { fieldPrivacy, personalFields } from '../../core/policy/personal.ts'
import { type BuiltSubgraph, buildSubgraph, FEDERATION_HEADER } from '../../core/subgraph.ts'
import { openSupergraph, type Supergraph } from '../../gateway/execution.ts'
import { subgraphs } from '../../gateway/subgraphs.ts'
import { composeSupergraph } from '../../gateway/supergraph.ts'
import { frontendSchema } from '../support/frontend-schema.ts'

const FILES = '../../schema'

/** Lists that are no connections, each with what bounds it. */
const BOUNDED_LISTS = {
  'Formation.conflicts': 'of 500 records at most',
  'Formation.customerIds': 'at most 50 customers become one person',
  'Formation.records': 'at most 100',
  'Formation.steps': 'at most 100',
  'IdentityPayload.customerIds': 'at most 50 customers become one person',
  'MatchReview.customers': 'two',
  'MatchReview.weights': 'one a field that is compared',
  'ErasureCertificate.parts': 'one a part of the service, and again for each crash in the middle of it',
  'ErasureCertificate.entries': 'the request, the parts, the key, the completion',
  'ErasureCertificate.leftToOperator': 'a constant',
  'ErasedPart.erased': 'one a label',
  'Query.purposes': 'the vocabulary of purposes',
  'PurposeDescription.bases': 'one a regime',
  'Customer.consents': 'purposes × recipients that the customer itself named',
  'Consent.history': 'steps that the customer itself took',
  'Opportunity.history': 'one a record of its deal, and few stages',
  'InclusionProof.hashes': 'one a level of the tree',
  'InteractionSignals.intents': 'one an intent that there is',
  'InteractionEnvironment.events': 'the 50 that began last',
  'Guidance.steps': 'at most 3',
  'SellerSkill.learningCurve': '7',
  'Skill.broader': 'a few: most skills are a part of one or two',
  'TextSignals.intents': 'one an intent that there is',
  'EmotionSignal.arousalParts': 'one a source that there is',
  'SignalModel.labels': 'as the classifier was trained',
  'SignalModel.figures': 'one a label and language',
  'Query.signalModels': 'one a classifier',
  'ConsistencyProof.hashes': 'one a level of the tree and one more',
  'AccessExplanation.fields': 'one a personal field or record of the document',
  'AccessExplanation.refused': 'one a root field of the document',
  'FieldAccess.outcomes': 'one a combination of regime and consents that the policy tells apart',
  'HealthCheck.table': 'one a dimension',
  'GovernanceBoard.table': 'one an indicator and region',
  'Metric.missingSources': 'as its definition names them',
  'HealthCheck.dimensions': 'six',
  'HealthCheck.adoptionPack': 'three parts',
  'AdoptionStep.metrics': 'two',
  'AdoptionStep.modules': 'at most two',
  'AdoptionPart.modules': 'at most two',
  'AdoptionPart.targets': 'two',
  'PlannedStep.modules': 'at most two',
  'AdoptionPlan.trend': 'six periods',
  'AdoptionPlan.steps': 'three parts',
  'Metric.dimensions': 'there are six',
  'MissingSource.fields': 'as its definition names them',
  'MetricValue.table': 'one a period, twelve',
  'MetricTrend.values': 'one a period, twelve',
  'TrendBoard.trends': 'one a dimension, six',
  'TrendBoard.table': 'one a dimension and period',
  'MetricComparison.byModule': 'one a module',
  'DriverTree.sides': 'two',
  'DriverTree.slices': 'one a value of the dimension',
  'Diagnosis.weak': 'at most six dimensions',
  'Diagnosis.adoptionPack': 'three parts',
  'DiagnosedDimension.drivers': 'at most five',
  'DiagnosedDimension.examples': 'at most three',
  'Scorecard.lines': 'as the set is defined',
  'Query.modules': 'one a module',
  'GovernanceBoard.indicators': 'as the boards list them',
  'GovernanceIndicator.regions': 'one a region',
  'Neighbourhood.companies': 'with all other neighbours at most first, which is at most 100',
  'Neighbourhood.customers': 'the same',
  'Neighbourhood.interactions': 'the same',
  'Neighbourhood.relations': 'at most two a neighbour',
  'Neighbourhood.sellers': 'the same',
  'GraphCompleteness.cells': 'one a line of business and region',
  'Query.metricTrend': 'twelve, or as many as are asked for, at most 60',
  'Finding.steps': 'steps of one template',
  'Goal.findings': 'at most the aspects of a template and its steps',
  'MinedTemplate.steps': 'two to four',
  'KnowledgePack.items': 'at most 50',
  'Task.roles': 'at most 10',
  'TaskRole.requirements': 'at most 10',
  'TaskTemplate.includes': 'at most 10',
  'TaskTemplate.steps': 'at most 30',
  'Team.packs': 'at most 20',
  'TeamProposal.members': 'one an empty place of one task',
  'TemplateStep.covers': 'at most 20',
  'WhyNotMe.parts': 'one a part of a price',
  'Query.metricBreakdown': 'one a value of the dimension',
  'Contribution.evidence': 'at most 20',
  'PossibleTrade.legs': 'one to three',
  'Trade.legs': 'one to three',
  'Trade.acceptedBy': 'those who take part, two or three',
  'Trade.receivedBy': 'those who take part, two or three',
  'Reconciliation.findings': 'one a fact of a page of entries, and nodes that somebody inserted',
}

/** Fields whose name says everything. */
const SELF_EXPLAINING = new Set(['id', 'name', 'edges', 'node', 'pageInfo', 'evidenceEntryId'])

let built: readonly BuiltSubgraph[]
let supergraph: Supergraph
/** With the directives; `supergraph.schema` is what clients see. */
let composed: GraphQLSchema

beforeAll(async () => {
  built = await Promise.all(subgraphs.map(buildSubgraph))
  supergraph = openSupergraph(built, () => {})
  composed = schemaOf(supergraph.sdl)
})

describe('the schema files', () => {
  it('hold the supergraph', async () => {
    await expect(inOrder(supergraph.sdl)).toMatchFileSnapshot(`${FILES}/supergraph.graphql`)
  })

  it.each(subgraphs.map(({ name }) => name))('hold the subgraph %s', async name => {
    const { sdl = '' } = built.find(each => each.name === name) ?? {}
    await expect(inOrder(sdl)).toMatchFileSnapshot(`${FILES}/subgraphs/${name}.graphql`)
  })
})

describe('the types of docs/frontend', () => {
  it('are those of the schema', async () => {
    const types = frontendSchema(supergraph.schema, supergraph.personal)
    await expect(types).toMatchFileSnapshot('../../docs/frontend/schema.ts')
  })
})

describe('the build fails for', () => {
  const subgraph = (name: string, types: string, header = FEDERATION_HEADER): BuiltSubgraph => {
    const sdl = `${header}\n${types}`
    return { name, sdl, schema: types === '' ? new GraphQLSchema({}) : buildSubgraphSchema(parse(sdl)) }
  }
  const books = subgraph(
    'books',
    'type Query { book: Book @public } type Book @key(fields: "id") { id: ID! @public title: String @personal(category: "behaviour.kind") }',
  )
  const imports = (list: string) => FEDERATION_HEADER.replace('import: ["@personal", "@public"]', `import: [${list}]`)

  it('nothing in a good one', () => {
    expect(composeSupergraph([books])).toContain('@personal(category: "behaviour.kind")')
  })

  it('a type that two subgraphs define differently', () => {
    const other = subgraph('other', 'type Book @key(fields: "id") { id: ID! @public title: Int @public }')
    expect(() => composeSupergraph([books, other])).toThrow(
      'Type of field "Book.title" is incompatible across subgraphs',
    )
  })

  it('a field that two subgraphs own', () => {
    const other = subgraph('other', 'type Book @key(fields: "id") { id: ID! @public title: String @public }')
    expect(() => composeSupergraph([books, other])).toThrow(/Non-shareable field "Book\.title"/)
  })

  it('a category that differs, which is a mere hint to the composer', () => {
    const note = (name: string, category: string) =>
      subgraph(
        name,
        `type Query { ${name}: Note @public }
         type Note @shareable { id: ID! @public text: String @personal(category: "${category}") }`,
      )
    const differing = [note('one', 'behaviour.content'), note('two', 'behaviour.kind')]
    expect(() => composeSupergraph(differing)).toThrow('Non-repeatable directive @personal is applied to "Note.text"')
    expect(composeSupergraph([note('one', 'behaviour.content'), note('two', 'behaviour.content')])).toContain('Note')
  })

  it('a category that does not exist', async () => {
    const odd = subgraph(
      'odd',
      'type Query { a: A @public } type A { id: ID! @public b: Int @personal(category: "identity.shoe") }',
    )
    expect(() => composeSupergraph([odd])).toThrow('@personal(category: "identity.shoe") names no category')
    expect(() => openSupergraph([odd], () => {})).toThrow('identity.shoe')
    expect(() => personalFields(odd.schema)).toThrow('identity.shoe')
  })

  it('a field without a category that is not declared public', () => {
    const silent = subgraph('silent', 'type Query { a: A @public } type A { id: ID! @public b: Int }')
    expect(() => composeSupergraph([silent])).toThrow('silent: A.b states neither @personal nor @public')
  })

  it('such a field of a type that only another subgraph declares public', () => {
    const silent = subgraph('silent', 'type A @key(fields: "id") { id: ID! @public b: Int }')
    const open = subgraph('open', 'type Query { a: A @public } type A @key(fields: "id") @public { id: ID! c: Int }')
    expect(() => composeSupergraph([silent, open])).toThrow('silent: A.b states neither')
    const extension = subgraph('silent', 'extend type A @key(fields: "id") { id: ID! @public b: Int }')
    expect(() => composeSupergraph([extension, open])).toThrow('silent: A.b states neither')
  })

  describe('@personal under another name (GHSA-g8jh-vg5j-4h3f)', () => {
    it('that an import gives', () => {
      const header = FEDERATION_HEADER.replace('["@personal",', '[{ name: "@personal", as: "@secret" },')
        .replace('@composeDirective(name: "@personal")', '@composeDirective(name: "@secret")')
        .replace('directive @personal', 'directive @secret')
      const types =
        'type Query { book: Book @public } type Book @public { id: ID! title: String @secret(category: "identity.name") }'
      const aliased = subgraph('aliased', types, header)
      expect(() => composeSupergraph([aliased])).toThrow('aliased: its @link is not the one of core/subgraph.ts')
      expect(() => composeSupergraph([...built, aliased])).toThrow('aliased: its @link is not the one')
    })

    it('that swaps it with @public', () => {
      const swapped = '{ name: "@personal", as: "@public" }, { name: "@public", as: "@personal" }'
      expect(() => composeSupergraph([subgraph('swapped', '', imports(swapped))])).toThrow('swapped: its @link is not')
    })

    it('that the prefix of a link without imports gives', () => {
      const prefixed = FEDERATION_HEADER.replace(', import: ["@personal", "@public"]', '').replace(
        /@(?=personal|public)/g,
        '@privacy__',
      )
      expect(() => composeSupergraph([subgraph('prefixed', '', prefixed)])).toThrow('prefixed: its @link is not')
    })

    it('that a second link gives', () => {
      const second =
        'extend schema @link(url: "https://sovereign-graph.org/privacy/v2.0", as: "p", import: [{ name: "@personal", as: "@p" }])'
      expect(() => composeSupergraph([subgraph('second', '', FEDERATION_HEADER + second)])).toThrow(
        'second: its @link is not',
      )
    })
  })

  it('@personal that composition would drop', () => {
    const dropped = FEDERATION_HEADER.replace('@composeDirective(name: "@personal")', '')
    expect(() => composeSupergraph([subgraph('dropped', '', dropped)])).toThrow('dropped: its @link is not')
    const unlinked = FEDERATION_HEADER.replace(/@link\(url: "https:\/\/sovereign.*\n/, '')
    expect(() => composeSupergraph([subgraph('unlinked', '', unlinked)])).toThrow('unlinked: its @link is not')
  })
})

describe('every field', () => {
  it('has a category or is declared public', () => {
    const unstated = fieldPrivacy(composed).filter(({ privacy }) => privacy === undefined)
    expect(unstated).toEqual([])
    expect(fieldPrivacy(composed).length).toBeGreaterThan(50)
  })

  it('that is personal may be null in its own position', () => {
    const nonNull = personal().filter(({ type, field }) => isNonNullType(outputOf(type, field)))
    expect(nonNull).toEqual([])
  })

  it('that is personal has one owner, and its category there', () => {
    const owners = personal().map(({ type, field, privacy }) => ({
      field: `${type}.${field}`,
      privacy,
      owners: built.flatMap(({ sdl }) =>
        fieldPrivacy(schemaOf(sdl)).filter(each => each.type === type && each.field === field),
      ),
    }))
    for (const { field, privacy, owners: own } of owners) {
      expect(
        own.map(each => each.privacy),
        field,
      ).toEqual([privacy])
    }
  })

  it('of a type that one subgraph declares public is public wherever the type is', () => {
    const declared = (sdl: string) =>
      Object.fromEntries(fieldPrivacy(schemaOf(sdl)).map(({ type, field, privacy }) => [`${type}.${field}`, privacy]))
    const whole = declared(supergraph.sdl)
    for (const { sdl } of built) {
      for (const [field, privacy] of Object.entries(declared(sdl))) expect(whole[field], field).toBe(privacy)
    }
  })

  it('carries no mask of the ground policy that its type cannot show', () => {
    const pairs = personal().flatMap(({ type, field, privacy, outputType }) =>
      groundPolicy.rules
        .filter(rule => rule.categories.some(ancestor => isWithin(privacy ?? '', ancestor)))
        .flatMap(rule => maskKinds.filter(mask => mask === rule.effect))
        .map(mask => ({ place: `${type}.${field}: ${outputType}`, mask, isLegal: isLegalMask(mask, outputType) })),
    )
    expect(pairs.filter(({ isLegal }) => !isLegal)).toEqual([])
    expect([...new Set(pairs.map(({ place, mask }) => `${place} ${mask}`))].sort()).toEqual([
      'ConflictingRecord.email: String LAST4',
      'ConflictingRecord.name: String HASH',
      'ConflictingRecord.phone: String LAST4',
      'ConflictingRecord.statedAt: DateTime YEAR_ONLY',
      'ConflictingRecord.weComId: String LAST4',
      'Customer.email: String LAST4',
      'Customer.name: String HASH',
      'Customer.phone: String LAST4',
      'Customer.weComId: String LAST4',
      'FormingRecord.acceptedAt: DateTime YEAR_ONLY',
      'Interaction.occurredAt: DateTime YEAR_ONLY',
    ])
  })

  it('that is a list of entities which a row rule can shorten may be null', () => {
    const connections = fields().filter(({ output }) => getNamedType(output).name.endsWith('Connection'))
    expect(connections.length).toBeGreaterThan(5)
    expect(connections.filter(({ output }) => isNonNullType(output)).map(place)).toEqual([])
  })

  it('that leads to an entity with personal fields may be null, or stands in an edge', () => {
    const leading = fields().filter(
      ({ field, output }) => supergraph.personal.has(getNamedType(output).name) && field.name !== 'node',
    )
    expect(leading.map(place).sort()).toEqual([
      'DiagnosedDimension.examples',
      'Formation.conflicts',
      'Formation.records',
      'Fulfilment.customer',
      'Interaction.customer',
      'Interaction.environment',
      'Interaction.signals',
      'MatchReview.customers',
      'MetricContribution.customer',
      'Neighbourhood.customer',
      'Neighbourhood.customers',
      'Neighbourhood.interactions',
      'Opportunity.customer',
      'Order.customer',
      'Query.consentReceipt',
      'Query.customer',
      'Query.ledger',
      'Query.teamFor',
      'Query.whyMatched',
      'Query.whyNotMe',
      'Seller.guidance',
      'TeamProposal.members',
    ])
    expect(leading.filter(({ output }) => isNonNullType(output)).map(place)).toEqual([])
  })

  it('that is a list is a connection or declared bounded', () => {
    const lists = fields().filter(({ output }) => isListType(getNullableType(output)))
    const others = lists.filter(({ type, field }) => !(type.name.endsWith('Connection') && field.name === 'edges'))
    expect(others.map(place).sort()).toEqual(Object.keys(BOUNDED_LISTS).sort())
  })

  it('that is a connection pages by `first` and `after`, with a default', () => {
    for (const each of fields().filter(({ output }) => getNamedType(output).name.endsWith('Connection'))) {
      const args = Object.fromEntries(each.field.args.map(arg => [arg.name, arg]))
      expect(String(args.first?.type), place(each)).toBe('Int!')
      expect(args.first?.defaultValue, place(each)).toBe(20)
      expect(String(args.after?.type), place(each)).toBe('String')
    }
  })
})

describe('every type', () => {
  // answer-shape.ts finds the entity of each place by its type's name and its id; see its comment on fragments.
  it('with personal fields has an id', () => {
    for (const type of supergraph.personal.keys()) expect(String(outputOf(type, 'id')), type).toBe('ID!')
  })

  it('is no interface and no union', () => {
    const abstract = ourTypes().filter(type => isInterfaceType(type) || isUnionType(type))
    expect(abstract.map(({ name }) => name)).toEqual([])
    expect(objectTypes().flatMap(type => type.getInterfaces())).toEqual([])
  })
})

describe('the manual that the schema is', () => {
  it('describes every type', () => {
    const roots = ['Query', 'Mutation']
    expect(ourTypes().filter(({ name, description }) => !description && !roots.includes(name))).toEqual([])
  })

  it('describes every field, argument and input field whose name does not say everything', () => {
    const inputs = ourTypes()
      .filter(isInputObjectType)
      .flatMap(type => described(type.name, Object.values(type.getFields())))
    const outputs = objectTypes().flatMap(type => described(type.name, Object.values(type.getFields())))
    const args = fields().flatMap(each => described(place(each), each.field.args))
    expect([...inputs, ...outputs, ...args]).toEqual([])
  })

  it('uses whole sentences', () => {
    const sentences = fields().flatMap(({ field }) => [
      field.description ?? '',
      ...field.args.map(arg => arg.description ?? ''),
    ])
    expect(sentences.filter(text => text !== '' && !/^\S.*[.`]$/s.test(text))).toEqual([])
  })
})

describe('every root field', () => {
  it.each(subgraphs.map(each => [each.name, each] as const))(
    'of %s has a row in its table, and every row a field',
    (name, { rootRules }) => {
      const schema = schemaOf(built.find(each => each.name === name)?.sdl ?? '')
      const namesOf = (type: GraphQLObjectType | null | undefined) => Object.keys(type?.getFields() ?? {}).sort()
      expect(Object.keys(rootRules.Query ?? {}).sort()).toEqual(namesOf(schema.getQueryType()))
      expect(Object.keys(rootRules.Mutation ?? {}).sort()).toEqual(namesOf(schema.getMutationType()))
    },
  )

  it('that changes something takes an idempotency key and answers with the entry that proves it', () => {
    const mutations = Object.values(supergraph.schema.getMutationType()?.getFields() ?? {})
    expect(mutations.length).toBeGreaterThan(2)
    for (const { name, args, type } of mutations) {
      expect(String(args.find(arg => arg.name === 'idempotencyKey')?.type), name).toBe('String!')
      expect(String(outputOf(getNamedType(type).name, 'evidenceEntryId')), name).toBe('ID!')
    }
  })
})

interface FieldInType {
  readonly type: GraphQLObjectType
  readonly field: GraphQLField<unknown, unknown>
  readonly output: GraphQLField<unknown, unknown>['type']
}

const place = ({ type, field }: FieldInType) => `${type.name}.${field.name}`

function schemaOf(sdl: string): GraphQLSchema {
  return buildASTSchema(parse(sdl), { assumeValidSDL: true })
}

/** The document with its definitions by kind and name, so that the file changes only where the schema does. */
function inOrder(sdl: string): string {
  const document = parse(sdl)
  const key = (node: DefinitionNode) => {
    const isSchema = node.kind === Kind.SCHEMA_EXTENSION || node.kind === Kind.SCHEMA_DEFINITION
    const rank = isSchema ? 0 : node.kind === Kind.DIRECTIVE_DEFINITION ? 1 : 2
    return `${rank} ${'name' in node ? node.name?.value : ''}`
  }
  const definitions = document.definitions.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return `${print({ ...document, definitions } satisfies DocumentNode)}\n`
}

/** What clients see beside GraphQL's own. */
function ourTypes() {
  return Object.values(supergraph.schema.getTypeMap()).filter(
    type =>
      !type.name.startsWith('__') &&
      !(isScalarType(type) && ['ID', 'String', 'Int', 'Float', 'Boolean'].includes(type.name)),
  )
}

function objectTypes(): readonly GraphQLObjectType[] {
  return ourTypes().filter(isObjectType)
}

function fields(): readonly FieldInType[] {
  return objectTypes().flatMap(type =>
    Object.values(type.getFields()).map(field => ({ type, field, output: field.type })),
  )
}

function personal() {
  return fieldPrivacy(composed).filter(({ privacy }) => privacy !== 'public')
}

function outputOf(type: string, field: string) {
  const found = supergraph.schema.getType(type)
  return isObjectType(found) ? found.getFields()[field]?.type : undefined
}

function described(
  of: string,
  parts: readonly (GraphQLField<unknown, unknown> | GraphQLInputField | GraphQLArgument)[],
): readonly string[] {
  return parts
    .filter(({ name, description }) => !description && !SELF_EXPLAINING.has(name))
    .map(({ name }) => `${of} ${name}`)
}
