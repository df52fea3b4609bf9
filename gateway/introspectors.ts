// Who may ask for the schema: see docs/adr/017. Strangers are refused before any document is read.
import { type DocumentNode, visit } from 'graphql'
import { type ViewerKind, viewerKinds } from '../core/viewer.ts'

/** All but subjects: anybody can become a customer, so what a customer's token opens is as good as public. */
export const introspectors: readonly ViewerKind[] = viewerKinds.filter(kind => kind !== 'SUBJECT')

const known = new WeakMap<DocumentNode, boolean>()

/** Whether any operation of the document asks for the schema. Validation admits its two names at the root of a query only. */
export function asksForSchema(document: DocumentNode): boolean {
  let asks = known.get(document) ?? false
  if (known.has(document)) return asks
  visit(document, {
    Field: ({ name }) => {
      asks ||= name.value === '__schema' || name.value === '__type'
    },
  })
  known.set(document, asks)
  return asks
}
