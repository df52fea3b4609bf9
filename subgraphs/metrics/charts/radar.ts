// The health check as a radar: each axis runs from the worst of the figures known to the leader's, so that six units share one
// picture. Further out is better on every axis.
import type { ChartRow, HealthCheck, HealthDimension } from '../types.ts'
import { circle, type Language, line, picture, polygon, text } from './svg.ts'
import { shown, titleOf, word } from './words.ts'

// Wider than high: the names of the axes stand left and right.
const WIDTH = 1100
const HEIGHT = 640
const CENTRE = [WIDTH / 2, HEIGHT / 2] as const
const RADIUS = 200
const LABEL_RADIUS = 235

/** What the radar shows, as a table: a row for each dimension. */
export function healthRows({ dimensions }: HealthCheck, language: Language): readonly ChartRow[] {
  return dimensions.map(({ current }) => ({
    name: titleOf(current.metric, language),
    value: shown(language, current.metric.unit, current),
  }))
}

export function healthRadar(check: HealthCheck, language: Language): string {
  const { dimensions } = check
  const rows = healthRows(check, language)
  const at = (index: number, share: number): readonly [number, number] => {
    const angle = (2 * Math.PI * index) / dimensions.length - Math.PI / 2
    return [CENTRE[0] + RADIUS * share * Math.cos(angle), CENTRE[1] + RADIUS * share * Math.sin(angle)]
  }
  const ring = (shareOf: (dimension: HealthDimension) => number) =>
    dimensions.map((dimension, index) => at(index, shareOf(dimension)))
  return picture({ width: WIDTH, height: HEIGHT, title: word(language, 'health'), rows }, [
    text(word(language, 'health'), { x: CENTRE[0], y: 32, size: 18, anchor: 'middle' }),
    polygon(
      ring(() => 1),
      'fill="none" stroke="#8a8a8a"',
    ),
    ...dimensions.map((_, index) => line(CENTRE, at(index, 1), 'stroke="#c8c8c8"')),
    polygon(
      ring(each => shareOf(each, each.industryMean)),
      'fill="none" stroke="#8a6d00" stroke-dasharray="4 4"',
    ),
    polygon(
      ring(each => shareOf(each, each.healthy)),
      'fill="none" stroke="#006b3c" stroke-width="1.5"',
    ),
    ...ownValues(dimensions, (index, share) => at(index, share)),
    ...rows.flatMap(({ name, value }, index) => label(name, value, at(index, LABEL_RADIUS / RADIUS))),
    ...legend(language),
  ])
}

/** A shape where all values are known. Where one is not, the axis holds no point: at the centre it would pass for the worst. */
function ownValues(
  dimensions: readonly HealthDimension[],
  at: (index: number, share: number) => readonly [number, number],
): readonly string[] {
  const points = dimensions.map((each, index) =>
    each.current.value === null ? undefined : at(index, shareOf(each, each.current.value)),
  )
  const known = points.filter(point => point !== undefined)
  const isWhole = known.length === points.length
  const sides = points.flatMap((point, index) => {
    const next = points[(index + 1) % points.length]
    return isWhole || point === undefined || next === undefined ? [] : [line(point, next, OWN)]
  })
  return [
    ...(isWhole ? [polygon(known, `fill="#0b57d0" fill-opacity="0.2" ${OWN}`)] : sides),
    ...known.map(point => circle(point, 5, 'fill="#0b57d0"')),
  ]
}

const OWN = 'stroke="#0b57d0" stroke-width="2"'

/** 0 for what is worst of these figures, 1 for the leader's or better. */
function shareOf({ industryMean, leader, current }: HealthDimension, value: number): number {
  const worst = current.metric.direction === 'UP' ? 0 : Math.max(2 * industryMean, current.value ?? 0)
  return Math.min(1, Math.max(0, (value - worst) / (leader - worst)))
}

function label(name: string, value: string, [x, y]: readonly [number, number]): readonly string[] {
  const anchor = Math.abs(x - CENTRE[0]) < 1 ? 'middle' : x > CENTRE[0] ? 'start' : 'end'
  return [text(name, { x, y, size: 13, anchor }), text(value, { x, y: y + 17, size: 13, anchor, fill: '#0b57d0' })]
}

function legend(language: Language): readonly string[] {
  const entries = [
    ['here', 'stroke="#0b57d0" stroke-width="2"'],
    ['healthy', 'stroke="#006b3c" stroke-width="1.5"'],
    ['mean', 'stroke="#8a6d00" stroke-dasharray="4 4"'],
  ] as const
  return entries.flatMap(([name, style], index) => {
    const y = HEIGHT - 60 + 18 * index
    return [line([24, y - 4], [52, y - 4], style), text(word(language, name), { x: 60, y })]
  })
}
