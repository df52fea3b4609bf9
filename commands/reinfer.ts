// Has the server read old interactions again and follows it until it is done.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { type Answer, type Client, executeUntilAnswered, sentencesOf } from './client.ts'
import { CommandError } from './command-error.ts'

const RUN_FIELDS = 'id modelVersion state customersTotal customersDone interactionsRead'

const START = `mutation Reinfer($idempotencyKey: String!) {
  reinferSignals(idempotencyKey: $idempotencyKey) { run { ${RUN_FIELDS} } evidenceEntryId }
}`

const LATEST = `query SignalRuns { signalRuns(first: 1) { edges { node { ${RUN_FIELDS} } } } }`

const signalRun = z.looseObject({
  id: z.string(),
  modelVersion: z.string(),
  state: z.enum(['RUNNING', 'DONE', 'SUPERSEDED']),
  customersTotal: z.int(),
  customersDone: z.int(),
  interactionsRead: z.int(),
})
export type SignalRun = z.infer<typeof signalRun>

const POLL_MS = 500

/**
 * Starts a run, or joins the one that is under way, and calls `seen` with it until it is over; answers how it ended. A
 * command that is broken off leaves the run to the server. Throws CommandError.
 */
export async function reinfer(
  client: Client,
  { seen, pollMs = POLL_MS }: { seen: (run: SignalRun) => void; pollMs?: number },
): Promise<SignalRun> {
  const before = await latestRun(client)
  let run = before?.state === 'RUNNING' ? before : await startedRun(client)
  for (;;) {
    seen(run)
    if (run.state !== 'RUNNING') return run
    await pause(pollMs)
    const latest = await latestRun(client)
    if (latest?.id !== run.id) throw new CommandError('Another run has taken the place of this one.')
    run = latest
  }
}

async function startedRun(client: Client): Promise<SignalRun> {
  const answer = await executeUntilAnswered(client, { document: START, variables: { idempotencyKey: randomUUID() } })
  const parsed = z.looseObject({ run: signalRun }).safeParse(answer.data?.reinferSignals)
  if (!parsed.success) throw refused(answer)
  return parsed.data.run
}

async function latestRun(client: Client): Promise<SignalRun | undefined> {
  const answer = await executeUntilAnswered(client, { document: LATEST, variables: {} })
  const page = z.looseObject({ edges: z.array(z.looseObject({ node: signalRun })) }).safeParse(answer.data?.signalRuns)
  if (!page.success) throw refused(answer)
  return page.data.edges[0]?.node
}

function refused(answer: Answer): CommandError {
  return new CommandError(`The server does not tell of the run. ${sentencesOf(answer)}`)
}
