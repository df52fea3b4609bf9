import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'
import { workRules } from './work.ts'

export const rootRules: RootRules = {
  Query: {
    skills: open(...everybody),
    sellers: forPurpose('REP', 'MANAGER'),
    skillContests: forPurpose('REP', 'PRIVACY_OFFICER'),
    ledger: forPurpose('REP', 'MANAGER'),
    contributions: forPurpose('REP', 'MANAGER'),
    settlements: forPurpose('REP', 'MANAGER'),
    listings: open('REP', 'MANAGER'),
    exchange: open('REP', 'MANAGER'),
    trades: forPurpose('REP', 'MANAGER'),
    ...workRules.Query,
  },
  Mutation: {
    importSkills: open('OPERATOR', 'SERVICE'),
    contestSkillEvidence: open('REP'),
    reviewSkillEvidence: open('PRIVACY_OFFICER'),
    selfAssessSkill: open('REP'),
    setProfileConsent: open('REP'),
    rebuildProfiles: open('OPERATOR', 'SERVICE'),
    setReward: open('MANAGER'),
    recordContribution: open('MANAGER', 'SERVICE'),
    settle: open('MANAGER'),
    reverseSettlement: open('MANAGER'),
    disputeSettlement: open('REP'),
    rejectDispute: open('MANAGER'),
    offerCapability: open('REP'),
    wantCapability: open('REP'),
    withdrawListing: open('REP'),
    tradeCapability: open('REP'),
    completeTrade: open('REP', 'MANAGER'),
    cancelTrade: open('REP', 'MANAGER'),
    rateTrade: open('REP'),
    ...workRules.Mutation,
  },
}
