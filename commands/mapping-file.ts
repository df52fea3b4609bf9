import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CommandError } from './command-error.ts'
import { type Mapping, parseMapping } from './mapping-language.ts'

const SHIPPED = new URL('../seeds/mappings/', import.meta.url)

/** Reads a mapping that ships with the product by its name, or any other by its path. Throws CommandError. */
export async function readMapping(nameOrPath: string): Promise<Mapping> {
  const isPath = nameOrPath.includes('/') || nameOrPath.includes('\\') || nameOrPath.endsWith('.json')
  if (!isPath) await requireShipped(nameOrPath)
  const file = isPath ? nameOrPath : new URL(`${nameOrPath}.json`, SHIPPED)
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandError(`There is no mapping file ${nameOrPath}.`)
  })
  const parsed = parseMapping(parsedJson(text, nameOrPath))
  if ('mapping' in parsed) return parsed.mapping
  throw new CommandError(
    `The mapping ${nameOrPath} is not usable:\n${parsed.reasons.map(each => `  ${each}`).join('\n')}`,
  )
}

async function requireShipped(name: string): Promise<void> {
  const names = (await readdir(SHIPPED)).filter(file => file.endsWith('.json')).map(file => basename(file, '.json'))
  if (names.includes(name)) return
  throw new CommandError(`There is no mapping ${name}. Expected a path or one of: ${names.sort().join(', ')}.`)
}

function parsedJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandError(`The mapping ${name} is not JSON.`)
  }
}
