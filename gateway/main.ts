// `npm start [-- --accept-loss]`: configuration, server, sample data on a first start in development, and a clean end.
import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import { type Config, ConfigError, readConfig } from '../core/config.ts'
import { ApiError } from '../core/errors.ts'
import { ensureDevelopmentViewers, loadSeeds, needsSeeds } from '../seeds/load.ts'
import { type Server, type ServerParts, startServer } from './server.ts'

const SHUTDOWN_LIMIT_MS = 10_000
const AFTER_A_LOSS =
  'Restore the graph and DATA_DIR from one backup. Or go on without what is lost, and have the log tell of it: npm start -- --accept-loss'

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function main(): Promise<void> {
  const config = readConfig()
  const { values } = parseArgs({ options: { 'accept-loss': { type: 'boolean', default: false } } })
  const server = await startServer(config, {
    acceptLoss: values['accept-loss'],
    ...(!config.production && { prepare: prepareDevelopment(config) }),
  })
  let ending: Promise<void> | undefined
  const end = (signal: string) => {
    if (ending !== undefined) return
    say(`${signal}: finishing what was accepted …`)
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref()
    ending = server.close()
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  say(welcome(config, server))
}

/** Sample data on a first start, and the viewers that go with it. */
function prepareDevelopment(config: Config): NonNullable<ServerParts['prepare']> {
  return async (services, delivery) => {
    if (config.seedCustomers > 0 && (await needsSeeds(services))) {
      say(`First start: making ${config.seedCustomers} customers and what happened with them.`)
      const bar = new SingleBar(
        { stream: process.stderr, noTTYOutput: true, notTTYSchedule: 5_000 },
        Presets.shades_classic,
      )
      bar.start(100, 0)
      await loadSeeds(services, delivery, config.seedCustomers, share => bar.update(Math.round(share * 100)))
      bar.stop()
    }
    await ensureDevelopmentViewers(services, config.dataDir)
  }
}

function welcome({ production, graphUrl, dataDir }: Config, { url }: Server): string {
  const store = graphUrl === undefined ? `embedded graph in ${dataDir}` : 'Neo4j'
  if (production) return `Sovereign Graph at ${url}/graphql (${store})`
  return [
    '',
    `Sovereign Graph at ${url} (${store})`,
    '',
    `  Open ${url}/ : GraphiQL as any viewer, with the reason of each mask.`,
    `  Open ${url}/compare : the same question as several viewers, side by side, with the customer's consents as switches.`,
    '  Or, in another terminal, ask the same as the customer and as a partner:',
    '    npm run op -- CustomerTimeline --as subject',
    '    npm run op -- CustomerTimeline --as partner',
    '  Then withdraw what the partner rests on, and ask again:',
    '    npm run op -- WithdrawConsent --as subject',
    '',
  ].join('\n')
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError || error instanceof ApiError
  say(
    known
      ? error.message
      : `The start failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
  if (error instanceof ApiError && error.code === 'EVIDENCE_ROLLED_BACK') say(AFTER_A_LOSS)
  process.exitCode = 1
})
