// Puts what a fetch answered into what the fetches before it answered.

type Data = Record<string, unknown>

/** Merges `source` into `target`, which may keep parts of `source` itself: what was fetched belongs to the answer alone. */
export function mergeInto(target: Data, source: Data): void {
  for (const key of Object.keys(source)) {
    const value = source[key]
    if (value === undefined) continue
    const known = Object.hasOwn(target, key) ? target[key] : undefined
    if (isObject(known) && isObject(value)) mergeInto(known, value)
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) mergeItems(known, value)
    else setOwn(target, key, value)
  }
}

function mergeItems(target: unknown[], source: readonly unknown[]): void {
  for (const [index, value] of source.entries()) {
    const known = target[index]
    if (isObject(known) && isObject(value)) mergeInto(known, value)
    else target[index] = value
  }
}

/** A copy of what is merged into several places, of which a later fetch may change one. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T
  if (!isObject(value)) return value
  const copy: Data = {}
  for (const key of Object.keys(value)) setOwn(copy, key, copyOf(value[key]))
  return copy as T
}

/** Writes an own property, also where its name is `__proto__`. */
export function setOwn(target: Data, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    target[key] = value
  }
}

export function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
