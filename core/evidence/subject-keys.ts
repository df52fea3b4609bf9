// One random key per subject, sealed, in one file outside the graph: whoever holds the graph alone cannot tell whom a
// commitment speaks of, and destroying a key makes its commitments meaningless for ever.
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
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
  /** Where its sealed form stands in the file. */
  readonly offset: number
  readonly length: number
}

/** Opens or makes the key file: one line `subjectId base64url(sealed key)` a subject, readable by its owner only. */
export async function openSubjectKeys(file: string, sealer: KeySealer): Promise<SubjectKeys> {
  await mkdir(dirname(file), { recursive: true })
  // Made by the first opening, because a handle that may overwrite opens no file that is not there.
  await (await open(file, 'a', 0o600)).close()
  await syncPath(dirname(file))
  const handle = await open(file, 'r+')
  const keys = await loadKeys(handle, file, sealer)
  let wholeBytes = (await handle.stat()).size
  let queue: Promise<unknown> = Promise.resolve()

  async function add(missing: readonly string[]): Promise<void> {
    const fresh = new Map(missing.filter(id => !keys.has(id)).map(id => [id, randomBytes(KEY_BYTES)]))
    const sealed = await Promise.all([...fresh].map(async ([id, key]) => [id, encoded(await sealer.seal(id, key))]))
    await append(sealed as [string, string][], fresh)
  }

  async function append(lines: readonly [string, string][], fresh: ReadonlyMap<string, Buffer>): Promise<void> {
    if (lines.length === 0) return
    const text = lines.map(line => `${line.join(' ')}\n`).join('')
    // What an append left that found no room must not stand behind the last line: the file could not be read again.
    await handle.truncate(wholeBytes)
    await handle.write(text, wholeBytes)
    await handle.datasync()
    for (const [id, written] of lines) {
      const offset = wholeBytes + Buffer.byteLength(id) + 1
      keys.set(id, { key: fresh.get(id), offset, length: written.length })
      wholeBytes = offset + written.length + 1
    }
  }

  async function blot(subjectId: string): Promise<void> {
    const kept = keys.get(subjectId)
    // Remembered, or the next entry that names the subject would make it a key.
    if (kept === undefined) return append([[subjectId, BLOT]], new Map())
    await handle.write(BLOT.repeat(kept.length), kept.offset)
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
    close: async () => {
      await queue
      await handle.close()
    },
  }
}

function entryOf(id: string, key: Buffer | undefined): [string, Buffer][] {
  return key === undefined ? [] : [[id, key]]
}

const encoded = (sealed: Buffer): string => sealed.toString('base64url')

async function loadKeys(handle: FileHandle, file: string, sealer: KeySealer): Promise<Map<string, Kept>> {
  const text = await handle.readFile('utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  // A crash can leave half a line. Its key was never acknowledged, so no commitment was made with it.
  if (whole.length < text.length) await handle.truncate(Buffer.byteLength(whole))
  const keys = new Map<string, Kept>()
  let start = 0
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    const [id = '', sealed = ''] = line.split(' ')
    if (id === '' || sealed === '') throw new Error(`${file} is damaged at line ${index + 1}`)
    const key = sealed.startsWith(BLOT) ? undefined : await unsealed(sealer, id, sealed, `${file} at line ${index + 1}`)
    keys.set(id, { key, offset: start + Buffer.byteLength(id) + 1, length: sealed.length })
    start += Buffer.byteLength(line) + 1
  }
  return keys
}

async function unsealed(sealer: KeySealer, id: string, sealed: string, place: string): Promise<Buffer> {
  const key = await sealer.unseal(id, Buffer.from(sealed, 'base64url')).catch(() => undefined)
  if (key?.length === KEY_BYTES) return key
  throw new ConfigError(`${place} is damaged, or sealed under another master key. Restore both from one backup.`)
}
