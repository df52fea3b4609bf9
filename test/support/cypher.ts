// Just enough of Cypher's form for the rules about statements: clauses with their nesting, labels, and what a statement writes.

/** One clause: its text reaches to the next clause of the same nesting, subqueries included. */
export interface Clause {
  readonly keyword: string
  readonly depth: number
  readonly text: string
}

const KEYWORDS =
  /\b(OPTIONAL\s+MATCH|DETACH\s+DELETE|ORDER\s+BY|MATCH|MERGE|CREATE|UNWIND|WITH|RETURN|CALL|WHERE|SET|REMOVE|DELETE|FOREACH|UNION|LIMIT|SKIP|YIELD)\b/gi

// Words that look like a clause but belong to the words before: STARTS WITH, ON CREATE SET.
const PART_OF_ANOTHER = /\b(STARTS|ENDS|ON)\s+$/i

/** The statement with comments blanked and the contents of texts and quoted names made harmless, at the same length. */
export function masked(statement: string): string {
  return statement.replace(/\/\/[^\n]*|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`/g, part =>
    part.startsWith('//') ? ' '.repeat(part.length) : part[0] + 'q'.repeat(part.length - 2) + part[0],
  )
}

/** The clauses of a masked statement, subqueries' clauses after the one that holds them. */
export function clausesOf(text: string): readonly Clause[] {
  const depths = depthsOf(text)
  const starts = [...text.matchAll(KEYWORDS)].filter(match => !PART_OF_ANOTHER.test(text.slice(0, match.index)))
  return starts.map((match, position) => {
    const depth = depths[match.index] ?? 0
    const next = starts.slice(position + 1).find(other => (depths[other.index] ?? 0) <= depth)
    const closed = depths.findIndex((at, index) => index > match.index && at < depth)
    const end = Math.min(next?.index ?? text.length, closed === -1 ? text.length : closed)
    return {
      keyword: match[0].toUpperCase().replace(/\s+/g, ' '),
      depth,
      text: text.slice(match.index + match[0].length, end),
    }
  })
}

/** The text between the parenthesis at this place and the one that closes it. */
export function withinParenthesis(text: string, open: number): string {
  const depths = depthsOf(text)
  const depth = depths[open] ?? 0
  const close = depths.findIndex((at, index) => index > open && at === depth && text[index] === ')')
  return text.slice(open + 1, close === -1 ? text.length : close)
}

/** The parts of a text between its commas, those within brackets not counted. */
export function splitByComma(text: string): readonly string[] {
  const depths = depthsOf(text)
  const parts: string[] = []
  let start = 0
  for (let index = 0; index <= text.length; index++) {
    if (index < text.length && !(text[index] === ',' && depths[index] === 0)) continue
    parts.push(text.slice(start, index).trim())
    start = index + 1
  }
  return parts
}

/** All labels that a masked statement names. */
export function labelsIn(text: string): readonly string[] {
  return unique(
    [...labelsByVariable(text).values(), ...[...text.matchAll(ANONYMOUS_NODE)].map(match => names(match[1]))].flat(),
  )
}

/** All relationship types that a masked statement names. */
export function relationshipTypesIn(text: string): readonly string[] {
  return unique([...text.matchAll(/\[\s*\w*\s*:\s*([\w|:\s]+)/g)].flatMap(match => names(match[1])))
}

/** Labels and relationship types whose nodes or relationships the statement creates, changes or deletes. */
export function writtenIn(text: string): readonly string[] {
  const labels = labelsByVariable(text)
  const types = new Map(
    [...text.matchAll(/\[\s*(\w+)\s*:\s*(\w+)/g)].map(([, variable = '', type = '']) => [variable, [type]]),
  )
  const of = (variable: string) => labels.get(variable) ?? types.get(variable) ?? []
  return unique(
    clausesOf(text).flatMap(({ keyword, text: clause }) => {
      switch (keyword) {
        case 'CREATE':
        case 'MERGE':
          return [...labelsIn(clause), ...relationshipTypesIn(clause)]
        case 'SET':
        case 'REMOVE':
          return [...clause.matchAll(/(?:^|,)\s*(\w+)\s*(?:[.:=]|\+=)/g)].flatMap(([, variable = '']) => of(variable))
        case 'DELETE':
        case 'DETACH DELETE':
          return splitByComma(clause).flatMap(of)
        default:
          return []
      }
    }),
  )
}

/** The variables that stand for nodes, relationships and paths in the patterns of a masked statement. */
export function entityVariables(text: string): ReadonlySet<string> {
  const declared = [
    ...text.matchAll(/(?<!\w)\(\s*(\w+)\s*[:{]/g),
    ...text.matchAll(/(?:\b(?:MATCH|MERGE|CREATE)\s*|[->]\s*)\(\s*(\w+)\s*\)/gi),
    ...text.matchAll(/(?<!\w)\(\s*(\w+)\s*\)\s*<?-\s*[[-]/g),
    ...text.matchAll(/-\s*\[\s*(\w+)\s*[:\]*{]/g),
    ...text.matchAll(/\b(?:MATCH|MERGE|CREATE)\s+(\w+)\s*=/gi),
  ].map(match => match[1] ?? '')
  const entities = new Set(declared)
  // A name that is later given to a computed value stands for that value where it is returned.
  for (const [, value = '', alias = ''] of text.matchAll(/([\w.)\]}]+)\s+AS\s+(\w+)/gi)) {
    if (entities.has(value)) entities.add(alias)
    else entities.delete(alias)
  }
  return entities
}

const NODE_WITH_VARIABLE = /\(\s*(\w+)\s*:\s*([\w:|&!\s]+)/g
const ANONYMOUS_NODE = /\(\s*:\s*([\w:|&!\s]+)/g
// Not [r:TYPE]. A map's entries have a space after the colon, a label has none.
const LABEL_OF_VARIABLE = /(?<!\[\s*)\b(\w+):([A-Z]\w*(?::[A-Z]\w*)*)/g

function labelsByVariable(text: string): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, readonly string[]>()
  for (const [, variable = '', list] of [...text.matchAll(NODE_WITH_VARIABLE), ...text.matchAll(LABEL_OF_VARIABLE)]) {
    labels.set(variable, [...(labels.get(variable) ?? []), ...names(list)])
  }
  return labels
}

function names(list = ''): readonly string[] {
  return list.split(/[\s:|&!]+/).filter(name => /^[A-Z]/.test(name))
}

function unique(all: readonly string[]): readonly string[] {
  return [...new Set(all)].sort()
}

// How many brackets are open before each character; an opening and its closing bracket have the same depth.
function depthsOf(text: string): readonly number[] {
  let depth = 0
  return Array.from(text, character => {
    if ('([{'.includes(character)) return depth++
    if (')]}'.includes(character)) return --depth
    return depth
  })
}
