// What a browser is served: the explorer at /, built by `npm ci` into explorer/dist, and the pages of errors and masks.
// Only a development server knows viewers to explore as; in production the explorer asks for a token.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../core/config.ts'
import type { Subgraph } from '../../core/subgraph.ts'
import { purposes } from '../../core/viewer.ts'
import { introspectors } from '../introspectors.ts'
import { docPages } from './doc-pages.ts'
import { preparedOperations } from './prepared-operations.ts'
import { explorerViewers, refuseForeign } from './viewers.ts'

/** Where Vite puts the explorer. Names under assets/ hold a hash of their content. */
export const BUILT = fileURLToPath(new URL('../../explorer/dist/', import.meta.url))
const NOT_BUILT = 'The explorer is not built. Run: npm run explorer'

/** Adds the explorer, unless the configuration turns it off, and the pages. What does not change is read now, once. */
export async function serveExplorer(
  http: FastifyInstance,
  config: Config,
  subgraphs: readonly Subgraph[],
): Promise<void> {
  for (const [address, page] of docPages()) {
    http.get(address, async (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  }
  if (!config.explorer) return
  const settings = {
    production: config.production,
    purposes,
    introspectors,
    operations: await preparedOperations(subgraphs),
  }
  http.get('/explorer/settings', async () => settings)
  if (!config.production) {
    http.get('/explorer/viewers', { onRequest: refuseForeign }, async () => explorerViewers(config))
  }
  if (existsSync(BUILT)) await http.register(serveBuilt)
  else http.get('/', async (_request, reply) => reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT))
}

async function serveBuilt(http: FastifyInstance): Promise<void> {
  // Runs after the hook that forbids to store anything: these files are the same for everybody.
  http.addHook('onSend', async ({ url }, reply) => {
    const forGood = url.startsWith('/assets/') && reply.statusCode < 400
    reply.header('cache-control', forGood ? 'public, max-age=31536000, immutable' : 'no-cache')
  })
  await http.register(fastifyStatic, { root: BUILT, serve: false, preCompressed: true, cacheControl: false })
  http.get('/', (_request, reply) => reply.sendFile('index.html'))
  http.get('/compare', (_request, reply) => reply.sendFile('compare.html'))
  http.get('/assets/*', ({ params }, reply) => reply.sendFile(`assets/${(params as { '*': string })['*']}`))
}
