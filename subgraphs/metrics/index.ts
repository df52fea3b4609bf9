import type { Subgraph } from '../../core/subgraph.ts'
import { metricsMigrations } from './cell-store.ts'
import { rootRules } from './policy.ts'
import { marksWhatChanged, metricsEraser } from './projection.ts'
import { BoardChartResolver, HealthChartResolver, MetricsResolver } from './resolvers.ts'
import { startCounting } from './start.ts'

/** What is measured: definitions as data, values that say what they rest on, and boards made from them. */
export const metrics: Subgraph = {
  name: 'metrics',
  types: [],
  resolvers: [MetricsResolver, HealthChartResolver, BoardChartResolver],
  references: {},
  rootRules,
  labels: { owns: ['MetricCell', 'MetricEntity', 'MetricChange', 'MetricState'], reads: ['Log'] },
  migrations: metricsMigrations,
  evidenced: [],
  consumers: [marksWhatChanged],
  eraser: metricsEraser,
  start: startCounting,
  createLoaders: () => undefined,
}
