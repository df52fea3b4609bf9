// npm run sovereign -- skills import FILE …
import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { z } from 'zod'
import { readConfig } from '../core/config.ts'
import { type Client, connect } from './client.ts'
import { openCsv } from './csv-rows.ts'
import { ask } from './evidence-client.ts'
import { startProgress } from './progress.ts'
import { readTaxonomy, type TaxonomySkill } from './taxonomy.ts'

const IMPORT = `mutation ImportSkills($skills: [SkillInput!]!, $idempotencyKey: String!) {
  importSkills(skills: $skills, idempotencyKey: $idempotencyKey) { added changed unchanged }
}`

const LARGEST_BATCH = 500

const tallyOf = z.object({ added: z.int(), changed: z.int(), unchanged: z.int() })
type SkillTally = z.infer<typeof tallyOf>

export function skillsCommand(): Command {
  const skills = new Command('skills').description('Works on the skills that are known.')
  skills
    .command('import')
    .description('Takes in skills of ESCO or O*NET. A file sent again changes nothing.')
    .argument('<files...>', 'CSV in UTF-8 whose first row names the columns')
    .action(importFiles)
  return skills
}

async function importFiles(paths: readonly string[]): Promise<void> {
  const client = await connect(readConfig())
  try {
    for (const path of paths) {
      const file = await openCsv(path)
      const skills = await readTaxonomy(file)
      const progress = startProgress(skills.length, 'skills')
      const tally = await importSkills(client, skills, sent => progress.advance(sent, sent))
      progress.stop()
      process.stdout.write(`${JSON.stringify({ file: file.name, ...tally })}\n`)
    }
  } finally {
    await client.close()
  }
}

/** Sends them in batches; a batch whose answer was lost is sent again and done once. */
async function importSkills(
  client: Client,
  skills: readonly TaxonomySkill[],
  confirmed: (sent: number) => void,
): Promise<SkillTally> {
  const sum = { added: 0, changed: 0, unchanged: 0 }
  for (let from = 0; from < skills.length; from += LARGEST_BATCH) {
    const batch = skills.slice(from, from + LARGEST_BATCH)
    const tally = await ask(client, IMPORT, { skills: batch, idempotencyKey: randomUUID() }, tallyOf)
    for (const part of ['added', 'changed', 'unchanged'] as const) sum[part] += tally[part]
    confirmed(from + batch.length)
  }
  return sum
}
