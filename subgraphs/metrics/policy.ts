import { forPurpose, open, type RootRules } from '../../core/policy/shield.ts'

/** Values are about five customers or more, or about nobody, so they need no purpose; who works with them may read them. */
const readers = open('MANAGER', 'PRIVACY_OFFICER', 'OPERATOR', 'AUDITOR')
const reporters = open('PRIVACY_OFFICER', 'OPERATOR', 'AUDITOR')
/** Names customers, as far as the viewer may know of them. */
const whoMayKnowCustomers = forPurpose('MANAGER', 'PRIVACY_OFFICER')

export const rootRules: RootRules = {
  Query: {
    metrics: readers,
    metric: readers,
    metricBreakdown: readers,
    metricTrend: readers,
    metricComparison: readers,
    driverTree: readers,
    graphCompleteness: readers,
    lineage: whoMayKnowCustomers,
    healthCheck: readers,
    healthTrends: readers,
    diagnosis: whoMayKnowCustomers,
    adoptionPlan: readers,
    adoptionPart: readers,
    scorecard: readers,
    governanceBoard: readers,
    sovereigntyHeatMap: readers,
    regulatorIndicators: reporters,
    regulatorReport: reporters,
  },
  Mutation: {
    setTarget: open('MANAGER', 'OPERATOR'),
    closePeriod: open('PRIVACY_OFFICER', 'OPERATOR'),
  },
}
