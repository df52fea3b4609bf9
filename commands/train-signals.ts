// npm run train:signals: makes the model file anew from the labelled examples and prints what the model is worth.
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { trainSignals } from '../subgraphs/customers/index.ts'
import { run } from './run.ts'

const EXAMPLES = 'seeds/signals'
const MODEL_FILE = 'subgraphs/customers/signals/model.json'

const program = new Command('train-signals')
  .description(`Trains the classifiers of signals on ${EXAMPLES} and writes ${MODEL_FILE}.`)
  .action(async () => {
    const model = await trainSignals(EXAMPLES)
    await writeFile(MODEL_FILE, `${JSON.stringify(model)}\n`)
    process.stdout.write(`${model.version}\n`)
    for (const { label, ...figure } of model.figures) {
      if (label === 'ALL') process.stdout.write(`${JSON.stringify(figure)}\n`)
    }
  })

await run(program, 1)
