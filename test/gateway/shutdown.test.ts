// SIGTERM under load: what was acknowledged is there after the next start, and the process ends by itself.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open as openFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDevelopment, signToken } from '../../core/development.ts'

const INGEST = `mutation ($input: IngestInput!, $key: String!) { ingest(input: $input, idempotencyKey: $key) { accepted duplicates } }`

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly output: () => string
}

describe('npm start', () => {
  let dataDir: string
  const children: ChildProcess[] = []
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sovereign-graph-'))
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  })

  const spawned = (
    env: Record<string, string>,
    ...args: readonly string[]
  ): { child: ChildProcess; output: () => string } => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'gateway/main.ts', ...args], {
      env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.push(child)
    let output = ''
    child.stderr?.on('data', chunk => {
      output += chunk
    })
    return { child, output: () => output }
  }

  const start = async (env: Record<string, string>, ...args: readonly string[]): Promise<Started> => {
    const { child, output } = spawned(env, ...args)
    while (!/npm run op/.test(output())) {
      if (child.exitCode !== null) throw new Error(output())
      await Promise.race([once(child.stderr as NodeJS.ReadableStream, 'data'), once(child, 'exit')])
    }
    return { child, output, url: /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0] ?? '' }
  }

  const sender = async (url: string) => {
    const development = await openDevelopment(dataDir)
    const token = await signToken(development, 'service', { audience: 'sovereign-graph', expiresInSeconds: 600 })
    return async (eventId: string): Promise<'accepted' | 'duplicate' | 'refused'> => {
      const payload = {
        customer: { number: `T-${eventId}`, region: 'EU-DE' },
        message: { occurredAt: '2026-10-01T10:00:00Z', text: 'hello' },
      }
      const variables = {
        key: `${eventId}/${Math.random()}`,
        input: { source: 'wecom-chat', events: [{ eventId, payload }] },
      }
      try {
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({ query: INGEST, variables }),
        })
        const { data } = (await response.json()) as { data?: { ingest: { accepted: number } } }
        if (data === undefined || data === null) return 'refused'
        return data.ingest.accepted === 1 ? 'accepted' : 'duplicate'
      } catch {
        return 'refused'
      }
    }
  }

  it('loses nothing that it acknowledged when it is told to end under load, and keeps its sample data', async () => {
    const first = await start({ SEED_CUSTOMERS: '6' })
    const send = await sender(first.url)
    const outcomes = new Map<string, string>()
    let stop = false
    const load = Array.from({ length: 8 }, async (_, worker) => {
      for (let turn = 0; !stop; turn++) outcomes.set(`${worker}-${turn}`, await send(`${worker}-${turn}`))
    })
    while (outcomes.size < 60) await new Promise(resolve => setImmediate(resolve))
    first.child.kill('SIGTERM')
    const [exitCode] = await once(first.child, 'exit')
    stop = true
    await Promise.all(load)
    expect(exitCode).toBe(0)

    const acknowledged = [...outcomes].filter(([, outcome]) => outcome === 'accepted').map(([eventId]) => eventId)
    expect(acknowledged.length).toBeGreaterThan(30)
    const second = await start({ SEED_CUSTOMERS: '6' })
    expect(second.output()).not.toContain('First start')
    const sendAgain = await sender(second.url)
    for (const eventId of acknowledged) expect(await sendAgain(eventId)).toBe('duplicate')
    second.child.kill('SIGTERM')
    await once(second.child, 'exit')
  })

  it('says where to go and what to try', async () => {
    const { output, child } = await start({ SEED_CUSTOMERS: '2' })
    expect(output()).toMatch(/Open http:\/\/127\.0\.0\.1:\d+\/ /)
    expect(output()).toContain('npm run op -- CustomerTimeline --as subject')
    child.kill('SIGTERM')
    await once(child, 'exit')
  })

  it('refuses to start in production without the key set of an issuer, and names each bad variable at once', async () => {
    const { child, output } = spawned({ NODE_ENV: 'production', PORT: 'http', DURABILITY: 'maybe' })
    const [exitCode] = await once(child, 'exit')
    expect(exitCode).toBe(1)
    expect(output()).toMatch(/PORT: .*\n.*DURABILITY: /)
    const withoutKeys = spawned({ NODE_ENV: 'production' })
    await once(withoutKeys.child, 'exit')
    expect(withoutKeys.output()).toContain('JWKS_URL')
    expect(withoutKeys.output()).not.toContain('    at ')
  })

  it('never reads or makes the development key in production', async () => {
    const { child, output } = spawned({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      JWKS_URL: 'https://127.0.0.1:9/keys',
      JWT_ISSUER: 'https://issuer.example.com',
    })
    while (!/Sovereign Graph at/.test(output())) {
      if (child.exitCode !== null) throw new Error(output())
      await Promise.race([once(child.stderr as NodeJS.ReadableStream, 'data'), once(child, 'exit')])
    }
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output())?.[0]
    expect((await fetch(`${url}/explorer/viewers`)).status).toBe(404)
    expect((await fetch(`${url}/ready`)).status).toBe(200)
    await expect(openFile(join(dataDir, 'development.json'))).rejects.toThrow('ENOENT')
    child.kill('SIGTERM')
    await once(child, 'exit')
  })

  it('refuses a graph whose signed checkpoint is gone, and goes on only with --accept-loss', async () => {
    const first = await start({ SEED_CUSTOMERS: '2' })
    first.child.kill('SIGTERM')
    await once(first.child, 'exit')
    await rm(join(dataDir, 'checkpoint'))
    const refused = spawned({})
    const [exitCode] = await once(refused.child, 'exit')
    expect(exitCode).toBe(1)
    expect(refused.output()).toMatch(/^The graph does not hold the evidence that was signed\..*\n.*--accept-loss\n$/)
    const accepted = await start({}, '--accept-loss')
    accepted.child.kill('SIGTERM')
    await once(accepted.child, 'exit')
  })

  it('says that another process holds the store', async () => {
    const first = await start({ SEED_CUSTOMERS: '2' })
    const second = spawned({})
    const [exitCode] = await once(second.child, 'exit')
    expect(exitCode).toBe(1)
    expect(second.output()).toContain('Another process holds the graph store.')
    first.child.kill('SIGTERM')
    await once(first.child, 'exit')
  })
})
