// npm run sovereign -- signals reinfer
import { Presets, SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { readConfig } from '../core/config.ts'
import { connect } from './client.ts'
import { reinfer } from './reinfer.ts'

export function signalsCommand(): Command {
  const signals = new Command('signals').description('Works on what is inferred from texts.')
  signals
    .command('reinfer')
    .description('Has the current model read what an older one read or none did, and follows it until it is done.')
    .action(reinferAll)
  return signals
}

async function reinferAll(): Promise<void> {
  const client = await connect(readConfig())
  const format = '{bar} {value} of {total} customers | {read} interactions read | {eta_formatted} left'
  const bar = new SingleBar({ stream: process.stderr, noTTYOutput: true, notTTYSchedule: 5_000, format }, Presets.rect)
  try {
    bar.start(0, 0, { read: 0 })
    const { id, modelVersion, state, customersDone, interactionsRead } = await reinfer(client, {
      seen: run => {
        bar.setTotal(run.customersTotal)
        bar.update(run.customersDone, { read: run.interactionsRead })
      },
    })
    bar.stop()
    process.stdout.write(`${JSON.stringify({ id, modelVersion, state, customersDone, interactionsRead })}\n`)
  } finally {
    bar.stop()
    await client.close()
  }
}
