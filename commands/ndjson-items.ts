// Reads a file of JSON lines: each an event in its envelope, or, with a mapping, a flat object whose values are its cells.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { applyMapping } from '../core/mapping/mapping.ts'
import type { Mapping } from '../core/mapping/mapping-language.ts'
import { type NdjsonLine, readNdjson } from '../core/records/ndjson.ts'
import { CommandError } from './command-error.ts'
import type { Item } from './ingest.ts'

const envelope = z.strictObject({ eventId: z.string(), payload: z.unknown(), place: z.string().optional() })
const flat = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

export interface NdjsonFile {
  readonly name: string
  readonly totalBytes: number
  bytesRead(): number
  readonly lines: AsyncIterable<NdjsonLine>
}

/** Opens a file. Throws CommandError when there is no such file. */
export async function openNdjson(path: string): Promise<NdjsonFile> {
  const file = await stat(path).catch(() => undefined)
  if (file === undefined || !file.isFile()) throw new CommandError(`There is no file ${path}.`)
  const stream = createReadStream(path)
  return {
    name: basename(path),
    totalBytes: file.size,
    bytesRead: () => stream.bytesRead,
    lines: readNdjson(stream as AsyncIterable<Buffer>),
  }
}

/** The lines as events or rejections. */
export async function* itemsOfNdjson(
  { name, lines }: Pick<NdjsonFile, 'name' | 'lines'>,
  mapping: Mapping | undefined,
): AsyncGenerator<Item> {
  for await (const line of lines) {
    const place = `${name}:${line.number}`
    const named = { eventId: place, place }
    if ('fault' in line) yield { ...named, reason: line.fault }
    else if (mapping === undefined) yield enveloped(line.value, place)
    else yield mapped(line.value, mapping, { file: name, row: line.number })
  }
}

function enveloped(value: unknown, place: string): Item {
  const parsed = envelope.safeParse(value)
  if (parsed.success) return { ...parsed.data, place: parsed.data.place ?? place }
  return { eventId: place, place, reason: 'NO_ENVELOPE', payload: value }
}

function mapped(value: unknown, mapping: Mapping, at: { readonly file: string; readonly row: number }): Item {
  const place = `${at.file}:${at.row}`
  const named = { eventId: place, place }
  const parsed = flat.safeParse(value)
  if (!parsed.success) return { ...named, reason: 'NOT_FLAT', payload: value }
  const cells = Object.fromEntries(
    Object.entries(parsed.data).map(([key, cell]) => [key, cell === null ? '' : String(cell)]),
  )
  const read = applyMapping(mapping, cells, at)
  if ('payload' in read) return { ...named, payload: read.payload }
  return { ...named, reason: `MAPPING_FAILED: ${read.reason}`, payload: cells }
}
