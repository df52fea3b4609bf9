// Pure: how two customers compare, field by field. A field that one of them does not state compares as nothing.
import { distance } from 'fastest-levenshtein'
import { nameLevel } from './names.ts'
import { comparedMail, comparedName } from './normalise.ts'

/** What is compared of a customer; null and absent mean that it is not known. */
export interface Identity {
  readonly name?: string | null | undefined
  readonly phone?: string | null | undefined
  readonly email?: string | null | undefined
  readonly weComId?: string | null | undefined
  /** YYYY-MM-DD. */
  readonly birthDate?: string | null | undefined
  readonly region?: string | null | undefined
  readonly otherRegion?: string | null | undefined
  /** The name of the company that the customer belongs to. */
  readonly account?: string | null | undefined
}

export const comparedFields = ['name', 'phone', 'email', 'weComId', 'birthDate', 'region', 'account'] as const
export type ComparedField = (typeof comparedFields)[number]

/** SAME, SWAPPED (the same parts in another order), CLOSE (as after a slip), PARTLY, DIFFERENT. */
export const levels = ['SAME', 'SWAPPED', 'CLOSE', 'PARTLY', 'DIFFERENT'] as const
export type Level = (typeof levels)[number]

export type Comparison = { readonly [field in ComparedField]?: Level }

/** A slip changes, adds or takes one character, or swaps two that stand side by side. */
const ONE_SLIP = 2

export function compared(a: Identity, b: Identity): Comparison {
  const found = comparedFields.map(field => [field, COMPARE[field](a, b)] as const)
  return Object.fromEntries(found.filter(([, level]) => level !== undefined))
}

const COMPARE: { readonly [field in ComparedField]: (a: Identity, b: Identity) => Level | undefined } = {
  name: (a, b) => nameLevel(a.name ?? undefined, b.name ?? undefined),
  phone: ofStated('phone', (a, b) => (a === b ? 'SAME' : distance(a, b) <= ONE_SLIP ? 'CLOSE' : 'DIFFERENT')),
  email: ofStated('email', (a, b) => mailLevel(comparedMail(a), comparedMail(b))),
  weComId: ofStated('weComId', (a, b) => (a === b ? 'SAME' : 'DIFFERENT')),
  birthDate: ofStated('birthDate', dateLevel),
  region: (a, b) => {
    const residences = [b.region, b.otherRegion].filter(isText)
    const own = [a.region, a.otherRegion].filter(isText)
    if (own.length === 0 || residences.length === 0) return undefined
    return own.some(region => residences.includes(region)) ? 'SAME' : 'DIFFERENT'
  },
  account: ofStated('account', (a, b) => accountLevel(comparedName(a), comparedName(b))),
}

function ofStated(field: ComparedField, level: (a: string, b: string) => Level) {
  return (a: Identity, b: Identity) => {
    const [first, second] = [a[field], b[field]]
    return isText(first) && isText(second) ? level(first, second) : undefined
  }
}

function mailLevel(a: string, b: string): Level {
  if (a === b) return 'SAME'
  if (distance(a, b) <= ONE_SLIP) return 'CLOSE'
  return mailbox(a) === mailbox(b) ? 'PARTLY' : 'DIFFERENT'
}

const mailbox = (mail: string) => mail.slice(0, mail.lastIndexOf('@'))

function dateLevel(a: string, b: string): Level {
  if (a === b) return 'SAME'
  const [year, month, day] = a.split('-')
  if (b === `${year}-${day}-${month}`) return 'SWAPPED'
  return distance(a, b) === 1 ? 'CLOSE' : 'DIFFERENT'
}

function accountLevel(a: string, b: string): Level {
  if (a === b) return 'SAME'
  if (distance(a, b) <= ONE_SLIP && Math.max(a.length, b.length) > 4) return 'CLOSE'
  return a.startsWith(b) || b.startsWith(a) ? 'PARTLY' : 'DIFFERENT'
}

function isText(value: string | null | undefined): value is string {
  return value !== null && value !== undefined && value !== ''
}
