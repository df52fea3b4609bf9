// npm run op -- customer-360 --as rep --variables '{"id": "…"}'
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { type Config, readConfig } from '../core/config.ts'
import type { DevelopmentViewer } from '../core/development.ts'
import { isPurpose, type Purpose, purposes } from '../core/viewer.ts'
import { serviceBearer, viewerBearer } from './bearer.ts'
import { type Answer, clientAt } from './client.ts'
import { CommandError } from './command-error.ts'
import { readOperation, withIdempotencyKey } from './operation-file.ts'
import { run } from './run.ts'

const DEFAULT_PURPOSES: Readonly<Record<DevelopmentViewer['kind'], Purpose | undefined>> = {
  SUBJECT: 'SUBJECT_REQUEST',
  REP: 'SALES_FOLLOW_UP',
  MANAGER: 'SALES_FOLLOW_UP',
  PARTNER: 'PARTNER_SHARING',
  ANALYST: 'ANALYTICS',
  AUDITOR: 'COMPLIANCE_AUDIT',
  PRIVACY_OFFICER: 'COMPLIANCE_AUDIT',
  OPERATOR: 'COMPLIANCE_AUDIT',
  SERVICE: undefined,
}

interface Options {
  readonly as?: string
  readonly purpose?: string
  readonly variables: string
  readonly out?: string
}

const program = new Command('op')
  .description('Sends an operation of schema/operations to the running server and prints its answer as JSON.')
  .argument('<operation>', 'its name there, or the path of a .graphql file')
  .option('--as <viewer>', 'the development viewer who asks, such as rep; in production SOVEREIGN_TOKEN asks')
  .option('--purpose <purpose>', 'the purpose of use; a development viewer has a default')
  .option('--variables <json>', 'the variables, a JSON object', '{}')
  .option('--out <file>', "also writes the root field's document there, or the whole answer when it has none")
  .action(send)

async function send(operation: string, options: Options): Promise<void> {
  const config = readConfig()
  const document = await readOperation(operation)
  const variables = withIdempotencyKey(document, parseVariables(options.variables))
  const { bearer, purpose } = await asking(config, options)
  const client = clientAt(config.sovereignUrl, async () => bearer)
  const answer = await client.execute({ document, variables, purpose })
  const json = `${JSON.stringify(answer, null, 2)}\n`
  process.stdout.write(json)
  if (options.out === undefined) return
  await write(options.out, documentIn(answer) ?? json)
}

async function asking(
  config: Config,
  { as, purpose }: Options,
): Promise<{ bearer: string; purpose: Purpose | undefined }> {
  const stated = purpose === undefined ? undefined : parsePurpose(purpose)
  if (config.production && as === undefined) return { bearer: await serviceBearer(config), purpose: stated }
  if (as === undefined) throw new CommandError('Say who asks, for example: --as rep')
  const { bearer, viewer } = await viewerBearer(config, as)
  return { bearer, purpose: stated ?? viewer.defaultPurpose ?? DEFAULT_PURPOSES[viewer.kind] }
}

function parsePurpose(text: string): Purpose {
  if (isPurpose(text)) return text
  throw new CommandError(`There is no such purpose. Expected one of: ${purposes.join(', ')}.`)
}

function parseVariables(text: string): Record<string, unknown> {
  let variables: unknown
  try {
    variables = JSON.parse(text)
  } catch {
    variables = undefined
  }
  if (typeof variables === 'object' && variables !== null && !Array.isArray(variables)) return { ...variables }
  throw new CommandError(`--variables is not a JSON object. Expected for example: --variables '{"first": 10}'`)
}

// A receipt or an export is a document that proves itself byte for byte, so its text stays as it came.
function documentIn({ data }: Answer): string | undefined {
  const [root] = Object.values(data ?? {})
  if (typeof root !== 'object' || root === null || !('document' in root)) return undefined
  const { document } = root
  if (document === null || document === undefined) return undefined
  return typeof document === 'string' ? document : `${JSON.stringify(document, null, 2)}\n`
}

async function write(path: string, text: string): Promise<void> {
  // It may hold what only this viewer may read.
  await writeFile(path, text, { mode: 0o600 }).catch(() => {
    throw new CommandError(`${path} cannot be written.`)
  })
  process.stderr.write(`Wrote ${path}\n`)
}

await run(program, 2)
