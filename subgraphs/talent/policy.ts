import { everybody, forPurpose, open, type RootRules } from '../../core/policy/shield.ts'

export const rootRules: RootRules = {
  Query: {
    skills: open(...everybody),
    sellers: forPurpose('REP', 'MANAGER'),
    skillContests: forPurpose('REP', 'PRIVACY_OFFICER'),
  },
  Mutation: {
    importSkills: open('OPERATOR', 'SERVICE'),
    contestSkillEvidence: open('REP'),
    reviewSkillEvidence: open('PRIVACY_OFFICER'),
    selfAssessSkill: open('REP'),
    setProfileConsent: open('REP'),
    rebuildProfiles: open('OPERATOR', 'SERVICE'),
  },
}
