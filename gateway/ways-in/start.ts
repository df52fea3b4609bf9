// The ways in that the server itself goes: started when they are configured.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { BackgroundWork } from '../../core/background.ts'
import { type Config, ConfigError } from '../../core/config.ts'
import type { Services } from '../../core/context.ts'
import { type Mapping, parseMapping } from '../../core/mapping/mapping-language.ts'
import { pullStock } from './odata-pull.ts'
import { consumeStreams } from './redis-stream.ts'

const SHIPPED = new URL('../../subgraphs/customers/sources/erp-stock/mapping.json', import.meta.url)

export async function startWaysIn(
  services: Services,
  { redisUrl, odata }: Config,
  failed: (cause: unknown) => void,
): Promise<readonly BackgroundWork[]> {
  const started: BackgroundWork[] = []
  if (redisUrl !== undefined) started.push(consumeStreams(services, { url: redisUrl, consumer: randomUUID(), failed }))
  if (odata !== undefined) {
    const mapping = await readMapping(odata.mappingFile)
    started.push(pullStock(services, { url: odata.url, token: odata.token, mapping, everyMs: odata.everyMs, failed }))
  }
  return started
}

async function readMapping(file: string | undefined): Promise<Mapping> {
  const text = await readFile(file ?? SHIPPED, 'utf8').catch(() => {
    throw new ConfigError(`There is no ${file}, which ODATA_MAPPING names.`)
  })
  const parsed = parseMapping(parsedJson(text))
  if ('mapping' in parsed) return parsed.mapping
  throw new ConfigError(`The mapping of ODATA_MAPPING is not usable: ${parsed.reasons.join('; ')}`)
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
