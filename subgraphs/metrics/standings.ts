// Once a day what has no time, such as how much is known of customers, is kept as it stood, so that it has a past and a trend.
import type { Services } from '../../core/context.ts'
import { catalogue } from './catalogue.ts'
import { bundleKey, CELLS_GUARD, cellsOf, setState, stateOf } from './cell-store.ts'
import { NOW } from './count.ts'
import { stateMetrics } from './counted-facts.ts'
import { grains, periodAt, plusDays } from './periods.ts'
import { keepStandings, type Standing } from './standing-store.ts'

const KEPT_UNTIL = 'standings-kept-until'

/**
 * With the first look on a new day, before anything of that day is counted: the cells then hold how things stood when the day
 * before ended. A day on which nothing ran has no standing; the period around it has that of its last day that has one.
 */
export async function keepYesterday({ graph, clock, countable }: Pick<Services, 'graph' | 'clock' | 'countable'>) {
  const today = clock.now().slice(0, 10)
  const kept = await stateOf({ run: graph.read.bind(graph) }, KEPT_UNTIL)
  if (kept !== undefined && kept >= today) return
  const metrics = stateMetrics(catalogue.values(), countable)
  await graph.write(async unit => {
    await unit.guard(CELLS_GUARD)
    const keyOf = (metric: string) => bundleKey(metric, NOW.grain, NOW.from)
    const cells = kept === undefined ? new Map() : await cellsOf(unit, metrics.map(keyOf))
    const at = `${plusDays(today, -1)}T00:00:00.000Z`
    const standings = metrics.flatMap((metric): readonly Standing[] => {
      const slices = cells.get(keyOf(metric))?.get(NOW.from)
      return slices === undefined ? [] : grains.map(grain => ({ metric, period: periodAt(grain, at), slices }))
    })
    await keepStandings(unit, standings)
    await setState(unit, KEPT_UNTIL, today)
  })
}
