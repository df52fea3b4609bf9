// sovereign dead-letters list [--source S] > letters.csv, … -- dead-letters replay --source S --mapping M
import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { z } from 'zod'
import { readConfig } from '../core/config.ts'
import { csvRow } from '../core/records/csv.ts'
import { type Client, connect, executeUntilAnswered, sentencesOf } from './client.ts'
import { CommandError } from './command-error.ts'
import { readMappingText } from './mapping-file.ts'

const COLUMNS = ['id', 'source', 'runId', 'eventId', 'place', 'reason', 'detail', 'times', 'at'] as const

const LIST = `query Letters($source: String, $after: String) {
  deadLetters(source: $source, first: 100, after: $after) {
    edges { node { ${COLUMNS.join(' ')} } }
    pageInfo { hasNextPage endCursor }
  }
}`

const REPLAY = `mutation Replay($input: ReplayInput!, $idempotencyKey: String!) {
  replayDeadLetters(input: $input, idempotencyKey: $idempotencyKey) { replayed accepted duplicates deadLetters lastId }
}`

const page = z.looseObject({
  edges: z.array(z.looseObject({ node: z.record(z.string(), z.union([z.string(), z.number()])) })),
  pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
})

const replayed = z.looseObject({
  replayed: z.int(),
  accepted: z.int(),
  duplicates: z.int(),
  deadLetters: z.int(),
  lastId: z.string().nullable(),
})

/** What the API replays at most in one request. */
const LARGEST_REPLAY = 1_000

export function deadLettersCommand(): Command {
  const command = new Command('dead-letters').description('Lists what could not be taken in, and sends it again.')
  command
    .command('list')
    .description('Writes them as CSV; no cell of it is a formula.')
    .option('--source <source>', 'only those of this source')
    .action(async ({ source }: { source?: string }) => {
      await connected(client => listLetters(client, source, text => process.stdout.write(text)))
    })
  command
    .command('replay')
    .description('Sends those of a source again; what is taken in now is no dead letter any more.')
    .requiredOption('--source <source>', 'the source whose records they are')
    .option('--mapping <mapping>', 'reads them anew by this mapping, a name or a path')
    .action(async ({ source, mapping }: { source: string; mapping?: string }) => {
      const read = mapping === undefined ? undefined : await readMappingText(mapping)
      await connected(async client => {
        process.stdout.write(`${JSON.stringify(await replayLetters(client, source, read))}\n`)
      })
    })
  return command
}

async function connected(work: (client: Client) => Promise<void>): Promise<void> {
  const client = await connect(readConfig())
  try {
    await work(client)
  } finally {
    await client.close()
  }
}

async function listLetters(client: Client, source: string | undefined, write: (text: string) => void): Promise<void> {
  write(csvRow(COLUMNS))
  for (let after: string | null = null; ; ) {
    const answer = await executeUntilAnswered(client, { document: LIST, variables: { source: source ?? null, after } })
    const found = page.safeParse(answer.data?.deadLetters)
    if (!found.success) throw new CommandError(`The server told of no dead letters. ${sentencesOf(answer)}`)
    for (const { node } of found.data.edges) write(csvRow(COLUMNS.map(column => node[column] ?? null)))
    if (!found.data.pageInfo.hasNextPage) return
    after = found.data.pageInfo.endCursor
  }
}

/** Sends all of them, a thousand a request, and answers the sums. */
async function replayLetters(client: Client, source: string, mapping: unknown) {
  const sums = { replayed: 0, accepted: 0, duplicates: 0, deadLetters: 0 }
  for (let afterId: string | null = null; ; ) {
    const input = { source, afterId, mapping: mapping ?? null }
    const variables = { input, idempotencyKey: randomUUID() }
    const answer = await executeUntilAnswered(client, { document: REPLAY, variables })
    const found = replayed.safeParse(answer.data?.replayDeadLetters)
    if (!found.success) throw new CommandError(`The server refused. ${sentencesOf(answer)}`)
    const { lastId, ...counts } = found.data
    sums.replayed += counts.replayed
    sums.accepted += counts.accepted
    sums.duplicates += counts.duplicates
    sums.deadLetters += counts.deadLetters
    if (counts.replayed < LARGEST_REPLAY) return sums
    afterId = lastId
  }
}
