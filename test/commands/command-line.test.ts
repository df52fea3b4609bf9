import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt, importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDevelopment, saveViewers } from '../../core/development.ts'
import { temporaryFolder } from './folder.ts'
import {
  inputOf,
  type LoopbackServer,
  type Received,
  type Reply,
  startLoopbackServer,
  takeAll,
} from './loopback-server.ts'
import { runCommand } from './run-command.ts'

const folder = temporaryFolder()
const dataDir = join(folder, 'data')
const NOBODY_LISTENS = 'http://127.0.0.1:9'
const READ = join(folder, 'read.graphql')
const WRITE = join(folder, 'write.graphql')

let server: LoopbackServer
let reply: (request: Received) => Reply

beforeAll(async () => {
  server = await startLoopbackServer(request => reply(request))
  await saveViewers(dataDir, {
    rep: { kind: 'REP', id: 'seller-1', region: 'EU-DE' },
    auditor: { kind: 'AUDITOR', id: 'auditor-1' },
    partner: { kind: 'PARTNER', id: 'partner-1', apiKey: 'sg_partner-1_secret' },
    service: { kind: 'SERVICE', id: 'importer' },
  })
  writeFileSync(READ, 'query Read($first: Int) { things(first: $first) { document } }')
  writeFileSync(WRITE, 'mutation Write($idempotencyKey: String!) { write(idempotencyKey: $idempotencyKey) { id } }')
})
beforeEach(() => {
  reply = () => ({ body: { data: { things: { document: 'as it is\n' } }, extensions: { cost: 1 } } })
})
afterAll(() => server.close())

const environment = () => ({ DATA_DIR: dataDir, SOVEREIGN_URL: server.url })
const last = (): Received => {
  const request = server.received.at(-1)
  if (request === undefined) throw new Error('nothing was received')
  return request
}

