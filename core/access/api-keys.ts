// API keys `sg_<id>_<secret>` of partners and analysts. The graph holds only a hash of the secret.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../clock.ts'
import { sha256 } from '../evidence/commitment.ts'
import type { Graph, Row, UnitOfWork } from '../graph/graph.ts'
import type { Migration } from '../graph/migrations.ts'
import { isPurpose, type Viewer, type ViewerKind, viewerKinds } from '../viewer.ts'

export const accessMigrations: readonly Migration[] = [{ id: 'core/050-access', keys: ['ApiKey.id'] }]

const KEEP_KEY = `
MERGE (k:ApiKey {id: $id})
SET k.secretHash = $secretHash, k.viewerKind = $viewerKind, k.viewerId = $viewerId, k.purposes = $purposes,
    k.region = $region, k.refusesPruned = $refusesPruned, k.createdAt = $createdAt, k.expiresAt = $expiresAt`

const KEY_BY_ID = `
MATCH (k:ApiKey {id: $id})
RETURN k.secretHash, k.viewerKind, k.viewerId, k.purposes, k.expiresAt, k.region, k.refusesPruned`

const SHAPE = /^sg_([a-z0-9]{12})_([A-Za-z0-9-]{43})$/

export interface NewApiKey {
  readonly viewer: Viewer
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

/** Makes a key and keeps its hash. The text that it answers is shown this once. */
export async function createApiKey(unit: UnitOfWork, { viewer, createdAt, expiresAt }: NewApiKey): Promise<string> {
  const id = randomBytes(6).toString('hex')
  // `_` separates the parts of a key, so that the secret must be free of it.
  const secret = randomBytes(32).toString('base64url').replaceAll('_', '-')
  await unit.run(KEEP_KEY, {
    id,
    secretHash: hashOf(secret).toString('base64url'),
    viewerKind: viewer.kind,
    viewerId: viewer.id,
    purposes: viewer.purposes ? [...viewer.purposes] : null,
    region: viewer.region ?? null,
    refusesPruned: viewer.refusesPruned ?? null,
    createdAt,
    expiresAt,
  })
  return `sg_${id}_${secret}`
}

export function looksLikeApiKey(text: string): boolean {
  return text.startsWith('sg_')
}

/** The viewer of a key in force, or undefined: unknown, expired or wrong, without telling which. */
export async function viewerOfApiKey(graph: Graph, text: string, now: Instant): Promise<Viewer | undefined> {
  const [, id, secret] = SHAPE.exec(text) ?? []
  if (id === undefined || secret === undefined) return undefined
  const [row] = await graph.read(KEY_BY_ID, { id })
  const expected = Buffer.from(String(row?.[0] ?? ''), 'base64url')
  const actual = hashOf(secret)
  // An unknown id compares too, so that the time of the answer does not tell which ids exist.
  const matches = timingSafeEqual(actual, expected.length === actual.length ? expected : Buffer.alloc(actual.length))
  return matches && row !== undefined ? toViewer(row, now) : undefined
}

/** The viewer of the key in force with this id, which is no secret; undefined for an unknown or expired one. */
export async function viewerOfKeyId(graph: Graph, id: string, now: Instant): Promise<Viewer | undefined> {
  const [row] = await graph.read(KEY_BY_ID, { id })
  return row && toViewer(row, now)
}

function toViewer(row: Row, now: Instant): Viewer | undefined {
  const [, kind, viewerId, purposes, expiresAt = '', region, refusesPruned] = row
  if (String(expiresAt) <= now) return undefined
  const viewer = {
    kind: toViewerKind(kind),
    id: String(viewerId),
    ...(typeof region === 'string' && { region }),
    ...(refusesPruned === true && { refusesPruned }),
  }
  // A key that narrows nothing leaves what the policy grants; one that narrows to no purpose leaves nothing.
  return Array.isArray(purposes) ? { ...viewer, purposes: purposes.map(String).filter(isPurpose) } : viewer
}

function hashOf(secret: string): Buffer {
  return sha256(secret)
}

function toViewerKind(kind: unknown): ViewerKind {
  const known = viewerKinds.find(each => each === kind)
  if (known === undefined) throw new Error('an API key names no kind of viewer')
  return known
}
