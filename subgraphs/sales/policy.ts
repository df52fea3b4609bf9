import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'

const whoeverSells = forPurpose('SUBJECT', 'REP', 'MANAGER', 'PRIVACY_OFFICER', 'AUDITOR')

export const rootRules: RootRules = {
  Query: {
    opportunities: whoeverSells,
    orders: whoeverSells,
    fulfilments: whoeverSells,
    stockLevels: open(...everybody),
    quotes: open(...everybody),
    competitorParameters: open(...everybody),
    financePlans: open(...everybody),
  },
}
