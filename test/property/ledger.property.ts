import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  counterOf,
  EMPTY_LEDGER,
  ISSUER,
  LARGEST_BALANCE,
  type Ledger,
  type Posting,
  posted,
  postingsOf,
  type Transaction,
} from '../../subgraphs/talent/settlement/ledger.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'

const COMMANDS_A_RUN = 200

/** The plainest book there is: every posting that was accepted, one after the other. Balances are added up from it each time. */
interface Book {
  readonly lines: { readonly transaction: Transaction; readonly posting: Posting }[]
  readonly accepted: Transaction[]
}

interface Real {
  ledger: Ledger
}

const accounts = [ISSUER, 'PERSON/a', 'PERSON/b', 'PERSON/c', 'ESCROW/t'] as const
const balanceIn = ({ lines }: Book, account: string): bigint =>
  lines.reduce((sum, { posting }) => (posting.account === account ? sum + BigInt(posting.amountMinor) : sum), 0n)

/** Posts, and holds what came of it against the book. */
function postAndCompare(book: Book, real: Real, transaction: Transaction): void {
  const outcome = posted(real.ledger, transaction)
  const refusal = expectedRefusal(book, transaction)
  expect('refused' in outcome ? outcome.refused : undefined).toBe(refusal)
  if ('ledger' in outcome) {
    if (!book.accepted.some(({ id }) => id === transaction.id)) {
      book.accepted.push(transaction)
      for (const posting of transaction.postings) book.lines.push({ transaction, posting })
    }
    real.ledger = outcome.ledger
  }
  for (const account of accounts) {
    expect(BigInt(real.ledger.balances.get(account) ?? 0)).toBe(balanceIn(book, account))
    if (account !== ISSUER) expect(real.ledger.balances.get(account) ?? 0).toBeGreaterThanOrEqual(0)
  }
  expect([...real.ledger.balances.values()].reduce((sum, each) => sum + BigInt(each), 0n)).toBe(0n)
}

function expectedRefusal(book: Book, { id, postings, reverses }: Transaction): string | undefined {
  const same = book.accepted.find(each => each.id === id)
  if (same !== undefined) {
    return JSON.stringify([same.postings, same.reverses]) === JSON.stringify([postings, reverses])
      ? undefined
      : 'ID_TAKEN'
  }
  if (postings.some(({ amountMinor }) => amountMinor === 0 || !Number.isSafeInteger(amountMinor))) return 'NOT_WHOLE'
  const sum = postings.reduce((all, { amountMinor }) => all + BigInt(amountMinor), 0n)
  if (postings.length === 0 || sum !== 0n) return 'UNBALANCED'
  if (reverses !== undefined) {
    const original = book.accepted.find(each => each.id === reverses)
    if (original === undefined) return 'UNKNOWN_TRANSACTION'
    if (book.accepted.some(each => each.reverses === reverses)) return 'REVERSED_BEFORE'
    const isCounter =
      postings.length === original.postings.length &&
      postings.every(
        ({ account, amountMinor }, place) =>
          account === original.postings[place]?.account &&
          amountMinor === -(original.postings[place]?.amountMinor ?? 0),
      )
    if (!isCounter) return 'NO_COUNTERPART'
  }
  const touched = [...new Set(postings.map(({ account }) => account))]
  const after = touched.map(account => {
    const own = postings.filter(each => each.account === account)
    return [account, own.reduce((all, { amountMinor }) => all + BigInt(amountMinor), balanceIn(book, account))] as const
  })
  for (const [account, balance] of after) {
    if (balance > LARGEST_BALANCE || balance < -LARGEST_BALANCE) return 'TOO_LARGE'
    if (account !== ISSUER && balance < 0n) return 'OVERDRAFT'
  }
  return undefined
}

type Command = fc.Command<Book, Real>

