// Pure: templates by which a goal becomes tasks, and the check that the tasks are mutually exclusive and together exhaustive.
import { z } from 'zod'
import type { ErrorDetail } from '../../../core/errors.ts'

const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(80)
const text = z.string().trim().min(1).max(200)
export const quadrant = z.enum(['CUSTOMER_INSIGHT', 'VALUE_PRESENTATION', 'RISK_CONTROL', 'ECOSYSTEM_COLLABORATION'])

const roleSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  people: z.int().min(1).max(20),
  requirements: z
    .array(
      z.strictObject({ skillUri: z.string().max(300), level: z.number().positive().max(5), isEssential: z.boolean() }),
    )
    .max(10),
})

const stepSchema = z.strictObject({
  key: name,
  title: text,
  titleZh: text,
  quadrant,
  /** Aspects of the goal that the step answers for. */
  covers: z.array(name).min(1).max(20),
  roles: z.array(roleSchema).min(1).max(10),
})

/** What has to be taken care of for the goal to be reached. */
const aspectSchema = z.strictObject({ name, title: text, quadrant })

export const templateSchema = z.strictObject({
  name,
  title: text,
  titleZh: text,
  aspects: z.array(aspectSchema).min(1).max(50),
  steps: z.array(stepSchema).max(30),
  /** Templates whose aspects and steps are part of this one. */
  includes: z.array(name).max(10),
})
export type Template = z.infer<typeof templateSchema>
export type Step = Template['steps'][number]
export type Aspect = Template['aspects'][number]

/** What keeps steps from being mutually exclusive and together exhaustive. */
export interface Finding {
  readonly kind: 'GAP' | 'OVERLAP' | 'MISPLACED'
  readonly aspect: string
  /** None for a gap, two or more for an overlap, one that stands in another quadrant than what it covers. */
  readonly steps: readonly string[]
}

/** In the order of the aspects: those that no step covers, those that several do, and steps in the wrong quadrant. */
export function meceFindings(
  aspects: readonly Aspect[],
  steps: readonly Pick<Step, 'key' | 'covers' | 'quadrant'>[],
): readonly Finding[] {
  return aspects.flatMap(({ name: aspect, quadrant: where }): Finding[] => {
    const covering = steps.filter(({ covers }) => covers.includes(aspect))
    const keys = covering.map(({ key }) => key)
    if (keys.length === 0) return [{ kind: 'GAP', aspect, steps: [] }]
    const misplaced = covering.filter(step => step.quadrant !== where).map(({ key }) => key)
    return [
      ...(keys.length > 1 ? [{ kind: 'OVERLAP' as const, aspect, steps: keys }] : []),
      ...misplaced.map(key => ({ kind: 'MISPLACED' as const, aspect, steps: [key] })),
    ]
  })
}

/** The template with all that it includes, each once. Undefined where something that it includes is not in the library. */
export function flattened(template: Template, library: ReadonlyMap<string, Template>): Template | undefined {
  const all = new Map<string, Template>()
  const add = (each: Template): boolean => {
    if (all.has(each.name)) return true
    all.set(each.name, each)
    return each.includes.every(included => {
      const found = library.get(included)
      return found !== undefined && add(found)
    })
  }
  if (!add(template)) return undefined
  const parts = [...all.values()]
  return { ...template, aspects: parts.flatMap(each => each.aspects), steps: parts.flatMap(each => each.steps) }
}

/** What is wrong with a template beside the others of the library, or undefined. */
export function templateProblem(template: Template, library: ReadonlyMap<string, Template>): ErrorDetail | undefined {
  const cycle = cycleFrom(template, library)
  if (cycle !== undefined) {
    return { at: 'includes', expected: 'templates that do not include this one', got: cycle.join(' → ') }
  }
  const unknown = template.includes.find(included => !library.has(included))
  if (unknown !== undefined) return { at: 'includes', expected: 'names of templates', got: unknown }
  const whole = flattened(template, library)
  if (whole === undefined) return { at: 'includes', expected: 'templates whose own includes are known' }
  const keys = whole.steps.map(({ key }) => key)
  const aspects = whole.aspects.map(aspect => aspect.name)
  const twice = (names: readonly string[]) => names.find((each, index) => names.indexOf(each) !== index)
  const strange = whole.steps.flatMap(({ covers }) => covers).find(each => !aspects.includes(each))
  if (twice(keys) !== undefined) return { at: 'steps.key', expected: 'each key once', got: twice(keys) ?? '' }
  if (twice(aspects) !== undefined) return { at: 'aspects', expected: 'each aspect once', got: twice(aspects) ?? '' }
  return strange === undefined ? undefined : { at: 'steps.covers', expected: 'aspects of the template', got: strange }
}

/** The names along a way that comes back to where it was; undefined where there is none. */
function cycleFrom(template: Template, library: ReadonlyMap<string, Template>): readonly string[] | undefined {
  const includesOf = (at: string) => (at === template.name ? template.includes : (library.get(at)?.includes ?? []))
  const cleared = new Set<string>()
  const look = (at: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at]
    if (cleared.has(at)) return undefined
    for (const next of includesOf(at)) {
      const cycle = look(next, [...way, at])
      if (cycle !== undefined) return cycle
    }
    cleared.add(at)
    return undefined
  }
  return look(template.name, [])
}
