// npm run sovereign -- ingest FILE --source S --mapping M, … -- evidence verify FILE, … -- policy diff OLD NEW, … -- signals reinfer, … -- skills import FILE
import { Command } from 'commander'
import { readConfig } from '../core/config.ts'
import { adoptCommand } from './adopt.ts'
import { connect } from './client.ts'
import { complianceCommand } from './compliance.ts'
import { openCsv } from './csv-rows.ts'
import { deadLettersCommand } from './dead-letters.ts'
import { evidenceCommand } from './evidence.ts'
import {
  ingest,
  itemsOfCsv,
  LARGEST_BATCH,
  NOTHING_SENT,
  requireFitting,
  requireOfSource,
  type Tally,
} from './ingest.ts'
import { cutOffRun, newRun } from './ingest-run.ts'
import { readMapping } from './mapping-file.ts'
import { itemsOfNdjson, openNdjson } from './ndjson-items.ts'
import { policyCommand } from './policy.ts'
import { startProgress } from './progress.ts'
import { run, wholeNumber } from './run.ts'
import { signalsCommand } from './signals.ts'
import { skillsCommand } from './skills.ts'

const program = new Command('sovereign').description('Works on the graph through its API.')

program
  .command('ingest')
  .description('Hands a file to the API; rows and lines that cannot be taken become dead letters with their reason.')
  .argument('<file>', 'CSV in UTF-8 whose first row names the columns, or lines of JSON (.ndjson, .jsonl)')
  .requiredOption('--source <source>', 'the source whose records they are, such as crm-deal')
  .option('--mapping <mapping>', "the name of a mapping, or a path; of CSV the source's own without it, of lines none")
  .option('--batch <rows>', 'rows a request', wholeNumber(1, LARGEST_BATCH), LARGEST_BATCH)
  .option('--resume', 'goes on with a load of the same file that was cut off', false)
  .action(ingestFile)

program.addCommand(deadLettersCommand())
program.addCommand(evidenceCommand())
program.addCommand(policyCommand())
program.addCommand(complianceCommand())
program.addCommand(adoptCommand())
program.addCommand(signalsCommand())
program.addCommand(skillsCommand())

interface IngestOptions {
  readonly source: string
  readonly mapping?: string
  readonly batch: number
  readonly resume: boolean
}

async function ingestFile(path: string, { source, mapping, batch, resume }: IngestOptions): Promise<void> {
  const config = readConfig()
  const { items, totalBytes, bytesRead } = await opened(path, source, mapping)
  const client = await connect(config)
  let tally: Tally = NOTHING_SENT
  try {
    const run = resume ? await cutOffRun(client, source, path) : await newRun(path)
    const progress = startProgress(totalBytes, 'records')
    try {
      await ingest(client, source, items, {
        batchSize: batch,
        run,
        confirmed: soFar => {
          tally = soFar
          progress.advance(bytesRead(), soFar.sent)
        },
      })
    } finally {
      progress.stop()
    }
  } finally {
    process.stdout.write(`${JSON.stringify(tally)}\n`)
    await client.close()
  }
}

async function opened(path: string, source: string, mappingName: string | undefined) {
  if (/\.(ndjson|jsonl)$/.test(path)) {
    const mapping = mappingName === undefined ? undefined : await readMapping(mappingName)
    if (mapping !== undefined) requireOfSource(mapping, source)
    const file = await openNdjson(path)
    return { ...file, items: itemsOfNdjson(file, mapping) }
  }
  const mapping = await readMapping(mappingName ?? source)
  const file = await openCsv(path)
  requireFitting(mapping, source, file)
  return { ...file, items: itemsOfCsv(file, mapping) }
}

await run(program, 1)
