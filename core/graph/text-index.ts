// How a statement begins at a text index. The engines tell nothing but which nodes hold one of the words: what is found of them,
// and in which order, is for the statement to say, because their scores tell of nodes that a viewer may not know of.
import { type Cypher, cypher } from './cypher.ts'
import type { Graph, GraphValue, Params, Statement, TextIndex } from './graph.ts'

/** A text index as a part of statements. */
export interface NamedTextIndex extends TextIndex {
  readonly label: Cypher
  readonly property: Cypher
}

/** The parameter in which the embedded engine, whose text index no Cypher reaches, passes what it found. */
export const HOLDERS = 'holders'

export function nameOf({ label, property }: TextIndex): string {
  return `text_${label}_${property}`
}

/**
 * The beginning of a statement: binds `node` to each node that holds one of `$words` as its engine tells words apart, and perhaps
 * to others. More conditions follow with AND.
 */
export function holding(engine: Graph['engine'], { label, property }: NamedTextIndex, node: Cypher): Cypher {
  if (engine === 'embedded') {
    return cypher`
UNWIND $holders AS holder
MATCH (${node}:${label})
WHERE id(${node}) = holder`
  }
  return cypher`
CALL db.index.fulltext.queryNodes('text_${label}_${property}', reduce(all = '', word IN $words | all + ' ' + word)) YIELD node AS ${node}
WHERE true`
}

/** How many of `$words` are among the words of the property. */
export function wordsHeld({ property }: NamedTextIndex, node: Cypher): Cypher {
  return cypher`size([word IN $words WHERE (' ' + ${node}.${property} + ' ') CONTAINS (' ' + word + ' ')])`
}

/** The statement, whose text for this engine begins by `holding` of the index. */
export function beginningAt(begins: TextIndex, text: Cypher): Statement {
  return { embedded: text, neo4j: text, begins }
}

/** The words that a statement which begins at a text index is given. */
export function wordsIn({ words }: Params): readonly GraphValue[] {
  if (Array.isArray(words)) return words as readonly GraphValue[]
  throw new Error('a statement that begins at a text index has the parameter $words')
}
