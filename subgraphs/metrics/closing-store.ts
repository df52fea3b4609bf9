// Periods that were closed, with the values that they were closed with and the report to regulators.
import { canonicalJson } from '../../core/evidence/commitment.ts'
import type { Reader, Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { Period } from './periods.ts'
import type { ReportForm } from './report.ts'
import type { Figures } from './values.ts'

const CLOSINGS = `
UNWIND $keys AS key
MATCH (c:MetricClosing {key: key})
RETURN c.key, c.closedAt, c.evidenceEntryId, c.figures`

const REPORT = `
MATCH (c:MetricClosing {key: $key})
RETURN c.closedAt, c.evidenceEntryId, c.jsonLd, c.csv, c.html`

const KEEP = `
CREATE (:MetricClosing {key: $key, closedAt: $closedAt, evidenceEntryId: $evidenceEntryId, figures: $figures,
  jsonLd: $jsonLd, csv: $csv, html: $html})`

/** What a metric was closed with. */
export interface ClosedFigures extends Pick<Figures, 'value' | 'reason' | 'numerator' | 'denominator'> {
  readonly metric: string
  readonly definitionVersion: number
  readonly definitionHash: string
}

export interface Closing {
  readonly closedAt: string
  readonly evidenceEntryId: string
  /** By the id of the metric. */
  readonly figures: ReadonlyMap<string, ClosedFigures>
}

/** The bodies of the report, by form, without the proof. */
export type ReportBodies = { readonly [form in ReportForm]: string }

export interface ClosedReport {
  readonly closedAt: string
  readonly evidenceEntryId: string
  readonly bodies: ReportBodies
}

export const closingKey = ({ grain, from }: Period): string => `${grain}|${from}`

/** The closings of these periods, by their key; one that is open is absent. */
export async function closingsOf(reader: Reader, periods: readonly Period[]): Promise<ReadonlyMap<string, Closing>> {
  const rows = await reader.run(CLOSINGS, { keys: [...new Set(periods.map(closingKey))] })
  return new Map(rows.map(row => [String(row[0]), toClosing(row)]))
}

/** The report of a period; undefined while it is open. */
export async function closedReport(reader: Reader, period: Period): Promise<ClosedReport | undefined> {
  const [row] = await reader.run(REPORT, { key: closingKey(period) })
  if (row === undefined) return undefined
  const [closedAt, evidenceEntryId, jsonLd, csv, html] = row.map(String)
  return {
    closedAt: closedAt ?? '',
    evidenceEntryId: evidenceEntryId ?? '',
    bodies: { JSON_LD: jsonLd ?? '', CSV: csv ?? '', HTML: html ?? '' },
  }
}

export async function keepClosing(
  unit: UnitOfWork,
  period: Period,
  { closedAt, evidenceEntryId, bodies }: ClosedReport,
  figures: readonly ClosedFigures[],
): Promise<void> {
  const { JSON_LD: jsonLd, CSV: csv, HTML: html } = bodies
  const key = closingKey(period)
  await unit.run(KEEP, { key, closedAt, evidenceEntryId, figures: canonicalJson(figures), jsonLd, csv, html })
}

function toClosing([, closedAt, evidenceEntryId, figures]: Row): Closing {
  const closed = JSON.parse(String(figures)) as readonly ClosedFigures[]
  return {
    closedAt: String(closedAt),
    evidenceEntryId: String(evidenceEntryId),
    figures: new Map(closed.map(each => [each.metric, each])),
  }
}
