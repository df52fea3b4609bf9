// Pure: whether a record that could not be taken in speaks of a customer. It may have any shape, so its words decide.
import type { GraphValue } from '../../core/graph/graph.ts'

/** By what a record is known to be about a customer. */
export interface RecordTrace {
  /** `source/eventId` of each record of the customer: the same id with other content became a dead letter. */
  readonly keys: ReadonlySet<string>
  /** What names the customer: number, name, phone, mail, WeCom. */
  readonly identifiers: ReadonlySet<string>
}

const IDENTIFYING = ['number', 'name', 'phone', 'email', 'weComId'] as const
const WORD = /[\p{Script=Latin}\p{N}]/u

/** Everything by which the graph and the accepted records ever named the customer, values since replaced included. */
export function identifiersIn(customer: readonly GraphValue[], payloads: readonly string[]): ReadonlySet<string> {
  const stated = payloads.flatMap(payload => {
    const { customer: named = {} } = JSON.parse(payload) as { customer?: Record<string, unknown> }
    return IDENTIFYING.map(property => named[property])
  })
  return new Set([...customer, ...stated].filter(value => typeof value === 'string' && value !== '') as string[])
}

/** True for a record of the customer's own id, and for one in which a text holds an identifier as a whole word. */
export function isAbout({ keys, identifiers }: RecordTrace, key: string, payload: string): boolean {
  return keys.has(key) || textsIn(JSON.parse(payload)).some(text => [...identifiers].some(each => names(text, each)))
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)])
}

// Chinese has no spaces between words, so only Latin letters and digits beside it make an identifier another word: C-1 in C-12.
function names(text: string, identifier: string): boolean {
  for (let at = text.indexOf(identifier); at >= 0; at = text.indexOf(identifier, at + 1)) {
    const [before = '', after = ''] = [text.charAt(at - 1), text.charAt(at + identifier.length)]
    const continuesBefore = WORD.test(before) && WORD.test(identifier.charAt(0))
    const continuesAfter = WORD.test(after) && WORD.test(identifier.charAt(identifier.length - 1))
    if (!continuesBefore && !continuesAfter) return true
  }
  return false
}
