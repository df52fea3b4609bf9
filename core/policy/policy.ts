// Policy is data: this file gives its shape and checks it; `ground-policy.ts` is the data that ships.
import { z } from 'zod'
import { purposes, viewerKinds } from '../viewer.ts'
import { categories, isWithin } from './categories.ts'
import { maskKinds } from './masks.ts'

const purpose = z.enum(purposes)
const viewerKind = z.enum(viewerKinds)
const categoryOrAncestor = z
  .string()
  .refine(text => categories.some(category => isWithin(category, text)), { error: 'no category lies at or below it' })

/**
 * Which customers a viewer of a kind may know of at all:
 * SELF the customer itself, OWNED those of a seller, REGION those of a region, CONSENTED those who consented to the
 * stated purpose, ALL, NONE.
 */
export const rowScopes = ['SELF', 'OWNED', 'REGION', 'CONSENTED', 'ALL', 'NONE'] as const
export type RowScope = (typeof rowScopes)[number]

const rule = z.strictObject({
  id: z.string().min(1),
  viewers: z.array(viewerKind).min(1),
  purposes: z.array(purpose).min(1),
  categories: z.array(categoryOrAncestor).min(1),
  /** ALLOW shows the value, a mask shows its image, DENY withholds it whatever other rules say. */
  effect: z.enum(['ALLOW', 'DENY', ...maskKinds]),
  /** A purpose that the customer must have consented to beside the stated one, or the rule denies. */
  alsoConsent: purpose.optional(),
})

const regime = z.strictObject({
  id: z.enum(['GDPR', 'PIPL']),
  regions: z.array(z.string().min(1)).min(1),
  /** The legal basis of each purpose, and whether it rests on the customer's consent. */
  bases: z.record(purpose, z.strictObject({ article: z.string().min(1), consent: z.boolean() })),
  minorBelowAge: z.int().min(0),
  responseWithin: z.strictObject({ count: z.int().positive(), unit: z.enum(['CALENDAR_MONTHS', 'WORKING_DAYS']) }),
  crossBorder: z.enum(['SAFEGUARDS', 'SEPARATE_CONSENT']),
  rights: z.array(z.string().min(1)).min(1),
})

const policySchema = z
  .strictObject({
    id: z.string().min(1),
    version: z.int().positive(),
    /** Which purposes a viewer of a kind may state. A token or key may narrow them further. */
    grants: z.record(viewerKind, z.array(purpose)),
    rows: z.record(viewerKind, z.enum(rowScopes)),
    rules: z.array(rule),
    regimes: z.array(regime).min(1),
  })
  .superRefine((policy, context) => {
    const ruleIds = policy.rules.map(each => each.id)
    const regions = policy.regimes.flatMap(each => each.regions)
    for (const [what, values] of [['rule id', ruleIds] as const, ['region', regions] as const]) {
      const twice = values.find((value, index) => values.indexOf(value) !== index)
      if (twice !== undefined) context.addIssue({ code: 'custom', message: `${what} ${twice} stands twice` })
    }
  })

export type Policy = z.infer<typeof policySchema>
export type Rule = Policy['rules'][number]
export type Regime = Policy['regimes'][number]

export interface PolicyProblem {
  /** Where in the data, such as `rules.3.effect`. */
  readonly at: string
  readonly expected: string
}

/** The policy that the data is, or every row that is wrong with it. */
export function checkPolicy(
  data: unknown,
): { readonly policy: Policy } | { readonly problems: readonly PolicyProblem[] } {
  const checked = policySchema.safeParse(data)
  if (checked.success) return { policy: checked.data }
  return { problems: checked.error.issues.map(({ path, message }) => ({ at: path.join('.'), expected: message })) }
}

/** Checks policy data. Throws ZodError, which names each bad row. */
export function parsePolicy(data: unknown): Policy {
  return policySchema.parse(data)
}

/** The regime of a region. A region that no regime names is under the first one that needs separate consent: the stricter. */
export function regimeOf(policy: Policy, region: string): Regime {
  const [first] = policy.regimes
  const found =
    policy.regimes.find(each => each.regions.includes(region)) ??
    policy.regimes.find(each => each.crossBorder === 'SEPARATE_CONSENT') ??
    first
  if (found === undefined) throw new Error('A policy has at least one regime.')
  return found
}
