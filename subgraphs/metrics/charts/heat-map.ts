// A board as a heat map: indicators down, regions across. Each field tells its value as text; the shade repeats it.
import type { ChartRow, GovernanceBoard, Metric, MetricValue } from '../types.ts'
import { type Language, picture, rectangle, text } from './svg.ts'
import { shown, titleOf, word } from './words.ts'

/** The longest name of an indicator fits in it. */
const NAME_WIDTH = 350
const FIELD = { width: 124, height: 34 } as const
/** The longest title fits in it, also where there are no regions. */
const LEAST_WIDTH = 640
const TOP = 70
const LEGEND = { height: 22, swatch: { width: 28, height: 14 } } as const

interface Line {
  readonly metric: Metric
  /** In the order of the columns; undefined where a region has no figure. */
  readonly values: readonly (MetricValue | undefined)[]
}

/** What the map shows, as a table: a row for each indicator and region. */
export function boardRows(board: GovernanceBoard, language: Language): readonly ChartRow[] {
  const columns = columnsOf(board, language)
  return linesOf(board).flatMap(({ metric, values }) =>
    values.map((value, index) => ({
      name: `${titleOf(metric, language)}, ${columns[index] ?? ''}`,
      value: content(value, language),
    })),
  )
}

export function boardHeatMap(board: GovernanceBoard, language: Language): string {
  const columns = columnsOf(board, language)
  const lines = linesOf(board)
  const title = word(language, board.name)
  const legendTop = TOP + FIELD.height * lines.length + 24
  const styles = legendOf(language)
  const width = Math.max(LEAST_WIDTH, NAME_WIDTH + FIELD.width * columns.length + 12)
  const height = legendTop + LEGEND.height * styles.length
  return picture({ width, height, title, rows: boardRows(board, language) }, [
    text(title, { x: 12, y: 28, size: 18 }),
    ...columns.map((name, column) =>
      text(name, { x: NAME_WIDTH + FIELD.width * (column + 0.5), y: TOP - 10, anchor: 'middle' }),
    ),
    ...lines.flatMap(({ metric, values }, index) => {
      const y = TOP + FIELD.height * index
      return [
        text(titleOf(metric, language), { x: 12, y: y + 22 }),
        ...values.flatMap((value, column) => field(value, language, NAME_WIDTH + FIELD.width * column, y)),
      ]
    }),
    ...styles.flatMap(([name, style], index) => {
      const y = legendTop + LEGEND.height * index
      return [rectangle([12, y], LEGEND.swatch, style), text(name, { x: 50, y: y + 11 })]
    }),
  ])
}

function regionsOf({ indicators }: GovernanceBoard): readonly string[] {
  return [...new Set(indicators.flatMap(({ regions }) => regions.map(({ slice }) => slice ?? '')))].sort()
}

function columnsOf(board: GovernanceBoard, language: Language): readonly string[] {
  return [word(language, 'whole'), ...regionsOf(board)]
}

function linesOf(board: GovernanceBoard): readonly Line[] {
  const columns = regionsOf(board)
  return board.indicators.map(({ metric, whole, regions }) => ({
    metric,
    values: [whole, ...columns.map(region => regions.find(({ slice }) => slice === region))],
  }))
}

function content(value: MetricValue | undefined, language: Language): string {
  return value === undefined ? '–' : shown(language, value.metric.unit, value)
}

function field(value: MetricValue | undefined, language: Language, x: number, y: number): readonly string[] {
  const size = { width: FIELD.width - 4, height: FIELD.height - 4 }
  return [
    rectangle([x + 2, y + 2], size, styleOf(value)),
    text(content(value, language), { x: x + FIELD.width / 2, y: y + 21, anchor: 'middle' }),
  ]
}

const NO_SHADE = 'fill="#ffffff" stroke="#8a8a8a"'
const WITHHELD = 'fill="#ffffff" stroke="#595959" stroke-dasharray="4 3"'
const NO_VALUE = 'fill="#f2f2f2"'

function styleOf(value: MetricValue | undefined): string {
  if (value?.reason === 'COHORT_TOO_SMALL') return WITHHELD
  if (value?.value == null) return NO_VALUE
  const { unit, direction } = value.metric
  return unit === 'RATIO' ? shade(direction === 'UP' ? value.value : 1 - value.value) : NO_SHADE
}

/** One hue, so that it is told apart in grey, too; light enough at every value for dark text: contrast stays above 7 to 1. */
function shade(good: number): string {
  return `fill="hsl(210 60% ${Math.round(96 - 24 * Math.min(1, Math.max(0, good)))}%)" stroke="#b8c4d0"`
}

function legendOf(language: Language): readonly (readonly [name: string, style: string])[] {
  return [
    [word(language, 'worstShare'), shade(0)],
    [word(language, 'bestShare'), shade(1)],
    [word(language, 'noShare'), NO_SHADE],
    [word(language, 'withheld'), WITHHELD],
    [word(language, 'noFigure'), NO_VALUE],
  ]
}
