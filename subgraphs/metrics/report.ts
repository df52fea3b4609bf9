// Pure: the report to regulators in its three forms, each the same values. A body says nothing that its entry does not commit to.

import { escaped, type Language } from './charts/svg.ts'
import { shown } from './charts/words.ts'
import type { Closing, ReportBodies } from './closing-store.ts'
import type { Definition } from './definition.ts'
import type { Period } from './periods.ts'
import type { Figures } from './values.ts'

export type { ReportForm } from '../../core/evidence/sealed-report.ts'

/** One line of the report: a metric over all, or in one region. */
export interface ReportLine extends Figures {
  readonly definition: Definition
  /** Null over all regions. */
  readonly region: string | null
}

export interface ReportHead extends Pick<Closing, 'closedAt'> {
  readonly period: Period
  readonly controller: string
  readonly policy: { readonly id: string; readonly version: number }
  /** How many entries of the log were signed when the values were read. */
  readonly checkpointSize: number | null
}

export function reportBodies(head: ReportHead, lines: readonly ReportLine[]): ReportBodies {
  return { JSON_LD: jsonLdOf(head, lines), CSV: csvOf(head, lines), HTML: htmlOf(head, lines) }
}

const CONTEXT = {
  dct: 'http://purl.org/dc/terms/',
  qb: 'http://purl.org/linked-data/cube#',
  schema: 'https://schema.org/',
  sg: 'urn:sovereign-graph:report:1#',
}

function jsonLdOf({ period, closedAt, controller, policy, checkpointSize }: ReportHead, lines: readonly ReportLine[]) {
  const report = {
    '@context': CONTEXT,
    '@type': 'qb:DataSet',
    'dct:created': closedAt,
    'dct:publisher': controller,
    'dct:temporal': { 'schema:startDate': period.from, 'schema:endDate': period.to },
    'sg:policy': `${policy.id}@${policy.version}`,
    'sg:checkpointSize': checkpointSize,
    'sg:observations': lines.map(({ definition, region, value, reason, numerator, denominator, consentCoverage }) => ({
      '@type': 'qb:Observation',
      'sg:metric': definition.id,
      'sg:definitionVersion': definition.version,
      'sg:definitionHash': definition.hash,
      'dct:title': { en: definition.title.en, zh: definition.title.zh },
      'dct:description': { en: definition.formula.en, zh: definition.formula.zh },
      'sg:region': region,
      'sg:value': value,
      'sg:reason': reason,
      'sg:numerator': numerator,
      'sg:denominator': denominator,
      'sg:consentCoverage': consentCoverage,
    })),
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

const COLUMNS = [
  'metric',
  'definitionVersion',
  'definitionHash',
  'from',
  'to',
  'region',
  'value',
  'reason',
  'numerator',
  'denominator',
  'consentCoverage',
]

function csvOf({ period, closedAt }: ReportHead, lines: readonly ReportLine[]): string {
  const rows = lines.map(({ definition: { id, version, hash }, region, ...figures }) => [
    id,
    version,
    hash,
    period.from,
    period.to,
    region,
    figures.value,
    figures.reason,
    figures.numerator,
    figures.denominator,
    figures.consentCoverage,
  ])
  return [COLUMNS, ...rows, ['closedAt', closedAt]].map(row => `${row.map(csvCell).join(',')}\n`).join('')
}

/** Quoted where it has to be. A text that a spreadsheet would take for a formula is kept from being one. */
function csvCell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function htmlOf({ period, closedAt, controller, policy, checkpointSize }: ReportHead, lines: readonly ReportLine[]) {
  const rows = lines.map(({ definition, region, value, reason, numerator, denominator }) => {
    const said = (language: Language) => shown(language, definition.unit, { value, reason })
    const told = said('EN') === said('ZH') ? said('EN') : `${said('EN')} ${said('ZH')}`
    const cells = [region ?? 'all 全部', told, numerator, denominator].map(
      each => `<td>${escaped(String(each ?? '–'))}</td>`,
    )
    const { title, formula, version, hash } = definition
    const name = `${escaped(title.en)}<br>${escaped(title.zh)}`
    const says = `${escaped(formula.en)}<br>${escaped(formula.zh)}<br><small>${version}, ${hash}</small>`
    return `<tr><th scope="row">${name}</th>${cells.join('')}<td>${says}</td></tr>`
  })
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Indicators for regulators 监管指标</title>',
    '<style>body{font-family:system-ui,sans-serif;margin:2rem;color:#1a1a1a}table{border-collapse:collapse;width:100%}',
    'th,td{border:1px solid #767676;padding:.4rem;text-align:left;vertical-align:top}td{font-variant-numeric:tabular-nums}',
    '.proof{white-space:pre-wrap;word-break:break-all;font-size:.6rem;color:#595959}@page{size:A4 landscape;margin:1.5cm}</style>',
    '</head><body>',
    '<h1>Indicators for regulators 监管指标</h1>',
    `<p>${escaped(controller)} · ${period.from} – ${period.to} · closed 关账 ${closedAt} · policy 策略 ${escaped(policy.id)}@${policy.version} · log 日志 ${checkpointSize ?? 0}</p>`,
    '<table><thead><tr><th scope="col">Indicator 指标</th><th scope="col">Region 地区</th><th scope="col">Value 值</th>',
    '<th scope="col">Numerator 分子</th><th scope="col">Denominator 分母</th><th scope="col">Formula and definition 公式与定义</th></tr></thead>',
    `<tbody>${rows.join('\n')}</tbody></table>`,
    '<p>Below stands the proof, for: sovereign evidence verify FILE. 以下为证明。</p>',
    '</body></html>\n',
  ].join('\n')
}
