// The ledger in the graph: an account holds its balance, and every posting that led to it.

import type { Change } from '../../../core/change.ts'
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import { GIVEN, shownOf } from '../../../core/consent/images.ts'
import type { RequestContext } from '../../../core/context.ts'
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import type { Params, Reader, Row } from '../../../core/graph/graph.ts'
import type { Ids } from '../../../core/ids.ts'
import { fromMinorUnits } from '../../../core/money.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import type { FieldImage } from '../../../core/policy/field-image.ts'
import { postingFact } from './evidenced.ts'
import { accountOf, counterOf, type Ledger, posted, type Transaction } from './ledger.ts'
import { refusedBy } from './rules.ts'
import type { Posting, PostingKindName } from './types.ts'

/**
 * Whoever moves credits, or changes what a move depends on, holds this guard: two who read the same balance would else both
 * spend it.
 */
export const LEDGER_GUARD = 'talent/ledger'

const ACCOUNTS = `
UNWIND $names AS wanted
MATCH (a:LedgerAccount {name: wanted})
RETURN a.name, a.balanceMinor, a.postings`

const TRANSACTION = `
MATCH (p:Posting {transactionId: $transactionId})
RETURN p.account, p.amountMinor
ORDER BY p.account`

const IS_REVERSED = `
MATCH (p:Posting {reverses: $transactionId})
RETURN count(p) > 0`

const KEEP_ACCOUNTS = `
UNWIND $accounts AS row
MERGE (a:LedgerAccount {name: row.account})
SET a.balanceMinor = row.balanceMinor, a.postings = row.number`

/** Each row: id, account, number, amountMinor, balanceMinor, subjectId. */
const KEEP_POSTINGS = `
UNWIND $rows AS row
MATCH (a:LedgerAccount {name: row[1]})
CREATE (p:Posting {id: row[0], account: row[1], number: row[2], amountMinor: row[3], balanceMinor: row[4],
  subjectId: row[5], kind: $kind, because: $because, transactionId: $transactionId, reverses: $reverses, at: $at,
  evidenceEntryId: $evidenceEntryId})
CREATE (p)-[:POSTED_TO]->(a)`

export interface Reason {
  readonly kind: PostingKindName
  /** The id of the settlement or trade. */
  readonly because: string
}

/**
 * Posts a transaction of a new id under the guard, which the caller has taken; answers what the entry commits to. Throws
 * CONFLICT where an account would be overdrawn, or where a transaction was taken back before.
 */
export async function post(
  { unit, at, evidenceEntryId }: Change,
  ids: Ids,
  transaction: Transaction,
  { kind, because }: Reason,
): Promise<readonly CommittedFact[]> {
  const { id: transactionId, postings, reverses = null } = transaction
  const names = [...new Set(postings.map(({ account }) => account))]
  const accounts = await unit.run(ACCOUNTS, { names })
  const known = new Map(accounts.map(([name, , count]) => [String(name), Number(count)]))
  const ledger: Ledger = {
    balances: new Map(accounts.map(([name, balance]) => [String(name), Number(balance)])),
    ...(await reversible(unit, reverses)),
  }
  const outcome = posted(ledger, transaction)
  if ('refused' in outcome) throw refusedBy(outcome.refused)
  const { balances } = outcome.ledger
  const numbered = postings.map(({ account, amountMinor }) => ({
    id: ids.next('Posting'),
    account,
    number: (known.get(account) ?? 0) + 1,
    amountMinor,
    balanceMinor: balances.get(account) ?? 0,
    // What moved in the account of the issuer or of an escrow is proved with what it moved for somebody.
    subjectId: sellerOf(account) ?? sellerIn(postings),
  }))
  await unit.run(KEEP_ACCOUNTS, {
    accounts: numbered.map(({ account, balanceMinor, number }) => ({ account, balanceMinor, number })),
  })
  const rows = numbered.map(each => [
    each.id,
    each.account,
    each.number,
    each.amountMinor,
    each.balanceMinor,
    each.subjectId,
  ])
  await unit.run(KEEP_POSTINGS, { rows, kind, because, transactionId, reverses, at, evidenceEntryId })
  return numbered.map(({ id, subjectId, account, number, amountMinor, balanceMinor }) =>
    postingFact(subjectId, id, [account, number, amountMinor, balanceMinor, kind, because, transactionId, at]),
  )
}

/** The transaction that takes this one back. Throws CONFLICT where there is none. */
export async function counterTransaction(reader: Reader, transactionId: string, id: string): Promise<Transaction> {
  return counterOf(await transactionOf(reader, transactionId), id)
}

