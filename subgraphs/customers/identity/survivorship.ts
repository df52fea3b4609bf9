// Pure: which of the values that records stated of one person is told of it. The rules are data.
import { ApiError } from '../../../core/errors.ts'
import type { Description, Part, Statement } from './person-store.ts'

type Rule =
  /** Of the newest record. */
  | 'MOST_RECENT'
  /** Of the source that comes first in `sourcePriority`; within one, of its newest record. */
  | 'SOURCE_PRIORITY'
  /** That most records state; of as many, the newest. */
  | 'MOST_FREQUENT'

const statedFields = ['name', 'phone', 'email', 'weComId', 'account'] as const
type StatedField = (typeof statedFields)[number]

export interface SurvivorshipRules {
  readonly fields: { readonly [field in StatedField]: Rule }
  readonly sourcePriority: readonly string[]
}

/** Sources that are not named come last. */
export const survivorshipRules: SurvivorshipRules = {
  fields: {
    name: 'MOST_FREQUENT',
    phone: 'MOST_RECENT',
    email: 'MOST_RECENT',
    weComId: 'MOST_RECENT',
    account: 'SOURCE_PRIORITY',
  },
  sourcePriority: ['crm-contact', 'crm-account', 'crm-deal', 'erp-order', 'wecom-chat', 'feishu-chat', 'mail', 'call'],
}

interface Candidate {
  readonly value: string
  readonly source: string
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
  const stated = statedFields.map(field => {
    const candidates = statements.flatMap(each => candidateIn(field, each))
    const fallback = parts.find(part => part[field])?.[field] ?? null
    return [field, surviving(rules, field, candidates) ?? fallback] as const
  })
  const birthDates = parts.flatMap(({ birthDate }) => birthDate ?? []).sort()
  return {
    ...(Object.fromEntries(stated) as Record<StatedField, string | null>),
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

function surviving(
  { fields, sourcePriority }: SurvivorshipRules,
  field: StatedField,
  oldestFirst: readonly Candidate[],
): string | undefined {
  const newestFirst = oldestFirst.toReversed()
  const rankOf = (least: (each: Candidate) => number) => newestFirst.toSorted((a, b) => least(a) - least(b))[0]?.value
  switch (fields[field]) {
    case 'MOST_RECENT':
      return newestFirst[0]?.value
    case 'SOURCE_PRIORITY':
      return rankOf(({ source }) => {
        const rank = sourcePriority.indexOf(source)
        return rank < 0 ? sourcePriority.length : rank
      })
    case 'MOST_FREQUENT':
      return rankOf(({ value }) => -newestFirst.filter(each => each.value === value).length)
  }
}

function candidateIn(field: StatedField, { source, payload }: Statement): Candidate[] {
  const { customer = {}, account = {} } = JSON.parse(payload) as Record<string, Record<string, unknown>>
  const value = field === 'account' ? account.name : customer[field]
  return typeof value === 'string' ? [{ value, source }] : []
}
