// npm run sovereign -- policy diff OLD NEW, … -- policy activate FILE, … -- policy list
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { buildASTSchema, parse } from 'graphql'
import { z } from 'zod'
import { readConfig } from '../core/config.ts'
import { type PersonalFields, personalFields } from '../core/policy/personal.ts'
import { checkPolicy, type Policy } from '../core/policy/policy.ts'
import { policyDiff } from '../core/policy/policy-diff.ts'
import { operatorBearer } from './bearer.ts'
import { type Client, connect, executeUntilAnswered, sentencesOf } from './client.ts'
import { CommandError } from './command-error.ts'
import { ask, nodesOf } from './evidence-client.ts'
import { linesOf } from './policy-diff-text.ts'

const SUPERGRAPH = new URL('../schema/supergraph.graphql', import.meta.url)
const IN_FORCE = 'in-force'

const VERSION_FIELDS = 'epoch policyId version hash isInForce activatedAt activatedByKind activatedById evidenceEntryId'

const POLICIES = `query Policies($first: Int!, $after: String) {
  policies(first: $first, after: $after) { edges { node { ${VERSION_FIELDS} } } pageInfo { hasNextPage endCursor } }
}`

const POLICY_IN_FORCE = 'query PolicyInForce { policies(first: 1) { edges { node { data } } } }'

const ACTIVATE = `mutation ActivatePolicy($input: ActivatePolicyInput!, $idempotencyKey: String!) {
  activatePolicy(input: $input, idempotencyKey: $idempotencyKey) { policyVersion { ${VERSION_FIELDS} } }
}`

export function policyCommand(): Command {
  const policy = new Command('policy').description('Works on the policy that decides who sees what.')
  policy
    .command('diff')
    .description('Prints which decisions on personal fields another policy changes. Changes nothing.')
    .argument('<old>', `a JSON file, or ${IN_FORCE} for the policy of the server`)
    .argument('<new>', `a JSON file, or ${IN_FORCE}`)
    .action(printDiff)
  policy
    .command('activate')
    .description('Puts a policy in force, at once.')
    .argument('<policy>', 'a JSON file, or ID@VERSION of a policy that was in force before')
    .action(activate)
  policy.command('list').description('Prints the policies that were in force, the newest first.').action(list)
  return policy
}

async function printDiff(oldName: string, newName: string): Promise<void> {
  const [before, after] = [await policyNamed(oldName), await policyNamed(newName)]
  const diff = policyDiff(before, after, await fieldsOfSupergraph())
  process.stdout.write(`${linesOf(diff).join('\n')}\n`)
}

async function activate(named: string): Promise<void> {
  const [, policyId, version] = /^([^@/]+)@(\d+)$/.exec(named) ?? []
  const input = policyId === undefined ? { data: await policyInFile(named) } : { policyId, version: Number(version) }
  await asOperator(async client => {
    const answer = await executeUntilAnswered(client, {
      document: ACTIVATE,
      variables: { input, idempotencyKey: randomUUID() },
    })
    const activated = z.object({ policyVersion: z.looseObject({}) }).safeParse(answer.data?.activatePolicy)
    if (!activated.success) throw new CommandError(sentencesOf(answer))
    process.stdout.write(`${JSON.stringify(activated.data.policyVersion)}\n`)
  })
}

async function list(): Promise<void> {
  await asOperator(async client => {
    for await (const version of nodesOf(client, POLICIES, z.looseObject({}))) {
      process.stdout.write(`${JSON.stringify(version)}\n`)
    }
  })
}

async function asOperator<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const config = readConfig()
  const client = await connect(config, () => operatorBearer(config))
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

async function policyNamed(name: string): Promise<Policy> {
  if (name !== IN_FORCE) return policyInFile(name)
  const shape = z.object({ edges: z.array(z.object({ node: z.object({ data: z.unknown() }) })) })
  const { edges } = await asOperator(client => ask(client, POLICY_IN_FORCE, {}, shape))
  return toPolicy(edges[0]?.node.data, 'What the server has in force')
}

async function policyInFile(path: string): Promise<Policy> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`There is no file ${path}.`)
  })
  try {
    return toPolicy(JSON.parse(text), path)
  } catch (error) {
    throw error instanceof SyntaxError ? new CommandError(`${path} is not JSON: ${error.message}`) : error
  }
}

function toPolicy(data: unknown, from: string): Policy {
  const checked = checkPolicy(data)
  if ('policy' in checked) return checked.policy
  const problems = checked.problems.map(({ at, expected }) => `  ${at}: ${expected}`)
  throw new CommandError(`${from} is no policy:\n${problems.join('\n')}`)
}

async function fieldsOfSupergraph(): Promise<PersonalFields> {
  const sdl = await readFile(SUPERGRAPH, 'utf8')
  return personalFields(buildASTSchema(parse(sdl), { assumeValidSDL: true }))
}
