// Keys that stand where the configuration says, instead of in DATA_DIR.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { openLogSigner } from '../../core/evidence/log-signer.ts'
import { openMasterKey } from '../../core/evidence/master-key.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { startServer } from '../../gateway/server.ts'
import { temporaryFolder } from '../commands/folder.ts'

const folder = temporaryFolder()
let made = 0
const fresh = () => join(folder, `data-${made++}`)
const fileWith = async (text: string, mode = 0o600) => {
  const file = join(folder, `key-${made++}`)
  await writeFile(file, text, { mode })
  return file
}
const ed25519 = () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

describe('the key of the log', () => {
  it('that is configured signs, and none is made beside it', async () => {
    const [dataDir, file] = [fresh(), await fileWith(ed25519())]
    const signer = await openLogSigner(dataDir, 'log.example', file)
    await signer.sign(0, Buffer.from('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=', 'base64'))
    expect((await openLogSigner(dataDir, 'log.example', file)).verifierKey).toBe(signer.verifierKey)
    expect((await readdir(dataDir)).sort()).toEqual(['checkpoint', 'log-key.pub'])
  })

  it.each([
    ['is not there', () => join(folder, 'nowhere'), 'There is no'],
    ['others may read', () => fileWith(ed25519(), 0o644), 'others may read it'],
    ['is no key', () => fileWith('-----BEGIN PRIVATE KEY-----\nsecret\n'), 'is no private Ed25519 key in PEM'],
    [
      'is of another kind',
      () => {
        const { privateKey } = generateKeyPairSync('x25519')
        return fileWith(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
      },
      'is no private Ed25519 key in PEM',
    ],
  ])('is refused at the start where it %s', async (_, file, sentence) => {
    const config = readConfig({ DATA_DIR: fresh(), PORT: '0', LOG_LEVEL: 'silent', LOG_KEY_FILE: await file() })
    const graph = await openEmbedded({ durability: 'os' })
    const start = startServer(config, { graph })
    await expect(start).rejects.toThrow(sentence)
    await expect(start).rejects.not.toThrow('secret')
  })
})

describe('the master key', () => {
  const KEY = Buffer.alloc(32, 9)

  it('is made at the first start for its owner only, and is the same afterwards', async () => {
    const dataDir = fresh()
    const sealed = await (await openMasterKey(dataDir)).seal('a', KEY)
    expect(await (await openMasterKey(dataDir)).unseal('a', sealed)).toEqual(KEY)
    expect((await stat(join(dataDir, 'master-key'))).mode & 0o777).toBe(0o600)
    expect(Buffer.from(await readFile(join(dataDir, 'master-key'), 'utf8'), 'base64')).toHaveLength(32)
  })

  it('that is configured seals, and none is made beside it', async () => {
    const [dataDir, file] = [fresh(), await fileWith(`${randomBytes(32).toString('base64')}\n`)]
    const sealed = await (await openMasterKey(dataDir, file)).seal('a', KEY)
    expect(await (await openMasterKey(fresh(), file)).unseal('a', sealed)).toEqual(KEY)
    await expect(readdir(dataDir)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('seals the same key each time otherwise, and opens it for no other name and after no change', async () => {
    const sealer = await openMasterKey(fresh())
    const [one, two] = [await sealer.seal('a', KEY), await sealer.seal('a', KEY)]
    expect(one.equals(two)).toBe(false)
    await expect(sealer.unseal('b', one)).rejects.toThrow()
    for (let at = 0; at < one.length; at++) {
      const changed = Buffer.from(one)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(sealer.unseal('a', changed)).rejects.toThrow()
    }
  })

  it.each([
    ['is not there', async () => join(folder, 'nowhere'), 'which MASTER_KEY_FILE names'],
    ['others may read', () => fileWith(randomBytes(32).toString('base64'), 0o640), 'others may read it'],
    ['is too short', () => fileWith(randomBytes(31).toString('base64')), 'is no master key'],
    ['is no base64', () => fileWith('x'.repeat(44)), 'is no master key'],
  ])('is refused where it %s', async (_, file, sentence) => {
    await expect(openMasterKey(fresh(), await file())).rejects.toThrow(sentence)
  })

  it('is refused where the file of keys was sealed under another', async () => {
    const dataDir = fresh()
    const config = readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' })
    await (await startServer(config, { graph: await openEmbedded({ durability: 'os' }) })).close()
    await writeFile(join(dataDir, 'master-key'), randomBytes(32).toString('base64'))
    await chmod(join(dataDir, 'master-key'), 0o600)
    const again = startServer(config, { graph: await openEmbedded({ durability: 'os' }) })
    await expect(again).rejects.toThrow('sealed under another master key')
  })
})
