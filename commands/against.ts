// Whether the log has only grown since a checkpoint that somebody else remembered: a log that shows two parties two
// histories cannot prove both to come from one.
import { z } from 'zod'
import { type Checkpoint, verifyCheckpoint } from '../core/evidence/checkpoint.ts'
import { verifyConsistency } from '../core/evidence/merkle-proofs.ts'
import type { NoteKey } from '../core/evidence/signed-note.ts'
import { decodeBase64, orRefused, type Refusal } from '../core/evidence/strict-text.ts'
import type { Client } from './client.ts'
import { CommandError } from './command-error.ts'
import { ask, checkpointAnswer } from './evidence-client.ts'

const CONSISTENCY = `query Consistency($fromSize: Int!) {
  consistencyProof(fromSize: $fromSize) { hashes checkpoint { size note } }
}`

const LATEST = 'query Latest { checkpoint { size note } }'

const consistencyAnswer = z.object({ hashes: z.array(z.string()), checkpoint: checkpointAnswer })

/** Both checkpoints, where the later one's tree begins with the earlier one's. Throws CommandError for a fork. */
export async function compare(
  client: Client,
  remembered: string,
  keys: readonly NoteKey[],
): Promise<{ readonly remembered: Checkpoint; readonly latest: Checkpoint }> {
  const old = signed(remembered, keys, 'the remembered checkpoint')
  const shown = signed((await ask(client, LATEST, {}, checkpointAnswer)).note, keys, 'the checkpoint of the server')
  if (shown.size < old.size) {
    throw new CommandError(`Refused. The server shows ${shown.size} entries, and ${old.size} were signed before.`)
  }
  const { hashes, checkpoint } = await ask(client, CONSISTENCY, { fromSize: old.size }, consistencyAnswer)
  const latest = signed(checkpoint.note, keys, 'the checkpoint of the server')
  const verdict = orRefused(() =>
    verifyConsistency({
      oldSize: old.size,
      oldRoot: old.root,
      newSize: latest.size,
      newRoot: latest.root,
      proof: hashes.map(hash => decodeBase64(hash, 'consistency proof')),
    }),
  )
  if (verdict.kind === 'refused') throw new CommandError(`Refused: a fork. ${sentenceOf(verdict)}`)
  return { remembered: old, latest }
}

function signed(note: string, keys: readonly NoteKey[], what: string): Checkpoint {
  const verified = verifyCheckpoint(note, keys)
  if (verified.kind === 'refused') throw new CommandError(`Refused: ${what}. ${sentenceOf(verified)}`)
  return verified.checkpoint
}

function sentenceOf({ at, expected, got }: Refusal): string {
  return `At: ${at}. Expected: ${expected}. Got: ${got}.`
}
