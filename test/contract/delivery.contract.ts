import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ApiError } from '../../core/errors.ts'
import { type Delivery, deliveryOf } from '../../core/events/delivery.ts'
import type { DomainEvent, EventKind } from '../../core/events/kinds.ts'
import type { EventConsumer } from '../../core/events/outbox.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { countingGraph } from '../support/counting-graph.ts'
import { graphThatFailsAt } from '../support/faulty-graph.ts'
import { gate } from '../support/gate.ts'
import { openServices, type TestServices } from '../support/services.ts'

const LEASE_IS_OVER = '2026-03-02T08:00:31.000Z'
const AN_OUTAGE = new ApiError('GRAPH_UNAVAILABLE')

/** Each consumer is brought each event in its order, at least once, by one process at a time. */
export function describeDelivery(openGraph: () => Promise<Graph>): void {
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

  const failures: string[] = []
  /** A process that delivers to these consumers. */
  const processWith = (consumers: readonly EventConsumer[], graph: Graph = services.graph): Delivery => {
    const delivery = deliveryOf({ ...services, graph }, consumers, {
      failed: (consumer, event, code) => failures.push(`${consumer} ${event.sequence} ${code}`),
    })
    onTestFinished(() => delivery.stop())
    return delivery
  }
  /** A consumer that notes what it is brought. */
  const noting = (
    noted: unknown[],
    before: (event: DomainEvent) => unknown = () => undefined,
    kinds: readonly EventKind[] = ['OPPORTUNITIES_CHANGED'],
  ): EventConsumer => ({
    name: 'test/notes',
    kinds,
    consume: async event => {
      await before(event)
      noted.push(textOf(event))
    },
  })
  beforeEach(() => {
    failures.length = 0
  })

  describe('delivery', () => {
    it('brings every event of its kinds in order, once, also what is told later', async () => {
      const noted: unknown[] = []
      const delivery = processWith([noting(noted)])
      await tell('a', 'b')
      await delivery.settle()
      await tell('c')
      await delivery.settle()
      await delivery.settle()
      expect(noted).toEqual(['a', 'b', 'c'])
    })

    it('passes over events of other kinds', async () => {
      const noted: unknown[] = []
      await tell('a')
      await processWith([noting(noted, undefined, ['CONSENT_CHANGED'])]).settle()
      expect(noted).toEqual([])
      expect(await services.read('MATCH (c:Consumer) RETURN c.position')).toEqual([[1]])
    })

    it('goes on where the process before it ended, in batches', async () => {
      const noted: unknown[] = []
      const texts = Array.from({ length: 250 }, (_, n) => `${n}`)
      await tell(...texts)
      const first = processWith([noting(noted)])
      await first.settle()
      await first.stop()
      await tell('last')
      await processWith([noting(noted)]).settle()
      expect(noted).toEqual([...texts, 'last'])
    })

    it('brings several events at once to a consumer that takes them together', async () => {
      const batches: unknown[][] = []
      const together: EventConsumer = {
        ...noting([]),
        consumeTogether: async events => {
          batches.push(events.map(textOf))
        },
      }
      await tell('a', 'b', 'c')
      await processWith([together]).settle()
      expect(batches).toEqual([['a', 'b', 'c']])
    })

    it("brings a handler's own events to a consumer that was asked before", async () => {
      const noted: unknown[] = []
      const answers: EventConsumer = {
        name: 'test/answers',
        kinds: ['OPPORTUNITIES_CHANGED'],
        consume: async event => {
          if (textOf(event) === 'question') await tell('answer')
        },
      }
      await tell('question')
      await processWith([noting(noted), answers]).settle()
      expect(noted).toEqual(['question', 'answer'])
    })

    it('settles only when each consumer has passed every event', async () => {
      const noted: unknown[] = []
      const slow = gate()
      await tell('a', 'b')
      const settled = processWith([noting(noted, () => slow.opened)])
        .settle()
        .then(() => noted.push('settled'))
      await tell('c')
      slow.open()
      await settled
      expect(noted).toEqual(['a', 'b', 'c', 'settled'])
    })

    it('settles what is told at the very moment at which it falls asleep', async () => {
      const noted: unknown[] = []
      const delivery = processWith([noting(noted)])
      const chain = async (rounds: number): Promise<void> => {
        if (rounds === 0) return
        await tell(`${rounds}`)
        await Promise.all([delivery.settle(), delivery.settle().then(() => chain(rounds - 1))])
      }
      await chain(10)
      expect(noted).toEqual(['10', '9', '8', '7', '6', '5', '4', '3', '2', '1'])
    })

    it('stops when what is under way is finished, and begins nothing more', async () => {
      const noted: unknown[] = []
      const [begun, proceed] = [gate(), gate()]
      await tell('a')
      const delivery = processWith([
        noting(noted, () => {
          begun.open()
          return proceed.opened
        }),
      ])
      delivery.wake()
      await begun.opened
      const stopped = delivery.stop().then(() => noted.push('stopped'))
      proceed.open()
      await stopped
      await tell('b')
      delivery.wake()
      await delivery.settle()
      expect(noted).toEqual(['a', 'stopped'])
    })
  })

  describe('two processes', () => {
    it('do not both deliver, and both settle when one has', async () => {
      const noted: unknown[] = []
      const texts = Array.from({ length: 30 }, (_, n) => `${n}`)
      await tell(...texts)
      const [one, two] = [processWith([noting(noted)]), processWith([noting(noted)])]
      await Promise.all([one.settle(), two.settle()])
      expect(noted).toEqual(texts)
    })

    it('take over from each other when a lease has run out', async () => {
      const noted: unknown[] = []
      const [begun, never] = [gate(), gate()]
      await tell('a')
      const stuck = processWith([
        noting([], () => {
          begun.open()
          return never.opened
        }),
      ])
      onTestFinished(never.open)
      stuck.wake()
      await begun.opened
      const second = processWith([noting(noted)])
      const settled = second.settle()
      services.clock.set(LEASE_IS_OVER)
      await settled
      expect(noted).toEqual(['a'])
      // The first one wakes up: it must not move the place of the second.
      await tell('b')
      await second.settle()
      never.open()
      await stuck.stop()
      expect(await services.read('MATCH (c:Consumer) RETURN c.position')).toEqual([[2]])
    })

    it('need not wait for the lease of one that stopped', async () => {
      const noted: unknown[] = []
      const first = processWith([noting(noted)])
      await first.settle()
      await first.stop()
      await tell('a')
      await processWith([noting(noted)]).settle()
      expect(noted).toEqual(['a'])
    })
  })

  describe('an event whose handler fails', () => {
    it('is parked after five tries, and the next ones pass', async () => {
      const noted: unknown[] = []
      await tell('a', 'poison', 'b')
      const poisoned = noting(noted, event => {
        if (textOf(event) === 'poison') throw new Error('cannot')
      })
      await processWith([poisoned]).settle()
      expect(noted).toEqual(['a', 'b'])
      expect(failures).toEqual(Array(5).fill('test/notes 2 INTERNAL_SERVER_ERROR'))
      expect(await services.read('MATCH (p:ParkedEvent) RETURN p.consumer, p.kind, p.sequence, p.code')).toEqual([
        ['test/notes', 'OPPORTUNITIES_CHANGED', 2, 'INTERNAL_SERVER_ERROR'],
      ])
    })

    it('among others that are taken together is found, and the others pass', async () => {
      const noted: unknown[] = []
      await tell('a', 'poison', 'b')
      const poisoned = noting(noted, event => {
        if (textOf(event) === 'poison') throw new Error('cannot')
      })
      const consumeTogether = async () => {
        throw new Error('one of them cannot')
      }
      await processWith([{ ...poisoned, consumeTogether }]).settle()
      expect(noted).toEqual(['a', 'b'])
      expect(await services.read('MATCH (p:ParkedEvent) RETURN p.sequence')).toEqual([[2]])
    })

    it('for a while passes by itself', async () => {
      const noted: unknown[] = []
      const tries = ['fails', 'fails']
      await tell('a')
      await processWith([
        noting(noted, () => {
          if (tries.pop() !== undefined) throw new ApiError('CONFLICT')
        }),
      ]).settle()
      expect(noted).toEqual(['a'])
      expect(await services.count('ParkedEvent')).toBe(0)
    })

    it.each([['GRAPH_UNAVAILABLE'], ['EVIDENCE_UNAVAILABLE']] as const)(
      'because of %s waits where it is, unparked, and is taken up again',
      async code => {
        const noted: unknown[] = []
        const outage = Array(7).fill(new ApiError(code))
        await tell('a', 'b')
        const delivery = processWith([
          noting(noted, event => {
            if (textOf(event) === 'b' && outage.length > 0) throw outage.pop()
          }),
        ])
        for (const _ of Array(7)) await expect(delivery.settle()).rejects.toMatchObject({ code })
        expect(noted.at(-1)).toBe('a')
        await delivery.settle()
        expect(noted.at(-1)).toBe('b')
        expect(await services.count('ParkedEvent')).toBe(0)
      },
    )
  })

  it('writes nothing while there is nothing to deliver', async () => {
    const graph = countingGraph(services.graph)
    const delivery = processWith([noting([])], graph)
    await delivery.settle()
    await tell('a')
    await delivery.settle()
    expect(graph.statements.filter(each => each.includes('MERGE'))).toHaveLength(1)
    graph.forget()
    await delivery.settle()
    expect(graph.statements.filter(each => /MERGE|SET|CREATE/.test(each))).toEqual([])
  })

  it.each([
    ['the lease', 'MERGE (c:Consumer'],
    ['the events', 'MATCH (e:DomainEvent'],
    ['the place', 'SET c.position = $position'],
  ])('an outage at the statement of %s loses no event', async (_, statement) => {
    const noted: unknown[] = []
    await tell('a', 'b')
    const delivery = processWith([noting(noted)], graphThatFailsAt(services.graph, statement, AN_OUTAGE))
    await expect(delivery.settle()).rejects.toBe(AN_OUTAGE)
    await delivery.settle()
    expect(noted.slice(-2)).toEqual(['a', 'b'])
    expect(await services.read('MATCH (c:Consumer) RETURN c.position')).toEqual([[2]])
  })
}
