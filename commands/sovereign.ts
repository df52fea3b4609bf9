// npm run sovereign -- ingest FILE --source S --mapping M, … -- evidence verify FILE, … -- policy diff OLD NEW, … -- signals reinfer
import { Command } from 'commander'
import { readConfig } from '../core/config.ts'
import { adoptCommand } from './adopt.ts'
import { connect } from './client.ts'
import { complianceCommand } from './compliance.ts'
import { openCsv } from './csv-rows.ts'
import { evidenceCommand } from './evidence.ts'
import { ingest, LARGEST_BATCH, NOTHING_SENT, requireFitting, type Tally } from './ingest.ts'
import { readMapping } from './mapping-file.ts'
import { policyCommand } from './policy.ts'
import { startProgress } from './progress.ts'
import { run, wholeNumber } from './run.ts'
import { signalsCommand } from './signals.ts'

const program = new Command('sovereign').description('Works on the graph through its API.')

program
  .command('ingest')
  .description('Hands a CSV file to the API; rows that cannot be taken become dead letters with their reason.')
  .argument('<file>', 'CSV in UTF-8 whose first row names the columns')
  .requiredOption('--source <source>', 'the source whose records the rows are, such as crm-deal')
  .requiredOption('--mapping <mapping>', 'the name of a mapping in seeds/mappings, or a path')
  .option('--batch <rows>', 'rows a request', wholeNumber(1, LARGEST_BATCH), LARGEST_BATCH)
  .action(ingestFile)

program.addCommand(evidenceCommand())
program.addCommand(policyCommand())
program.addCommand(complianceCommand())
program.addCommand(adoptCommand())
program.addCommand(signalsCommand())

async function ingestFile(path: string, options: { source: string; mapping: string; batch: number }): Promise<void> {
  const config = readConfig()
  const mapping = await readMapping(options.mapping)
  const file = await openCsv(path)
  requireFitting(mapping, options.source, file)
  const client = await connect(config)
  const progress = startProgress(file.totalBytes, 'rows')
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
