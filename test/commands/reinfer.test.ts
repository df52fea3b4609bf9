import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientAt } from '../../commands/client.ts'
import { reinfer, type SignalRun } from '../../commands/reinfer.ts'
import { startApi, type TestApi } from '../support/start-api.ts'
import { startLoopbackServer } from './loopback-server.ts'
import { runCommand } from './run-command.ts'

const AGED =
  "MATCH (i:Interaction) WHERE i.signalModel IS NOT NULL SET i.signalModel = 'signals-before' RETURN count(i)"

describe('signals reinfer', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi({ customers: 24 })
  })
  afterAll(() => api.close())

  const command = async () => {
    const { exitCode, stdout, stderr } = await runCommand('sovereign', ['signals', 'reinfer'], {
      DATA_DIR: api.dataDir,
      SOVEREIGN_URL: api.url,
      SOVEREIGN_TOKEN: await api.tokenOf('service'),
    })
    return { exitCode, stderr, run: JSON.parse(stdout) }
  }

  test('has the server read what an older model read, shows how far it is, and says what came of it', async () => {
    const [[aged] = []] = await api.services.graph.write(unit => unit.run(AGED))
    expect(aged).toBeGreaterThan(20)
    const { exitCode, run, stderr } = await command()
    expect(exitCode).toBe(0)
    expect(run).toMatchObject({ state: 'DONE', interactionsRead: aged })
    expect(stderr).toContain(`${aged} interactions read`)
  })

  test('reads nothing twice', async () => {
    expect((await command()).run).toMatchObject({ state: 'DONE', interactionsRead: 0 })
  })
})

describe('reinfer', () => {
  const aRun = (state: SignalRun['state'], customersDone: number, id = 'run-1') => ({
    id,
    modelVersion: 'signals-1',
    state,
    customersTotal: 2,
    customersDone,
    interactionsRead: customersDone,
  })
  const latest = (run: object) => ({ body: { data: { signalRuns: { edges: [{ node: run }] } } } })
  const following = async (...runs: readonly object[]) => {
    const server = await startLoopbackServer((_request, count) => latest(runs[count - 1] ?? {}))
    const seen: number[] = []
    const client = clientAt(server.url, async () => 'the-bearer')
    const ended = await reinfer(client, { seen: run => seen.push(run.customersDone), pollMs: 1 }).catch(
      (error: Error) => error.message,
    )
    await server.close()
    return { ended, seen, asked: server.received.map(({ query }) => query.split(/\W/)[0]) }
  }

  test('joins a run that is under way instead of starting another', async () => {
    const { ended, seen, asked } = await following(aRun('RUNNING', 0), aRun('RUNNING', 1), aRun('DONE', 2))
    expect(ended).toMatchObject({ state: 'DONE', interactionsRead: 2 })
    expect({ seen, asked }).toEqual({ seen: [0, 1, 2], asked: ['query', 'query', 'query'] })
  })

  test('says when another run took its place', async () => {
    const { ended } = await following(aRun('RUNNING', 0), aRun('RUNNING', 0, 'run-2'))
    expect(ended).toBe('Another run has taken the place of this one.')
  })

  test('says what the server refused', async () => {
    const server = await startLoopbackServer(() => ({
      body: { data: null, errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] },
    }))
    const client = clientAt(server.url, async () => 'the-bearer')
    await expect(reinfer(client, { seen: () => {} })).rejects.toThrow('FORBIDDEN: No.')
    await server.close()
  })
})
