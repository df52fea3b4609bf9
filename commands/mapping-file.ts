import { readdir, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Mapping, parseMapping } from '../core/mapping/mapping-language.ts'
import { CommandError } from './command-error.ts'

const SHIPPED = new URL('../seeds/mappings/', import.meta.url)
const SOURCES = new URL('../subgraphs/customers/sources/', import.meta.url)

/** The same mapping as its JSON, for whom it is sent to. Throws CommandError. */
export async function readMappingText(nameOrPath: string): Promise<unknown> {
  await readMapping(nameOrPath)
  return parsedJson(await textOf(nameOrPath), nameOrPath)
}

/** Reads a mapping that ships with the product by its name, which may be that of a source, or any other by its path. Throws CommandError. */
export async function readMapping(nameOrPath: string): Promise<Mapping> {
  const text = await textOf(nameOrPath)
  const parsed = parseMapping(parsedJson(text, nameOrPath))
  if ('mapping' in parsed) return parsed.mapping
  throw new CommandError(
    `The mapping ${nameOrPath} is not usable:\n${parsed.reasons.map(each => `  ${each}`).join('\n')}`,
  )
}

async function textOf(nameOrPath: string): Promise<string> {
  const isPath = nameOrPath.includes('/') || nameOrPath.includes('\\') || nameOrPath.endsWith('.json')
  const file = isPath ? nameOrPath : await shipped(nameOrPath)
  return readFile(file, 'utf8').catch(() => {
    throw new CommandError(`There is no mapping file ${nameOrPath}.`)
  })
}

async function shipped(name: string): Promise<URL> {
  const files = (await readdir(SHIPPED)).filter(file => file.endsWith('.json')).map(file => basename(file, '.json'))
  if (files.includes(name)) return new URL(`${name}.json`, SHIPPED)
  const folders = (await readdir(SOURCES, { withFileTypes: true })).filter(each => each.isDirectory())
  const sources = folders.map(each => each.name)
  if (sources.includes(name)) return new URL(`${name}/mapping.json`, SOURCES)
  const names = [...files, ...sources].sort()
  throw new CommandError(`There is no mapping ${name}. Expected a path or one of: ${names.join(', ')}.`)
}

function parsedJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CommandError(`The mapping ${name} is not JSON.`)
  }
}
