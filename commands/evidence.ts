// npm run sovereign -- evidence verify | audit | reconcile
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { z } from 'zod'
import { readConfig } from '../core/config.ts'
import { compare } from './against.ts'
import { audit } from './audit.ts'
import type { Client } from './client.ts'
import { CommandError } from './command-error.ts'
import { ask, connectAsAuditor, verifierKeys } from './evidence-client.ts'
import { type Progress, startProgress } from './progress.ts'
import { linesOf, reconcile } from './reconcile.ts'
import { verifyFile } from './verify.ts'

const SIZE = 'query Size { checkpoint { size } }'

interface VerifyOptions {
  readonly key?: readonly string[]
  readonly against?: string
}

export function evidenceCommand(): Command {
  const evidence = new Command('evidence').description('Checks the log of evidence.')
  const keyOption = [
    '--key <key>',
    "the log's verifier key, name+id+base64, once for each it had; in development those of DATA_DIR by default",
    (key: string, others: readonly string[] = []): readonly string[] => [...others, key],
  ] as const
  evidence
    .command('verify')
    .description('Says whether a file proves itself, offline; with --against, whether the log has only grown.')
    .argument('[file]', 'what `npm run op -- EvidenceProof --out FILE` or ConsentReceipt wrote')
    .option(...keyOption)
    .option('--against <checkpoint>', 'the file of a checkpoint that was remembered; asks the server for the proof')
    .action(verify)
  evidence
    .command('audit')
    .description('Recomputes every root from the entries and names the first entry that is not what was signed.')
    .option(...keyOption)
    .action(auditAll)
  evidence
    .command('reconcile')
    .description('Recomputes from the graph what the log commits to and names each node changed behind the API.')
    .action(reconcileAll)
  return evidence
}

async function verify(path: string | undefined, { key: keyText, against }: VerifyOptions): Promise<void> {
  if (path === undefined && against === undefined)
    throw new CommandError('Name a file, or a checkpoint with --against.')
  const config = readConfig()
  const keys = await verifierKeys(config, keyText)
  if (path !== undefined) process.stdout.write(await verifyFile(path, keys))
  if (against === undefined) return
  const note = await readFile(against, 'utf8').catch(() => {
    throw new CommandError(`${against} cannot be read.`)
  })
  const client = await connectAsAuditor(config)
  try {
    const { remembered, latest } = await compare(client, note, keys)
    process.stdout.write(`Accepted: the log of ${latest.size} entries begins with the ${remembered.size} remembered.\n`)
  } finally {
    await client.close()
  }
}

async function auditAll({ key: keyText }: VerifyOptions): Promise<void> {
  const keys = await verifierKeys(readConfig(), keyText)
  const { entries, checkpoints } = await overTheLog((client, advance) => audit(client, keys, advance))
  process.stdout.write(`Accepted: ${entries} entries under ${checkpoints} checkpoints, every root recomputed.\n`)
}

async function reconcileAll(): Promise<void> {
  const found = await overTheLog(reconcile)
  const { entries, checked, erased, findings } = found
  for (const line of linesOf(found)) process.stdout.write(`${line}\n`)
  process.stdout.write(`${checked} facts of ${entries} entries compared, ${erased} of erased customers.\n`)
  if (findings.length > 0) throw new CommandError(`Refused. ${findings.length} nodes are not as they were written.`)
}

/** Work that goes through the whole log, with its progress. */
async function overTheLog<T>(work: (client: Client, advance: (entries: number) => void) => Promise<T>): Promise<T> {
  const client = await connectAsAuditor(readConfig())
  let progress: Progress | undefined
  try {
    const { size } = await ask(client, SIZE, {}, z.object({ size: z.number() }))
    progress = startProgress(size, 'entries')
    return await work(client, entries => progress?.advance(entries, entries))
  } finally {
    progress?.stop()
    await client.close()
  }
}
