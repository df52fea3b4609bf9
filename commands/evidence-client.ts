// How the commands that check the log ask the API: as an auditor, page by page.
import { z } from 'zod'
import type { Config } from '../core/config.ts'
import { readVerifierKeys } from '../core/evidence/log-signer.ts'
import { type NoteKey, parseVerifierKey } from '../core/evidence/signed-note.ts'
import { MalformedEvidence } from '../core/evidence/strict-text.ts'
import { auditorBearer } from './bearer.ts'
import { type Client, connect, executeUntilAnswered, sentencesOf } from './client.ts'
import { CommandError } from './command-error.ts'

const PAGE = 100

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })
export const checkpointAnswer = z.object({ size: z.number(), note: z.string() })

export function connectAsAuditor(config: Config): Promise<Client> {
  return connect(config, () => auditorBearer(config))
}

/** The root field of a query, in the shape that is given. Throws CommandError for an answer with errors. */
export async function ask<T>(
  client: Client,
  document: string,
  variables: Readonly<Record<string, unknown>>,
  shape: z.ZodType<T>,
): Promise<T> {
  const answer = await executeUntilAnswered(client, { document, variables })
  const [root] = Object.values(answer.data ?? {})
  if (answer.errors !== undefined || root === undefined) throw new CommandError(sentencesOf(answer))
  return shape.parse(root)
}

/** Every node of a Relay connection, a page a request. The query takes $first and $after. */
export async function* nodesOf<T>(client: Client, document: string, node: z.ZodType<T>): AsyncGenerator<T> {
  const connection = z.object({ edges: z.array(z.object({ node })), pageInfo })
  let after: string | null = null
  do {
    const page: z.infer<typeof connection> = await ask(client, document, { first: PAGE, after }, connection)
    for (const edge of page.edges) yield edge.node
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
}

/** The verifier keys that were named; in development those of DATA_DIR by default, newest first. Throws CommandError. */
export async function verifierKeys(config: Config, named: readonly string[] | undefined): Promise<readonly NoteKey[]> {
  if (named === undefined && config.production) throw new CommandError('Give the verifier key of the log with --key.')
  const texts = named ?? (await readVerifierKeys(config.dataDir))
  try {
    return texts.map(each => parseVerifierKey(each))
  } catch (error) {
    throw error instanceof MalformedEvidence ? new CommandError(`This is no verifier key. ${error.message}`) : error
  }
}
