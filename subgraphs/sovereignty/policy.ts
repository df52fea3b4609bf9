import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'

export const rootRules: RootRules = {
  Query: { purposes: open(...everybody), consentReceipt: forPurpose('SUBJECT') },
  Mutation: { giveConsent: open('SUBJECT'), withdrawConsent: open('SUBJECT'), requestErasure: open('SUBJECT') },
}
