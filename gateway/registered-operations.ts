// The operations of schema/operations: parsed, planned and compiled before anybody asks, and never forgotten by the store
// of documents that have been found valid.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type DocumentNode, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql'
import { compiledMasks } from '../core/policy/compiled-masks.ts'
import type { PersonalFields } from '../core/policy/personal.ts'
import type { Policy } from '../core/policy/policy.ts'
import type { InForce } from '../core/policy/policy-in-force.ts'
import { type Viewer, viewerKinds } from '../core/viewer.ts'
import type { Federation } from './federation/federation.ts'
import { operationKey } from './operation-key.ts'
import type { PrepareOperation } from './prepared-operation.ts'

const FOLDER = new URL('../schema/operations/', import.meta.url)

/** Valid documents by the hash of their text, as Apollo Server asks for them. */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>
  set(key: string, document: DocumentNode): Promise<void>
  delete(key: string): Promise<boolean>
}

const MOST_DOCUMENTS = 1_000
const HASH_LENGTH = 64

interface Registering {
  readonly federation: Federation
  readonly schema: GraphQLSchema
  readonly prepare: PrepareOperation
  readonly personal: PersonalFields
  readonly inForce: InForce
}

/** Registers the operations and answers the store that knows them. Throws for an operation that the schema does not allow. */
export function registerOperations({ federation, schema, personal, prepare, inForce }: Registering): DocumentStore {
  const { policy, epoch } = inForce
  const classes = classesOf(policy).map(viewer => compiledMasks(personal, policy, viewer))
  const registered = new Map<string, DocumentNode>()
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(new URL(file, FOLDER), 'utf8')
    const document = parse(text)
    const operation = getOperationAST(document)
    const [problem] = validate(schema, document)
    if (problem !== undefined || !operation) throw new Error(`schema/operations/${file}: ${problem?.message}`)
    const hash = createHash('sha256').update(text).digest('hex')
    registered.set(hash, document)
    const name = operation.name?.value
    for (const masks of classes) {
      const { document: executed, pruned } = prepare(document, operation, masks)
      for (const stated of [undefined, name]) federation.register(executed, operationKey(hash, stated, epoch, pruned))
    }
  }
  return documentStore(registered)
}

/** A viewer of each kind for each purpose that it may state: what leaves an operation depends on nothing else. */
function classesOf({ grants }: Policy): readonly Viewer[] {
  return viewerKinds.flatMap(kind => grants[kind].map(purpose => ({ kind, id: '', purpose })))
}

function documentStore(registered: ReadonlyMap<string, DocumentNode>): DocumentStore {
  const others = new Map<string, DocumentNode>()
  return {
    // Apollo Server puts the hash of the text behind a prefix of its own.
    get: async key => registered.get(key.slice(-HASH_LENGTH)) ?? others.get(key),
    set: async (key, document) => {
      others.set(key, document)
      if (others.size <= MOST_DOCUMENTS) return
      const [oldest] = others.keys()
      if (oldest !== undefined) others.delete(oldest)
    },
    delete: async key => others.delete(key),
  }
}
