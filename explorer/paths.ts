// Names of places in an answer.

export type Step = string | number

/** A key for a path of the answer as it came; no two paths share one. */
export function placeKey(path: readonly Step[]): string {
  return JSON.stringify(path)
}

/** `['customers', 0, 'name']` → `customers[0].name`. */
export function placeText(path: readonly Step[]): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

/**
 * The children of a value, each with its step and with a name by which another answer's child is the same: entries of a
 * list are known by their id or that of their node, so that a row that one viewer is not shown moves none of the others.
 */
export function childrenOf(value: unknown): readonly Child[] {
  if (Array.isArray(value)) return value.map((each, index) => ({ step: index, name: idOf(each) ?? index, value: each }))
  if (!isRecord(value)) return []
  return Object.entries(value).map(([key, each]) => ({ step: key, name: key, value: each }))
}

export interface Child {
  readonly step: Step
  readonly name: Step
  readonly value: unknown
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function idOf(entry: unknown): string | undefined {
  const id = isRecord(entry) ? (entry.id ?? (isRecord(entry.node) ? entry.node.id : undefined)) : undefined
  return typeof id === 'string' ? id : undefined
}
