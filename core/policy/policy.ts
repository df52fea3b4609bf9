// Policy is data: this file gives its shape and checks it; `ground-policy.json` is the data that ships.
import { z } from 'zod'
import { type Purpose, purposes, separateConsents, type ViewerKind, viewerKinds } from '../viewer.ts'
import { type Category, categories, isWithin } from './categories.ts'
import { maskKinds } from './masks.ts'

const purpose = z.enum(purposes)
const viewerKind = z.enum(viewerKinds)
const name = z.string().min(1)
const article = z.string().min(1)
const categoryOrAncestor = z
  .string()
  .refine(text => categories.some(category => isWithin(category, text)), { error: 'no category lies at or below it' })

const timeZones = new Set(Intl.supportedValuesOf('timeZone'))
const timeZone = z.string().refine(text => timeZones.has(text), { error: 'expected an IANA time zone' })

/**
 * Which customers a viewer of a kind may know of at all:
 * SELF the customer itself, OWNED those of a seller, REGION those of a region, CONSENTED those who consented to the
 * stated purpose, ALL, NONE.
 */
export const rowScopes = ['SELF', 'OWNED', 'REGION', 'CONSENTED', 'ALL', 'NONE'] as const
export type RowScope = (typeof rowScopes)[number]

const rule = z.strictObject({
  id: name,
  viewers: z.array(viewerKind).min(1),
  purposes: z.array(purpose).min(1),
  categories: z.array(categoryOrAncestor).min(1),
  /** ALLOW shows the value, a mask shows its image, DENY withholds it whatever other rules say. */
  effect: z.enum(['ALLOW', 'DENY', ...maskKinds]),
  /** A purpose that the customer must have consented to beside the stated one, or the rule denies. */
  alsoConsent: purpose.optional(),
})

/** A policy on top of the rules. It can only take away: where no rule of its own matches it says nothing. */
const overlay = z.strictObject({ id: name, rules: z.array(rule).min(1) })

const basis = z.strictObject({
  article,
  /** Whether the purpose rests on the customer's consent. */
  consent: z.boolean(),
  /** A duty or a right that no separate consent, age or border stands in the way of. */
  statutory: z.boolean().default(false),
})

const sensitive = z.strictObject({ article, categories: z.array(categoryOrAncestor) })

const minors = z.strictObject({
  article,
  belowAge: z.int().min(0).max(18),
  /** Regions whose law sets another age. */
  belowAgeIn: z.record(name, z.int().min(0).max(18)),
  /** For which purposes a guardian has to consent: those that rest on consent, or everything but statutory ones. */
  guardianFor: z.enum(['CONSENT', 'EVERYTHING']),
  /** Whether all data of a minor is sensitive. */
  areSensitive: z.boolean(),
  /** Purposes for which data of minors is not used at all. */
  closedTo: z.array(purpose),
})

const crossBorder = z.strictObject({
  article,
  /** Territories that data may be shown in, with what protects it there. */
  safeguards: z.record(name, article),
  /** Whether the customer's separate consent is needed beside the safeguard. */
  needsConsent: z.boolean(),
  /** Whether that consent alone opens a territory without a safeguard. */
  consentSuffices: z.boolean(),
})

const responseWithin = z.strictObject({
  article,
  count: z.int().positive(),
  unit: z.enum(['CALENDAR_MONTHS', 'WORKING_DAYS']),
  /** By how much more of the unit it may be extended. */
  extendableBy: z.int().min(0),
})

const regime = z.strictObject({
  id: z.enum(['GDPR', 'PIPL']),
  /** Between regions of one territory no border is crossed. */
  territory: name,
  regions: z.array(name).min(1),
  /** Where each region's days begin, and which calendar they are counted by. */
  places: z.record(name, z.strictObject({ timeZone, calendar: name })),
  /** The legal basis of each purpose. */
  bases: z.record(purpose, basis),
  sensitive,
  minors,
  crossBorder,
  /** Purposes that the consent to another one covers, by an assessment of the company. */
  compatible: z.array(z.strictObject({ from: purpose, to: purpose, article })),
  rights: z.array(z.strictObject({ right: name, article })).min(1),
  responseWithin,
})

const calendar = z.strictObject({
  id: name,
  /** The years of which the holidays are known, both included. */
  firstYear: z.int(),
  lastYear: z.int(),
  holidays: z.array(z.iso.date()),
  /** Saturdays and Sundays on which work is done. */
  workdays: z.array(z.iso.date()),
})

const policySchema = z
  .strictObject({
    id: name,
    version: z.int().positive(),
    /** Which purposes a viewer of a kind may state. A token or key may narrow them further. */
    grants: z.record(viewerKind, z.array(purpose)),
    rows: z.record(viewerKind, z.enum(rowScopes)),
    rules: z.array(rule),
    overlays: z.array(overlay),
    regimes: z.array(regime).min(1),
    calendars: z.array(calendar),
  })
  .superRefine((policy, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const names = {
      rules: policy.rules.map(({ id }) => id),
      overlays: [policy.id, ...policy.overlays.map(({ id }) => id)],
      regimes: policy.regimes.flatMap(({ regions }) => regions),
      calendars: policy.calendars.map(({ id }) => id),
      ...Object.fromEntries(policy.overlays.map(({ id, rules }) => [`overlay ${id}`, rules.map(each => each.id)])),
    }
    for (const [what, values] of Object.entries(names)) {
      const twice = values.find((value, index) => values.indexOf(value) !== index)
      if (twice !== undefined) refuse([what], `${twice} stands twice`)
    }
    for (const [kind, granted] of Object.entries(policy.grants)) {
      const separate = granted.find(each => separateConsents.some(consent => consent === each))
      if (separate !== undefined) refuse(['grants', kind], `${separate} is consented to and never stated`)
    }
    for (const [index, { regions, places }] of policy.regimes.entries()) {
      for (const region of regions) {
        const place = places[region]
        if (!names.calendars.includes(place?.calendar ?? '')) {
          refuse(['regimes', index, 'places', region], 'expected a time zone and the id of a calendar')
        }
      }
    }
  })

export type Policy = z.infer<typeof policySchema>
export type Rule = Policy['rules'][number]
export type Regime = Policy['regimes'][number]
export type Calendar = Policy['calendars'][number]

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

/** Whether the rule is about this viewer, purpose and category at all. */
export function ruleApplies(rule: Rule, viewer: ViewerKind, purpose: Purpose, category: Category): boolean {
  return (
    rule.viewers.includes(viewer) &&
    rule.purposes.includes(purpose) &&
    rule.categories.some(ancestor => isWithin(category, ancestor))
  )
}

/** The regime of a region. A region that no regime names is under the first one that needs separate consent: the stricter. */
export function regimeOf(policy: Policy, region: string): Regime {
  const [first] = policy.regimes
  const found =
    policy.regimes.find(each => each.regions.includes(region)) ??
    policy.regimes.find(each => each.crossBorder.needsConsent) ??
    first
  if (found === undefined) throw new Error('A policy has at least one regime.')
  return found
}

/** Where a region lies: in its regime's territory, or in the country that it names where no regime names it. */
export function territoryOf(policy: Policy, region: string): string {
  const regime = policy.regimes.find(each => each.regions.includes(region))
  return regime?.territory ?? region.split('-')[0] ?? region
}
