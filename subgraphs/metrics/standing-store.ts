// How things stood at the end of periods: of what has no time the cells know only now.
import type { Reader, UnitOfWork } from '../../core/graph/graph.ts'
import { slicesFrom, slicesToJson } from './cell-store.ts'
import type { Period } from './periods.ts'
import type { Tally } from './tally.ts'

const STANDINGS = `
UNWIND $keys AS key
MATCH (s:MetricStanding {key: key})
RETURN s.key, s.slices`

const KEEP = `
UNWIND $standings AS row
MERGE (s:MetricStanding {key: row.key})
SET s.slices = row.slices`

export type Slices = ReadonlyMap<string, Tally>

export interface Standing {
  readonly metric: string
  readonly period: Period
  readonly slices: Slices
}

export function standingKey(metric: string, { grain, from }: Period): string {
  return `${metric}|${grain}|${from}`
}

/** By their keys; of a period that nothing was kept of absent. */
export async function standingsOf(reader: Reader, keys: readonly string[]): Promise<ReadonlyMap<string, Slices>> {
  if (keys.length === 0) return new Map()
  const rows = await reader.run(STANDINGS, { keys })
  return new Map(rows.map(([key, slices]) => [String(key), slicesFrom(JSON.parse(String(slices)))]))
}

/** A later standing of the same period takes the place of an earlier one. */
export async function keepStandings(unit: UnitOfWork, standings: readonly Standing[]): Promise<void> {
  const rows = standings.map(({ metric, period, slices }) => ({
    key: standingKey(metric, period),
    slices: JSON.stringify(slicesToJson(slices)),
  }))
  if (rows.length > 0) await unit.run(KEEP, { standings: rows })
}
