// Events of every source as its sample data has them, spoilt at random: by seed, so that a failure can be had again.
import { seedRecords, siloRecords } from '../../seeds/generate.ts'
import { Random } from '../../seeds/random.ts'

interface CorruptedBatch {
  readonly source: string
  readonly events: readonly { readonly eventId: string; readonly payload: unknown }[]
}

const EVIL = [null, '', '\ud800', '\u0000', 1e308, -1, [], {}, 'x'.repeat(30_000), '2031-01-01T00:00:00Z', true]

/** At least so many events in batches of one source; half of them whole, some sent twice, some twice with other content. */
export function* corruptedEvents(count: number, batch: number, seed = 8): Generator<CorruptedBatch> {
  const random = new Random(seed)
  const records = [...seedRecords(40), ...siloRecords(40)]
  const bySource = new Map<string, typeof records>()
  for (const record of records) bySource.set(record.source, [...(bySource.get(record.source) ?? []), record])
  const sources = [...bySource.keys()]
  for (let made = 0; made < count; ) {
    const source = sources[random.below(sources.length)] ?? ''
    const events = Array.from({ length: Math.min(batch, 1 + random.below(batch)) }, () => {
      const { eventId, payload } = random.pick(bySource.get(source) ?? [])
      const id = random.chance(0.7) ? `${eventId}/${random.below(count)}` : eventId
      return { eventId: id, payload: random.chance(0.5) ? payload : spoilt(payload, random) }
    })
    made += events.length
    yield { source, events }
  }
}

/** The same with one of its parts replaced, removed, renamed, or added. */
function spoilt(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || random.chance(0.1))
    return random.pick(EVIL)
  const entries = Object.entries(value)
  if (entries.length === 0) return random.pick(EVIL)
  const at = random.below(entries.length)
  const [key, inner] = entries[at] ?? ['', null]
  const others = entries.filter((_, index) => index !== at)
  switch (random.below(4)) {
    case 0:
      return Object.fromEntries(others)
    case 1:
      return Object.fromEntries([...others, [`${key}X`, inner]])
    case 2:
      return JSON.parse(JSON.stringify(Object.fromEntries(entries)).replace('{', '{"__proto__":{"polluted":true},'))
    default:
      return Object.fromEntries([...others, [key, spoilt(inner, random)]])
  }
}
