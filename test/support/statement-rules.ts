// What a statement may not hold, because the two engines answer it differently (test/contract/differences.contract.ts).
import { clausesOf, entityVariables, masked, splitByComma, withinParenthesis } from './cypher.ts'
import { RESERVED_WORDS } from './reserved-words.ts'

/** Whom a text is for: a text for Neo4j alone may use what only the embedded engine lacks. */
export type Audience = 'both' | 'embedded' | 'neo4j'

/** The rules that a statement breaks, in words; none for a good one. */
export function brokenRules(statement: string, audience: Audience = 'both'): readonly string[] {
  const text = masked(statement)
  const rules = audience === 'neo4j' ? EVERYWHERE : [...EVERYWHERE, ...ON_THE_EMBEDDED_ENGINE]
  return rules.filter(([, isBroken]) => isBroken(text)).map(([sentence]) => sentence)
}

type Rule = readonly [sentence: string, isBroken: (text: string) => boolean]

const PATTERN = /\)\s*<?-\s*(\[|->|-\s*\()/
const WORDS = RESERVED_WORDS.join('|')

const EVERYWHERE: readonly Rule[] = [
  ['sum(x) of nothing differs: write coalesce(sum(x), 0)', hasBareSum],
  ['RETURN gives a node, relationship or path: return columns or maps', returnsEntity],
  ['labels(n)[i]: the order of labels differs', matches(/\blabels\s*\([^)]*\)\s*\[/i)],
]

const ON_THE_EMBEDDED_ENGINE: readonly Rule[] = [
  [
    'OPTIONAL MATCH … WHERE with EXISTS, COUNT or a pattern loses rows: collect in a CALL subquery',
    filtersOptionalMatchBySubquery,
  ],
  ['a reserved word is an alias', matches(new RegExp(String.raw`\bAS\s+(${WORDS})\b`, 'i'))],
  ['a reserved word is a property', matches(new RegExp(String.raw`[\w)}\]{,]\s*\.\s*(${WORDS})\b`, 'i'))],
  ['a reserved word is a map key', matches(new RegExp(String.raw`[{,]\s*(${WORDS})\s*:`, 'i'))],
  [
    'a reserved word is a label or relationship type',
    matches(new RegExp(String.raw`[([|]\s*\w*\s*:\s*(${WORDS})\b`, 'i')),
  ],
  ['a reserved word is a parameter', matches(new RegExp(String.raw`\$(${WORDS})\b`, 'i'))],
  ['a label expression: write n:A OR n:B', hasLabelExpression],
  ['COLLECT { }: use CALL and collect()', matches(/\bCOLLECT\s*\{/i)],
  ['isEmpty(): use size(x) = 0', matches(/\bisEmpty\s*\(/i)],
  ['randomUUID(): pass the id as a parameter', matches(/\brandomUUID\s*\(/i)],
  ['.epochMillis: pass times as text', matches(/\.\s*epochMillis\b/i)],
  ['duration.between(): compute it in code', matches(/\bduration\s*\.\s*between\b/i)],
  ['round(x, n): only round(x) is known to both', roundsToDigits],
  ['CALL of a procedure: each engine has its own', matches(/\bCALL\s+[a-z]\w*\s*\./)],
]

function matches(form: RegExp): (text: string) => boolean {
  return text => form.test(text)
}

function filtersOptionalMatchBySubquery(text: string): boolean {
  const clauses = clausesOf(text)
  return clauses.some((clause, position) => {
    const next = clauses.slice(position + 1).find(({ depth }) => depth <= clause.depth)
    if (clause.keyword !== 'OPTIONAL MATCH' || next?.keyword !== 'WHERE') return false
    return /\b(EXISTS|COUNT)\s*[{(]/i.test(next.text) || PATTERN.test(next.text)
  })
}

function hasBareSum(text: string): boolean {
  return [...text.matchAll(/\bsum\s*\(/gi)].some(({ index, 0: call }) => {
    const end = index + call.length + withinParenthesis(text, index + call.length - 1).length + 1
    return !(/\bcoalesce\s*\(\s*$/i.test(text.slice(0, index)) && /^\s*,\s*0(\.0)?\s*\)/.test(text.slice(end)))
  })
}

function roundsToDigits(text: string): boolean {
  return [...text.matchAll(/\bround\s*\(/gi)].some(
    ({ index, 0: call }) => splitByComma(withinParenthesis(text, index + call.length - 1)).length > 1,
  )
}

// Alternatives of a relationship, [:A|B], are known to both engines; those of a node are not.
function hasLabelExpression(text: string): boolean {
  return (
    /\(\s*\w*\s*:[\w\s:]*[|&!]/.test(text) ||
    [...text.matchAll(/(\[\s*)?\b\w+:[A-Z]\w*\s*[|&]\s*!?[A-Z]\w*(?![\w.])/g)].some(match => match[1] === undefined)
  )
}

function returnsEntity(text: string): boolean {
  const entities = entityVariables(text)
  const returned = clausesOf(text).filter(({ keyword, depth }) => keyword === 'RETURN' && depth === 0)
  const items = returned.flatMap(({ text: clause }) => splitByComma(clause.replace(/^\s*DISTINCT\b/i, '')))
  return items.some(item => {
    const value = item.replace(/\s+AS\s+\w+$/i, '').trim()
    if (entities.has(value) || /^(nodes|relationships)\s*\(/i.test(value)) return true
    const collected = value.matchAll(/\bcollect\s*\(\s*(?:DISTINCT\s+)?(\w+)\s*\)|:\s*(\w+)\s*[,}]/gi)
    return [...collected].some(([, member, entry]) => entities.has(member ?? entry ?? ''))
  })
}
