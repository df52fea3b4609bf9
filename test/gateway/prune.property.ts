// An operation answers the same, byte for byte, whether what its viewer can never be shown left it before it was planned or
// was masked after it was read.
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import fc from 'fast-check'
import {
  buildSchema,
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  print,
  printSchema,
  validate,
  visit,
} from 'graphql'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seededId } from '../../core/ids.ts'
import type { CompiledMasks } from '../../core/policy/compiled-masks.ts'
import { PUBLIC_IMAGE } from '../../core/policy/field-image.ts'
import { answerShape, withEntityIds } from '../../gateway/answer-shape.ts'
import { explainMasks } from '../../gateway/explain-masks.ts'
import { type Federation, openFederation } from '../../gateway/federation/federation.ts'
import { inProcessLink } from '../../gateway/federation/in-process.ts'
import { arrive, operate } from '../../gateway/pipeline.ts'
import { preparerOf } from '../../gateway/prepared-operation.ts'
import { prune } from '../../gateway/prune.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { generateOperation } from '../support/generated-operation.ts'
import { type GeneratedSupergraph, generateSupergraph } from '../support/generated-supergraph.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const ASKING = {
  subject: ['SUBJECT_REQUEST'],
  rep: ['SALES_FOLLOW_UP', 'SERVICE_DELIVERY'],
  manager: ['SERVICE_DELIVERY'],
  partner: ['PARTNER_SHARING'],
  analyst: ['ANALYTICS'],
  auditor: ['COMPLIANCE_AUDIT'],
} as const
type Asking = keyof typeof ASKING

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 6 })
})
afterAll(() => api.close())

/** The schema of clients as far as it is about customers, without the arguments that a draw would rarely fit. */
function askable(schema: GraphQLSchema): GraphQLSchema {
  const ROOTS = ['customer', 'customers', 'interactions', 'opportunities', 'purposes']
  const document = visit(parse(printSchema(schema)), {
    InputValueDefinition: ({ name }) => (name.value === 'after' ? null : undefined),
    ObjectTypeDefinition: node => {
      if (node.name.value === 'Mutation') return null
      if (node.name.value !== 'Query') return undefined
      return { ...node, fields: node.fields?.filter(({ name }) => ROOTS.includes(name.value)) ?? [] }
    },
  })
  return buildSchema(print(document), { assumeValid: true })
}

/** Every draw's text and ids as those of customers who are there. */
const withIds = (text: string) =>
  text.replaceAll(/given (\d)/g, (_, digit) => seededId('sovereign-graph', 'Customer', 1 + Number(digit)))

const SHOWS_ALL: CompiledMasks = {
  canShow: () => true,
  viewOf: () => ({ masks: [], shown: [] }),
  neverShown: () => [],
  imageOf: () => ({ image: PUBLIC_IMAGE, isByAge: false }),
}

it(
  'of our own supergraph, for every kind of viewer, masks and errors included',
  async () => {
    const { gateway } = api
    const schema = askable(gateway.supergraph.schema)
    const prepareWhole = preparerOf(gateway.supergraph.schema, gateway.supergraph.personal)
    const whole = { ...gateway, prepare: (d, o) => prepareWhole(d, o, SHOWS_ALL) } satisfies typeof gateway
    let left = 0
    let masks = 0

    async function ask(
      through: typeof gateway,
      viewer: Asking,
      purpose: string,
      document: DocumentNode,
      given: object,
    ) {
      const headers = { authorization: `Bearer ${await api.tokenOf(viewer)}`, 'x-purpose': purpose }
      const context = await arrive(through, { requestId: 'test', headers })
      const operation = getOperationAST(document)
      if (!operation) throw new Error(print(document))
      const request = { variables: given, operationName: undefined }
      const asked = {
        document,
        operation,
        request,
        queryHash: print(document),
      } as unknown as GatewayGraphQLRequestContext
      const { data, errors = [], extensions } = await operate(through, asked, context)
      left += through.prepare(document, operation, context.masks.compiled).pruned.left.length
      const failed = errors.map(({ message, path, extensions: { code } = {} }) => ({ message, path, code }))
      return JSON.stringify({ data, failed, extensions })
    }

    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(...(Object.keys(ASKING) as Asking[])), async (seed, viewer) => {
        const generated = generateOperation(schema, seed)
        const document = parse(withIds(generated.text))
        expect(validate(gateway.supergraph.schema, document)).toEqual([])
        const variables = JSON.parse(withIds(JSON.stringify(generated.variables)))
        for (const purpose of ASKING[viewer]) {
          const before = await ask(whole, viewer, purpose, document, variables)
          const after = await ask(gateway, viewer, purpose, document, variables)
          expect(after, `seed ${seed}: ${viewer} ${purpose} ${print(document)} ${JSON.stringify(variables)}`).toBe(
            before,
          )
          masks += JSON.parse(after).extensions.masks.length
        }
      }),
      { numRuns: CASES * 4 },
    )
    expect(left).toBeGreaterThan(CASES)
    expect(masks).toBeGreaterThan(CASES)
  },
  CASES_TIMEOUT_MS,
)

const SUPERGRAPHS = Math.ceil(Math.max(40, CASES) / 10)

