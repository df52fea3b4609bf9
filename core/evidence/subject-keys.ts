// One random key per subject, sealed, in one file outside the graph: whoever holds the graph alone cannot tell whom a
// commitment speaks of, and destroying a key makes its commitments meaningless for ever.
import { randomBytes } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from '../config.ts'
import { syncPath } from '../durable-files.ts'
import { ApiError } from '../errors.ts'
import type { KeySealer } from './master-key.ts'

export interface SubjectKeys {
  /**
   * The keys of these subjects; makes those that are missing. When it resolves, all of them are on disk, so that no
   * transaction can commit a commitment whose key a power cut takes away. A subject whose key was destroyed gets one that
   * is kept nowhere: what is committed with it stays closed for ever. Throws EVIDENCE_UNAVAILABLE.
   */
  keysOf(subjectIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  /** The keys of those among these that have one, and have it still. Makes none. */
  knownKeysOf(subjectIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  /** Every key. */
  all(): Promise<readonly Buffer[]>
  /**
   * Overwrites the key of this subject. When it resolves, that is on disk. Destroying again, or what was never made, does
   * no harm. Throws EVIDENCE_UNAVAILABLE.
   */
  destroy(subjectId: string): Promise<void>
  close(): Promise<void>
}

const KEY_BYTES = 32
/** Stands in the place of each character of a key that was destroyed; no base64url holds it. */
const BLOT = '.'

interface Kept {
  /** Undefined once it was destroyed. */
  key: Buffer | undefined
  /** Where its sealed form stands in the file; twice where two processes met the subject at one time. */
  readonly places: { readonly offset: number; readonly length: number }[]
}

/**
 * Opens or makes the key file: one line `subjectId base64url(sealed key)` a subject, readable by its owner only. Processes
 * that share it agree on one key a subject: of two lines the first counts. Throws ConfigError for a file that is damaged or
 * sealed under another master key.
 */
export async function openSubjectKeys(file: string, sealer: KeySealer): Promise<SubjectKeys> {
  await mkdir(dirname(file), { recursive: true })
  // Two handles: what is appended never overwrites a line of another process, and what is destroyed is overwritten.
  const end = await open(file, 'a', 0o600)
  const handle = await open(file, 'r+')
  await syncPath(dirname(file))
  const keys = new Map<string, Kept>()
  let readBytes = 0
  let readLines = 0
  let isWhole = true
  let queue: Promise<unknown> = Promise.resolve()
  try {
    // A crash can leave half a line. Its key was never acknowledged, so no commitment was made with it.
    if ((await readOn()) > 0) await handle.truncate(readBytes)
  } catch (error) {
    await close()
    throw error
  }

  async function close(): Promise<void> {
    await end.close()
    await handle.close()
  }

  /** Takes in the lines behind those read before; answers how many bytes of an unfinished line follow them. */
  async function readOn(fresh: ReadonlyMap<string, Buffer> = new Map()): Promise<number> {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(size - readBytes)
    await handle.read(bytes, 0, bytes.length, readBytes)
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
    for (const line of whole.toString().split('\n').slice(0, -1)) {
      readLines++
      const [id = '', sealed = ''] = line.split(' ')
      if (id === '' || sealed === '') throw new ConfigError(`${file} is damaged at line ${readLines}`)
      const kept = keys.get(id) ?? { key: await keyIn(id, sealed, fresh), places: [] }
      kept.places.push({ offset: readBytes + Buffer.byteLength(id) + 1, length: sealed.length })
      keys.set(id, kept)
      readBytes += Buffer.byteLength(line) + 1
    }
    return bytes.length - whole.length
  }

  async function keyIn(id: string, sealed: string, fresh: ReadonlyMap<string, Buffer>): Promise<Buffer | undefined> {
    if (sealed.startsWith(BLOT)) return undefined
    const key = fresh.get(sealed) ?? (await sealer.unseal(id, Buffer.from(sealed, 'base64url')).catch(() => undefined))
    if (key?.length === KEY_BYTES) return key
    throw new ConfigError(
      `${file} is damaged at line ${readLines}, or sealed under another master key. Restore both from one backup.`,
    )
  }

  async function add(missing: readonly string[]): Promise<void> {
    const fresh = new Map<string, Buffer>()
    const lines: string[] = []
    for (const id of missing.filter(each => !keys.has(each))) {
      const key = randomBytes(KEY_BYTES)
      const sealed = (await sealer.seal(id, key)).toString('base64url')
      fresh.set(sealed, key)
      lines.push(`${id} ${sealed}\n`)
    }
    if (lines.length > 0) await append(lines.join(''), fresh)
  }

  async function append(lines: string, fresh?: ReadonlyMap<string, Buffer>): Promise<void> {
    // What an append left that found no room must not stand before the next line: the file could not be read again.
    if (!isWhole && (await readOn()) > 0) await handle.truncate(readBytes)
    isWhole = false
    await end.appendFile(lines)
    await end.datasync()
    isWhole = true
    await readOn(fresh)
  }

  async function blot(subjectId: string): Promise<void> {
    await readOn()
    const kept = keys.get(subjectId)
    // Remembered, or the next entry that names the subject would make it a key.
    if (kept === undefined) return append(`${subjectId} ${BLOT}\n`)
    for (const { offset, length } of kept.places) await handle.write(BLOT.repeat(length), offset)
    await handle.datasync()
    kept.key = undefined
  }

  // One writer at a time: two units that meet the same new subject must not give it two keys.
  async function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = queue.then(work)
    queue = turn.catch(() => undefined)
    await turn.catch(cause => {
      throw new ApiError('EVIDENCE_UNAVAILABLE', {}, cause)
    })
  }

  return {
    keysOf: async subjectIds => {
      const missing = subjectIds.filter(id => !keys.has(id))
      if (missing.length > 0) await inTurn(() => add([...new Set(missing)]))
      return new Map(subjectIds.map(id => [id, keys.get(id)?.key ?? randomBytes(KEY_BYTES)]))
    },
    knownKeysOf: async subjectIds => new Map(subjectIds.flatMap(id => entryOf(id, keys.get(id)?.key))),
    destroy: subjectId => inTurn(() => blot(subjectId)),
    all: async () => [...keys.values()].flatMap(({ key }) => key ?? []),
    close: async () => {
      await queue
      await close()
    },
  }
}

function entryOf(id: string, key: Buffer | undefined): [string, Buffer][] {
  return key === undefined ? [] : [[id, key]]
}
