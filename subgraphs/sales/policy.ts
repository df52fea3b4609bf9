import { forPurpose, type RootRules } from '../../core/policy/shield.ts'

export const rootRules: RootRules = {
  Query: { opportunities: forPurpose('SUBJECT', 'REP', 'MANAGER', 'PRIVACY_OFFICER', 'AUDITOR') },
}
