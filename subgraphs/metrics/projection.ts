// Keeps the cells as the graph is. An event marks the entities that it is about; those are then taken out of the cells as they
// were counted and put in as they are. Late, corrected, withdrawn and erased facts therefore all come the same way.
import type { Services } from '../../core/context.ts'
import type { SubjectEraser } from '../../core/erasure/eraser.ts'
import { ApiError } from '../../core/errors.ts'
import { type DomainEvent, type EventKind, eventSchemas } from '../../core/events/kinds.ts'
import type { EventConsumer } from '../../core/events/outbox.ts'
import type { Reader, UnitOfWork } from '../../core/graph/graph.ts'
import type { EntityKind } from '../../core/registry/facts.ts'
import { catalogue } from './catalogue.ts'
import {
  addToCells,
  CELLS_GUARD,
  countedBefore,
  forgetSome,
  markChanged,
  rememberCounted,
  setState,
  someChanged,
  someDue,
  stateOf,
  unmark,
} from './cell-store.ts'
import { countEntity, type Place } from './count.ts'
import { type CountedFacts, readFacts } from './counted-facts.ts'
import { isNothing, negative, nothing, plus, type Tally } from './tally.ts'

type CountingServices = Pick<Services, 'graph' | 'countable' | 'policies' | 'clock'>

/** Entities that one unit counts at most; where the store does not end that within its limit of time, fewer. */
const PAGE = 200

/** Marks what events are about. That is all it does: many events about one customer are then counted together. */
export const marksWhatChanged: EventConsumer = {
  name: 'metrics/marks-what-changed',
  // All of them: which change what is counted is for the subgraphs to say that let it be counted.
  kinds: Object.keys(eventSchemas) as EventKind[],
  consume: (event, services) => markChangedBy([event], services),
  consumeTogether: markChangedBy,
}

async function markChangedBy(events: readonly DomainEvent[], { graph, countable }: Services): Promise<void> {
  await graph.write(async unit => {
    await unit.guard(CELLS_GUARD)
    for (const { kind, body, at } of events) {
      for (const change of countable.changes.filter(each => each.kind === kind)) {
        // The kinds are equal, so the body is the one that this change takes; the union of all kinds does not tell that.
        const idsChanged = change.idsChanged as (
          reader: Reader,
          body: DomainEvent['body'],
        ) => Promise<readonly string[]>
        await markChanged(unit, { kind: change.entity, ids: await idsChanged(unit, body), at })
      }
    }
  })
}

/** Counts what is marked and what was appended, until nothing is left. Looks before it takes the guard: mostly nothing is. */
export async function countAll(services: CountingServices, isStopped: () => boolean = () => false): Promise<void> {
  const { graph, countable } = services
  const reader = { run: graph.read.bind(graph) }
  await markDue(services)
  let most = PAGE
  while (!isStopped() && (await someChanged(reader, 1)).size > 0) {
    most = await inTime(most, limit => graph.write(unit => countMarked(unit, services, limit)))
  }
  for (const kind of countable.entities.filter(each => each.isAppendOnly)) {
    while (!isStopped() && (await appendedAfter(reader, kind, 1)).length > 0) {
      most = await inTime(most, limit => graph.write(unit => countAppended(unit, services, kind, limit)))
    }
  }
}

/** Entities differ in how much there is to count: halves how many are counted until the store ends it; answers how many that was. */
async function inTime(most: number, count: (limit: number) => Promise<void>): Promise<number> {
  for (let limit = most; ; limit = Math.ceil(limit / 2)) {
    try {
      await count(limit)
      return limit
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'GRAPH_TIMEOUT' || limit === 1) throw error
    }
  }
}

/** Marks what has come to pass meanwhile without an event, such as a deadline that nobody met. */
async function markDue({ graph, clock }: CountingServices): Promise<void> {
  const at = clock.now()
  const due = await someDue({ run: graph.read.bind(graph) }, at, PAGE)
  for (const [kind, ids] of due) {
    await graph.write(async unit => {
      await unit.guard(CELLS_GUARD)
      await markChanged(unit, { kind, ids, at })
    })
  }
}

