// `SUPERGRAPH_FILE=… PORT=… npm run gateway`: the execution alone, over any Federation 2 supergraph of HTTP services.
import { readFile } from 'node:fs/promises'
import { ConfigError, readGatewayConfig } from '../core/config.ts'
import { startStandalone } from './standalone.ts'

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function main(): Promise<void> {
  const { supergraphFile, ...options } = readGatewayConfig()
  const gateway = await startStandalone({ ...options, supergraphSdl: await readFile(supergraphFile, 'utf8') })
  say(`Gateway of ${supergraphFile} at ${gateway.url}/graphql`)
  const end = () => void gateway.close()
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
}

main().catch((error: unknown) => {
  say(
    error instanceof ConfigError
      ? error.message
      : `The start failed: ${error instanceof Error ? error.message : error}`,
  )
  process.exitCode = 1
})
