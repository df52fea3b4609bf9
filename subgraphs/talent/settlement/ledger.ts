// Pure: double entry. A transaction moves credits between accounts and its postings add up to nothing, so that credits are
// neither made nor lost: what people hold is what the issuer owes.

/** The account that credits come from; the only one that may stand below zero. */
export const ISSUER = 'ISSUER'

export const accountOf = (personId: string): string => `PERSON/${personId}`
/** Where the credits of a trade lie from the agreement until it is completed or cancelled. */
export const escrowOf = (tradeId: string): string => `ESCROW/${tradeId}`

export interface Posting {
  readonly account: string
  /** Positive for what the account is given. Minor units, never 0. */
  readonly amountMinor: number
}

export interface Transaction {
  readonly id: string
  readonly postings: readonly Posting[]
  /** The transaction that this one takes back. */
  readonly reverses?: string
}

/** What has to be known of a ledger to post to it: of the accounts and transactions that the posting is about. */
export interface Ledger {
  /** In minor units; an account that is not there is empty. */
  readonly balances: ReadonlyMap<string, number>
  readonly transactions: ReadonlyMap<string, Transaction>
  /** Those that were taken back. */
  readonly reversed: ReadonlySet<string>
}

export const EMPTY_LEDGER: Ledger = { balances: new Map(), transactions: new Map(), reversed: new Set() }

export type LedgerRefusal =
  | 'UNBALANCED'
  | 'NOT_WHOLE'
  | 'TOO_LARGE'
  | 'OVERDRAFT'
  | 'ID_TAKEN'
  | 'UNKNOWN_TRANSACTION'
  | 'REVERSED_BEFORE'
  | 'NO_COUNTERPART'

export type Posted = { readonly ledger: Ledger } | { readonly refused: LedgerRefusal }

/** The largest balance; every number up to it is exact on both engines. */
export const LARGEST_BALANCE = 2n ** 52n

/** The ledger after the transaction. One that was posted before changes nothing; what is refused changes nothing either. */
export function posted(ledger: Ledger, transaction: Transaction): Posted {
  const { id, postings, reverses } = transaction
  const before = ledger.transactions.get(id)
  if (before !== undefined) return isSame(before, transaction) ? { ledger } : { refused: 'ID_TAKEN' }
  if (!postings.every(({ amountMinor }) => Number.isSafeInteger(amountMinor) && amountMinor !== 0)) {
    return { refused: 'NOT_WHOLE' }
  }
  const sum = postings.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n)
  if (postings.length === 0 || sum !== 0n) return { refused: 'UNBALANCED' }
  if (reverses !== undefined) {
    const taken = ledger.transactions.get(reverses)
    if (taken === undefined) return { refused: 'UNKNOWN_TRANSACTION' }
    if (ledger.reversed.has(reverses)) return { refused: 'REVERSED_BEFORE' }
    if (!isSame(counterOf(taken, id), transaction)) return { refused: 'NO_COUNTERPART' }
  }
  const balances = new Map(ledger.balances)
  for (const [account, change] of changesBy(postings)) {
    const balance = BigInt(balances.get(account) ?? 0) + change
    if (balance > LARGEST_BALANCE || balance < -LARGEST_BALANCE) return { refused: 'TOO_LARGE' }
    if (balance < 0n && account !== ISSUER) return { refused: 'OVERDRAFT' }
    balances.set(account, Number(balance))
  }
  return {
    ledger: {
      balances,
      transactions: new Map(ledger.transactions).set(id, transaction),
      reversed: reverses === undefined ? ledger.reversed : new Set(ledger.reversed).add(reverses),
    },
  }
}

/** The transaction that takes another one back: the same postings the other way round. */
export function counterOf({ id: reverses, postings }: Transaction, id: string): Transaction {
  return {
    id,
    postings: postings.map(({ account, amountMinor }) => ({ account, amountMinor: -amountMinor })),
    reverses,
  }
}

/** Postings of what each of these accounts is given, in the order of their names; those that are given nothing have none. */
export function postingsOf(given: ReadonlyMap<string, number>): readonly Posting[] {
  return [...given]
    .filter(([, amountMinor]) => amountMinor !== 0)
    .map(([account, amountMinor]) => ({ account, amountMinor }))
    .sort((a, b) => (a.account < b.account ? -1 : 1))
}

/** By how much each account changes: an account may have several postings, and only their sum counts. */
function changesBy(postings: readonly Posting[]): ReadonlyMap<string, bigint> {
  const changes = new Map<string, bigint>()
  for (const { account, amountMinor } of postings) {
    changes.set(account, (changes.get(account) ?? 0n) + BigInt(amountMinor))
  }
  return changes
}

function isSame(a: Transaction, b: Transaction): boolean {
  return a.reverses === b.reverses && JSON.stringify(a.postings) === JSON.stringify(b.postings)
}
