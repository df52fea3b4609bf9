// npm run sovereign -- adopt PART
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { z } from 'zod'
import { readConfig } from '../core/config.ts'
import { operatorBearer } from './bearer.ts'
import { type Client, connect, executeUntilAnswered, sentencesOf } from './client.ts'
import { CommandError } from './command-error.ts'
import { ask } from './evidence-client.ts'

const PART = `query AdoptionPart($part: AdoptionPartName!) {
  adoptionPart(part: $part) { part version title titleZh because modules targets { metric target } }
}`

const MODULES = 'query Modules { modules { id isEnabled } }'

const SET_TARGET = `mutation SetTarget($input: TargetInput!, $idempotencyKey: String!) {
  setTarget(input: $input, idempotencyKey: $idempotencyKey) { evidenceEntryId }
}`

const ENABLE = `mutation EnableModule($name: ID!, $idempotencyKey: String!) {
  enableModule(name: $name, idempotencyKey: $idempotencyKey) { evidenceEntryId }
}`

const partShape = z.object({
  part: z.string(),
  version: z.number(),
  title: z.string(),
  titleZh: z.string(),
  because: z.string(),
  modules: z.array(z.string()),
  targets: z.array(z.object({ metric: z.string(), target: z.number() })),
})
const modulesShape = z.array(z.object({ id: z.string(), isEnabled: z.boolean() }))
const proved = z.object({ evidenceEntryId: z.string() })

export function adoptCommand(): Command {
  return new Command('adopt')
    .description('Takes a part of the adoption pack: writes its configuration, sets its targets, enables its modules.')
    .argument('<part>', 'ai-configuration-wizard, sovereignty-portal-generator or liquid-organisation-modelling-tool')
    .option('--out <file>', 'where the configuration is written; adoption-PART.json by default')
    .action(adopt)
}

async function adopt(named: string, { out = `adoption-${named}.json` }: { readonly out?: string }): Promise<void> {
  const config = readConfig()
  const client = await connect(config, () => operatorBearer(config))
  try {
    const part = await ask(client, PART, { part: named.toUpperCase().replaceAll('-', '_') }, partShape)
    await writeFile(out, `${JSON.stringify(part, null, 2)}\n`).catch(() => {
      throw new CommandError(`${out} cannot be written.`)
    })
    process.stdout.write(`Wrote ${out}\n`)
    for (const target of part.targets) {
      const entry = await change(client, SET_TARGET, { input: target })
      process.stdout.write(`Target of ${target.metric}: ${target.target}. Evidence ${entry}\n`)
    }
    await enableModules(client, part.modules)
  } finally {
    await client.close()
  }
}

async function enableModules(client: Client, names: readonly string[]): Promise<void> {
  const known = await ask(client, MODULES, {}, modulesShape)
  const missing = names.filter(name => !known.some(({ id }) => id === name))
  for (const name of names.filter(each => !missing.includes(each))) {
    const entry = await change(client, ENABLE, { name })
    process.stdout.write(`Enabled ${name}. Evidence ${entry}\n`)
  }
  for (const name of missing) process.stdout.write(`Not in this release: module ${name}.\n`)
}

/** The entry that proves it. */
async function change(client: Client, document: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await executeUntilAnswered(client, {
    document,
    variables: { ...variables, idempotencyKey: randomUUID() },
  })
  const payload = proved.safeParse(Object.values(answer.data ?? {})[0])
  if (!payload.success) throw new CommandError(sentencesOf(answer))
  return payload.data.evidenceEntryId
}
