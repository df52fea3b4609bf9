import { open, type RootRules } from '../../core/policy/shield.ts'

export const rootRules: RootRules = {
  Query: { modules: open('REP', 'MANAGER', 'PRIVACY_OFFICER', 'AUDITOR', 'OPERATOR', 'SERVICE') },
  Mutation: { enableModule: open('OPERATOR'), disableModule: open('OPERATOR') },
}
