// Pure: under which keys a customer is looked up. Only customers who share a key are compared, so that one record costs a
// few comparisons however many customers there are; each key is made to survive a slip in what the others are made of.
import type { Identity } from './compare.ts'
import { comparedMail, comparedName } from './normalise.ts'

/** As the properties of a customer that hold them. */
export type BlockingKey =
  | 'blockNameBirth'
  | 'blockNameAccount'
  | 'blockNameRegion'
  | 'blockBirth'
  | 'blockPhone'
  | 'blockMail'

/** A key that more customers share tells nothing of them, and is passed over. */
export const LARGEST_BLOCK = 20

const PHONE_TAIL = 7

/** The keys of a customer; null where it does not state what one is made of. */
export function blocksOf(identity: Identity): { readonly [key in BlockingKey]: string | null } {
  const { birthDate, phone, email, region, account } = identity
  const join = (...parts: readonly (string | null | undefined)[]) =>
    parts.some(part => part === null || part === undefined || part === '') ? null : parts.join('|')
  const name = lettersOf(identity.name)
  return {
    blockNameBirth: join(name, birthDate),
    blockNameAccount: join(name, account && comparedName(account)),
    blockNameRegion: join(name, region),
    blockBirth: join(birthDate, region),
    blockPhone: join(phone?.slice(-PHONE_TAIL)),
    blockMail: join(email && comparedMail(email).replace(/@.*$/, '')),
  }
}

/** The letters of a name in one order: equal for names whose words are swapped. */
function lettersOf(name: string | null | undefined): string {
  return [...comparedName(name ?? '').replaceAll(' ', '')].sort().join('')
}
