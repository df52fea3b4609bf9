// npm run sovereign -- ingest FILE --source S --mapping M, … -- evidence verify FILE [--key K], … -- signals reinfer
import { Presets, SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { readConfig } from '../core/config.ts'
import { connect } from './client.ts'
import { openCsv } from './csv-rows.ts'
import { ingest, LARGEST_BATCH, NOTHING_SENT, requireFitting, type Tally } from './ingest.ts'
import { readMapping } from './mapping-file.ts'
import { startProgress } from './progress.ts'
import { reinfer } from './reinfer.ts'
import { run, wholeNumber } from './run.ts'
import { verifyFile } from './verify.ts'

const program = new Command('sovereign').description('Works on the graph through its API.')

program
  .command('ingest')
  .description('Hands a CSV file to the API; rows that cannot be taken become dead letters with their reason.')
  .argument('<file>', 'CSV in UTF-8 whose first row names the columns')
  .requiredOption('--source <source>', 'the source whose records the rows are, such as crm-deal')
  .requiredOption('--mapping <mapping>', 'the name of a mapping in seeds/mappings, or a path')
  .option('--batch <rows>', 'rows a request', wholeNumber(1, LARGEST_BATCH), LARGEST_BATCH)
  .action(ingestFile)

program
  .command('evidence')
  .description('Checks evidence without the server that made it.')
  .command('verify')
  .description('Says whether a file proves that its entry is in the log: the `document` of an inclusion proof.')
  .argument('<file>', 'what `npm run op -- EvidenceProof --out FILE` wrote')
  .option('--key <key>', "the log's verifier key, name+id+base64; in development that of DATA_DIR by default")
  .action(async (path: string, { key }: { key?: string }) => {
    process.stdout.write(await verifyFile(readConfig(), path, key))
  })

program
  .command('signals')
  .description('Works on what is inferred from texts.')
  .command('reinfer')
  .description('Has the current model read what an older one read or none did, and follows it until it is done.')
  .action(reinferSignals)

async function reinferSignals(): Promise<void> {
  const client = await connect(readConfig())
  const bar = new SingleBar(
    {
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
      format: '{bar} {value} of {total} customers | {read} interactions read | {eta_formatted} left',
    },
    Presets.rect,
  )
  try {
    bar.start(0, 0, { read: 0 })
    const run = await reinfer(client, {
      seen: ({ customersTotal, customersDone, interactionsRead }) => {
        bar.setTotal(customersTotal)
        bar.update(customersDone, { read: interactionsRead })
      },
    })
    bar.stop()
    const { id, modelVersion, state, customersDone, interactionsRead } = run
    process.stdout.write(`${JSON.stringify({ id, modelVersion, state, customersDone, interactionsRead })}\n`)
  } finally {
    bar.stop()
    await client.close()
  }
}

async function ingestFile(path: string, options: { source: string; mapping: string; batch: number }): Promise<void> {
  const config = readConfig()
  const mapping = await readMapping(options.mapping)
  const file = await openCsv(path)
  requireFitting(mapping, options.source, file)
  const client = await connect(config)
  const progress = startProgress(file.totalBytes)
  let tally: Tally = NOTHING_SENT
  try {
    await ingest(client, file, mapping, {
      batchSize: options.batch,
      confirmed: soFar => {
        tally = soFar
        progress.advance(file.bytesRead(), soFar.sent)
      },
    })
  } finally {
    progress.stop()
    process.stdout.write(`${JSON.stringify(tally)}\n`)
    await client.close()
  }
}

await run(program, 1)
