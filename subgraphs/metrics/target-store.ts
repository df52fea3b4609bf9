// The targets that people set, one a metric, numbered: which ones came before is in the log.
import type { Reader, UnitOfWork } from '../../core/graph/graph.ts'

const TARGETS = `
MATCH (t:MetricTarget)
RETURN t.metric, t.version, t.target, t.setAt, t.evidenceEntryId`

const KEEP = `
MERGE (t:MetricTarget {metric: $metric})
SET t.version = coalesce(t.version, 0) + 1, t.target = $target, t.setAt = $setAt, t.evidenceEntryId = $evidenceEntryId
RETURN t.version`

export interface TargetRecord {
  readonly metric: string
  readonly version: number
  /** Null where the target was taken back. */
  readonly target: number | null
  readonly setAt: string
  readonly evidenceEntryId: string
}

/** By the id of the metric. */
export async function targetsIn(reader: Reader): Promise<ReadonlyMap<string, TargetRecord>> {
  const rows = await reader.run(TARGETS)
  return new Map(
    rows.map(([metric, version, target, setAt, evidenceEntryId]) => [
      String(metric),
      {
        metric: String(metric),
        version: Number(version),
        target: typeof target === 'number' ? target : null,
        setAt: String(setAt),
        evidenceEntryId: String(evidenceEntryId),
      },
    ]),
  )
}

/** Answers the version. */
export async function keepTarget(unit: UnitOfWork, record: Omit<TargetRecord, 'version'>): Promise<number> {
  const [row] = await unit.run(KEEP, { ...record })
  return Number(row?.[0])
}
