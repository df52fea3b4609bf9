// Which run a load is: a new one, or the one of the same file that was cut off.
import { createHash, randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { type Client, executeUntilAnswered, sentencesOf } from './client.ts'
import { CommandError } from './command-error.ts'
import type { Run } from './ingest.ts'

const RUNS = `query Runs($source: String!, $name: String!) {
  ingestRuns(source: $source, name: $name, first: 100) { edges { node { id position startedAt finishedAt } } }
}`

const runs = z.looseObject({
  edges: z.array(
    z.looseObject({
      node: z.looseObject({
        id: z.string(),
        position: z.int(),
        startedAt: z.string(),
        finishedAt: z.string().nullable(),
      }),
    }),
  ),
})

const FINGERPRINT_BYTES = 65_536

/** A run of this file from its beginning. */
export async function newRun(path: string): Promise<Run> {
  return { id: randomUUID(), name: await nameOf(path), position: 0 }
}

/** The run of this file that was begun last and not finished. Throws CommandError where there is none. */
export async function cutOffRun(client: Client, source: string, path: string): Promise<Run> {
  const name = await nameOf(path)
  const answer = await executeUntilAnswered(client, { document: RUNS, variables: { source, name } })
  const found = runs.safeParse(answer.data?.ingestRuns)
  if (!found.success) throw new CommandError(`The server told of no runs. ${sentencesOf(answer)}`)
  const [newest] = found.data.edges
    .map(({ node }) => node)
    .filter(({ finishedAt }) => finishedAt === null)
    .sort((one, other) => other.startedAt.localeCompare(one.startedAt))
  if (newest === undefined) {
    throw new CommandError(`No load of ${basename(path)} into ${source} was cut off. Leave out --resume to load it.`)
  }
  return { id: newest.id, name, position: newest.position }
}

/** The file's name and how it begins, so that no run is taken up with another file of the same name. */
async function nameOf(path: string): Promise<string> {
  const file = await open(path).catch(() => {
    throw new CommandError(`There is no file ${path}.`)
  })
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(FINGERPRINT_BYTES), 0, FINGERPRINT_BYTES, 0)
    const beginning = createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('base64url').slice(0, 12)
    return `${basename(path)} ${beginning}`
  } finally {
    await file.close()
  }
}
