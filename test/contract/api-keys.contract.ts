import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createApiKey, looksLikeApiKey, viewerOfApiKey, viewerOfKeyId } from '../../core/access/api-keys.ts'
import type { Instant } from '../../core/clock.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { Viewer } from '../../core/viewer.ts'
import { NOW, openServices, type TestServices } from '../support/services.ts'

const EXPIRES = '2026-04-01T00:00:00.000Z' as Instant
const PARTNER: Viewer = { kind: 'PARTNER', id: 'partner-1', purposes: ['PARTNER_SHARING'] }

/** A key stands for its viewer until it expires; the graph could not make one. */
export function describeApiKeys(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const keyOf = (viewer: Viewer) =>
    services.graph.write(unit => createApiKey(unit, { viewer, createdAt: NOW as Instant, expiresAt: EXPIRES }))
  const viewerOf = (key: string, at: string = NOW) => viewerOfApiKey(services.graph, key, at as Instant)

  it.each<Viewer>([
    PARTNER,
    { kind: 'ANALYST', id: 'analyst-1', purposes: ['ANALYTICS', 'AI_TRAINING'] },
    { kind: 'ANALYST', id: 'narrowed to nothing', purposes: [] },
    { kind: 'ANALYST', id: 'not narrowed' },
    { kind: 'PARTNER', id: 'refuses', refusesPruned: true },
  ])('stands for its viewer: %o', async viewer => {
    const key = await keyOf(viewer)
    expect(looksLikeApiKey(key)).toBe(true)
    expect(await viewerOf(key)).toEqual(viewer)
  })

  it('is found by its id, which is no secret, until it expires', async () => {
    const [, id = ''] = (await keyOf(PARTNER)).split('_')
    const found = (keyId: string, at: string = NOW) => viewerOfKeyId(services.graph, keyId, at as Instant)
    expect(await found(id)).toEqual(PARTNER)
    expect([await found(id, EXPIRES), await found('000000000000')]).toEqual([undefined, undefined])
  })

  it('is kept as a hash only', async () => {
    const [, id, secret = ''] = (await keyOf(PARTNER)).split('_')
    const [row] = await services.read('MATCH (k:ApiKey {id: $id}) RETURN properties(k)', { id: id ?? '' })
    const kept = JSON.stringify(row)
    expect(kept).toContain('partner-1')
    expect(kept).not.toContain(secret)
    expect(secret).toHaveLength(43)
  })

  it('is another one each time', async () => {
    const keys = await Promise.all([keyOf(PARTNER), keyOf(PARTNER)])
    expect(new Set(keys.flatMap(key => key.split('_').slice(1))).size).toBe(4)
    expect(await Promise.all(keys.map(key => viewerOf(key)))).toEqual([PARTNER, PARTNER])
  })

  it.each([
    ['2026-03-31T23:59:59.999Z', 'still stands', PARTNER],
    [EXPIRES, 'is expired', undefined],
    ['2027-01-01T00:00:00.000Z', 'is expired', undefined],
  ])('at %s %s', async (at, _, viewer) => {
    expect(await viewerOf(await keyOf(PARTNER), at)).toEqual(viewer)
  })

  it('stands for nobody with another secret, another id or another form', async () => {
    const [key, other] = [await keyOf(PARTNER), await keyOf(PARTNER)]
    const [, id, secret] = key.split('_')
    const [, otherId] = other.split('_')
    const forged = [
      `sg_${id}_${'A'.repeat(43)}`,
      `sg_${otherId}_${secret}`,
      `sg_000000000000_${secret}`,
      `sg_${id}_`,
      `sg_${id}_${secret}x`,
      `sg_${id}_${secret}\n`,
      ` ${key}`,
      `SG_${id}_${secret}`,
      `sg__${secret}`,
      'sg_',
      '',
    ]
    expect(await Promise.all(forged.map(each => viewerOf(each)))).toEqual(forged.map(() => undefined))
  })
}
