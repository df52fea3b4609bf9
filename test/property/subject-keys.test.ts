import { chmod, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sealerWith } from '../../core/evidence/master-key.ts'
import { openSubjectKeys as openSealed } from '../../core/evidence/subject-keys.ts'

const KEY = Buffer.alloc(32, 7)
const SEALER = sealerWith(Buffer.alloc(32, 1))
const openSubjectKeys = (file: string) => openSealed(file, SEALER)
/** The line of a subject whose key is KEY. */
const lineOf = async (id: string) => `${id} ${(await SEALER.seal(id, KEY)).toString('base64url')}\n`

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

  /** The prototype of all file handles: the one place where a test can stand between the store and the disk. */
  const handles = async () => {
    const handle = await open(import.meta.filename, 'r')
    await handle.close()
    return Object.getPrototypeOf(handle) as Awaited<ReturnType<typeof open>>
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

  it('of one subject are one key for processes that share the file, whoever met it first', async () => {
    const [one, two] = [await openSubjectKeys(file), await openSubjectKeys(file)]
    const found = await Promise.all([
      ...['a', 'b', 'c'].map(id => one.keysOf([id])),
      ...['c', 'b', 'a', 'd'].map(id => two.keysOf([id])),
    ])
    await one.close()
    await two.close()
    const kept = await keysOf('a', 'b', 'c', 'd')
    for (const each of found) {
      for (const [id, key] of each) expect(key.toString('base64url')).toBe(kept[id])
    }
    const last = await openSubjectKeys(file)
    await last.destroy('b')
    await last.close()
    expect(await readFile(file, 'utf8')).not.toMatch(/^b [^.]/m)
  })

  it('lose nothing but a last line that a crash left unfinished', async () => {
    await fileWith(`${await lineOf('a')}${(await lineOf('b')).slice(0, 20)}`)
    const found = await keysOf('a', 'b')
    expect(found.a).toBe(KEY.toString('base64url'))
    expect(found.b).not.toBe(found.a)
    expect(await keysOf('a', 'b')).toEqual(found)
  })

  it.each<[string, (line: string) => string]>([
    ['a line cut short', line => `${line.slice(0, 20)}\n`],
    ['a line without a key', () => 'a\n'],
    ['an empty line', line => `${line}\n`],
    ['two lines in one', line => `${line.slice(0, 9)}${line}`],
    ['the key of another subject', line => line.replace('a ', 'c ')],
    ['a key that was changed', line => line.replace(/.\n$/, '-\n')],
  ])('are refused with %s before the last', async (_, damaged) => {
    const text = `${damaged(await lineOf('a'))}${await lineOf('b')}`
    await fileWith(text)
    await expect(openSubjectKeys(file)).rejects.toThrow(/line \d/)
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('stand in their file sealed, and open under no other master key', async () => {
    const found = await keysOf('a')
    const text = await readFile(file, 'latin1')
    const key = Buffer.from(found.a ?? '', 'base64url')
    for (const form of ['base64url', 'base64', 'hex', 'latin1'] as const) expect(text).not.toContain(key.toString(form))
    await expect(openSealed(file, sealerWith(Buffer.alloc(32, 2)))).rejects.toThrow('another master key')
  })

  describe('when one is destroyed', () => {
    const destroyed = async (...ids: string[]) => {
      const keys = await openSubjectKeys(file)
      for (const id of ids) await keys.destroy(id)
      await keys.close()
    }

    it('is gone from the file, where the others stay', async () => {
      const before = await keysOf('a', 'b', 'c')
      const sealed = /^b (.*)$/m.exec(await readFile(file, 'utf8'))?.[1] ?? ''
      await destroyed('b')
      const text = await readFile(file, 'utf8')
      expect(sealed).not.toBe('')
      expect(text).not.toContain(sealed)
      expect(await keysOf('a', 'c')).toEqual({ a: before.a, c: before.c })
    })

    it.each(['b', 'never-made'])('is never made again: each call answers another (%s)', async id => {
      const before = await keysOf('a', 'b')
      await destroyed(id)
      const keys = await openSubjectKeys(file)
      const given = await Promise.all([keys.keysOf([id]), keys.keysOf([id]), keys.keysOf(['a', id])])
      await keys.close()
      const all = [before[id], ...given.map(each => each.get(id)?.toString('base64url'))]
      expect(new Set(all).size).toBe(all.length)
      expect(await keysOf('a')).toEqual({ a: before.a })
    })

    it('again does no harm, and new keys follow', async () => {
      await keysOf('a')
      await destroyed('a', 'a', 'x', 'x')
      const found = await keysOf('b')
      expect(await keysOf('b')).toEqual(found)
    })

    it('is destroyed also by a process that died in the middle of it', async () => {
      await keysOf('a', 'b')
      const text = await readFile(file, 'utf8')
      await fileWith(text.replace(/^a .{40}/, `a ${'.'.repeat(40)}`))
      expect(await keysOf('a')).not.toEqual(await keysOf('a'))
    })

    it('is not said to be while the disk fails', async () => {
      await keysOf('a')
      const keys = await openSubjectKeys(file)
      vi.spyOn(await handles(), 'datasync').mockRejectedValueOnce(new Error('EIO'))
      await expect(keys.destroy('a')).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' })
      await keys.destroy('a')
      await keys.close()
      expect(await readFile(file, 'utf8')).toMatch(/^a \.+\n$/)
    })
  })

  it('are refused when the file cannot be read', async () => {
    await fileWith(await lineOf('a'))
    await chmod(file, 0o000)
    // Whoever may read everything sees no difference.
    const outcome = await openSubjectKeys(file).then(
      keys => keys.close().then(() => 'opened'),
      (error: NodeJS.ErrnoException) => error.code,
    )
    expect(outcome).toBe(process.getuid?.() === 0 ? 'opened' : 'EACCES')
  })

  describe('on a disk that fails', () => {
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
