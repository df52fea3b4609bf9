import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'

const whoeverSeesCustomers = forPurpose('SUBJECT', 'REP', 'MANAGER', 'PRIVACY_OFFICER', 'PARTNER', 'ANALYST', 'AUDITOR')

/** Analysts are shown nobody's neighbours by name. */
const whoeverSeesNeighbours = forPurpose('SUBJECT', 'REP', 'MANAGER', 'PRIVACY_OFFICER', 'PARTNER', 'AUDITOR')

const whoeverDecides = forPurpose('MANAGER', 'PRIVACY_OFFICER')

export const rootRules: RootRules = {
  Query: {
    customer: whoeverSeesCustomers,
    customers: whoeverSeesCustomers,
    interactions: whoeverSeesCustomers,
    search: whoeverSeesCustomers,
    neighbourhood: whoeverSeesNeighbours,
    environmentEvents: open(...everybody),
    deadLetters: open('OPERATOR', 'SERVICE'),
    ingestRuns: open('OPERATOR', 'SERVICE'),
    whyMatched: forPurpose('SUBJECT', 'MANAGER', 'PRIVACY_OFFICER'),
    howFormed: forPurpose('SUBJECT', 'REP', 'MANAGER', 'PRIVACY_OFFICER'),
    matchReviews: whoeverDecides,
    classifyText: open(...everybody),
    signalModels: open(...everybody),
    signalRuns: open('OPERATOR', 'SERVICE'),
  },
  Mutation: {
    ingest: open('SERVICE'),
    replayDeadLetters: open('OPERATOR', 'SERVICE'),
    reinferSignals: open('OPERATOR', 'SERVICE'),
    mergeCustomers: whoeverDecides,
    unmergeCustomer: whoeverDecides,
    decideMatch: whoeverDecides,
    confirmMerge: open('SUBJECT'),
  },
}
