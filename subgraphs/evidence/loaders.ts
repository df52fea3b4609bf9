import DataLoader from 'dataloader'
import type { RequestContext } from '../../core/context.ts'
import { entriesById, type LoggedEntry } from './log-store.ts'

export interface EvidenceLoaders {
  readonly entry: DataLoader<string, LoggedEntry | null>
}

export function evidenceLoaders({ services: { graph } }: RequestContext): EvidenceLoaders {
  return {
    entry: new DataLoader(async ids => {
      const found = await entriesById({ run: graph.read.bind(graph) }, ids)
      return ids.map(id => found.get(id) ?? null)
    }),
  }
}
