// npm run sovereign -- compliance checklist
import { Command } from 'commander'
import { z } from 'zod'
import { readConfig } from '../core/config.ts'
import { type ChecklistAnswer, type ChecklistItem, readChecklist } from './checklist-file.ts'
import type { Client } from './client.ts'
import { ask, connectAsAuditor } from './evidence-client.ts'

const METRIC = `query ChecklistMetric($id: ID!) {
  metric(id: $id, grain: QUARTER) { value reason asOf checkpointSize metric { version hash missingSources { name } } }
}`

const ENTRY = `query ChecklistEntry($kind: EvidenceKind!) {
  auditTrail(first: 1, kind: $kind) { edges { node { id at } } }
}`

const metricShape = z.object({
  value: z.number().nullable(),
  reason: z.string().nullable(),
  asOf: z.string(),
  checkpointSize: z.number().nullable(),
  metric: z.object({
    version: z.number(),
    hash: z.string(),
    missingSources: z.array(z.object({ name: z.string() })),
  }),
})
const trailShape = z.object({ edges: z.array(z.object({ node: z.object({ id: z.string(), at: z.string() }) })) })

export function complianceCommand(): Command {
  const compliance = new Command('compliance').description('What is to be shown before a filing.')
  compliance
    .command('checklist')
    .description('Prints the generative-AI safety checklist, each item with what answers it: tests, metrics, evidence.')
    .action(printChecklist)
  return compliance
}

async function printChecklist(): Promise<void> {
  const { title, id, version, basis, items } = await readChecklist()
  const client = await connectAsAuditor(readConfig())
  try {
    process.stdout.write(`${title.en} ${title.zh}\n${id}@${version}. ${basis}\n`)
    let open = 0
    for (const item of items) {
      const answers = await answersOf(client, item)
      const isOpen = !answers.some(({ isAnswer }) => isAnswer)
      open += isOpen ? 1 : 0
      process.stdout.write(`\n[${isOpen ? 'open' : 'answered'}] ${item.id}: ${item.asks.en} ${item.asks.zh}\n`)
      for (const { line } of answers) process.stdout.write(`  ${line}\n`)
    }
    process.stdout.write(`\n${items.length - open} of ${items.length} answered, ${open} open.\n`)
  } finally {
    await client.close()
  }
}

interface Told {
  readonly line: string
  /** False for a metric without a value and for evidence that is not there yet: neither shows anything. */
  readonly isAnswer: boolean
}

async function answersOf(client: Client, { answers }: ChecklistItem): Promise<readonly Told[]> {
  const told: Told[] = []
  for (const each of answers) told.push(await toldOf(client, each))
  return told.length > 0 ? told : [{ line: 'Nothing in this release answers it.', isAnswer: false }]
}

async function toldOf(client: Client, answer: ChecklistAnswer): Promise<Told> {
  if ('test' in answer) return { line: `test ${answer.test}: ${answer.name}`, isAnswer: true }
  if ('metric' in answer) {
    const { value, reason, metric, checkpointSize } = await ask(client, METRIC, { id: answer.metric }, metricShape)
    const missing = metric.missingSources.map(({ name }) => name).join(', ')
    const said = value === null ? `${reason}${missing === '' ? '' : `, missing: ${missing}`}` : String(value)
    const under = `definition ${metric.version} ${metric.hash}, log of ${checkpointSize ?? 0} entries`
    return { line: `metric ${answer.metric}: ${said} (${under})`, isAnswer: value !== null }
  }
  const { edges } = await ask(client, ENTRY, { kind: answer.evidence }, trailShape)
  const [newest] = edges
  if (newest === undefined) return { line: `evidence ${answer.evidence}: none yet`, isAnswer: false }
  return { line: `evidence ${answer.evidence}: ${newest.node.id} of ${newest.node.at}`, isAnswer: true }
}
