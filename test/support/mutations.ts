import fc from 'fast-check'
import { expect } from 'vitest'
import { orRefused } from '../../core/evidence/strict-text.ts'

const runs = { numRuns: Number(process.env.CASES ?? 500) }

/** Every text of these bytes but one: a byte is replaced, inserted, removed, or the end cut off. */
const mutations = fc.record({
  at: fc.nat(),
  byte: fc.integer({ min: 0, max: 255 }),
  kind: fc.constantFrom('replace', 'insert', 'remove', 'cut'),
})
type Mutation = typeof mutations extends fc.Arbitrary<infer T> ? T : never

function mutated(text: string, { at, byte, kind }: Mutation): Buffer {
  const bytes = Buffer.from(text)
  const place = at % bytes.length
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place + 1)]
  if (kind === 'cut') return before
  if (kind === 'remove') return Buffer.concat([before, after])
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(place)])
  return Buffer.concat([before, Buffer.of(byte), after])
}

/** Holds the answer to each mutation, and to each turned bit of the text, against acceptance. */
export function expectEveryChangeRefused(text: string, accepts: (changed: Buffer) => boolean): void {
  const original = Buffer.from(text)
  expect(accepts(original)).toBe(true)
  fc.assert(
    fc.property(mutations, mutation => {
      const changed = mutated(text, mutation)
      fc.pre(!changed.equals(original))
      expect(accepts(changed)).toBe(false)
    }),
    runs,
  )
  for (let bit = 0; bit < original.length * 8; bit++) {
    const changed = Buffer.from(original)
    const place = Math.floor(bit / 8)
    changed.writeUInt8(changed.readUInt8(place) ^ (1 << (bit % 8)), place)
    if (accepts(changed)) expect.fail(`bit ${bit} may be turned`)
  }
}

/** Whether a parser of evidence takes its input. */
export function parses(parse: () => unknown): boolean {
  const parsed = orRefused(parse)
  return !(typeof parsed === 'object' && parsed !== null && 'kind' in parsed && parsed.kind === 'refused')
}
