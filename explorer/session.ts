// What the server tells the explorer at its start: the prepared operations, and in development the viewers to ask as.

export interface PreparedOperation {
  readonly name: string
  readonly document: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly kind: 'query' | 'mutation' | 'subscription'
  readonly task: string
  readonly viewers: readonly string[]
}

export interface Viewer {
  readonly name: string
  readonly kind: string
  readonly id: string
  readonly purpose: string | null
  readonly token: string
}

export interface Session {
  readonly production: boolean
  readonly purposes: readonly string[]
  readonly introspectors: readonly string[]
  readonly operations: readonly PreparedOperation[]
  /** Empty in production, and before a first start has made its sample data. */
  readonly viewers: readonly Viewer[]
}

const AGAIN_MS = 2_000

/** Waits for the sample data of a first start. Throws where the server cannot be reached or refuses. */
export async function openSession(): Promise<Session> {
  const settings = (await fetchJson('/explorer/settings')) as Omit<Session, 'viewers'>
  if (settings.production) return { ...settings, viewers: [] }
  let viewers = await fetchViewers()
  while (viewers.length === 0) {
    await new Promise(resolve => setTimeout(resolve, AGAIN_MS))
    viewers = await fetchViewers()
  }
  return { ...settings, viewers }
}

/** The viewers with new tokens. */
export async function fetchViewers(): Promise<readonly Viewer[]> {
  return (await fetchJson('/explorer/viewers')) as readonly Viewer[]
}

async function fetchJson(address: string): Promise<unknown> {
  const response = await fetch(address)
  const body = (await response.json()) as { errors?: { message: string }[] }
  if (!response.ok) throw new Error(body.errors?.[0]?.message ?? `${response.status} ${address}`)
  return body
}

/** The variables as an object. Throws SyntaxError for anything else. */
export function parseVariables(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new SyntaxError('Expected a JSON object, such as {"first": 10}')
}

const DECLARES_KEY = /\$idempotencyKey\s*:/

/** The declared variables of an operation, with a new idempotency key where it wants one. */
export function freshVariables({ document, variables }: PreparedOperation): Record<string, unknown> {
  return { ...variables, ...(DECLARES_KEY.test(document) && { idempotencyKey: crypto.randomUUID() }) }
}
