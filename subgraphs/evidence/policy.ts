import { open, type RootRules } from '../../core/policy/shield.ts'

// Open whatever the purpose: the log holds commitments and no personal data.
const whoeverAudits = open('PRIVACY_OFFICER', 'AUDITOR', 'OPERATOR')
const whoeverProves = open('SUBJECT', 'PRIVACY_OFFICER', 'AUDITOR', 'OPERATOR')

export const rootRules: RootRules = {
  Mutation: { rotateLogKey: open('OPERATOR') },
  Query: {
    checkpoint: whoeverProves,
    evidenceEntry: whoeverProves,
    inclusionProof: whoeverProves,
    consistencyProof: whoeverAudits,
    checkpoints: whoeverAudits,
    tile: whoeverAudits,
    reconciliation: whoeverAudits,
    auditTrail: whoeverProves,
    erasureCertificate: open('SUBJECT', 'PRIVACY_OFFICER', 'AUDITOR'),
  },
}
