import { open, type RootRules } from '../../core/policy/shield.ts'

// Open whatever the purpose: policies are about kinds of data and viewers, never about a person.
export const rootRules: RootRules = {
  Query: { policies: open('PRIVACY_OFFICER', 'AUDITOR', 'OPERATOR') },
  Mutation: { activatePolicy: open('OPERATOR') },
}
