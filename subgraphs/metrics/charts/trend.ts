// Values over time as lines: one metric as a picture of its own, or several as panels of a board. A period without a value is a
// gap, never a zero; targets and healthy values are lines with their names.
import type { ChartRow, MetricValue } from '../types.ts'
import { circle, type Language, line, picture, polyline, text } from './svg.ts'
import { shown, titleOf, word } from './words.ts'

const PANEL = { width: 460, height: 230 } as const
const COLUMNS = 2
const TOP = 50
/** The room around the plot within a panel: names above, periods below, bounds to the right. */
const PLOT = { left: 20, right: 120, top: 56, bottom: 34 } as const
const POINT_RADIUS = 3

interface Box {
  readonly x: number
  readonly y: number
}

/** What the lines show, as a table: a row for each metric and period. */
export function trendRows(trends: readonly (readonly MetricValue[])[], language: Language): readonly ChartRow[] {
  return trends.flatMap(values =>
    values.map(value => ({
      name: `${titleOf(value.metric, language)}, ${periodName(value)}`,
      value: shown(language, value.metric.unit, value),
    })),
  )
}

/** One metric. */
export function trendPicture(values: readonly MetricValue[], language: Language): string {
  const title = values[0] === undefined ? word(language, 'trends') : titleOf(values[0].metric, language)
  const rows = trendRows([values], language)
  return picture({ ...PANEL, title, rows }, panel(values, language, { x: 0, y: 0 }))
}

/** Several, side by side. */
export function trendBoard(trends: readonly (readonly MetricValue[])[], language: Language): string {
  const title = word(language, 'trends')
  const width = PANEL.width * COLUMNS
  const height = TOP + PANEL.height * Math.ceil(trends.length / COLUMNS)
  return picture({ width, height, title, rows: trendRows(trends, language) }, [
    text(title, { x: 20, y: 32, size: 18 }),
    ...trends.flatMap((values, index) => {
      const x = PANEL.width * (index % COLUMNS)
      return panel(values, language, { x, y: TOP + PANEL.height * Math.floor(index / COLUMNS) })
    }),
  ])
}

function panel(values: readonly MetricValue[], language: Language, { x, y }: Box): readonly string[] {
  const last = values.at(-1)
  const first = values[0]
  if (first === undefined || last === undefined) return []
  const { metric, target } = last
  const bounds = [
    ...(metric.benchmark ? ([{ name: 'healthy', value: metric.benchmark.healthy, style: HEALTHY }] as const) : []),
    ...(target === null ? [] : ([{ name: 'target', value: target, style: TARGET }] as const)),
  ]
  const scale = scaleOf([...values.map(({ value }) => value), ...bounds.map(({ value }) => value)])
  const left = x + PLOT.left
  const right = x + PANEL.width - PLOT.right
  const bottom = y + PANEL.height - PLOT.bottom
  const top = y + PLOT.top
  const placeOf = (value: number, index: number): readonly [number, number] => [
    values.length === 1 ? left : left + ((right - left) * index) / (values.length - 1),
    bottom - (bottom - top) * scale(value),
  ]
  const known = values.flatMap(({ value }) => value ?? [])
  const nameAt = (name: string, value: number) => ({
    content: `${name}${shown(language, metric.unit, { value, reason: null })}`,
    y: placeOf(value, 0)[1],
  })
  const names = [
    ...bounds.map(({ name, value }) => nameAt(`${word(language, name)} `, value)),
    ...(known.length === 0 ? [] : [nameAt('', Math.min(0, ...known))]),
  ]
  return [
    text(titleOf(metric, language), { x: left, y: y + 22, size: 14 }),
    text(shown(language, metric.unit, last), { x: left, y: y + 42, size: 14, fill: '#0b57d0' }),
    line([left, bottom], [right, bottom], 'stroke="#8a8a8a"'),
    ...bounds.map(({ value, style }) => line([left, placeOf(value, 0)[1]], [right, placeOf(value, 0)[1]], style)),
    ...apart(names).map(({ content, y: at }) => text(content, { x: right + 8, y: at + 4, size: 11 })),
    ...runsOf(values, placeOf).flatMap(points => [
      polyline(points, 'fill="none" stroke="#0b57d0" stroke-width="2"'),
      ...points.map(point => circle(point, POINT_RADIUS, 'fill="#0b57d0"')),
    ]),
    ...(known.length === 0
      ? [text(word(language, 'noValues'), { x: (left + right) / 2, y: (top + bottom) / 2, anchor: 'middle' })]
      : []),
    text(periodName(first), { x: left, y: bottom + 18, size: 11 }),
    text(periodName(last), { x: right, y: bottom + 18, size: 11, anchor: 'end' }),
  ]
}

const HEALTHY = 'stroke="#006b3c" stroke-dasharray="6 3"'
const TARGET = 'stroke="#8a6d00" stroke-dasharray="2 3"'
const LEAST_BETWEEN_NAMES = 14

/** Names that would lie on each other are moved apart. */
function apart(names: readonly { readonly content: string; readonly y: number }[]) {
  const sorted = [...names].sort((a, b) => a.y - b.y)
  let above = Number.NEGATIVE_INFINITY
  return sorted.map(({ content, y }) => {
    above = Math.max(y, above + LEAST_BETWEEN_NAMES)
    return { content, y: above }
  })
}

/** From 0, because a share that grows from 0.90 to 0.91 has not doubled; below it only where a value is. */
function scaleOf(values: readonly (number | null)[]): (value: number) => number {
  const known = values.filter(each => each !== null)
  const least = Math.min(0, ...known)
  const most = Math.max(...known, least)
  return value => (most === least ? 0.5 : (value - least) / (most - least))
}

/** The points of values without a gap between them. */
function runsOf(
  values: readonly MetricValue[],
  placeOf: (value: number, index: number) => readonly [number, number],
): readonly (readonly (readonly [number, number])[])[] {
  const runs: (readonly [number, number])[][] = []
  let isOpen = false
  for (const [index, { value }] of values.entries()) {
    if (value !== null) {
      if (!isOpen) runs.push([])
      runs.at(-1)?.push(placeOf(value, index))
    }
    isOpen = value !== null
  }
  return runs
}

/** As people name a period: by its year, quarter, month or first day. */
function periodName({ grain, from }: MetricValue): string {
  switch (grain) {
    case 'YEAR':
      return from.slice(0, 4)
    case 'QUARTER':
      return `${from.slice(0, 4)} Q${Math.ceil(Number(from.slice(5, 7)) / 3)}`
    case 'MONTH':
      return from.slice(0, 7)
    case 'WEEK':
    case 'DAY':
      return from
  }
}