async function transactionOf(reader: Reader, id: string): Promise<Transaction> {
  const rows = await reader.run(TRANSACTION, { transactionId: id })
  if (rows.length === 0) throw refusedBy('UNKNOWN_TRANSACTION')
  return { id, postings: rows.map(([account, minor]) => ({ account: String(account), amountMinor: Number(minor) })) }
}

async function reversible(reader: Reader, reverses: string | null): Promise<Pick<Ledger, 'transactions' | 'reversed'>> {
  if (reverses === null) return { transactions: new Map(), reversed: new Set() }
  const [row] = await reader.run(IS_REVERSED, { transactionId: reverses })
  return {
    transactions: new Map([[reverses, await transactionOf(reader, reverses)]]),
    reversed: new Set(row?.[0] === true ? [reverses] : []),
  }
}

const PERSON = accountOf('')

/** Whose account it is; undefined for that of the issuer and of escrows. */
function sellerOf(account: string): string | undefined {
  return account.startsWith(PERSON) ? account.slice(PERSON.length) : undefined
}

function sellerIn(postings: Transaction['postings']): string {
  const [first] = postings.flatMap(({ account }) => sellerOf(account) ?? [])
  if (first === undefined) throw new Error('credits moved from nobody to nobody')
  return first
}

// Numbers are in the order of time: of whom that is not shown whole, postings stand by id, which is random.
const LINES = (showsTime: Cypher) => cypher`
WITH c, ${GIVEN}
WITH c, CASE WHEN ${showsTime} THEN 1 ELSE 0 END AS dated
OPTIONAL MATCH (last:Posting {id: $afterId, account: $account})
WITH c, dated, coalesce(last.number, $newest) * dated AS before
CALL (dated, before) {
  MATCH (p:Posting {account: $account})
  WITH p, p.number * dated AS place, before
  WHERE place < before OR (place = before AND p.id > $afterId)
  WITH p, place ORDER BY place DESC, p.id LIMIT $limit
  RETURN collect([p.id, p.amountMinor, p.balanceMinor, p.kind, p.because, p.at, p.evidenceEntryId]) AS lines
}
OPTIONAL MATCH (a:LedgerAccount {name: $account})
RETURN c.id, c.region, ${SUBJECT_STATE}, coalesce(a.balanceMinor, 0), lines`

export interface FoundStatement {
  readonly subject: Subject
  readonly balance: string
  /** The newest first as far as the viewer is shown when they were, one more than asked for. */
  readonly postings: readonly Posting[]
}

/** More than any number of postings. */
const NEWEST = Number.MAX_SAFE_INTEGER

/** The account of a seller; undefined where there is no such seller that the viewer may know of. One statement. */
export async function statementOf(
  { services: { graph }, policy, viewer, masks }: RequestContext,
  sellerId: string,
  { first, afterId = '' }: PageRequest,
): Promise<FoundStatement | undefined> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const { showsTime, params: ofTime } = shownWhole(masks.imageOf('Posting', 'at'))
  const statement = cypher`
MATCH (c:Seller {id: $sellerId})
WHERE ${isVisible}${LINES(showsTime)}`
  const asked = {
    ...params,
    ...ofTime,
    sellerId,
    account: accountOf(sellerId),
    afterId,
    newest: NEWEST,
    limit: first + 1,
  }
  const [row] = await graph.read(statement, asked)
  if (row === undefined) return undefined
  const [id, region, state, balance, lines] = row
  return {
    subject: toSubject(id, region, state),
    balance: fromMinorUnits(Number(balance)),
    postings: (lines as readonly Row[]).map(toPosting),
  }
}

/** Of whom the time is shown as it is. */
function shownWhole(time: FieldImage): { readonly showsTime: Cypher; readonly params: Params } {
  const shown = time.effect === 'NEVER' || time.mask !== undefined ? 'NONE' : shownOf(time, cypher`time`)
  if (shown === 'ALL') return { showsTime: cypher`true`, params: {} }
  if (shown === 'NONE') return { showsTime: cypher`false`, params: {} }
  return { showsTime: shown.where, params: shown.params }
}

function toPosting([id, amount, balance, kind, because, at, evidenceEntryId]: Row): Posting {
  const credits = { amount: fromMinorUnits(Number(amount)), balance: fromMinorUnits(Number(balance)) }
  return { id, ...credits, kind, because, at, evidenceEntryId } as Posting
}
