// Pure: which of the values that records stated of a customer, or of a person, holds. The rules are data. None of them asks in
// which order the records came: the same records make the same customer.
import { ApiError } from '../../../core/errors.ts'
import type { Description, Part, Statement } from './person-store.ts'

type Rule =
  /** Of the newest record, by the time of its source. */
  | 'MOST_RECENT'
  /** Of the source that comes first in `sourcePriority`; within one, of its newest record. */
  | 'SOURCE_PRIORITY'
  /** The same, of its oldest record. */
  | 'FIRST_OF_SOURCE_PRIORITY'
  /** That most records state; of as many, the newest. */
  | 'MOST_FREQUENT'

const personFields = ['name', 'phone', 'email', 'weComId', 'account'] as const
type PersonField = (typeof personFields)[number]

/** What a record states of the customer itself, and not of who looks after it. */
export const ownFields = [...personFields, 'birthDate', 'region', 'otherRegion'] as const

const customerFields = [...ownFields, 'seller'] as const
export type CustomerField = (typeof customerFields)[number]

export interface SurvivorshipRules {
  readonly person: { readonly [field in PersonField]: Rule }
  /** One customer is kept up with each record, which no rule that counts records could be. */
  readonly customer: { readonly [field in CustomerField]: Exclude<Rule, 'MOST_FREQUENT'> }
  readonly sourcePriority: readonly string[]
}

/** Sources that are not named come last. */
export const survivorshipRules: SurvivorshipRules = {
  person: {
    name: 'MOST_FREQUENT',
    phone: 'MOST_RECENT',
    email: 'MOST_RECENT',
    weComId: 'MOST_RECENT',
    account: 'SOURCE_PRIORITY',
  },
  customer: {
    name: 'MOST_RECENT',
    phone: 'MOST_RECENT',
    email: 'MOST_RECENT',
    weComId: 'MOST_RECENT',
    birthDate: 'MOST_RECENT',
    // The law that applies: what a chat says of it does not stand against the company's own books.
    region: 'SOURCE_PRIORITY',
    otherRegion: 'SOURCE_PRIORITY',
    account: 'SOURCE_PRIORITY',
    // The first seller named looks after the customer; a later one only wrote.
    seller: 'FIRST_OF_SOURCE_PRIORITY',
  },
  sourcePriority: ['crm-contact', 'crm-account', 'crm-deal', 'erp-order', 'wecom-chat', 'feishu-chat', 'mail', 'call'],
}

/** A value of a field, as one source stated it at a time of its own. */
export interface Stated {
  readonly value: string
  readonly source: string
  readonly at: string
}

type Order = (a: Stated, b: Stated) => number

/**
 * Which of two values holds: above zero the first. Two records of one source and time that disagree are put in the order of
 * their values, so that the answer is the same whichever came first.
 */
function orderBy({ sourcePriority }: SurvivorshipRules, rule: Rule): Order {
  const rankOf = (source: string) => {
    const rank = sourcePriority.indexOf(source)
    return rank < 0 ? sourcePriority.length : rank
  }
  const byRank: Order = (a, b) => rankOf(b.source) - rankOf(a.source)
  const byTime: Order = (a, b) => ascending(a.at, b.at)
  const bySource: Order = (a, b) => byRank(a, b) || ascending(b.source, a.source)
  const byValue: Order = (a, b) => ascending(a.value, b.value)
  switch (rule) {
    case 'SOURCE_PRIORITY':
      return (a, b) => byRank(a, b) || byTime(a, b) || bySource(a, b) || byValue(a, b)
    case 'FIRST_OF_SOURCE_PRIORITY':
      return (a, b) => byRank(a, b) || byTime(b, a) || bySource(a, b) || byValue(a, b)
    default:
      return (a, b) => byTime(a, b) || bySource(a, b) || byValue(a, b)
  }
}

function ascending(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Whether what was stated takes the place of what holds of a customer. */
export function supersedes(rules: SurvivorshipRules, field: CustomerField, stated: Stated, holds: Stated): boolean {
  return orderBy(rules, rules.customer[field])(stated, holds) > 0
}

/** The newest of what was stated of a thing, by the time of its source; of what is equal the first. */
export function newestOf(stated: readonly Stated[]): Stated | undefined {
  const order = orderBy(survivorshipRules, 'MOST_RECENT')
  return stated.toSorted((a, b) => order(b, a))[0]
}

/**
 * The person of these parts. What no record states is taken from the first part that holds it. The law is the strictest of the
 * parts': every residence counts, and of two dates of birth the later. Throws CONFLICT for more than two residences.
 */
export function describedBy(
  rules: SurvivorshipRules,
  parts: readonly Part[],
  statements: readonly Statement[],
): Description {
  const residences = residencesOf(parts)
  const [region = null, otherRegion = null] = residences
  if (residences.length > 2) {
    throw new ApiError('CONFLICT', { at: 'customerIds', expected: 'customers of at most two residences together' })
  }
  const all = statements.flatMap(statedIn)
  const stated = personFields.map(field => {
    const candidates = all.filter(each => each.field === field)
    const fallback = parts.find(part => part[field])?.[field] ?? null
    return [field, surviving(rules, rules.person[field], candidates) ?? fallback] as const
  })
  const birthDates = parts.flatMap(({ birthDate }) => birthDate ?? []).sort()
  return {
    ...(Object.fromEntries(stated) as Record<PersonField, string | null>),
    region,
    otherRegion,
    birthDate: birthDates.at(-1) ?? null,
    seller: parts.find(({ seller }) => seller !== null)?.seller ?? null,
  }
}

/** Every residence of the parts, once each, that of the first part first. */
function residencesOf(parts: readonly Part[]): readonly string[] {
  return [...new Set(parts.flatMap(({ region, otherRegion }) => [region, otherRegion]).flatMap(each => each ?? []))]
}

function surviving(rules: SurvivorshipRules, rule: Rule, candidates: readonly Stated[]): string | undefined {
  const counts = new Map<string, number>()
  if (rule === 'MOST_FREQUENT') for (const { value } of candidates) counts.set(value, (counts.get(value) ?? 0) + 1)
  const order = orderBy(rules, rule)
  const countOf = ({ value }: Stated) => counts.get(value) ?? 0
  return candidates.toSorted((a, b) => countOf(b) - countOf(a) || order(b, a))[0]?.value
}

export interface StatedField extends Stated {
  readonly field: CustomerField
}

/** What a record, as its payload keeps it, states of its customer. */
export function statedIn({ source, at, payload }: Statement): readonly StatedField[] {
  return statedOf(JSON.parse(payload) as Told, source, at)
}

interface Told {
  readonly customer?: { readonly [property: string]: unknown } | undefined
  readonly account?: { readonly name?: unknown } | undefined
  readonly seller?: { readonly number?: unknown } | undefined
}

/** The same of a record that was read. */
export function statedOf({ customer = {}, account = {}, seller = {} }: Told, source: string, at: string) {
  return customerFields.flatMap((field): StatedField[] => {
    const value = field === 'account' ? account.name : field === 'seller' ? seller.number : customer[field]
    return typeof value === 'string' ? [{ field, value, source, at }] : []
  })
}
