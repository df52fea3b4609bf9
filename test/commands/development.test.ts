import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../core/config.ts'
import { type DevelopmentViewer, openDevelopment, saveViewers, signToken } from '../../core/development.ts'
import { temporaryFolder } from './folder.ts'

const folder = temporaryFolder()
const rep: DevelopmentViewer = { kind: 'REP', id: 'seller-1', region: 'EU-DE' }
const partner: DevelopmentViewer = { kind: 'PARTNER', id: 'partner-1', apiKey: 'sg_partner-1_secret' }

describe('The development file', () => {
  test('is made once, with a fresh key that only its owner may read', async () => {
    const dataDir = join(folder, 'fresh', 'deeper')
    const made = await openDevelopment(dataDir)
    expect(made.viewers).toEqual({})
    expect(await openDevelopment(dataDir)).toEqual(made)
    expect(statSync(join(dataDir, 'development.json')).mode & 0o777).toBe(0o600)
    expect((await openDevelopment(join(folder, 'other'))).publicJwk.x).not.toBe(made.publicJwk.x)
  })

  test('has one key when several processes make it at once', async () => {
    const dataDir = join(folder, 'together')
    const opened = await Promise.all(Array.from({ length: 16 }, () => openDevelopment(dataDir)))
    expect(new Set(opened.map(({ publicJwk }) => publicJwk.x)).size).toBe(1)
    expect(readdirSync(dataDir)).toEqual(['development.json'])
  })

  test('is whole for every reader while it is written', async () => {
    const dataDir = join(folder, 'busy')
    await saveViewers(dataDir, { rep })
    const writing = async () => {
      for (let round = 0; round < 20; round += 1) await saveViewers(dataDir, { [`rep-${round}`]: rep })
    }
    const reading = async () => {
      for (let round = 0; round < 200; round += 1) {
        expect((await openDevelopment(dataDir)).viewers.rep).toEqual(rep)
      }
    }
    await Promise.all([writing(), reading(), reading()])
    expect(Object.keys((await openDevelopment(dataDir)).viewers)).toHaveLength(21)
    expect(statSync(join(dataDir, 'development.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['development.json'])
  })

  test('is refused when others may read it', async () => {
    const dataDir = join(folder, 'open')
    await openDevelopment(dataDir)
    chmodSync(join(dataDir, 'development.json'), 0o640)
    await expect(openDevelopment(dataDir)).rejects.toThrow(/Expected mode 0600/)
  })

  test.each([
    ['text', 'not json', /is not JSON/],
    ['another shape', '{"privateJwk": {"d": "the-secret"}}', /see issuer, privateJwk\.kty/],
  ])('is refused with its places and none of its values when it holds %s', async (name, content, message) => {
    const dataDir = join(folder, `bad ${name}`)
    await openDevelopment(dataDir)
    writeFileSync(join(dataDir, 'development.json'), content)
    const refused = await openDevelopment(dataDir).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ConfigError)
    expect(String(refused)).toMatch(message)
    expect(String(refused)).not.toContain('the-secret')
  })

  test('keeps the key and the other viewers when one is saved', async () => {
    const dataDir = join(folder, 'saved')
    const { publicJwk } = await saveViewers(dataDir, { rep })
    const after = await saveViewers(dataDir, { partner })
    expect(after.publicJwk).toEqual(publicJwk)
    expect(after.viewers).toEqual({ rep, partner })
    expect(JSON.parse(readFileSync(join(dataDir, 'development.json'), 'utf8'))).toEqual(after)
  })
})

describe('A development token', () => {
  test('carries the viewer and is verified with the public key alone', async () => {
    const development = await saveViewers(join(folder, 'token'), { rep })
    const token = await signToken(development, 'rep', { audience: 'sovereign-graph', expiresInSeconds: 60 })
    const key = await importJWK(development.publicJwk, 'EdDSA')
    const { payload } = await jwtVerify(token, key, {
      issuer: development.issuer,
      audience: 'sovereign-graph',
      algorithms: ['EdDSA'],
    })
    expect(payload).toMatchObject({ sub: 'seller-1', kind: 'REP', region: 'EU-DE' })
    expect(payload.jti).toMatch(/^[0-9a-f-]{36}$/)
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
    expect(decodeProtectedHeader(token).alg).toBe('EdDSA')
  })

  test('can narrow the purposes and name another issuer', async () => {
    const development = await openDevelopment(join(folder, 'claims'))
    const token = await signToken(
      development,
      { kind: 'ANALYST', id: 'analyst-1', purposes: ['ANALYTICS'] },
      { audience: 'a', expiresInSeconds: 60, issuer: 'elsewhere' },
    )
    const { payload } = await jwtVerify(token, await importJWK(development.publicJwk, 'EdDSA'), { issuer: 'elsewhere' })
    expect(payload).toMatchObject({ sub: 'analyst-1', purposes: ['ANALYTICS'] })
    expect(payload).not.toHaveProperty('region')
  })

  test('is refused for an unknown viewer with the list of those that exist', async () => {
    const development = await saveViewers(join(folder, 'unknown'), { rep, partner })
    const signing = signToken(development, 'toString', { audience: 'a', expiresInSeconds: 60 })
    await expect(signing).rejects.toThrow('Expected one of: rep, partner.')
  })
})
