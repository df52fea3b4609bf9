import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'

export const rootRules: RootRules = {
  Query: { skills: open(...everybody), sellers: forPurpose('REP', 'MANAGER') },
  Mutation: { importSkills: open('OPERATOR', 'SERVICE') },
}
