// The shapes of loader that subgraphs need. Made anew for each request: what a loader holds was read for one viewer.
import DataLoader from 'dataloader'
import { type Connection, type PageRequest, toConnection } from './paging.ts'

/** Answers by id through a batch read; null for what the read leaves out. */
export function loaderOf<T>(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): DataLoader<string, T | null> {
  return new DataLoader(async ids => {
    const found = await read(ids)
    return ids.map(id => found.get(id) ?? null)
  })
}

/**
 * Answers by id with what is selected. All that is asked for at one time is one statement, which reads whatever any of the
 * askers selects; `join` makes that of two selections.
 */
export function selectiveLoaderOf<S, T>(
  join: (a: S, b: S) => S,
  read: (ids: readonly string[], selected: S) => Promise<ReadonlyMap<string, T>>,
): (id: string, selected: S) => Promise<T | null> {
  const loader = new DataLoader<{ readonly id: string; readonly selected: S }, T | null>(
    async asked => {
      const selections = [...new Set(asked.map(({ selected }) => selected))]
      const found = await read([...new Set(asked.map(({ id }) => id))], selections.reduce(join))
      return asked.map(({ id }) => found.get(id) ?? null)
    },
    // Another asker selects something else of the same entity.
    { cache: false },
  )
  return (id, selected) => loader.load({ id, selected })
}

/**
 * Answers a page of a list that hangs on each owner, such as the opportunities of a customer. The owners of one list field
 * share page size and cursor, and so one statement.
 */
export function pageLoaderOf<S, T extends { readonly id: string }>(
  listOf: (ownerId: string) => string,
  join: (a: S, b: S) => S,
  read: (ownerIds: readonly string[], page: PageRequest, selected: S) => Promise<ReadonlyMap<string, readonly T[]>>,
): (ownerId: string, page: PageRequest, selected: S) => Promise<Connection<T>> {
  const byPage = new Map<string, (ownerId: string, selected: S) => Promise<readonly T[] | null>>()
  return async (ownerId, page, selected) => {
    const key = `${page.first}/${page.afterId ?? ''}`
    const load = byPage.get(key) ?? selectiveLoaderOf(join, (ids, all: S) => read(ids, page, all))
    byPage.set(key, load)
    return toConnection(listOf(ownerId), page, (await load(ownerId, selected)) ?? [])
  }
}

/** A map with each of its values changed. */
export function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}
