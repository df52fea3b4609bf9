// One random key per subject, in one file outside the graph: whoever holds the graph alone cannot tell whom a commitment
// speaks of, and destroying a key (with the evidence issue) makes its commitments meaningless for ever.
import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ApiError } from '../errors.ts'

export interface SubjectKeys {
  /**
   * The keys of these subjects; makes those that are missing. When it resolves, all of them are on disk, so that no
   * transaction can commit a commitment whose key a power cut takes away. Throws EVIDENCE_UNAVAILABLE.
   */
  keysOf(subjectIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  /** The keys of those among these that have one. Makes none. */
  knownKeysOf(subjectIds: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  close(): Promise<void>
}

const KEY_BYTES = 32

/** Opens or makes the key file: one line `subjectId base64url(key)` a subject, readable by its owner only. */
export async function openSubjectKeys(file: string): Promise<SubjectKeys> {
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(file, 'a+', 0o600)
  const keys = await loadKeys(handle, file)
  let wholeBytes = (await handle.stat()).size
  let isWhole = true
  let queue: Promise<unknown> = Promise.resolve()

  async function add(missing: readonly string[]): Promise<void> {
    const fresh = missing.filter(id => !keys.has(id)).map(id => [id, randomBytes(KEY_BYTES)] as const)
    if (fresh.length === 0) return
    const lines = fresh.map(([id, key]) => `${id} ${key.toString('base64url')}\n`).join('')
    // What an append left that found no room must not stand before the next line: the file could not be read again.
    if (!isWhole) await handle.truncate(wholeBytes)
    isWhole = false
    await handle.appendFile(lines)
    await handle.datasync()
    isWhole = true
    wholeBytes += Buffer.byteLength(lines)
    for (const [id, key] of fresh) keys.set(id, key)
  }

  return {
    keysOf: async subjectIds => {
      const missing = subjectIds.filter(id => !keys.has(id))
      if (missing.length > 0) {
        // One writer at a time: two units that meet the same new subject must not give it two keys.
        const added = queue.then(() => add([...new Set(missing)]))
        queue = added.catch(() => undefined)
        await added.catch(cause => {
          throw new ApiError('EVIDENCE_UNAVAILABLE', {}, cause)
        })
      }
      return new Map(subjectIds.flatMap(id => entryOf(keys, id)))
    },
    knownKeysOf: async subjectIds => new Map(subjectIds.flatMap(id => entryOf(keys, id))),
    close: async () => {
      await queue
      await handle.close()
    },
  }
}

function entryOf(keys: ReadonlyMap<string, Buffer>, id: string): [string, Buffer][] {
  const key = keys.get(id)
  return key === undefined ? [] : [[id, key]]
}

async function loadKeys(handle: FileHandle, file: string): Promise<Map<string, Buffer>> {
  const text = await handle.readFile('utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  // A crash can leave half a line. Its key was never acknowledged, so no commitment was made with it.
  if (whole.length < text.length) await handle.truncate(Buffer.byteLength(whole))
  const keys = new Map<string, Buffer>()
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    const [id, encoded = ''] = line.split(' ')
    const key = Buffer.from(encoded, 'base64url')
    if (id === undefined || key.length !== KEY_BYTES) throw new Error(`${file} is damaged at line ${index + 1}`)
    keys.set(id, key)
  }
  return keys
}
