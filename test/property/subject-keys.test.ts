import { chmod, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSubjectKeys } from '../../core/evidence/subject-keys.ts'

const KEY = Buffer.alloc(32, 7).toString('base64url')

describe('the keys of subjects', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sovereign-keys-'))
    file = join(folder, 'made', 'subject-keys')
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await rm(folder, { recursive: true })
  })

  /** Asks for the keys of these subjects in an opening of its own. */
  const keysOf = async (...ids: string[]) => {
    const keys = await openSubjectKeys(file)
    const found = await keys.keysOf(ids)
    await keys.close()
    return Object.fromEntries([...found].map(([id, key]) => [id, key.toString('base64url')]))
  }
  const fileWith = async (text: string) => {
    await keysOf()
    await writeFile(file, text)
  }

  it('are 32 random bytes each, one a subject', async () => {
    const found = await keysOf('a', 'b')
    expect(Object.values(found).map(key => Buffer.from(key, 'base64url').length)).toEqual([32, 32])
    expect(found.a).not.toBe(found.b)
  })

  it('are the same after the file is opened again', async () => {
    const before = await keysOf('a', 'b')
    expect(await keysOf('b', 'a', 'c')).toMatchObject(before)
  })

  it('stand in a file that only its owner may read', async () => {
    await keysOf('a')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('of one subject asked for twice at a time are one key', async () => {
    const keys = await openSubjectKeys(file)
    const found = await Promise.all([keys.keysOf(['a', 'b']), keys.keysOf(['b', 'a', 'a']), keys.keysOf(['a'])])
    await keys.close()
    expect(new Set(found.map(each => each.get('a')?.toString('hex'))).size).toBe(1)
    expect((await readFile(file, 'utf8')).match(/^a /gm)).toHaveLength(1)
  })

  it('lose nothing but a last line that a crash left unfinished', async () => {
    await fileWith(`a ${KEY}\nb ${KEY.slice(0, 20)}`)
    const found = await keysOf('a', 'b')
    expect(found.a).toBe(KEY)
    expect(found.b).not.toBe(KEY)
    expect(await keysOf('a', 'b')).toEqual(found)
  })

  it.each([
    ['a line cut short', `a ${KEY.slice(0, 20)}\nb ${KEY}\n`],
    ['a line without a key', `a\nb ${KEY}\n`],
    ['an empty line', `a ${KEY}\n\nb ${KEY}\n`],
    ['two lines in one', `a ${KEY.slice(0, 9)}b ${KEY}\n`],
  ])('are refused with %s before the last', async (_, text) => {
    await fileWith(text)
    await expect(openSubjectKeys(file)).rejects.toThrow(/damaged at line/)
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('are refused when the file cannot be read', async () => {
    await fileWith(`a ${KEY}\n`)
    await chmod(file, 0o000)
    // Whoever may read everything sees no difference.
    const outcome = await openSubjectKeys(file).then(
      keys => keys.close().then(() => 'opened'),
      (error: NodeJS.ErrnoException) => error.code,
    )
    expect(outcome).toBe(process.getuid?.() === 0 ? 'opened' : 'EACCES')
  })

  describe('on a disk that fails', () => {
    /** The prototype of all file handles: the one place where a test can stand between the store and the disk. */
    const handles = async () => {
      const handle = await open(import.meta.filename, 'r')
      await handle.close()
      return Object.getPrototypeOf(handle) as Awaited<ReturnType<typeof open>>
    }

    it('are given out only when they are synced', async () => {
      const order: string[] = []
      const prototype = await handles()
      const { datasync } = prototype
      vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: typeof prototype) {
        await datasync.call(this)
        order.push(`synced ${(await readFile(file, 'utf8')).split(' ')[0]}`)
      })
      const keys = await openSubjectKeys(file)
      await keys.keysOf(['a']).then(() => order.push('given out'))
      await keys.keysOf(['a']).then(() => order.push('given out again'))
      await keys.close()
      expect(order).toEqual(['synced a', 'given out', 'given out again'])
    })

    it('are not given out when the sync fails, and later again', async () => {
      const prototype = await handles()
      vi.spyOn(prototype, 'datasync').mockRejectedValueOnce(new Error('EIO'))
      const keys = await openSubjectKeys(file)
      await expect(keys.keysOf(['a'])).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' })
      const key = (await keys.keysOf(['a'])).get('a')?.toString('base64url')
      await keys.close()
      expect(await keysOf('a')).toEqual({ a: key })
    })

    it('survive an append that found no room for its whole line', async () => {
      const prototype = await handles()
      const { appendFile } = prototype
      vi.spyOn(prototype, 'appendFile').mockImplementationOnce(async function (this: typeof prototype, text) {
        await appendFile.call(this, String(text).slice(0, 10))
        throw new Error('ENOSPC')
      })
      const keys = await openSubjectKeys(file)
      await expect(keys.keysOf(['lost'])).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' })
      const given = Object.fromEntries(
        [...(await keys.keysOf(['a', 'b']))].map(([id, key]) => [id, key.toString('base64url')]),
      )
      await keys.close()
      expect(await keysOf('a', 'b')).toEqual(given)
    })
  })
})
