// npm run train:matching: makes the weights of the matching anew from people whose records are known.
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { trainingRecords } from '../seeds/identity-people.ts'
import { trainMatching } from '../subgraphs/customers/index.ts'
import { run } from './run.ts'

const MODEL_FILE = 'subgraphs/customers/identity/model.json'

const program = new Command('train-matching')
  .description(`Estimates the weights by which customers are told to be one person, and writes ${MODEL_FILE}.`)
  .action(async () => {
    const model = trainMatching(trainingRecords())
    await writeFile(MODEL_FILE, `${JSON.stringify(model, null, 2)}\n`)
    process.stdout.write(
      `${model.version}: merge from ${model.thresholds.merge} bits, ask from ${model.thresholds.review}\n`,
    )
  })

await run(program, 1)