it(
  'of generated supergraphs with interfaces and unions, and what left is asked of nobody',
  async () => {
    let left = 0
    await fc.assert(
      fc.asyncProperty(fc.integer(), async seed => {
        const { sdl } = generateSupergraph(seed)
        // There Apollo's plan has null for an object, or not, by what else is asked (see docs/federation.md). Our supergraph has none.
        if (sdl.includes('isInterfaceObject: true')) return
        const federation = federationOver(generateSupergraph(seed))
        const isHidden = hiddenIn(seed, federation.schema, generateSupergraph(seed))
        const masked = federationOver(resolving(generateSupergraph(seed), isHidden, () => null))
        const pruned = federationOver(
          resolving(generateSupergraph(seed), isHidden, (type, field) => {
            throw new Error(`${type}.${field} was asked for`)
          }),
        )
        for (let index = 0; index < 10; index++) {
          const { text, variables } = generateOperation(federation.schema, seed + index)
          const document = sdl.includes('requires:') ? withoutMeetings(parse(text)) : parse(text)
          const expected = await answerOf(masked, document, variables)
          // A null that may not be there takes others with it, and an error is not what is compared here.
          if (expected.errors.length > 0 || expected.isIncomplete) continue
          const operation = getOperationAST(document)
          if (!operation) throw new Error(text)
          const asked = prune(document, operation, federation.schema, (type, field) => !isHidden(type, field))
          left += asked.left.length
          const answer = await answerOf(pruned, withEntityIds(asked.document, federation.schema, new Map()), variables)
          const shape = answerShape(document, operation, federation.schema, new Map(), new Set(asked.left))
          explainMasks(answer.data, shape, NOTHING_KNOWN)
          const what = `seed ${seed}, operation ${index}: ${text} became ${print(asked.document)}`
          expect(answer.errors, what).toEqual([])
          expect(JSON.stringify(answer.data), what).toBe(JSON.stringify(expected.data))
        }
      }),
      { numRuns: SUPERGRAPHS, examples: [[173926045], [-1296552295]] },
    )
    expect(left).toBeGreaterThan(SUPERGRAPHS)
  },
  CASES_TIMEOUT_MS,
)

/**
 * The document, in which every object has a path of its own and nothing is conditional. Where branches for several types meet in one
 * path, or a field that requires another is conditional, Apollo's plan asks for what it needs with other things at once, and sends
 * no entity of which not all of that was read (seeds 173926045, -1296552295): there what leaves one field changes another.
 */
function withoutMeetings(document: DocumentNode): DocumentNode {
  let count = 0
  return visit(document, {
    Directive: () => null,
    Field: node => {
      if (node.selectionSet === undefined) return undefined
      const value = `${(node.alias ?? node.name).value}_${count++}`
      return { ...node, alias: { kind: Kind.NAME, value } }
    },
  })
}

const NOTHING_KNOWN = {
  masks: { withheld: () => [], withheldUnread: () => [] },
  notVisible: { reasonCode: 'NOT_VISIBLE', policyId: '', policyVersion: 1, legalBasis: null, remedy: '' },
  errors: [],
} as const

function federationOver({ sdl, schemas }: GeneratedSupergraph): Federation {
  const schemaOf = (name: string) => {
    const schema = schemas.get(name)
    if (schema === undefined) throw new Error(name)
    return schema
  }
  return openFederation({ sdl, linkTo: ({ name }) => inProcessLink(schemaOf(name), () => {}) })
}

async function answerOf(federation: Federation, document: DocumentNode, variables: Record<string, unknown>) {
  const key = { document: print(document), operationName: undefined, contract: '', viewerClass: '', policyEpoch: 1 }
  const { answer } = await federation.execute({ document, key, variables, context: { faults: 0 } })
  const { data, errors = [], extensions } = answer
  return { data, errors: errors.map(({ message }) => message), isIncomplete: extensions?.valueCompletion !== undefined }
}

type IsHidden = (type: string, field: string) => boolean

/** A third of the fields that may be null, but what the planner itself needs: keys, and what others are computed from. */
function hiddenIn(seed: number, schema: GraphQLSchema, { sdl }: GeneratedSupergraph): IsHidden {
  const needed = new Set(
    [...sdl.matchAll(/(?:requires|key): "([^"]*)"/g)].flatMap(([, names = '']) => names.split(/\W+/)),
  )
  const hidden = new Set<string>()
  const types = Object.values(schema.getTypeMap()).filter(isObjectType)
  for (const type of types.filter(({ name }) => !name.startsWith('__') && name !== 'Mutation')) {
    for (const { name, type: output } of Object.values(type.getFields())) {
      const number = [...`${seed} ${type.name} ${name}`].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) >>> 0, 7)
      if (!needed.has(name) && !isNonNullType(output) && number % 3 === 0) hidden.add(`${type.name}.${name}`)
    }
  }
  return (type, field) => hidden.has(`${type}.${field}`)
}

/** The same supergraph; what is hidden is resolved like this. */
function resolving(
  supergraph: GeneratedSupergraph,
  isHidden: IsHidden,
  resolve: (type: string, field: string) => null,
): GeneratedSupergraph {
  for (const schema of supergraph.schemas.values()) {
    for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
      for (const field of Object.values(type.getFields())) {
        if (isHidden(type.name, field.name)) field.resolve = () => resolve(type.name, field.name)
      }
    }
  }
  return supergraph
}
