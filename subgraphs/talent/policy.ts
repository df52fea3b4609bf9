import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'
import { workRules } from './work.ts'

export const rootRules: RootRules = {
  Query: { skills: open(...everybody), sellers: forPurpose('REP', 'MANAGER'), ...workRules.Query },
  Mutation: { importSkills: open('OPERATOR', 'SERVICE'), ...workRules.Mutation },
}
