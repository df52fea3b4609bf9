// What all sources share: the parts of a payload, checked strictly, and the facts that the graph takes from one.
import { z } from 'zod'

const EARLIEST = '1990-01-01T00:00:00.000Z'
export const LONGEST_TEXT = 20_000

// Half a surrogate pair is no text: engines would store it each in their own way.
const wellFormed = z.string().refine(value => value.isWellFormed(), { error: 'expected well-formed Unicode' })

export const shortText = (max: number) => wellFormed.trim().min(1).max(max)

/** A time with its zone, kept in UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: 'expected an ISO 8601 date and time with its zone' })
  .transform(text => new Date(text).toISOString())
  .refine(text => text >= EARLIEST, { error: 'expected a time after 1989' })

const region = z.string().regex(/^[A-Z]{2}-[A-Z]{2,3}$/, 'expected a region such as EU-DE or CN-SH')

export const customer = z.strictObject({
  /** The company's own customer number, the exact key by which records meet. */
  number: shortText(64),
  name: shortText(200).optional(),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'expected an E.164 phone number')
    .optional(),
  email: z.email({ error: 'expected an e-mail address' }).max(254).optional(),
  weComId: shortText(64).optional(),
  /** ISO 3166 country and a subdivision: the law of the subject's region applies. */
  region,
  /** A second residence, whose law holds as well. */
  otherRegion: region.optional(),
  birthDate: z.iso
    .date({ error: 'expected a date such as 1990-05-20' })
    .refine(date => date >= '1900', { error: 'expected a date after 1899' })
    .optional(),
})

/** A person as a silo knows it that has no company number: whoever is called, writes or visits. */
export const contact = customer
  .partial({ number: true })
  .refine(stated => [stated.number, stated.name, stated.phone, stated.email, stated.weComId].some(isStated), {
    error: 'expected a number, name, phone, email or weComId',
  })

function isStated(value: string | undefined): boolean {
  return value !== undefined
}

export type Contact = z.infer<typeof contact>

const sectors = [
  'automotive',
  'education',
  'employment',
  'energy',
  'entertainment',
  'finance',
  'healthcare',
  'logistics',
  'manufacturing',
  'marketing',
  'medical',
  'public',
  'retail',
  'services',
  'software',
  'technology',
  'telecommunications',
] as const

export const account = z.strictObject({
  name: shortText(200),
  sector: z.enum(sectors).optional(),
})

export const seller = z.strictObject({
  number: shortText(64),
  name: shortText(200),
  region: shortText(64).optional(),
})

export const text = wellFormed.max(LONGEST_TEXT, `expected at most ${LONGEST_TEXT} characters of text`)

export const intents = [
  'PRICE_INQUIRY',
  'PRICE_COMPARISON',
  'BARGAINING',
  'DELIVERY_INQUIRY',
  'TECHNICAL_INQUIRY',
  'COMPLAINT',
  'PURCHASE',
  'RENEWAL',
  'BUDGET_DELAY',
  'OTHER',
] as const

export const emotions = ['CALM', 'PLEASED', 'EXCITED', 'HESITANT', 'ANXIOUS', 'ANGRY'] as const

export const touchpoints = ['PHONE', 'WECOM', 'CRM'] as const

/** What one validated record says, in the graph's terms. */
export interface Facts {
  readonly customer: Contact
  readonly account?: z.infer<typeof account> | undefined
  readonly seller?: z.infer<typeof seller> | undefined
  readonly interaction?: InteractionFacts | undefined
}

export interface InteractionFacts {
  readonly touchpoint: (typeof touchpoints)[number]
  readonly occurredAt: string
  readonly text?: string | undefined
  /** As the record itself gives them; inference from the text comes with the signals. */
  readonly intent?: (typeof intents)[number] | undefined
  readonly emotion?: (typeof emotions)[number] | undefined
  readonly outcome?: string | undefined
  readonly durationSeconds?: number | undefined
}

/** One silo. */
export interface Source {
  readonly name: string
  /** What a record of this silo looks like. Records that it refuses become dead letters. */
  readonly schema: z.ZodType
  /** True when the record also concerns another context, which then learns of it by event. */
  readonly concernsOthers: boolean
  /** Checks a record by the schema and takes the facts from it. */
  readonly read: (record: unknown) => Read
}

type Read =
  | { readonly kind: 'accepted'; readonly payload: unknown; readonly facts: Facts }
  | { readonly kind: 'refused'; readonly detail: string }

export function sourceOf<Payload>(
  name: string,
  schema: z.ZodType<Payload>,
  { concernsOthers }: { readonly concernsOthers: boolean },
  toFacts: (payload: Payload) => Facts,
): Source {
  return {
    name,
    schema,
    concernsOthers,
    read: record => {
      const parsed = schema.safeParse(record)
      if (parsed.success) return { kind: 'accepted', payload: parsed.data, facts: toFacts(parsed.data) }
      const [issue] = parsed.error.issues
      return { kind: 'refused', detail: `${issue?.path.join('.')}: ${issue?.message}` }
    },
  }
}
