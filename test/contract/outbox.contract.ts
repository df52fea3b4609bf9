import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { DomainEvent } from '../../core/events/kinds.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { openServices, type TestServices } from '../support/services.ts'

/** Events have one gapless order, which is the order in which their units were committed. */
export function describeOutbox(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  /** Writes these events in one unit, each with this text as the id that it speaks of. */
  const tell = (...texts: readonly string[]) =>
    services.graph.write(unit =>
      services.outbox.append(
        unit,
        services.clock.now(),
        'entry',
        texts.map(text => ({ kind: 'OPPORTUNITIES_CHANGED', body: { opportunityIds: [text] } })),
      ),
    )
  const textOf = (event: DomainEvent) =>
    event.kind === 'OPPORTUNITIES_CHANGED' ? event.body.opportunityIds[0] : event.kind
  const eventsAfter = (sequence: number, limit: number) =>
    services.outbox.after({ run: services.graph.read.bind(services.graph) }, sequence, limit)

  it('numbers events without a gap from 1, in the order of their units and within them', async () => {
    await tell('a', 'b')
    await tell('c')
    const events = await eventsAfter(0, 10)
    expect(events.map(event => [event.sequence, textOf(event)])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ])
  })

  it('answers those after a number, up to a limit', async () => {
    await tell('a', 'b', 'c', 'd')
    expect((await eventsAfter(1, 2)).map(textOf)).toEqual(['b', 'c'])
    expect(await eventsAfter(4, 2)).toEqual([])
  })

  it('keeps no number for a unit that failed', async () => {
    const failed = services.graph.write(async unit => {
      await services.outbox.append(unit, services.clock.now(), 'entry', [
        { kind: 'OPPORTUNITIES_CHANGED', body: { opportunityIds: ['lost'] } },
      ])
      throw new Error('rolled back')
    })
    await expect(failed).rejects.toThrow('rolled back')
    await tell('a')
    expect((await eventsAfter(0, 10)).map(event => [event.sequence, textOf(event)])).toEqual([[1, 'a']])
  })

  it('has no gap for whoever reads while 20 write, and misses nobody', async () => {
    const writers = Array.from({ length: 20 }, (_, n) => tell(`${n}/1`, `${n}/2`))
    const seen: number[][] = []
    const reading = async () => {
      while (seen.at(-1)?.length !== 40) seen.push((await eventsAfter(0, 100)).map(event => event.sequence))
    }
    await Promise.all([reading(), ...writers])
    expect(seen.filter(numbers => numbers.some((number, index) => number !== index + 1))).toEqual([])
    const texts = (await eventsAfter(0, 100)).map(textOf)
    expect(new Set(texts).size).toBe(40)
    // Both events of a unit stand side by side.
    expect(texts.map(text => text?.split('/')[1]).join('')).toBe('12'.repeat(20))
  })
}
