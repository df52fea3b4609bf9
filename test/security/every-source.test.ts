// Whatever is wrong with a record, for each source the same: one dead letter that tells what was expected and never the value.
import { describe, expect, it } from 'vitest'
import { seedRecords, siloRecords } from '../../seeds/generate.ts'
import { validateRecords } from '../../subgraphs/customers/rules.ts'
import { sources } from '../../subgraphs/customers/sources/index.ts'

const NOW = '2026-11-02T08:00:00.000Z'
const seeded = [...seedRecords(60), ...siloRecords(60)]
const TIMES = /At$|^asOf$|^promisedFor$|^validUntil$/

type Json = { [key: string]: unknown }

/** Each place of a record, as the keys that lead to it. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))]
}

function changed(record: unknown, [key, ...rest]: readonly string[], change: (value: unknown) => unknown): unknown {
  if (key === undefined) return change(record)
  return { ...(record as Json), [key]: changed((record as Json)[key], rest, change) }
}

const examples = [...sources.values()].map(source => {
  const example = seeded.find(record => record.source === source.name)
  if (example === undefined) throw new Error(`no example of ${source.name}`)
  return { source, payload: example.payload }
})

describe.each(examples)('$source.name', ({ source, payload }) => {
  const outcome = (record: unknown) => validateRecords(source, [{ eventId: 'e', payload: record }], [], NOW)
  const places = placesIn(payload).filter(path => path.length > 0)
  const leaves = places.filter(
    path => typeof path.reduce((at, key) => (at as Json)[key], payload as unknown) !== 'object',
  )
  const times = leaves.filter(path => TIMES.test(path.at(-1) ?? ''))

  it('takes its example', () => {
    expect(outcome(payload)).toMatchObject({ valid: [{ eventId: 'e' }], dead: [] })
  })

  it.each([
    ['of another type', () => ({ canary: 'canary' })],
    ['half a surrogate pair', () => 'canary\ud800'],
    ['too long', () => 'canary'.repeat(10_000)],
    ['a list', () => ['canary']],
    ['null', () => null],
  ])('refuses any value that is %s, tells where, and not what', (_, change) => {
    for (const path of leaves) {
      const { valid, dead } = outcome(changed(payload, path, change))
      expect([valid.length, dead.length], path.join('.')).toEqual([0, 1])
      expect(dead[0]).toMatchObject({ reason: 'SCHEMA' })
      expect(dead[0]?.detail).toContain(path[0])
      expect(dead[0]?.detail).not.toContain('canary')
    }
  })

  it('refuses a field that nobody knows at any place, also one that reaches for the prototype', () => {
    const objects = [[], ...places.filter(path => !leaves.includes(path))]
    for (const path of objects) {
      for (const key of ['extra', '__proto__', 'constructor']) {
        const added = JSON.parse(`{"${key}": {"polluted": true}}`) as Json
        const record = changed(payload, path, value =>
          Object.defineProperties({ ...(value as Json) }, Object.getOwnPropertyDescriptors(added)),
        )
        expect(outcome(record).dead, `${path.join('.')}.${key}`).toHaveLength(1)
      }
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it.each([null, undefined, 'text', 7, [], {}])('refuses %j', record => {
    expect(outcome(record).dead).toHaveLength(1)
  })

  it('takes times with a zone alone, kept in UTC, and none before 1990', () => {
    // Accounts of a CRM need not say when they were changed.
    expect(times.length > 0 || source.name === 'crm-account').toBe(true)
    for (const path of times) {
      for (const bad of [
        '2026-10-01 10:00',
        '2026-10-01T10:00:00',
        '2026-13-01T00:00:00Z',
        '1989-12-31T23:59:59Z',
        'yesterday',
      ]) {
        expect(outcome(changed(payload, path, () => bad)).dead[0]?.reason, `${path.join('.')} ${bad}`).toBe('SCHEMA')
      }
    }
  })

  it('takes what a clock a day ahead states, and not what one further ahead does', () => {
    const ahead = (hours: number) => new Date(Date.parse(NOW) + hours * 3_600_000).toISOString()
    const all = (time: string) =>
      times.reduce((record: unknown, path) => {
        // What is in force later, ends later than it begins.
        const isEnd = ['endsAt', 'validUntil', 'promisedFor', 'closedAt'].includes(path.at(-1) ?? '')
        return changed(record, path, () => (isEnd ? ahead(2_000) : time))
      }, payload)
    const read = source.read(all(ahead(24)))
    if (read.kind === 'accepted' && read.facts.statedAt === undefined) return
    expect(outcome(all(ahead(24))).dead.map(({ detail }) => detail)).toEqual([])
    expect(outcome(all(ahead(24.01))).dead[0]?.reason).toBe('TIME')
  })

  it('keeps names without what has no width, and refuses what turns their direction', () => {
    const record = payload as Json
    const named = ['customer', 'account', 'seller'].filter(part => part in record)
    for (const part of named) {
      const name = (text: string) => changed(payload, [part, 'name'], () => text)
      const kept = outcome(name('A\u200bn\ufeffn\u00ada\u0301')).valid[0]?.payload ?? ''
      expect((JSON.parse(kept) as { [part: string]: { name: string } })[part]?.name).toBe('Ann\u00e1')
      for (const turning of ['\u202eevil', 'a\u2066b', '\u200fx']) {
        expect(outcome(name(turning)).dead[0]?.detail).toContain(`${part}.name`)
      }
      expect(outcome(name('\u200b')).dead).toHaveLength(1)
    }
  })
})
