// A load that is cut off and taken up again by the command, and the environment of what was recorded, as each viewer is shown it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../commands/folder.ts'
import { runCommand } from '../commands/run-command.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const LINES = 400
const CUT_AFTER = 60
const BATCH = '10'

const folder = temporaryFolder()
const file = join(folder, 'mail.ndjson')

const RECORDED = `
  MATCH (r:SourceRecord)-[:IDENTIFIES]->(c:Customer)-[:IN_PERIOD]->(p:Period)-[:HAD]->(i:Interaction {recordId: r.id})
  RETURN r.key, r.payloadHash, c.number, c.name, p.month, i.text ORDER BY r.key`
const LETTERS = 'MATCH (d:DeadLetter) RETURN d.eventId, d.reason, d.detail ORDER BY d.eventId'
const RUNS = 'MATCH (r:IngestRun) RETURN r.position, r.accepted, r.duplicates, r.deadLetters'

const environmentOf = ({ dataDir, url }: TestApi) => ({ DATA_DIR: dataDir, SOVEREIGN_URL: url })
const contentOf = async ({ services: { graph } }: TestApi) => [
  await graph.read(RECORDED),
  await graph.read(LETTERS),
  await graph.read(RUNS),
]
const ingestArguments = ['ingest', file, '--source', 'mail', '--batch', BATCH]

describe('a load that is killed in the middle', () => {
  let killed: TestApi
  let calm: TestApi
  beforeAll(async () => {
    const lines = Array.from({ length: LINES }, (_, n) => ({
      eventId: `mail ${String(n).padStart(4, '0')}`,
      payload: {
        customer: { number: `C-${n % 7}`, region: n % 50 === 49 ? 'Shanghai' : 'CN-SH', name: `Name ${n % 3}` },
        mail: {
          sentAt: new Date(Date.UTC(2026, n % 10, 1, 0, n)).toISOString(),
          subject: 'subject',
          body: `body of ${n}`,
        },
      },
    }))
    writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    killed = await startApi()
    calm = await startApi()
  })
  afterAll(async () => {
    await killed.close()
    await calm.close()
  })

  it('is taken up with --resume where it was cut off, and leaves the graph of a load that nobody disturbed', async () => {
    const loader = spawn(process.execPath, ['--import', 'tsx', 'commands/sovereign.ts', ...ingestArguments], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...environmentOf(killed) },
      stdio: 'ignore',
    })
    const ended = once(loader, 'exit')
    const position = async () => Number((await killed.services.graph.read(RUNS))[0]?.[0] ?? 0)
    while ((await position()) < CUT_AFTER && loader.exitCode === null) await pause(2)
    loader.kill('SIGKILL')
    await ended
    const cutOffAt = await position()
    expect(cutOffAt).toBeGreaterThanOrEqual(CUT_AFTER)
    expect(cutOffAt).toBeLessThan(LINES)

    const resumed = await runCommand('sovereign', [...ingestArguments, '--resume'], environmentOf(killed))
    expect({ exitCode: resumed.exitCode, said: resumed.exitCode === 0 ? '' : resumed.stderr }).toEqual({
      exitCode: 0,
      said: '',
    })
    expect(await position()).toBe(LINES)
    const whole = await runCommand('sovereign', ingestArguments, environmentOf(calm))
    expect(whole.exitCode).toBe(0)
    expect(await contentOf(killed)).toEqual(await contentOf(calm))
    expect((await killed.services.graph.read(LETTERS)).length).toBe(LINES / 50)
  })

  it('has nothing to resume once it is done', async () => {
    const { exitCode, stderr } = await runCommand('sovereign', [...ingestArguments, '--resume'], environmentOf(killed))
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain('was cut off')
  })
})

describe('the environment of an interaction', () => {
  const INGEST =
    'mutation ($input: IngestInput!, $key: String!) { ingest(input: $input, idempotencyKey: $key) { accepted deadLetters } }'
  const ENVIRONMENT = `query ($customerId: ID!) { customer(id: $customerId) { timeline(first: 20) { edges { node {
    text environment { events { kind summary place } } } } } } }`
  const ZHOU = '64aa69b4-0c9b-4306-aa20-b4a11aab6c41'
  const SAID = '下雨了'
  let api: TestApi
  let sent = 0
  beforeAll(async () => {
    api = await startApi({ customers: 1 })
  })
  afterAll(() => api.close())

  const send = async (source: string, payload: object) => {
    const input = { source, events: [{ eventId: `event ${++sent}`, payload }] }
    const { data } = await api.ask('service', INGEST, { variables: { input, key: `ingestion ${sent}` } })
    expect(data.ingest).toEqual({ accepted: 1, deadLetters: 0 })
    await api.settle()
  }
  const storm = (summary: string, reportedAt: string) =>
    send('weather', {
      weather: {
        ...{ reference: 'W-7', place: 'CN-SH', summary, reportedAt },
        ...{ startsAt: '2026-10-20T00:00:00.000Z', endsAt: '2026-10-21T00:00:00.000Z' },
      },
    })
  /** What each viewer is told of what held when the customer was talked to on that day: undefined where it is shown none of it. */
  const toldTo = async (viewer: string) => {
    const { data, masks } = await api.ask(viewer, ENVIRONMENT, { variables: { customerId: ZHOU } })
    const nodes: { text: string; environment: { events: { kind: string; summary: string }[] | null } | null }[] =
      data?.customer?.timeline?.edges.map(({ node }: { node: object }) => node) ?? []
    const summaries = nodes
      .filter(({ text }) => text === null || text === SAID)
      .flatMap(({ environment }) =>
        (environment?.events ?? []).filter(({ kind }) => kind === 'WEATHER').map(({ summary }) => summary),
      )
    return {
      summaries,
      isWithheld: masks.some(({ type, field }) => type === 'InteractionEnvironment' && field === 'events'),
      isKnown: data?.customer !== null && data?.customer !== undefined,
    }
  }

  it('is told to whom time and place of it are, in the words that its source stated last', async () => {
    await send('wecom-chat', {
      customer: { number: 'C-00001', region: 'CN-SH' },
      message: { occurredAt: '2026-10-20T03:00:00.000Z', text: SAID },
    })
    await storm('Heavy rain', '2026-10-19T12:00:00.000Z')
    expect(await toldTo('subject')).toMatchObject({ summaries: ['Heavy rain'], isWithheld: false })
    await storm('A typhoon', '2026-10-20T12:00:00.000Z')
    await storm('Some clouds', '2026-10-18T12:00:00.000Z')
    expect(await toldTo('subject')).toMatchObject({ summaries: ['A typhoon'], isWithheld: false })
    expect(await toldTo('rep')).toMatchObject({ summaries: ['A typhoon'], isWithheld: false, isKnown: true })
  })

  it('is withheld from whom the time or the place is, and from whom the customer is', async () => {
    expect(await toldTo('partner')).toEqual({ summaries: [], isWithheld: true, isKnown: true })
    expect(await toldTo('other-rep')).toEqual({ summaries: [], isWithheld: false, isKnown: false })
    expect(await toldTo('auditor')).toMatchObject({ summaries: [] })
  })

  it('is of nobody: what holds is listed by itself', async () => {
    const { data } = await api.ask(
      'rep',
      '{ environmentEvents(filter: { kind: WEATHER, place: "CN-SH", at: "2026-10-20T03:00:00.000Z" }) { edges { node { summary source } } } }',
    )
    expect(data.environmentEvents.edges.map(({ node }: { node: object }) => node)).toContainEqual({
      summary: 'A typhoon',
      source: 'weather',
    })
  })
})
