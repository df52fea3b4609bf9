// npm run token -- --as rep
import { Command } from 'commander'
import { readConfig } from '../core/config.ts'
import { viewerBearer } from './bearer.ts'
import { run, wholeNumber } from './run.ts'

const ONE_HOUR = 3_600
const THIRTY_DAYS = 30 * 24 * ONE_HOUR

const program = new Command('token')
  .description('Prints the bearer of a development viewer alone: a JWT, or the API key of a partner or analyst.')
  .requiredOption(
    '--as <viewer>',
    'subject, rep, other-rep, manager, partner, analyst, auditor, privacy-officer, operator or service',
  )
  .option('--expires <seconds>', 'how long a JWT holds', wholeNumber(1, THIRTY_DAYS), ONE_HOUR)
  .action(async (options: { as: string; expires: number }) => {
    const { bearer } = await viewerBearer(readConfig(), options.as, options.expires)
    process.stdout.write(`${bearer}\n`)
  })

await run(program, 1)
