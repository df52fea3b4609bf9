// The activations of policies in the graph, numbered: the highest number is the epoch, and its policy is in force.
import type { Instant } from '../clock.ts'
import { canonicalJson, sha256 } from '../evidence/commitment.ts'
import type { Reader, Row, UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import type { Viewer } from '../viewer.ts'
import { type Policy, parsePolicy } from './policy.ts'

export const policyMigrations: readonly Migration[] = [{ id: 'core/050-policy', keys: ['PolicyVersion.number'] }]

/** That a policy was put in force. One that comes back is activated again, under a number of its own. */
export interface Activation {
  /** The epoch that began with it. */
  readonly number: number
  readonly policyId: string
  readonly version: number
  /** SHA-256 of the policy's canonical JSON, base64url. */
  readonly hash: string
  readonly activatedAt: Instant
  readonly activatedBy: Pick<Viewer, 'kind' | 'id'>
  readonly evidenceEntryId: string
}

const COLUMNS = `p.number, p.policyId, p.version, p.hash, p.activatedAt, p.activatedByKind, p.activatedById,
  p.evidenceEntryId`

const LATEST = `
MATCH (p:PolicyVersion)
RETURN ${COLUMNS}
ORDER BY p.number DESC LIMIT 1`

const BEFORE = `
MATCH (p:PolicyVersion)
WHERE p.number < $before
RETURN ${COLUMNS}
ORDER BY p.number DESC LIMIT $limit`

const LATEST_OF_VERSION = `
MATCH (p:PolicyVersion)
WHERE p.policyId = $policyId AND p.version = $version
RETURN ${COLUMNS}
ORDER BY p.number DESC LIMIT 1`

const DATA_BY_NUMBER = `
UNWIND $numbers AS wanted
MATCH (p:PolicyVersion {number: wanted})
RETURN p.number, p.hash, p.data`

const EPOCH = `
MATCH (p:PolicyVersion)
RETURN max(p.number)`

const KEEP = `
CREATE (:PolicyVersion {number: $number, policyId: $policyId, version: $version, hash: $hash, data: $data,
  activatedAt: $activatedAt, activatedByKind: $activatedByKind, activatedById: $activatedById,
  evidenceEntryId: $evidenceEntryId})`

export function hashOfPolicy(policy: Policy): string {
  return sha256(canonicalJson(policy)).toString('base64url')
}

/** The activation that is in force; undefined before the first start has ended. */
export async function latestActivation(reader: Reader): Promise<Activation | undefined> {
  const [row] = await reader.run(LATEST)
  return row && toActivation(row)
}

/** Activations with a number below this one, newest first. */
export async function activationsBefore(reader: Reader, before: number, limit: number): Promise<readonly Activation[]> {
  return (await reader.run(BEFORE, { before, limit })).map(toActivation)
}

/** The latest activation of this version; undefined for one that was never in force. */
export async function activationOfVersion(
  reader: Reader,
  policyId: string,
  version: number,
): Promise<Activation | undefined> {
  const [row] = await reader.run(LATEST_OF_VERSION, { policyId, version })
  return row && toActivation(row)
}

/** The number of the activation that is in force; 0 before the first. */
export async function policyEpoch(reader: Reader): Promise<number> {
  const [row] = await reader.run(EPOCH)
  return Number(row?.[0] ?? 0)
}

/**
 * The policies of these activations, by number; unknown numbers are absent. Throws for data that is not what was
 * activated, because somebody changed it behind the API, and ZodError for data that this release no longer reads.
 */
export async function policiesByNumber(
  reader: Reader,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, Policy>> {
  const rows = await reader.run(DATA_BY_NUMBER, { numbers })
  return new Map(rows.map(([number, hash, data]) => [Number(number), toPolicy(Number(number), hash, data)]))
}

export async function keepActivation(unit: UnitOfWork, activation: Activation, policy: Policy): Promise<void> {
  const { activatedBy, ...properties } = activation
  await unit.run(KEEP, {
    ...properties,
    data: canonicalJson(policy),
    activatedByKind: activatedBy.kind,
    activatedById: activatedBy.id,
  })
}

function toActivation(row: Row): Activation {
  const [number, policyId, version, hash, activatedAt, kind, id, evidenceEntryId] = row
  const activatedBy = { kind, id } as Activation['activatedBy']
  const given = { policyId, hash, activatedAt, evidenceEntryId } as Pick<
    Activation,
    'policyId' | 'hash' | 'activatedAt' | 'evidenceEntryId'
  >
  return { ...given, number: Number(number), version: Number(version), activatedBy }
}

function toPolicy(number: number, hash: Row[number] | undefined, data: Row[number] | undefined): Policy {
  const text = String(data ?? '')
  if (sha256(text).toString('base64url') !== hash) {
    throw new Error(`the policy of activation ${number} is not the one that was activated`)
  }
  return parsePolicy(JSON.parse(text))
}
