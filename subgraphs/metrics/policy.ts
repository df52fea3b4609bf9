import { open, type RootRules } from '../../core/policy/shield.ts'

/** Values are about five customers or more, or about nobody, so they need no purpose; who works with them may read them. */
const readers = open('MANAGER', 'PRIVACY_OFFICER', 'OPERATOR', 'AUDITOR')

export const rootRules: RootRules = {
  Query: {
    metrics: readers,
    metric: readers,
    metricBreakdown: readers,
    metricTrend: readers,
    healthCheck: readers,
    governanceBoard: readers,
    regulatorIndicators: open('PRIVACY_OFFICER', 'OPERATOR', 'AUDITOR'),
  },
}
