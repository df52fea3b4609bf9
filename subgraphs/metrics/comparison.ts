// A value beside what it can be measured against, and what moved it.
import type { Services } from '../../core/context.ts'
import type { Reader } from '../../core/graph/graph.ts'
import type { Dimension } from '../../core/registry/facts.ts'
import type { DriverBranch, DriverTree, MetricComparison, ModuleComparison } from './analysis-types.ts'
import { type Answer, open, requireDimension } from './answer.ts'
import type { Definition } from './definition.ts'
import { type Line, lineOf, moved, share } from './drivers.ts'
import { distanceOf } from './health.ts'
import { enabledModules } from './module-read.ts'
import { next, type Period, periodAt, previous } from './periods.ts'
import type { MetricValue } from './types.ts'
import { type Asked, type Figures, partsOf } from './values.ts'

type ComparisonServices = Pick<Services, 'graph' | 'countable'>

export async function compare(
  services: ComparisonServices,
  at: string,
  definition: Definition,
  period: Period,
): Promise<MetricComparison> {
  const { graph } = services
  const reader: Reader = { run: graph.read.bind(graph) }
  const modules = (await enabledModules(reader)).map(each => ({ ...each, around: around(period, each.since) }))
  const asked = [period, previous(period), ...modules.flatMap(({ around: [before, after] }) => [before, after])].map(
    each => ({ definition, period: each }),
  )
  const answer = await open(services, at, asked)
  const current = answer.toValue({ definition, period })
  const before = answer.toValue({ definition, period: previous(period) })
  const { direction, benchmark } = definition
  const from = (bound: number | null | undefined) => distanceOf(direction, current.value, bound ?? null)
  return {
    current,
    previous: before,
    change: difference(before, current),
    toTarget: from(current.target),
    toMean: from(benchmark?.mean),
    toHealthy: from(benchmark?.healthy),
    toLeader: from(benchmark?.leader),
    byModule: modules.map(({ name, since, around: [first, last] }) =>
      beforeAndAfter(answer, definition, { module: name, enabledAt: since, first, last }, at),
    ),
  }
}

/** The last whole period before a time, and the first whole one after it. */
function around({ grain }: Period, at: string): readonly [Period, Period] {
  const within = periodAt(grain, at)
  return [previous(within), next(within)]
}

function beforeAndAfter(
  answer: Answer,
  definition: Definition,
  { module, enabledAt, first, last }: { module: string; enabledAt: string; first: Period; last: Period },
  at: string,
): ModuleComparison {
  const before = answer.toValue({ definition, period: first })
  const after = last.to <= at.slice(0, 10) ? answer.toValue({ definition, period: last }) : null
  return { module, enabledAt, before, after, change: after && difference(before, after) }
}

function difference(before: MetricValue, after: MetricValue): number | null {
  return before.value === null || after.value === null ? null : after.value - before.value
}

/** Throws BAD_USER_INPUT for a dimension that the metric has not. */
export async function driverTree(
  services: ComparisonServices,
  at: string,
  { definition, period }: Asked,
  by: Dimension | null,
): Promise<DriverTree> {
  if (by !== null) requireDimension(definition, by, services.countable)
  const now = { definition, period }
  const earlier = { definition, period: previous(period) }
  const answer = await open(services, at, [now, earlier])
  const current = answer.toValue(now)
  const before = answer.toValue(earlier)
  const [lineNow, lineBefore] = [lineOf(answer.figures(now)), lineOf(answer.figures(earlier))]
  if (lineNow === undefined || lineBefore === undefined) {
    return { current, previous: before, change: null, sides: [], by, slices: [] }
  }
  const factor = definition.type === 'DERIVED' ? definition.factor : 1
  return {
    current,
    previous: before,
    change: difference(before, current),
    sides: sidesOf(definition, lineBefore, lineNow, factor),
    by,
    slices:
      by === null
        ? []
        : slicesOf({ before: lineBefore, after: lineNow }, answer.figuresBy(earlier, by), answer.figuresBy(now, by)),
  }
}

function sidesOf(definition: Definition, then: Line, now: Line, factor: number): readonly DriverBranch[] {
  const { numerator, denominator } = moved(then, now)
  const [above, below] = partsOf(definition).map(({ id }) => id)
  const names =
    definition.type === 'DERIVED' ? [above ?? 'NUMERATOR', below ?? 'DENOMINATOR'] : ['NUMERATOR', 'DENOMINATOR']
  return [
    { name: names[0] ?? '', before: then.numerator, after: now.numerator, contribution: numerator * factor },
    { name: names[1] ?? '', before: then.denominator, after: now.denominator, contribution: denominator * factor },
  ]
}

type Slices = readonly (readonly [value: string, figures: Figures])[]

const NOTHING: Line = { numerator: 0, denominator: 0 }

/** What is withheld of one period is in OTHER of both, so that all branches add up to the change. */
function slicesOf(
  whole: { readonly before: Line; readonly after: Line },
  then: Slices,
  now: Slices,
): readonly DriverBranch[] {
  const [before, after] = [new Map(then), new Map(now)]
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  const isWithheld = (figures: Figures | undefined) => figures?.reason === 'COHORT_TOO_SMALL'
  const told = names.filter(name => !isWithheld(before.get(name)) && !isWithheld(after.get(name)))
  const branches = told.map(name => {
    const parts = [partOf(before.get(name)), partOf(after.get(name))] as const
    const { numerator, denominator } = share(whole.before, whole.after, ...parts)
    return {
      name,
      before: before.get(name)?.value ?? null,
      after: after.get(name)?.value ?? null,
      contribution: numerator + denominator,
    }
  })
  const all = moved(whole.before, whole.after)
  const rest = all.numerator + all.denominator - branches.reduce((sum, each) => sum + each.contribution, 0)
  const isWhole = Math.abs(rest) < 1e-9
  return isWhole ? branches : [...branches, { name: 'OTHER', before: null, after: null, contribution: rest }]
}

function partOf(figures: Figures | undefined): Line {
  if (figures === undefined || figures.numerator === null) return NOTHING
  // A count has nothing below the line, in its parts as in the whole.
  return { numerator: figures.numerator, denominator: figures.denominator ?? 0 }
}
