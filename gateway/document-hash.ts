// By what name an access record calls a document: the hash of what it selects, without anything that a client made up.
import { type DocumentNode, Kind, type OperationDefinitionNode, print, visit } from 'graphql'
import { sha256 } from '../core/evidence/commitment.ts'

const known = new WeakMap<OperationDefinitionNode, string>()

/**
 * SHA-256, base64url, of one operation and the document's fragments, in canonical print, without names of operations,
 * aliases and literals: those may hold a personal value, and no unkeyed hash of one may stand in a log for ever.
 */
export function documentHash({ definitions }: DocumentNode, operation: OperationDefinitionNode): string {
  const hash = known.get(operation) ?? hashOf([operation, ...definitions.filter(isFragment)])
  known.set(operation, hash)
  return hash
}

function hashOf(definitions: DocumentNode['definitions']): string {
  const bare = visit({ kind: Kind.DOCUMENT, definitions } as DocumentNode, {
    OperationDefinition: node => ({ ...node, name: undefined }),
    Field: node => ({ ...node, alias: undefined }),
    StringValue: node => ({ ...node, value: '', block: false }),
    IntValue: node => ({ ...node, value: '0' }),
    FloatValue: node => ({ ...node, value: '0' }),
  })
  return sha256(print(bare)).toString('base64url')
}

function isFragment({ kind }: DocumentNode['definitions'][number]): boolean {
  return kind === Kind.FRAGMENT_DEFINITION
}