describe('token', () => {
  test('prints a JWT alone that the public key verifies', async () => {
    const { exitCode, stdout, stderr } = await runCommand('token', ['--as', 'rep', '--expires', '60'], environment())
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const key = await importJWK((await openDevelopment(dataDir)).publicJwk, 'EdDSA')
    const { payload } = await jwtVerify(stdout.trim(), key, { audience: 'sovereign-graph' })
    expect(payload).toMatchObject({ sub: 'seller-1', kind: 'REP', region: 'EU-DE' })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
  })

  test('prints the API key of a viewer who has one', async () => {
    expect((await runCommand('token', ['--as', 'partner'], environment())).stdout).toBe('sg_partner-1_secret\n')
  })

  test.each<[string, string[], Record<string, string>, string]>([
    ['an unknown viewer', ['--as', 'nobody'], {}, 'Expected one of: rep, auditor, partner, service.'],
    ['no viewer', [], {}, "required option '--as <viewer>' not specified"],
    ['a time that is none', ['--as', 'rep', '--expires', 'soon'], {}, 'Expected a whole number from 1 to'],
    ['a bad environment', ['--as', 'rep'], { PORT: 'x' }, 'PORT'],
    [
      'production',
      ['--as', 'rep'],
      { NODE_ENV: 'production', JWKS_URL: 'https://issuer.example/keys', JWT_ISSUER: 'issuer' },
      'exist in development only',
    ],
  ])('refuses %s in one sentence', async (_name, args, env, message) => {
    const { exitCode, stdout, stderr } = await runCommand('token', args, { ...environment(), ...env })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('refuses a development file that others may read', async () => {
    const open = join(folder, 'open')
    await openDevelopment(open)
    chmodSync(join(open, 'development.json'), 0o644)
    const { exitCode, stderr } = await runCommand('token', ['--as', 'rep'], { DATA_DIR: open })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Expected mode 0600')
  })
})

describe('op', () => {
  test('prints the whole answer as JSON alone, asked with the purpose of the viewer', async () => {
    const { exitCode, stdout, stderr } = await runCommand(
      'op',
      [READ, '--as', 'rep', '--variables', '{"first": 3}'],
      environment(),
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ data: { things: { document: 'as it is\n' } }, extensions: { cost: 1 } })
    expect(last()).toMatchObject({ path: '/graphql', variables: { first: 3 } })
    expect(last().headers['x-purpose']).toBe('SALES_FOLLOW_UP')
    expect(decodeJwt(String(last().headers.authorization).replace('Bearer ', '')).sub).toBe('seller-1')
  })

  test.each<[string, string[], string | undefined]>([
    ['of an auditor', ['--as', 'auditor'], 'COMPLIANCE_AUDIT'],
    ['of a service, which has none', ['--as', 'service'], undefined],
    ['that is stated', ['--as', 'rep', '--purpose', 'MARKETING'], 'MARKETING'],
  ])('sends the purpose %s', async (_name, args, purpose) => {
    await runCommand('op', [READ, ...args], environment())
    expect(last().headers['x-purpose']).toBe(purpose)
  })

  test('sends the API key of a partner', async () => {
    await runCommand('op', [READ, '--as', 'partner'], environment())
    expect(last().headers.authorization).toBe('Bearer sg_partner-1_secret')
  })

  test('is a success with errors inside, whatever the status', async () => {
    reply = () => ({ status: 401, body: { errors: [{ message: 'No.', extensions: { code: 'UNAUTHENTICATED' } }] } })
    const { exitCode, stdout } = await runCommand('op', [READ, '--as', 'rep'], environment())
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout).errors[0].extensions.code).toBe('UNAUTHENTICATED')
  })

  test('gives a mutation a random idempotency key unless it has one', async () => {
    await runCommand('op', [WRITE, '--as', 'rep'], environment())
    expect(last().variables.idempotencyKey).toMatch(/^[0-9a-f-]{36}$/)
    await runCommand('op', [WRITE, '--as', 'rep', '--variables', '{"idempotencyKey": "mine"}'], environment())
    expect(last().variables).toEqual({ idempotencyKey: 'mine' })
  })

  test('writes the document of the root field as it is, for its owner alone', async () => {
    const out = join(folder, 'receipt.json')
    const { stdout, stderr } = await runCommand('op', [READ, '--as', 'rep', '--out', out], environment())
    expect(readFileSync(out, 'utf8')).toBe('as it is\n')
    expect(statSync(out).mode & 0o777).toBe(0o600)
    expect(JSON.parse(stdout)).toHaveProperty('data')
    expect(stderr).toBe(`Wrote ${out}\n`)
  })

  test('writes the whole answer where there is no document', async () => {
    reply = () => ({ body: { data: { things: null } } })
    const out = join(folder, 'answer.json')
    await runCommand('op', [READ, '--as', 'rep', '--out', out], environment())
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ data: { things: null } })
  })

  test('asks with SOVEREIGN_TOKEN in production', async () => {
    const { exitCode } = await runCommand('op', [READ, '--purpose', 'COMPLIANCE_AUDIT'], {
      SOVEREIGN_URL: server.url,
      SOVEREIGN_TOKEN: 'of-the-issuer',
      NODE_ENV: 'production',
      JWKS_URL: 'https://issuer.example/keys',
      JWT_ISSUER: 'issuer',
    })
    expect(exitCode).toBe(0)
    expect(last().headers).toMatchObject({ authorization: 'Bearer of-the-issuer', 'x-purpose': 'COMPLIANCE_AUDIT' })
  })

  test.each<[string, string[], Record<string, string>, string]>([
    [
      'an unknown operation',
      ['no-such', '--as', 'rep'],
      {},
      'There is no operation no-such. Expected a path or one of:',
    ],
    ['a name that leaves the folder', ['../operations/x', '--as', 'rep'], {}, 'There is no operation'],
    ['an unknown viewer', [READ, '--as', 'nobody'], {}, 'Expected one of: rep, auditor, partner, service.'],
    ['no viewer', [READ], {}, 'Say who asks'],
    ['an unknown purpose', [READ, '--as', 'rep', '--purpose', 'FUN'], {}, 'Expected one of: SERVICE_DELIVERY'],
    ['bad JSON', [READ, '--as', 'rep', '--variables', '{first: 3}'], {}, '--variables is not a JSON object'],
    ['a list of variables', [READ, '--as', 'rep', '--variables', '[1]'], {}, '--variables is not a JSON object'],
    [
      'a server that does not run',
      [READ, '--as', 'rep'],
      { SOVEREIGN_URL: NOBODY_LISTENS },
      'Start it with: npm start',
    ],
    ['an option that it does not have', [READ, '--like', 'rep'], {}, "unknown option '--like'"],
  ])('ends with 2 for %s', async (_name, args, env, message) => {
    const { exitCode, stdout, stderr } = await runCommand('op', args, { ...environment(), ...env })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  test('ends with 2 when what answers is not GraphQL', async () => {
    reply = () => ({ text: '<html></html>' })
    const { exitCode, stdout, stderr } = await runCommand('op', [READ, '--as', 'rep'], environment())
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('is not this API')
  })
})

