// GraphQL over HTTP: an answer as `application/json` to a request that could be read has status 200, whatever its document
// is worth; as `application/graphql-response+json` it has 400 where nothing was executed. Apollo Server answers 400 to both,
// and settles the media type last of all.
import type { ApolloServerPlugin, BaseContext } from '@apollo/server'
import type { FastifyReply } from 'fastify'

/** What is noted of a request on its way through Apollo Server, which hands on copies of contexts. */
export interface Reading {
  /** True when it held a document, of which something was wrong. */
  isDocumentRefused: boolean
}

export function notingRefusedDocuments<Context extends BaseContext>(
  readingOf: (context: Context) => Reading,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ source, contextValue }) => {
        if (source !== undefined) readingOf(contextValue).isDocumentRefused = true
      },
    }),
  }
}

/** Sets the status when the answer is about to be sent. */
export function settleStatus(reply: FastifyReply, { isDocumentRefused }: Reading): void {
  const isJson = String(reply.getHeader('content-type')).startsWith('application/json')
  if (isDocumentRefused && isJson && reply.statusCode === 400) reply.code(200)
}
