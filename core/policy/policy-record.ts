// Which policy is in force stands in the log: a start under another one than the last leaves an entry.
import { recordReaction } from '../change.ts'
import type { Services } from '../context.ts'
import { canonicalJson, sha256 } from '../evidence/commitment.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Viewer } from '../viewer.ts'
import type { Policy } from './policy.ts'

export const policyMigrations: readonly Migration[] = [{ id: 'core/050-policy', keys: ['PolicyVersion.number'] }]

const LATEST_POLICY = `
MATCH (p:PolicyVersion)
RETURN p.number, p.hash
ORDER BY p.number DESC LIMIT 1`

const KEEP_POLICY = `
CREATE (:PolicyVersion {number: $number, policyId: $policyId, version: $version, hash: $hash, activatedAt: $at,
  evidenceEntryId: $evidenceEntryId})`

const WHO_STARTS: Viewer = { kind: 'OPERATOR', id: 'start' }

/** Records the policy as activated unless the last one recorded is the same, by the SHA-256 of its canonical JSON. */
export async function recordPolicyInForce(services: Services, policy: Policy): Promise<void> {
  const hash = sha256(canonicalJson(policy)).toString('base64url')
  const { id: policyId, version } = policy
  await recordReaction(services, WHO_STARTS, async ({ unit, at, evidenceEntryId }) => {
    await unit.guard('policy')
    const [latest] = await unit.run(LATEST_POLICY)
    if (latest?.[1] === hash) return undefined
    const number = Number(latest?.[0] ?? 0) + 1
    await unit.run(KEEP_POLICY, { number, policyId, version, hash, at, evidenceEntryId })
    const replaced = latest === undefined ? null : String(latest[1])
    return {
      evidence: { kind: 'POLICY_ACTIVATED', statement: { policyId, version, hash, replaced }, facts: [] },
      events: [],
      result: {},
    }
  })
}
