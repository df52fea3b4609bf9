import type { Subgraph } from '../../core/subgraph.ts'
import { AnalysisResolver } from './analysis-resolvers.ts'
import { metricsMigrations } from './cell-store.ts'
import { rootRules } from './policy.ts'
import { marksWhatChanged, metricsEraser } from './projection.ts'
import {
  BoardChartResolver,
  HealthChartResolver,
  MetricsResolver,
  TrendBoardResolver,
  TrendChartResolver,
} from './resolvers.ts'
import { startCounting } from './start.ts'

/** What is measured: definitions as data, values that say what they rest on, and boards made from them. */
export const metrics: Subgraph = {
  name: 'metrics',
  types: [],
  resolvers: [
    MetricsResolver,
    AnalysisResolver,
    TrendChartResolver,
    TrendBoardResolver,
    HealthChartResolver,
    BoardChartResolver,
  ],
  references: {},
  rootRules,
  isModule: true,
  labels: {
    owns: [
      'MetricCell',
      'MetricEntity',
      'MetricChange',
      'MetricDue',
      'MetricState',
      'MetricTarget',
      'MetricClosing',
      'MetricStanding',
    ],
    reads: ['Log', 'Module', 'Customer', 'Consent', 'Seller'],
  },
  migrations: metricsMigrations,
  evidenced: [],
  consumers: [marksWhatChanged],
  eraser: metricsEraser,
  start: startCounting,
  createLoaders: () => undefined,
}
