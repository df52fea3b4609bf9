// Pure: JSON as it may be taken from a stranger. Node's own parser keeps the last of two equal keys, makes infinity of 1e400
// and follows any depth.

export type JsonFault = 'INVALID_JSON' | 'DUPLICATE_KEY' | 'NESTED_TOO_DEEP' | 'NUMBER_TOO_LARGE'

const DEEPEST = 32
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|-?[0-9][0-9.eE+-]*/gs

/** The value, or the first thing that is wrong with the text. */
export function strictJson(text: string): { readonly value: unknown } | { readonly fault: JsonFault } {
  const fault = faultIn(text)
  if (fault !== undefined) return { fault }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { fault: 'INVALID_JSON' }
  }
}

/** Looks at the tokens alone; whether they stand in a right order is for the parser to say. */
function faultIn(text: string): JsonFault | undefined {
  /** The keys of each object that is open, undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : undefined)
      if (open.length > DEEPEST) return 'NESTED_TOO_DEEP'
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token === ':') {
      const key = keyIn(last)
      const keys = open.at(-1)
      if (keys?.has(key)) return 'DUPLICATE_KEY'
      keys?.add(key)
    } else if (/^[-0-9]/.test(token) && !Number.isFinite(Number(token))) {
      return Number.isNaN(Number(token)) ? 'INVALID_JSON' : 'NUMBER_TOO_LARGE'
    }
    last = token
  }
  return undefined
}

/** Two keys may be one in different writing: "a" and "\u0061". */
function keyIn(token: string): string {
  try {
    return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)
  } catch {
    return token
  }
}
