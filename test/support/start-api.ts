// A whole server on a free loopback port for tests over HTTP: embedded graph in memory, small seeded data, own clock.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { settableClock } from '../../core/clock.ts'
import { readConfig } from '../../core/config.ts'
import { openDevelopment, signToken } from '../../core/development.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { Policy } from '../../core/policy/policy.ts'
import type { Log } from '../../gateway/log.ts'
import { type Server, startServer } from '../../gateway/server.ts'
import { ensureDevelopmentViewers, loadSeeds } from '../../seeds/load.ts'

export interface TestApi extends Server {
  readonly dataDir: string
  readonly clock: ReturnType<typeof settableClock>
  /** What the server logged, a line an entry. */
  readonly logged: readonly string[]
  /** Asks as one of the development viewers, with its default purpose unless another is given. */
  ask(viewer: string, query: string, options?: AskOptions): Promise<Answer>
  /** The bearer of a development viewer. */
  tokenOf(viewer: string): Promise<string>
  /** Sends a request as it is. */
  post(body: unknown, headers: Record<string, string>): Promise<Response>
}

export interface AskOptions {
  readonly variables?: Record<string, unknown>
  /** null sends no purpose. */
  readonly purpose?: string | null
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by path, and a wrong path fails the test
  readonly data: any
  readonly errors: readonly {
    readonly message: string
    readonly extensions: { readonly code: string; readonly docUrl?: string }
  }[]
  readonly masks: readonly Mask[]
  readonly text: string
}

export interface Mask {
  readonly path: readonly (string | number)[]
  readonly type: string
  readonly id: string | null
  readonly field: string
  readonly mask: string
  readonly reasonCode: string
  readonly policyId: string
  readonly policyVersion: number
  readonly legalBasis: string | null
  readonly remedy: string
  readonly docUrl: string
}

interface Options {
  /** How many customers to seed; none by default. */
  readonly customers?: number
  readonly policy?: Policy
  readonly graph?: Graph
  readonly env?: NodeJS.ProcessEnv
}

/** After everything that seeds tell of. */
export const TEST_NOW = '2026-11-02T08:00:00.000Z'

export async function startApi({ customers = 0, policy, graph, env = {} }: Options = {}): Promise<TestApi> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sovereign-graph-'))
  const clock = settableClock(TEST_NOW)
  const logged: string[] = []
  const config = readConfig({ DATA_DIR: dataDir, PORT: '0', DURABILITY: 'os', ...env })
  const server = await startServer(config, {
    clock,
    log: logInto(logged),
    graph: graph ?? (await openEmbedded({ durability: 'os', shuffle: true })),
    ...(policy && { policy }),
  })
  if (customers > 0) await loadSeeds(server.services, server.delivery, customers, () => {})
  await ensureDevelopmentViewers(server.services, dataDir)
  const development = await openDevelopment(dataDir)

  const tokenOf = async (name: string) => {
    const apiKey = development.viewers[name]?.apiKey
    const issuedAt = Math.floor(Date.parse(clock.now()) / 1000)
    return apiKey ?? signToken(development, name, { audience: config.jwtAudience, expiresInSeconds: 3_600, issuedAt })
  }
  const post = (body: unknown, headers: Record<string, string>) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  return {
    ...server,
    dataDir,
    clock,
    logged,
    tokenOf,
    post,
    ask: async (
      viewer,
      query,
      { variables = {}, purpose = development.viewers[viewer]?.defaultPurpose ?? null } = {},
    ) => {
      const authorization = `Bearer ${await tokenOf(viewer)}`
      const stated: Record<string, string> = purpose === null ? {} : { 'x-purpose': purpose }
      return toAnswer(await post({ query, variables }, { authorization, ...stated }))
    },
    close: async () => {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const { data = null, errors = [], extensions } = JSON.parse(text)
  return { status: response.status, data, errors, masks: extensions?.masks ?? [], text }
}

function logInto(lines: string[]): Log {
  const write = (entry: unknown) => void lines.push(JSON.stringify(entry))
  return { debug: write, info: write, warn: write, error: write } as Log
}
