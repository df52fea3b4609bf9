// Which field of which type carries which category: read from the schema itself, never from a second list.
import { type GraphQLObjectType, type GraphQLSchema, getNullableType, isObjectType } from 'graphql'
import { type Category, categories } from './categories.ts'

export interface PersonalField {
  readonly category: Category
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
  for (const { type, field, privacy, outputType } of fieldPrivacy(schema)) {
    if (privacy === undefined || privacy === 'public') continue
    const fields = table.get(type) ?? new Map<string, PersonalField>()
    table.set(type, fields.set(field, { category: privacy, outputType }))
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
      privacy:
        categoryOf(field.astNode) ?? (publicType || hasDirective(field.astNode, 'public') ? 'public' : undefined),
    }))
}

interface WithDirectives {
  readonly directives?: readonly {
    readonly name: { readonly value: string }
    readonly arguments?: readonly { readonly name: { readonly value: string }; readonly value: object }[]
  }[]
}

function hasDirective(node: WithDirectives | null | undefined, name: string): boolean {
  return node?.directives?.some(directive => directive.name.value === name) ?? false
}

function categoryOf(node: WithDirectives | null | undefined): Category | undefined {
  const directive = node?.directives?.find(each => each.name.value === 'personal')
  const argument = directive?.arguments?.find(each => each.name.value === 'category')
  if (argument === undefined) return undefined
  const text = 'value' in argument.value ? String(argument.value.value) : ''
  const category = categories.find(each => each === text)
  if (category === undefined)
    throw new Error(`@personal(category: "${text}") names no category of core/policy/categories.ts`)
  return category
}
