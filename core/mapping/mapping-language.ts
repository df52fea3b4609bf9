// The mapping language: a JSON template of the payload, read with one row of a table. Data only, no code in it.
// An object with one of the words below is an expression; every other object is an object of the payload.
//   {"constant": 2009}                          the same value for every row
//   {"column": "close_date", "as": "instant"}   a cell, as text (default), integer, number, decimal or instant; further:
//       "replace": {"GTXPro": "GTX Pro"}          then "oneOf": [...]; "emptyAs": "absent" (default: a failure)
//   {"row": "place"}                            file name and row number, for rows without a key of their own
//   {"join": ["ACC-", {"column": "account"}]}   texts and expressions, one after the other
//   {"firstWeekdayOf": {"year": …, "month": …, "weekday": …}}   00:00 UTC of the first such weekday of that month
//   {"whenFilled": "close_value", "part": …}    a part of the payload that is there only when that cell is
// An absent value leaves its field out of the payload, and makes what is computed from it absent.
import { z } from 'zod'
import { unreachable } from '../errors.ts'

export interface ColumnPart {
  kind: 'column'
  column: string
  as: 'text' | 'integer' | 'number' | 'decimal' | 'instant'
  replace?: Record<string, string> | undefined
  oneOf?: string[] | undefined
  emptyAs?: 'absent' | undefined
}

export interface FirstWeekdayPart {
  kind: 'firstWeekdayOf'
  year: Expression
  month: Expression
  weekday: Expression
}

/** What has one value a row. */
export type Expression =
  | { kind: 'constant'; constant: string | number | boolean }
  | ColumnPart
  | { kind: 'row' }
  | { kind: 'join'; parts: Expression[] }
  | FirstWeekdayPart

export type Part =
  | Expression
  | { kind: 'whenFilled'; column: string; part: Part }
  | { kind: 'object'; fields: Record<string, Part> }

const columnName = z.string().min(1)

const expressionWords = () => ({
  constant: z
    .strictObject({ constant: z.union([z.string(), z.number(), z.boolean()]) })
    .transform(({ constant }) => ({ kind: 'constant', constant }) as const),
  column: z
    .strictObject({
      column: columnName,
      as: z.enum(['text', 'integer', 'number', 'decimal', 'instant']).default('text'),
      replace: z.record(z.string(), z.string()).optional(),
      oneOf: z.array(z.string()).min(1).optional(),
      emptyAs: z.literal('absent').optional(),
    })
    .transform((parsed): ColumnPart => ({ kind: 'column', ...parsed })),
  row: z.strictObject({ row: z.literal('place') }).transform(() => ({ kind: 'row' }) as const),
  join: z
    .strictObject({ join: z.array(textOrExpression).min(1) })
    .transform(({ join }) => ({ kind: 'join', parts: join }) as const),
  firstWeekdayOf: z
    .strictObject({ firstWeekdayOf: z.strictObject({ year: expression, month: expression, weekday: expression }) })
    .transform(({ firstWeekdayOf }): FirstWeekdayPart => ({ kind: 'firstWeekdayOf', ...firstWeekdayOf })),
})

const expression: z.ZodType<Expression> = byWord<Expression>(expressionWords)

const textOrExpression: z.ZodType<Expression> = byWord<Expression>(expressionWords, () =>
  z.string().transform(constant => ({ kind: 'constant', constant }) as const),
)

const part: z.ZodType<Part> = byWord<Part>(
  () => ({
    ...expressionWords(),
    whenFilled: z
      .strictObject({ whenFilled: columnName, part })
      .transform(parsed => ({ kind: 'whenFilled', column: parsed.whenFilled, part: parsed.part }) as const),
  }),
  () => z.record(z.string(), part).transform(fields => ({ kind: 'object', fields }) as const),
)

const mapping = z.strictObject({
  description: z.string().min(1),
  /** The source whose records it makes. */
  source: z.string().min(1),
  payload: z.record(z.string(), part).transform(fields => ({ kind: 'object', fields }) as const),
})

export type Mapping = z.infer<typeof mapping>

/** Reads a mapping. Each reason names the place in it and what is right there. */
export function parseMapping(value: unknown): { mapping: Mapping } | { reasons: readonly string[] } {
  const parsed = mapping.safeParse(value)
  if (parsed.success) return { mapping: parsed.data }
  return { reasons: parsed.error.issues.map(issue => `${issue.path.join('.') || 'the whole'}: ${issue.message}`) }
}

/** The columns that a mapping reads, each once. */
export function columnsOf({ payload }: Mapping): readonly string[] {
  return [...new Set(columnsIn(payload))]
}

function columnsIn(part: Part): string[] {
  switch (part.kind) {
    case 'constant':
    case 'row':
      return []
    case 'column':
      return [part.column]
    case 'join':
      return part.parts.flatMap(columnsIn)
    case 'firstWeekdayOf':
      return [part.year, part.month, part.weekday].flatMap(columnsIn)
    case 'whenFilled':
      return [part.column, ...columnsIn(part.part)]
    case 'object':
      return Object.values(part.fields).flatMap(columnsIn)
    default:
      return unreachable(part)
  }
}

// A union tried member by member would answer "invalid input" for the whole; the word says which member is meant.
function byWord<T>(words: () => Record<string, z.ZodType<T>>, otherwise?: () => z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const schemas = words()
    const word =
      typeof value === 'object' && value !== null ? Object.keys(schemas).find(each => each in value) : undefined
    const schema = word === undefined ? otherwise?.() : schemas[word]
    if (schema === undefined) {
      context.addIssue({ code: 'custom', message: `expected one of ${Object.keys(schemas).join(', ')}` })
      return z.NEVER
    }
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path: [...path], message })
    return z.NEVER
  })
}
