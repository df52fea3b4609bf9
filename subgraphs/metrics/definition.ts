// The language of definitions, after MetricFlow: what a metric counts, over which period, and how its value is to be read. A
// definition is data; its hash is part of every value.
import { z } from 'zod'
import { canonicalJson, sha256 } from '../../core/evidence/commitment.ts'
import { dimensions } from '../../core/registry/facts.ts'
import { purposes } from '../../core/viewer.ts'

const condition = z.strictObject({
  field: z.string().min(1),
  is: z.enum(['EQUALS', 'AT_LEAST', 'AT_MOST', 'KNOWN']),
  value: z.union([z.string(), z.number()]).optional(),
})

const measure = z.strictObject({
  source: z.string().min(1),
  /** FACTS counts facts, SUM adds up a field of them, ENTITIES counts the entities that have at least one. */
  aggregation: z.enum(['FACTS', 'SUM', 'ENTITIES']),
  /** What SUM adds up; a fact without it adds nothing. */
  field: z.string().min(1).optional(),
  /** All of them must hold of a fact. */
  where: z.array(condition).default([]),
})

const both = z.strictObject({ en: z.string().min(1), zh: z.string().min(1) })

/** The figures of the industry. */
const benchmark = z.strictObject({
  /** From here on a value is healthy. */
  healthy: z.number(),
  mean: z.number(),
  leader: z.number(),
  source: z.string().min(1),
})

const common = {
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.int().positive(),
  title: both,
  /** The formula in words. */
  formula: both,
  unit: z.enum(['RATIO', 'COUNT', 'DAYS', 'HOURS', 'PER_THOUSAND', 'POINTS']),
  /** Whether more is better. */
  direction: z.enum(['UP', 'DOWN']),
  /** The role that answers for it. */
  owner: z.string().min(1),
  /** What is counted: the entity of all its sources. */
  entity: z.string().min(1),
  /** A customer is counted only where the law lets its data be used for this purpose: by its consent where one is needed. */
  purpose: z.enum(purposes),
  /** What a period without anything to count answers. */
  whenEmpty: z.enum(['NULL', 'ZERO']),
  benchmark: benchmark.optional(),
  /** Two dimensions that it is counted by together as well, for a table of both. */
  crossedBy: z.tuple([z.enum(dimensions), z.enum(dimensions)]).optional(),
  /** What is aimed at until an operator or manager sets another target. */
  target: z.number().optional(),
}

const definitionSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ ...common, type: z.literal('SIMPLE'), measure }),
    /** Of a ratio of entities the numerator counts only those that the denominator counts. */
    z.strictObject({ ...common, type: z.literal('RATIO'), numerator: measure, denominator: measure }),
    /** A measure over the days up to the end of the period: of a window, or since the beginning. */
    z.strictObject({ ...common, type: z.literal('CUMULATIVE'), measure, windowDays: z.int().positive().nullable() }),
    /** Of the facts in the period the share that was followed by one of another measure within so many hours. */
    z.strictObject({
      ...common,
      type: z.literal('CONVERSION'),
      base: measure,
      converted: measure,
      withinHours: z.number().positive(),
    }),
    /** One metric divided by another, times a factor. */
    z.strictObject({
      ...common,
      type: z.literal('DERIVED'),
      dividend: z.string().min(1),
      divisor: z.string().min(1),
      factor: z.number().positive(),
    }),
  ])
  .superRefine((definition, context) => {
    for (const each of measuresOf(definition)) {
      if ((each.aggregation === 'SUM') !== (each.field !== undefined)) {
        context.addIssue({ code: 'custom', message: `SUM of ${each.source} names a field, and nothing else does` })
      }
    }
    if (definition.type === 'CUMULATIVE' && definition.measure.aggregation === 'ENTITIES') {
      context.addIssue({ code: 'custom', message: 'entities cannot be added up over days' })
    }
    if (definition.type === 'DERIVED' && [definition.dividend, definition.divisor].includes(definition.id)) {
      context.addIssue({ code: 'custom', message: `${definition.id} is made from itself` })
    }
  })

export type Measure = z.infer<typeof measure>
export type Condition = z.infer<typeof condition>
export type Benchmark = z.infer<typeof benchmark>
type AnyDefinition = z.infer<typeof definitionSchema>
export type Definition = AnyDefinition & { readonly hash: string }

/** The measures that a definition counts by itself; a derived one counts by those that it is made from. */
export function measuresOf(definition: AnyDefinition): readonly Measure[] {
  switch (definition.type) {
    case 'SIMPLE':
    case 'CUMULATIVE':
      return [definition.measure]
    case 'RATIO':
      return [definition.numerator, definition.denominator]
    case 'CONVERSION':
      return [definition.base, definition.converted]
    case 'DERIVED':
      return []
  }
}

/** Checks definitions and gives each its hash. Throws ZodError, or an Error that names the definition that cannot be. */
export function parseDefinitions(data: readonly unknown[]): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>()
  for (const each of data) {
    const parsed = definitionSchema.parse(each)
    if (definitions.has(parsed.id)) throw new Error(`metric ${parsed.id} is defined twice`)
    definitions.set(parsed.id, { ...parsed, hash: sha256(canonicalJson(parsed)).toString('base64url') })
  }
  for (const each of definitions.values()) {
    if (each.type !== 'DERIVED') continue
    for (const part of [each.dividend, each.divisor]) {
      const found = definitions.get(part)
      if (found === undefined) throw new Error(`metric ${each.id} is made from ${part}, which is not defined`)
      // One level, so that none can be made from itself by a detour.
      if (found.type === 'DERIVED') throw new Error(`metric ${each.id} is made from ${part}, which is itself derived`)
    }
  }
  return definitions
}
