// Which field of which type carries which category: read from the schema itself, never from a second list.
import { type GraphQLObjectType, type GraphQLSchema, getNullableType, isObjectType } from 'graphql'
import { type Category, categories } from './categories.ts'

export interface PersonalField {
  readonly category: Category
  /** The categories of what a derived value is drawn from; it is shown to nobody who is not shown all of them. */
  readonly drawnFrom?: readonly Category[]
  /** The GraphQL type, without a final `!`. A list is `[String]` and carries no mask of its elements' type. */
  readonly outputType: string
}

/** type → field → what the schema says of it. Types without a personal field are absent. */
export type PersonalFields = ReadonlyMap<string, ReadonlyMap<string, PersonalField>>

export interface FieldPrivacy {
  readonly type: string
  readonly field: string
  /** The category, or `public`, or undefined where the schema states neither. */
  readonly privacy: Category | 'public' | undefined
  readonly drawnFrom: readonly Category[]
  readonly outputType: string
}

/** Every field of every object type, with what the schema says of its privacy. Introspection and federation's own are left out. */
export function fieldPrivacy(schema: GraphQLSchema): readonly FieldPrivacy[] {
  const objects = Object.values(schema.getTypeMap()).filter(isObjectType)
  return objects.filter(type => !type.name.startsWith('_')).flatMap(fieldsOf)
}

/** The table of personal fields that masks are made from. */
export function personalFields(schema: GraphQLSchema): PersonalFields {
  const table = new Map<string, Map<string, PersonalField>>()
  for (const { type, field, privacy, drawnFrom, outputType } of fieldPrivacy(schema)) {
    if (privacy === undefined || privacy === 'public') continue
    const fields = table.get(type) ?? new Map<string, PersonalField>()
    table.set(type, fields.set(field, { category: privacy, outputType, ...(drawnFrom.length > 0 && { drawnFrom }) }))
  }
  return table
}

function fieldsOf(type: GraphQLObjectType): FieldPrivacy[] {
  const publicType = hasDirective(type.astNode, 'public') || type.extensionASTNodes.some(n => hasDirective(n, 'public'))
  return Object.values(type.getFields())
    .filter(field => !field.name.startsWith('_'))
    .map(field => ({
      type: type.name,
      field: field.name,
      outputType: String(getNullableType(field.type)),
      drawnFrom: sourcesOf(field.astNode),
      privacy:
        categoryOf(field.astNode) ?? (publicType || hasDirective(field.astNode, 'public') ? 'public' : undefined),
    }))
}

interface WithDirectives {
  readonly directives?: readonly DirectiveNode[]
}

interface DirectiveNode {
  readonly name: { readonly value: string }
  readonly arguments?: readonly { readonly name: { readonly value: string }; readonly value: object }[]
}

function hasDirective(node: WithDirectives | null | undefined, name: string): boolean {
  return node?.directives?.some(directive => directive.name.value === name) ?? false
}

function categoryOf(node: WithDirectives | null | undefined): Category | undefined {
  const argument = argumentOfPersonal(node, 'category')
  return argument && toCategory(argument)
}

function sourcesOf(node: WithDirectives | null | undefined): readonly Category[] {
  const argument = argumentOfPersonal(node, 'drawnFrom')
  return argument && 'values' in argument ? (argument.values as readonly object[]).map(toCategory) : []
}

function argumentOfPersonal(node: WithDirectives | null | undefined, name: string): object | undefined {
  const directive = node?.directives?.find(each => each.name.value === 'personal')
  return directive?.arguments?.find(each => each.name.value === name)?.value
}

function toCategory(value: object): Category {
  const text = 'value' in value ? String(value.value) : ''
  const category = categories.find(each => each === text)
  if (category === undefined)
    throw new Error(`@personal(category: "${text}") names no category of core/policy/categories.ts`)
  return category
}
