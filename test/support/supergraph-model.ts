// What generated subgraphs hold, and how they tell it as SDL: entities of several subgraphs, an interface that some know as an
// object, roots and mutations.
import { chance, type Draw, pick } from './draw.ts'

interface FieldModel {
  readonly name: string
  readonly subgraph: string
  readonly type: string
  readonly target: string
  readonly args: string
  /** A field of another subgraph that this one is computed from. */
  readonly requires?: string
}

interface EntityModel {
  readonly name: string
  /** `code` beside `id` in its key. */
  readonly hasCode: boolean
  readonly fields: readonly FieldModel[]
}

/** Entities that the first subgraph tells apart by type, and others know as one type (`@interfaceObject`). */
interface KindModel {
  /** Of the interface, each in the first subgraph or in one of those that know an object. */
  readonly fields: readonly FieldModel[]
  /** Of each of its types one that is its own, in the first subgraph or in one that knows no Kind. */
  readonly special: readonly FieldModel[]
}

interface Model {
  readonly subgraphs: readonly string[]
  readonly entities: readonly EntityModel[]
  readonly kind: KindModel | undefined
  readonly roots: readonly FieldModel[]
  readonly mutations: readonly FieldModel[]
}

const LEAVES = ['String', 'Int', 'Float', 'Boolean', 'ID', 'Color', 'Blob'] as const
const ARGS = ['', '', '', '(n: Int = 3)', '(color: Color! = RED, n: Int)', '(filter: Filter)', '(n: [Int!] = [1, 2])']
const KIND = 'Kind'
const KINDS = ['K0', 'K1'] as const
const HEADER = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@interfaceObject"])
scalar Blob
enum Color { RED GREEN BLUE }
input Filter { color: Color = GREEN, min: Int! = 1, tags: [String!] }
type Money @shareable { amount: Int! currency: String parts: [Money!] }`

export function generateModel(draw: Draw): Model {
  const subgraphs = ['alpha', 'beta', 'gamma'].slice(0, 2 + draw(2))
  const names = ['E0', 'E1', 'E2', 'E3'].slice(0, 2 + draw(3))
  let count = 0
  const wrapped = (name: string) =>
    pick(draw, [name, name, `${name}!`, `[${name}]`, `[${name}!]`, `[${name}!]!`, `[[${name}]!]`])
  const field = (subgraph: string, target: string): FieldModel => ({
    name: `f${count++}`,
    subgraph,
    target,
    type: wrapped(target),
    args: pick(draw, ARGS),
  })
  const ownersOf = () => subgraphs.filter((_, index) => index === 0 || chance(draw, 70))
  // One that knows the types and one that knows an object: with more of them, Apollo's planner takes seconds or finds no end.
  const kindOwners = chance(draw, 30) ? ['alpha', pick(draw, subgraphs.slice(1))] : []
  const targetsIn = (subgraph: string) => (kindOwners.includes(subgraph) ? [...names, KIND] : names)
  const fieldsOf = (owner: string) => [
    field(owner, pick(draw, LEAVES)),
    field(owner, pick(draw, LEAVES)),
    field(owner, pick(draw, [...LEAVES, 'Money'])),
    field(owner, pick(draw, targetsIn(owner))),
  ]
  const withRequired = (fields: readonly FieldModel[], computers: readonly string[]) => {
    const required = fields.find(each => each.args === '' && LEAVES.includes(each.type as never))
    const computing = computers.find(each => each !== required?.subgraph)
    if (required === undefined || computing === undefined) return fields
    return [...fields, { ...field(computing, 'String'), args: '', type: 'String', requires: required.name }]
  }
  const entities = names.map(name => {
    const owners = ownersOf()
    return { name, fields: withRequired(owners.flatMap(fieldsOf), owners), hasCode: chance(draw, 30) }
  })
  const apart = subgraphs.filter((each, index) => index === 0 || !kindOwners.includes(each))
  const kind =
    kindOwners.length > 0
      ? {
          // An interface requires nothing, so that it is the object which does.
          fields: withRequired(
            kindOwners.flatMap(owner => fieldsOf(owner).slice(2)),
            kindOwners.slice(1),
          ),
          special: KINDS.map(() => field(pick(draw, apart), pick(draw, LEAVES))),
        }
      : undefined
  const roots = subgraphs.flatMap(subgraph => [
    field(subgraph, pick(draw, targetsIn(subgraph))),
    { ...field(subgraph, pick(draw, targetsIn(subgraph))), type: '' },
    field(subgraph, pick(draw, [...LEAVES, 'Money'])),
  ])
  const ofKind = kindOwners.map(owner => field(owner, KIND))
  const abstract = ['Thing', 'Either'].map(target => field('alpha', target))
  const mutations = subgraphs
    .slice(0, 2)
    .flatMap(subgraph => [field(subgraph, pick(draw, names)), field(subgraph, 'Int')])
  const filled = roots.map(each => (each.type === '' ? { ...each, type: `[${each.target}]` } : each))
  return { subgraphs, entities, kind, roots: [...filled, ...abstract, ...ofKind], mutations }
}

const fieldText = ({ name, args, type, requires }: FieldModel) =>
  `${name}${args}: ${type}${requires === undefined ? '' : ` @requires(fields: "${requires}")`}`

/** Of an entity's fields those of one subgraph, and what they require of others. */
function linesOf(fields: readonly FieldModel[], subgraph: string): readonly string[] {
  const own = fields.filter(each => each.subgraph === subgraph)
  const external = own.flatMap(({ requires }) => fields.filter(each => each.name === requires))
  return [...external.map(each => `${each.name}: ${each.type} @external`), ...own.map(fieldText)]
}

function kindText({ fields, special }: KindModel, subgraph: string, isFirst: boolean): string {
  const lines = linesOf(fields, subgraph)
  const object = `@key(fields: "id") { id: ID! ${lines.join('\n')}`
  const types = KINDS.flatMap((name, index) => {
    const own = special.filter((each, at) => at === index && each.subgraph === subgraph).map(fieldText)
    if (isFirst) return [`type ${name} implements ${KIND} ${object} ${own.join('\n')} }`]
    return own.length > 0 ? [`type ${name} @key(fields: "id") { id: ID! ${own.join('\n')} }`] : []
  })
  if (isFirst) return [`interface ${KIND} ${object} }`, ...types].join('\n')
  return lines.length > 0 ? `type ${KIND} @interfaceObject ${object} }` : types.join('\n')
}

export function sdlOf({ subgraphs, entities, kind, roots, mutations }: Model, subgraph: string): string {
  const isFirst = subgraph === subgraphs[0]
  const types = entities.map(({ name, hasCode, fields }) => {
    const key = hasCode ? 'id code' : 'id'
    const lines = [
      'id: ID!',
      ...(hasCode ? ['code: String!'] : []),
      ...(isFirst ? ['label: String', 'near: Thing'] : []),
      ...linesOf(fields, subgraph),
    ]
    return `type ${name}${isFirst ? ' implements Thing' : ''} @key(fields: "${key}") { ${lines.join('\n')} }`
  })
  const abstract = isFirst
    ? `interface Thing { id: ID! label: String near: Thing } union Either = ${entities.map(each => each.name).join(' | ')}`
    : ''
  const root = (name: string, fields: readonly FieldModel[]) => {
    const own = fields.filter(each => each.subgraph === subgraph)
    return own.length === 0 ? '' : `type ${name} { ${own.map(fieldText).join('\n')} }`
  }
  const kinds = kind === undefined ? '' : kindText(kind, subgraph, isFirst)
  return [HEADER, abstract, kinds, ...types, root('Query', roots), root('Mutation', mutations)].join('\n')
}
