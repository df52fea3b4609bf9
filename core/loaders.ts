// The two shapes of loader that subgraphs need. Made anew for each request: a loader memoizes what one viewer was shown.
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
 * Answers a page of a list that hangs on each owner, such as the interactions of a customer. The owners of one list
 * field share page size and cursor, and so one statement.
 */
export function pageLoaderOf<T extends { readonly id: string }>(
  listOf: (ownerId: string) => string,
  read: (ownerIds: readonly string[], page: PageRequest) => Promise<ReadonlyMap<string, readonly T[]>>,
): (ownerId: string, page: PageRequest) => Promise<Connection<T>> {
  const byPage = new Map<string, DataLoader<string, Connection<T>>>()
  return (ownerId, page) => {
    const key = `${page.first}/${page.afterId ?? ''}`
    const loader =
      byPage.get(key) ??
      new DataLoader<string, Connection<T>>(async ownerIds => {
        const found = await read(ownerIds, page)
        return ownerIds.map(id => toConnection(listOf(id), page, found.get(id) ?? []))
      })
    byPage.set(key, loader)
    return loader.load(ownerId)
  }
}

/** A map with each of its values changed. */
export function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}
