// Pure: what records of orders and of services tell. The newest status of each holds, whichever order the records come in.
import { z } from 'zod'
import { toMinorUnits } from '../../core/money.ts'

const orderRecord = z.object({
  order: z.object({
    number: z.string(),
    product: z.string(),
    quantity: z.number(),
    amount: z.object({ amount: z.string(), currency: z.string() }),
    status: z.string(),
    orderedAt: z.string(),
    statusAt: z.string(),
  }),
})

const fulfilmentRecord = z.object({
  fulfilment: z.object({
    number: z.string(),
    service: z.string(),
    status: z.string(),
    promisedFor: z.string(),
    statusAt: z.string(),
  }),
})

export function orderOf(payload: unknown) {
  const { amount, ...order } = orderRecord.parse(payload).order
  return { ...order, valueMinor: toMinorUnits(amount.amount), currency: amount.currency }
}

export function fulfilmentOf(payload: unknown) {
  return fulfilmentRecord.parse(payload).fulfilment
}

export interface Told {
  readonly number: string
  readonly statusAt: string
  readonly recordId: string
}

/** Of these those that are news: the newest of each number, unless the graph knows it or a newer one. */
export function newestAmong<T extends Told>(told: readonly T[], known: ReadonlyMap<string, Told>): readonly T[] {
  const newest = new Map<string, T>()
  for (const each of told) {
    const before = newest.get(each.number)
    if (before === undefined || before.statusAt <= each.statusAt) newest.set(each.number, each)
  }
  return [...newest.values()].filter(({ number, statusAt, recordId }) => {
    const before = known.get(number)
    if (before === undefined || before.statusAt < statusAt) return true
    return before.statusAt === statusAt && before.recordId < recordId
  })
}
