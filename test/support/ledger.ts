// Whether the ledger in a graph is sound: nothing made, nothing lost, nobody below zero, every balance the sum of its postings.
import { expect } from 'vitest'
import type { Services } from '../../core/context.ts'

const ACCOUNTS = 'MATCH (a:LedgerAccount) RETURN a.name, a.balanceMinor, a.postings ORDER BY a.name'
const POSTINGS = `
MATCH (p:Posting)-[:POSTED_TO]->(a:LedgerAccount)
RETURN a.name, p.transactionId, p.number, p.amountMinor, p.balanceMinor
ORDER BY a.name, p.number`

export async function requireSound({ graph }: Pick<Services, 'graph'>): Promise<void> {
  const [accounts, postings] = await Promise.all([graph.read(ACCOUNTS), graph.read(POSTINGS)])
  const sums = new Map<string, number>()
  const counts = new Map<string, number>()
  const transactions = new Map<string, number>()
  for (const [name, transactionId, number, amount, balance] of postings) {
    const account = String(name)
    sums.set(account, (sums.get(account) ?? 0) + Number(amount))
    counts.set(account, (counts.get(account) ?? 0) + 1)
    transactions.set(String(transactionId), (transactions.get(String(transactionId)) ?? 0) + Number(amount))
    expect([number, balance], account).toEqual([counts.get(account), sums.get(account)])
    if (account !== 'ISSUER') expect(Number(balance), account).toBeGreaterThanOrEqual(0)
  }
  const held = new Map(accounts.map(([name, balance]) => [String(name), Number(balance)]))
  expect(held).toEqual(sums)
  expect(accounts.map(([name, , count]) => [name, count])).toEqual([...counts])
  for (const [transactionId, sum] of transactions) expect(sum, transactionId).toBe(0)
  expect([...held.values()].reduce((all, each) => all + each, 0)).toBe(0)
}