describe('sovereign ingest', () => {
  const accounts = join(folder, 'accounts.csv')
  const arguments_ = ['ingest', accounts, '--source', 'crm-account', '--mapping', 'crm-accounts']
  beforeAll(() => writeFileSync(accounts, 'account,sector\nAcme,technolgy\nIsdom,medical,extra\n'))

  test('hands the file over as the service and prints the tally alone', async () => {
    reply = takeAll
    const { exitCode, stdout, stderr } = await runCommand('sovereign', arguments_, environment())
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ sent: 2, accepted: 1, duplicates: 0, deadLetters: 1 })
    expect(inputOf(last()).events[0]?.payload).toEqual({
      customer: { number: 'ACC-Acme', name: 'Acme', region: 'EU-DE' },
      account: { name: 'Acme', sector: 'technology' },
    })
    expect(decodeJwt(String(last().headers.authorization).replace('Bearer ', ''))).toMatchObject({ kind: 'SERVICE' })
  })

  test('ends with 1 and the tally of what was taken when the server refuses', async () => {
    reply = () => ({ body: { data: null, errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] } })
    const { exitCode, stdout, stderr } = await runCommand('sovereign', arguments_, environment())
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toEqual({ sent: 0, accepted: 0, duplicates: 0, deadLetters: 0 })
    expect(stderr).toContain('FORBIDDEN: No.')
  })

  test.each<[string, string[], Record<string, string>, string]>([
    ['a missing file', ['ingest', '/none.csv', ...arguments_.slice(2)], {}, 'There is no file /none.csv.'],
    [
      'an unknown mapping',
      [...arguments_.slice(0, 4), '--mapping', 'x'],
      {},
      'one of: bank-calls, call, competitor-move,',
    ],
    [
      'a file without its header',
      [...arguments_.slice(0, 2), '--source', 'call', '--mapping', 'bank-calls'],
      {},
      'Missing: month',
    ],
    ['a batch over the limit', [...arguments_, '--batch', '1001'], {}, 'Expected a whole number from 1 to 1000.'],
    ['a server elsewhere that is away', arguments_, { SOVEREIGN_URL: 'http://graph.invalid' }, 'correct SOVEREIGN_URL'],
    [
      'production without a token',
      arguments_,
      { NODE_ENV: 'production', JWKS_URL: 'https://issuer.example/keys', JWT_ISSUER: 'issuer' },
      'SOVEREIGN_TOKEN is missing',
    ],
  ])('sends nothing and ends with 1 for %s', async (_name, args, env, message) => {
    const before = server.received.length
    const { exitCode, stdout, stderr } = await runCommand('sovereign', args, { ...environment(), ...env })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(server.received).toHaveLength(before)
  })
})
