// What all sources share: the parts of a payload, checked strictly, and the facts that the graph takes from one.
import { z } from 'zod'

const EARLIEST = '1990-01-01T00:00:00.000Z'
export const LONGEST_TEXT = 20_000

const TURNS_DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const WITHOUT_WIDTH =
  /[\u00ad\u180e\u200b\u2060-\u2064\ufeff]|(?<![\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{M}])[\u200c\u200d]/gu

// Half a surrogate pair is no text: engines would store it each in their own way.
const wellFormed = z.string().refine(value => value.isWellFormed(), { error: 'expected well-formed Unicode' })

export const shortText = (max: number) => wellFormed.trim().min(1).max(max)

/** A time with its zone, kept in UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: 'expected an ISO 8601 date and time with its zone' })
  .transform(text => new Date(text).toISOString())
  .refine(text => text >= EARLIEST, { error: 'expected a time after 1989' })

const region = z.string().regex(/^[A-Z]{2}-[A-Z]{2,3}$/, 'expected a region such as EU-DE or CN-SH')

/** Where something holds: a region, or all regions that begin with these letters, such as CN. */
export const place = z.string().regex(/^[A-Z]{2}(-[A-Z]{2,3})?$/, 'expected a place such as CN or CN-SH')

/** Text, because a decimal such as 0.1 has no exact number. */
export const amount = z.string().regex(/^\d{1,12}(\.\d{1,2})?$/, 'expected a decimal with at most two places')

export const currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 currency')

export const money = z.strictObject({ amount, currency })

export const quantity = z.int().min(0).max(1_000_000_000)

const MOST_DAYS_IN_FORCE = 3_660

/** Of what is in force from one time to another: at most ten years, or without an end. */
export function endsAfterStart({ startsAt, endsAt }: { startsAt: string; endsAt?: string | undefined }): boolean {
  if (endsAt === undefined) return true
  return endsAt > startsAt && Date.parse(endsAt) - Date.parse(startsAt) <= MOST_DAYS_IN_FORCE * 86_400_000
}

/** By what a source may name what it tells of, to correct it later. */
export const reference = shortText(200)

export const ENDS_AFTER_START = {
  path: ['endsAt'],
  error: 'expected a time after startsAt and at most ten years later',
}

/**
 * What people and companies are called. Two that look alike are one text: composed (NFC), without characters that have no
 * width, but for the joiners that Arabic and the scripts of India write with. Those that turn the direction of reading, which
 * make one name look like another, are refused.
 */
const name = wellFormed
  .refine(value => !TURNS_DIRECTION.test(value), {
    error: 'expected a name without characters that turn its direction',
  })
  .transform(value => value.normalize('NFC').replace(WITHOUT_WIDTH, '').trim())
  .pipe(shortText(200))

export const customer = z.strictObject({
  /** The company's own customer number, the exact key by which records meet. */
  number: shortText(64),
  name: name.optional(),
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
  name,
  sector: z.enum(sectors).optional(),
})

export const seller = z.strictObject({
  number: shortText(64),
  name,
  region: shortText(64).optional(),
})

export const shop = z.strictObject({ number: shortText(64), name, place })

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

export const touchpoints = ['PHONE', 'WECOM', 'FEISHU', 'MAIL', 'VISIT', 'WEB', 'CRM'] as const

/** What a message of a chat looks like, whoever runs the chat. */
export const chatOf = z.strictObject({
  customer: contact,
  account: account.optional(),
  seller: seller.optional(),
  message: z.strictObject({
    occurredAt: instant,
    text: text.min(1),
    intent: z.enum(intents).optional(),
    emotion: z.enum(emotions).optional(),
  }),
})

export const environmentKinds = [
  'COMPETITOR_MOVE',
  'POLICY_CHANGE',
  'WEATHER',
  'PUBLIC_OPINION',
  'STOCK_LEVEL',
] as const

/** What one validated record says, in the graph's terms. */
export interface Facts {
  /** Left out by records that are about nobody, such as the weather. */
  readonly customer?: Contact | undefined
  readonly account?: z.infer<typeof account> | undefined
  readonly seller?: z.infer<typeof seller> | undefined
  readonly interaction?: InteractionFacts | undefined
  readonly environment?: EnvironmentFacts | undefined
  /** When the source stated it; where it does not say, the time of acceptance stands for it. */
  readonly statedAt?: string | undefined
}

/** Something that holds for everybody at a place for a time, and tells of nobody. */
export interface EnvironmentFacts {
  /** As its source names it: what the source states of the same later takes its place. */
  readonly reference?: string | undefined
  readonly kind: (typeof environmentKinds)[number]
  readonly summary: string
  /** Everywhere without it. */
  readonly place?: string | undefined
  readonly measure?: number | undefined
  readonly unit?: string | undefined
  readonly startsAt: string
  /** Not included; in force for good without it. */
  readonly endsAt?: string | undefined
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
  toFacts: (payload: Payload) => Facts,
  { concernsOthers }: { readonly concernsOthers: boolean } = { concernsOthers: false },
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