/** Counts everything from nothing. What events mark meanwhile is counted afterwards. */
export async function forgetAndMarkAll({ graph, countable, clock }: CountingServices): Promise<void> {
  const forgetUnderGuard = async (unit: UnitOfWork): Promise<boolean> => {
    await unit.guard(CELLS_GUARD)
    for (const { name } of countable.entities.filter(each => each.isAppendOnly)) await setState(unit, name, '')
    return forgetSome(unit)
  }
  while (await graph.write(forgetUnderGuard));
  for (const { name, idsAfter } of countable.entities.filter(each => !each.isAppendOnly)) {
    for (let afterId: string | undefined = ''; afterId !== undefined; ) {
      const ids: readonly string[] = await idsAfter({ run: graph.read.bind(graph) }, afterId, PAGE)
      await graph.write(async unit => {
        await unit.guard(CELLS_GUARD)
        await markChanged(unit, { kind: name, ids, at: clock.now() })
      })
      afterId = ids.at(-1)
    }
  }
}

/** Takes an erased customer out of the cells, and forgets what was counted of it. */
export const metricsEraser: SubjectEraser = {
  part: 'metrics',
  erase: async (unit, customerId) => {
    await unit.guard(CELLS_GUARD)
    const before = await countedBefore(unit, 'Customer', [customerId])
    await addToCells(unit, differences('Customer', before, new Map()))
    await rememberCounted(unit, 'Customer', new Map(), [...before.keys()])
    return { MetricEntity: before.size }
  },
}

async function countMarked(unit: UnitOfWork, services: CountingServices, limit: number): Promise<void> {
  await unit.guard(CELLS_GUARD)
  for (const [kind, ids] of await someChanged(unit, limit)) {
    const before = await countedBefore(unit, kind, ids)
    const now = await readFacts(unit, services, kind, ids)
    await addToCells(unit, differences(kind, before, now))
    const gone = [...before.keys()].filter(id => !now.has(id))
    await rememberCounted(unit, kind, now, gone)
    await unmark(unit, kind, ids)
  }
}

async function appendedAfter(reader: Reader, { name, idsAfter }: EntityKind, limit: number) {
  return idsAfter(reader, (await stateOf(reader, name)) ?? '', limit)
}

/** What is only ever appended need not be remembered: how far it was counted is enough. */
async function countAppended(
  unit: UnitOfWork,
  services: CountingServices,
  kind: EntityKind,
  limit: number,
): Promise<void> {
  await unit.guard(CELLS_GUARD)
  const ids = await appendedAfter(unit, kind, limit)
  const last = ids.at(-1)
  if (last === undefined) return
  await addToCells(unit, differences(kind.name, new Map(), await readFacts(unit, services, kind.name, ids)))
  await setState(unit, kind.name, last)
}

/** What changes in the cells when these entities are counted as they are now and no more as they were before. */
function differences(
  kind: string,
  before: ReadonlyMap<string, CountedFacts>,
  now: ReadonlyMap<string, CountedFacts>,
): readonly { readonly place: Place; readonly tally: Tally }[] {
  const definitions = [...catalogue.values()].filter(({ entity }) => entity === kind)
  const sums = new Map<string, { place: Place; tally: Tally }>()
  const add = (counted: Iterable<CountedFacts>, signed: (tally: Tally) => Tally) => {
    for (const each of counted) {
      for (const [key, { place, tally }] of countEntity(definitions, each)) {
        sums.set(key, { place, tally: plus(sums.get(key)?.tally ?? nothing, signed(tally)) })
      }
    }
  }
  add(before.values(), negative)
  add(now.values(), tally => tally)
  return [...sums.values()].filter(({ tally }) => !isNothing(tally))
}
