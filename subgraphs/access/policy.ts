import { everybody, open, type RootRules } from '../../core/policy/shield.ts'

// Open whatever the purpose: policies and explanations are about kinds of data and viewers, never about a person.
export const rootRules: RootRules = {
  Query: {
    policies: open('PRIVACY_OFFICER', 'AUDITOR', 'OPERATOR'),
    explainAccess: open(...everybody),
    simulateAs: open('PRIVACY_OFFICER', 'OPERATOR'),
  },
  Mutation: { activatePolicy: open('OPERATOR') },
}
