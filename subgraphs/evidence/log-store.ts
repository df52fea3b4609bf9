// What the log asks of the graph: pending entries, tiles, the head of the tree, checkpoints.
import type { EvidenceKind } from '../../core/evidence/evidence.ts'
import { emptyRoot } from '../../core/evidence/merkle-tree.ts'
import { type Tile, type TilePlace, type Tiles, tileKey } from '../../core/evidence/tiles.ts'
import type { Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { PageRequest } from '../../core/paging.ts'

const PENDING_ENTRIES = `
MATCH (e:EvidenceEntry {state: 'PENDING'})
RETURN e.id, e.entry
ORDER BY e.at, e.id LIMIT $limit`

const ANY_PENDING_ENTRY = `
MATCH (e:EvidenceEntry {state: 'PENDING'})
RETURN e.id LIMIT 1`

const HEAD = `
MATCH (l:Log {name: 'evidence'})
RETURN l.size, l.root`

const SET_HEAD = `
MERGE (l:Log {name: 'evidence'})
SET l.size = $size, l.root = $root`

const TILES_BY_KEY = `
UNWIND $keys AS wanted
MATCH (t:Tile {key: wanted})
RETURN t.key, t.hashes`

const WRITE_TILES = `
UNWIND $tiles AS tile
MERGE (t:Tile {key: tile.key})
SET t.hashes = tile.hashes`

const PLACE_ENTRIES = `
UNWIND $entries AS placed
MATCH (e:EvidenceEntry {id: placed.id})
SET e.state = 'INTEGRATED', e.position = placed.position`

const DISPLACE_ENTRIES = `
MATCH (e:EvidenceEntry)
WHERE e.position >= $size
SET e.state = 'PENDING', e.position = null`

const KEEP_CHECKPOINT = `
MERGE (k:Checkpoint {size: $size})
SET k.root = $root, k.note = $note, k.verifierKey = $verifierKey, k.at = $at`

const SIGNED_UP_TO = `
MERGE (l:Log {name: 'evidence'})
ON CREATE SET l.size = $size, l.root = $root
SET l.signedSize = $size`

const LATEST_CHECKPOINT = `
MATCH (l:Log {name: 'evidence'})
MATCH (k:Checkpoint {size: l.signedSize})
RETURN k.size, k.root, k.note, k.verifierKey, k.at`

const FIRST_CHECKPOINT_OVER = `
MATCH (k:Checkpoint)
WHERE k.size > $position
RETURN k.size, k.root, k.note, k.verifierKey, k.at
ORDER BY k.size LIMIT 1`

const ANNOUNCEMENTS = `
MATCH (e:EvidenceEntry {kind: 'LOG_KEY_ROTATED'})
RETURN e.position, e.entry`

const ENTRIES_BY_ID = `
UNWIND $ids AS wanted
MATCH (e:EvidenceEntry {id: wanted})
RETURN e.id, e.kind, e.at, e.entry, e.position`

const FACTS_OF = `
UNWIND $ids AS wanted
MATCH (e:EvidenceEntry {id: wanted})
RETURN e.id, e.facts`

const CHECKPOINTS = `
MATCH (k:Checkpoint)
WHERE k.size > $afterSize
RETURN k.size, k.root, k.note, k.verifierKey, k.at
ORDER BY k.size LIMIT $limit`

const ENTRY_AT = `
MATCH (e:EvidenceEntry {position: $position})
RETURN e.id, e.kind, e.at, e.entry, e.position`

const TRAIL = `
OPTIONAL MATCH (last:EvidenceEntry {id: $afterId})
WITH coalesce(last.position, -1) AS position
UNWIND range(position + 1, position + $limit) AS wanted
MATCH (e:EvidenceEntry {position: wanted})
RETURN e.id, e.kind, e.at, e.entry, e.position
ORDER BY e.position`

// One text a way in; each filter that is not asked for is empty and lets everything pass.
const AFTER_LAST = `
OPTIONAL MATCH (last:EvidenceEntry {id: $afterId})
WITH coalesce(last.position, -1) AS position`

const FILTERED = `
WHERE e.position > position AND e.at >= $from AND e.at < $to AND ($kind = '' OR e.kind = $kind)
  AND ($tag = '' OR $tag IN e.subjects)
RETURN e.id, e.kind, e.at, e.entry, e.position
ORDER BY e.position LIMIT $limit`

const TRAIL_OF_ACTOR = `${AFTER_LAST}
UNWIND $actorIds AS wanted
MATCH (e:EvidenceEntry {actorId: wanted})
${FILTERED}`

const TRAIL_OF_KIND = `${AFTER_LAST}
MATCH (e:EvidenceEntry {kind: $kind})
${FILTERED}`

const TRAIL_OF_ANY = `${AFTER_LAST}
MATCH (e:EvidenceEntry)
${FILTERED}`

export interface PendingEntry {
  readonly id: string
  readonly entry: string
}

export interface LogHead {
  readonly size: number
  readonly root: Buffer
}

export interface LoggedEntry {
  readonly id: string
  readonly kind: EvidenceKind
  readonly at: string
  /** The canonical JSON that was hashed into the tree. */
  readonly entry: string
  /** Its leaf in the tree; null until it is integrated. */
  readonly position: number | null
}

export interface StoredCheckpoint extends LogHead {
  readonly note: string
  readonly verifierKey: string
  /** When it was signed. */
  readonly at: string
}

/** Entries that wait for their place, oldest first. */
export async function pendingEntries(reader: Reader, limit: number): Promise<readonly PendingEntry[]> {
  const rows = await reader.run(PENDING_ENTRIES, { limit })
  return rows.map(([id, entry]) => ({ id: String(id), entry: String(entry) }))
}

export async function hasPendingEntries(reader: Reader): Promise<boolean> {
  return (await reader.run(ANY_PENDING_ENTRY)).length > 0
}

/** The size and root of the tree; of the empty tree before the first entry. */
export async function logHead(reader: Reader): Promise<LogHead> {
  const [row] = await reader.run(HEAD)
  if (row === undefined) return { size: 0, root: emptyRoot() }
  return { size: Number(row[0]), root: Buffer.from(String(row[1]), 'base64') }
}

/** One statement, or none for no tiles. Tiles that are not there are absent. */
export async function readTiles(reader: Reader, places: readonly TilePlace[]): Promise<Tiles> {
  if (places.length === 0) return new Map()
  const rows = await reader.run(TILES_BY_KEY, { keys: places.map(tileKey) })
  return new Map(rows.map(([key, hashes]) => [String(key), Buffer.from(String(hashes), 'base64')]))
}

/** New tiles, and those that became wider. */
export async function writeTiles(unit: UnitOfWork, tiles: readonly Tile[]): Promise<void> {
  await unit.run(WRITE_TILES, {
    tiles: tiles.map(tile => ({ key: tileKey(tile), hashes: tile.hashes.toString('base64') })),
  })
}

/** Gives the entries the places from `from` on, and the tree its new tiles and head. */
export async function extendLog(
  unit: UnitOfWork,
  from: number,
  entries: readonly PendingEntry[],
  tiles: readonly Tile[],
  root: Buffer,
): Promise<void> {
  await unit.run(PLACE_ENTRIES, { entries: entries.map(({ id }, index) => ({ id, position: from + index })) })
  await writeTiles(unit, tiles)
  await unit.run(SET_HEAD, { size: from + entries.length, root: root.toString('base64') })
}

/** Entries with a place that the tree does not have wait for one again. */
export async function displaceEntriesFrom(unit: UnitOfWork, size: number): Promise<void> {
  await unit.run(DISPLACE_ENTRIES, { size })
}

/** Keeps the checkpoint as the latest. */
export async function keepCheckpoint(unit: UnitOfWork, checkpoint: StoredCheckpoint): Promise<void> {
  const { size, note, verifierKey, at } = checkpoint
  const root = checkpoint.root.toString('base64')
  await unit.run(KEEP_CHECKPOINT, { size, root, note, verifierKey, at })
  await unit.run(SIGNED_UP_TO, { size, root })
}

export async function latestCheckpoint(reader: Reader): Promise<StoredCheckpoint | undefined> {
  const [row] = await reader.run(LATEST_CHECKPOINT)
  return row && toCheckpoint(row)
}

/** The first checkpoint that was signed over the entry at this position. */
export async function firstCheckpointOver(reader: Reader, position: number): Promise<StoredCheckpoint | undefined> {
  const [row] = await reader.run(FIRST_CHECKPOINT_OVER, { position })
  return row && toCheckpoint(row)
}

/** The verifier keys that entries announced, with the place of the entry in the tree, or null. There are few. */
export async function announcedKeys(
  reader: Reader,
): Promise<readonly { readonly position: number | null; readonly newKey: string }[]> {
  const rows = await reader.run(ANNOUNCEMENTS)
  return rows.map(([position, entry]) => ({
    position: typeof position === 'number' ? position : null,
    newKey: String(JSON.parse(String(entry)).statement.newKey),
  }))
}

/** The verifier key that the newest entry below this size announced; undefined where none did. */
export async function announcedKey(reader: Reader, size: number): Promise<string | undefined> {
  const announced = (await announcedKeys(reader)).filter(({ position }) => position !== null && position < size)
  return announced.sort((a, b) => Number(a.position) - Number(b.position)).at(-1)?.newKey
}

/** Signed checkpoints by size, one more than asked for where there are more. */
export async function checkpointsAfter(
  reader: Reader,
  { first, afterId }: PageRequest,
): Promise<readonly StoredCheckpoint[]> {
  const afterSize = afterId === undefined ? -1 : Number(afterId)
  return (await reader.run(CHECKPOINTS, { afterSize, limit: first + 1 })).map(toCheckpoint)
}

function toCheckpoint([size, root, note, verifierKey, at]: Row): StoredCheckpoint {
  return {
    size: Number(size),
    root: Buffer.from(String(root), 'base64'),
    note: String(note),
    verifierKey: String(verifierKey),
    at: String(at),
  }
}

/** The lines of the index beside each of these entries, as `parseFactLine` reads them. */
export async function factsOf(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await reader.run(FACTS_OF, { ids })
  return new Map(rows.map(([id, facts]) => [String(id), (facts ?? []) as readonly string[]]))
}

/** The entries among these; unknown ids are absent. */
export async function entriesById(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, LoggedEntry>> {
  const rows = await reader.run(ENTRIES_BY_ID, { ids })
  return new Map(rows.map(row => [String(row[0]), toEntry(row)]))
}

export async function entryAt(reader: Reader, position: number): Promise<LoggedEntry | undefined> {
  const [row] = await reader.run(ENTRY_AT, { position })
  return row && toEntry(row)
}

/** What of the log is asked for; what is absent does not narrow it. */
export interface TrailFilter {
  readonly kind?: EvidenceKind | undefined
  /** The pseudonym of the subject that an entry is about. */
  readonly tag?: string | undefined
  /** Who acted, under any of these names. */
  readonly actorIds?: readonly string[] | undefined
  /** At or after. */
  readonly from?: string | undefined
  /** Before. */
  readonly to?: string | undefined
}

/** Later than every instant of ours, compared as text. */
const END_OF_TIME = '9999'

/** Integrated entries in the order of the log, one more than asked for where there are more. */
export async function trail(
  reader: Reader,
  { kind, tag = '', actorIds, from = '', to = END_OF_TIME }: TrailFilter,
  { first, afterId = '' }: PageRequest,
): Promise<readonly LoggedEntry[]> {
  const page = { afterId, limit: first + 1 }
  const filters = { ...page, kind: kind ?? '', tag, from, to }
  // Positions have no gaps, so that a page of everything is read by its positions.
  const isEverything = kind === undefined && tag === '' && actorIds === undefined && from === '' && to === END_OF_TIME
  if (isEverything) return (await reader.run(TRAIL, page)).map(toEntry)
  if (actorIds !== undefined) return (await reader.run(TRAIL_OF_ACTOR, { ...filters, actorIds })).map(toEntry)
  return (await reader.run(kind === undefined ? TRAIL_OF_ANY : TRAIL_OF_KIND, filters)).map(toEntry)
}

function toEntry([id, kind, at, entry, position]: Row): LoggedEntry {
  return {
    id: String(id),
    kind: String(kind) as EvidenceKind,
    at: String(at),
    entry: String(entry),
    position: typeof position === 'number' ? position : null,
  }
}
