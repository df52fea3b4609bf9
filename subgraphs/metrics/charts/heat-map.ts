// A board as a heat map: indicators down, regions across. Each field tells its value as text; the shade repeats it.
import type { ChartRow, GovernanceBoard, MetricValue } from '../types.ts'
import { escaped, type Language, picture, text } from './svg.ts'
import { shown, titleOf, word } from './words.ts'

const NAME_WIDTH = 260
const FIELD_WIDTH = 110
const FIELD_HEIGHT = 34
const TOP = 70

/** What the map shows, as a table: a row for each indicator and region. */
export function boardRows({ indicators }: GovernanceBoard, language: Language): readonly ChartRow[] {
  return indicators.flatMap(({ metric, whole, regions }) =>
    [whole, ...regions].map(value => ({
      name: `${titleOf(metric, language)}, ${value.slice ?? word(language, 'whole')}`,
      value: shown(language, metric.unit, value),
    })),
  )
}

export function boardHeatMap(board: GovernanceBoard, language: Language): string {
  const { indicators } = board
  const regions = [...new Set(indicators.flatMap(each => each.regions.map(({ slice }) => slice ?? '')))].sort()
  const columns = [word(language, 'whole'), ...regions]
  const parts = indicators.flatMap(({ metric, whole, regions: values }, index) => {
    const y = TOP + FIELD_HEIGHT * index
    const inOrder = [whole, ...regions.map(region => values.find(({ slice }) => slice === region))]
    const fields = inOrder.map((value, column) => {
      const content = value === undefined ? '–' : shown(language, metric.unit, value)
      return field(content, shadeOf(value), NAME_WIDTH + FIELD_WIDTH * column, y)
    })
    return [text(titleOf(metric, language), { x: 12, y: y + 22 }), ...fields]
  })
  const title = word(language, 'governance')
  const width = NAME_WIDTH + FIELD_WIDTH * columns.length + 12
  const height = TOP + FIELD_HEIGHT * indicators.length + 16
  return picture({ width, height, title, rows: boardRows(board, language) }, [
    text(title, { x: 12, y: 28, size: 18 }),
    ...columns.map((name, column) =>
      text(name, { x: NAME_WIDTH + FIELD_WIDTH * (column + 0.5), y: TOP - 10, anchor: 'middle' }),
    ),
    ...parts,
  ])
}

/** Light enough at every value for dark text on it: contrast stays above 7 to 1. */
function shadeOf(value: MetricValue | undefined): string {
  if (value?.value == null || value.metric.unit !== 'RATIO') return '#f2f2f2'
  const good = Math.min(1, Math.max(0, value.metric.direction === 'UP' ? value.value : 1 - value.value))
  return `hsl(${Math.round(30 + 110 * good)} 60% 85%)`
}

function field(content: string, fill: string, x: number, y: number): string {
  return [
    `<rect x="${x + 2}" y="${y + 2}" width="${FIELD_WIDTH - 4}" height="${FIELD_HEIGHT - 4}" rx="4" fill="${escaped(fill)}"/>`,
    text(content, { x: x + FIELD_WIDTH / 2, y: y + 22, size: 11, anchor: 'middle' }),
  ].join('\n')
}