const command = (name: string, transactionOf: (book: Book) => Transaction | undefined): Command => ({
  check: book => transactionOf(book) !== undefined,
  run: (book, real) => {
    const transaction = transactionOf(book)
    if (transaction !== undefined) postAndCompare(book, real, transaction)
  },
  toString: () => name,
})

const id = fc.integer({ min: 0, max: 400 }).map(n => `t-${n}`)
const account = fc.constantFrom(...accounts)
const amount = fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(0, -5, 0.5, 2 ** 52, 2 ** 53, Number.NaN))

const payments = fc.tuple(id, account, account, amount).map(([each, from, to, minor]) =>
  command(`pay ${minor} from ${from} to ${to} as ${each}`, () => ({
    id: each,
    postings: [
      { account: from, amountMinor: -minor },
      { account: to, amountMinor: minor },
    ],
  })),
)
const settlements = fc
  .tuple(id, fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 3 }))
  .map(([each, shares]) =>
    command(`settle ${shares} as ${each}`, () => {
      const given = new Map(shares.map((minor, place) => [accounts[place + 1] ?? '', minor]))
      return { id: each, postings: postingsOf(given.set(ISSUER, -shares.reduce((all, minor) => all + minor, 0))) }
    }),
  )
const lopsided = fc
  .tuple(id, fc.array(fc.record({ account, amountMinor: fc.integer({ min: -50, max: 50 }) }), { maxLength: 3 }))
  .map(([each, postings]) => command(`post ${JSON.stringify(postings)} as ${each}`, () => ({ id: each, postings })))
const earlier = (book: Book, place: number) => book.accepted[place % Math.max(1, book.accepted.length)]
const repetitions = fc.nat(500).map(place => command(`repeat ${place}`, book => earlier(book, place)))
const reversals = fc.tuple(id, fc.nat(500), fc.boolean()).map(([each, place, isWrong]) =>
  command(`reverse ${place}${isWrong ? ' wrongly' : ''} as ${each}`, book => {
    const transaction = earlier(book, place)
    if (transaction === undefined) return undefined
    const counter = counterOf(transaction, each)
    return isWrong ? { ...counter, postings: counter.postings.toReversed() } : counter
  }),
)
const unknown = id.map(each =>
  command('reverse what is not there', () => ({
    id: each,
    postings: [
      { account: ISSUER, amountMinor: 1 },
      { account: 'PERSON/a', amountMinor: -1 },
    ],
    reverses: 'never posted',
  })),
)

describe('the ledger', () => {
  it(
    'holds every balance that a book of all postings adds up to, through any history of payments, repetitions and reversals',
    () => {
      const histories = fc.commands([payments, settlements, lopsided, repetitions, reversals, unknown], {
        maxCommands: COMMANDS_A_RUN,
        size: 'max',
      })
      fc.assert(
        fc.property(histories, commands => {
          fc.modelRun(() => ({ model: { lines: [], accepted: [] }, real: { ledger: EMPTY_LEDGER } }), commands)
        }),
        { numRuns: CASES * 4 },
      )
    },
    CASES_TIMEOUT_MS,
  )

  it('is as before when a settlement is reversed, and the settlement can be made again under another id', () => {
    const settlement: Transaction = {
      id: 's-1',
      postings: postingsOf(
        new Map([
          [ISSUER, -300],
          ['PERSON/a', 200],
          ['PERSON/b', 100],
        ]),
      ),
    }
    const steps = [settlement, counterOf(settlement, 's-1-back'), { ...settlement, id: 's-2' }]
    const ledger = steps.reduce((before, each) => {
      const outcome = posted(before, each)
      if ('refused' in outcome) throw new Error(outcome.refused)
      return outcome.ledger
    }, EMPTY_LEDGER)
    expect(Object.fromEntries(ledger.balances)).toEqual({ ISSUER: -300, 'PERSON/a': 200, 'PERSON/b': 100 })
    expect(posted(ledger, counterOf(settlement, 'again'))).toEqual({ refused: 'REVERSED_BEFORE' })
  })
})
