// A subgraph that is an HTTP service. Within one execution equal reads are made once, and the fetches of entities of one
// wave are one request; what is nobody's may be shared by several executions.
import type { FetchNode } from '@apollo/query-planner'
import { GraphQLError } from 'graphql'
import { errors } from 'undici'
import type { AskSubgraph, PlanRun, SubgraphAnswer } from './fetch.ts'
import type { SubgraphLink } from './link.ts'
import { copyOf } from './merge.ts'
import { canBeMerged } from './merged-operation.ts'
import { type SendOptions, send, sendAgain } from './send.ts'
import { openSharedReads } from './shared-reads.ts'
import { bodyOf, openWaves, type RemoteOperation, type SendRead, startOf } from './wave.ts'

export interface RemoteOptions extends SendOptions {
  /**
   * By what requests may share the answer to an equal read that is under way, given the context of one: those for which
   * this is equal. Undefined for what is personal or depends on who asks, which is shared with nobody; so is everything
   * where this is left out. The headers of a shared read are those of who asked first.
   */
  readonly sharedBy?: (context: unknown) => string | undefined
}

export function remoteLink(options: RemoteOptions): SubgraphLink {
  const askShared = openSharedReads((body, asker) => sendAgain(options, body, asker))
  const sendRead: SendRead = (body, run) => {
    const sharedBy = options.sharedBy?.(run.context)
    return sharedBy === undefined ? sendAgain(options, body, run) : askShared(sharedBy, body, run)
  }
  const askInWave = openWaves(sendRead)
  let count = 0

  const compile = (fetch: FetchNode): AskSubgraph => {
    const start = startOf(fetch.operation, fetch.operationName)
    const operation: RemoteOperation = { id: count++, text: fetch.operation, start }
    const isMerged = fetch.requires !== undefined && canBeMerged(fetch.operation)
    return async (variables, run) => {
      const texts = Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)] as const)
      const body = bodyOf(start, texts)
      try {
        if (fetch.operationKind !== 'query') return await send(options, body, run)
        return await once(`${options.url} ${body}`, run, () =>
          isMerged ? askInWave(operation, texts, run) : sendRead(body, run),
        )
      } catch (error) {
        throw onTheWay(error)
      }
    }
  }
  return { interpret: compile, compile }
}

/** Equal reads of one execution are one; each asker has the answer to itself. */
async function once(key: string, { underWay }: PlanRun, ask: () => Promise<SubgraphAnswer>): Promise<SubgraphAnswer> {
  const known = underWay.get(key)
  if (known !== undefined) return copyOf(await known)
  const asking = ask()
  underWay.set(key, asking)
  try {
    return copyOf(await asking)
  } finally {
    underWay.delete(key)
  }
}

/** A failure on the way without the addresses that the network's own words tell. */
function onTheWay(error: unknown): unknown {
  if (error instanceof GraphQLError || !(error instanceof Error)) return error
  const isLate = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError
  return new GraphQLError(isLate ? 'A subgraph took too long.' : 'A subgraph could not be reached.', {
    originalError: error,
  })
}
