// Pure: what a CRM deal record says of an opportunity.
import { z } from 'zod'
import { toMinorUnits } from '../../core/money.ts'
import type { Stage } from './types.ts'

// The record was validated when it was accepted; sales checks no more than what it reads.
const dealRecord = z.object({
  deal: z.object({
    number: z.string(),
    product: z.string(),
    stage: z.string(),
    stageAt: z.string().optional(),
    openedAt: z.string(),
    closedAt: z.string().optional(),
    amount: z.object({ amount: z.string(), currency: z.string() }).optional(),
  }),
})

export interface DealStep {
  readonly number: string
  readonly productName: string
  readonly openedAt: string
  readonly stage: Stage
  /** When the opportunity entered the stage. */
  readonly at: string
  readonly closedAt: string | null
  readonly valueMinor: number | null
  readonly currency: string | null
}

export function dealStepOf(payload: string): DealStep {
  const { deal } = dealRecord.parse(JSON.parse(payload))
  return {
    number: deal.number,
    productName: deal.product,
    openedAt: deal.openedAt,
    stage: deal.stage as Stage,
    at: deal.stageAt ?? deal.closedAt ?? deal.openedAt,
    closedAt: deal.closedAt ?? null,
    valueMinor: deal.amount === undefined ? null : toMinorUnits(deal.amount.amount),
    currency: deal.amount?.currency ?? null,
  }
}

/** Of each opportunity the newest of these steps; of two at one time the later in the list. */
export function newestSteps<Step extends Pick<DealStep, 'number' | 'at'>>(steps: readonly Step[]): readonly Step[] {
  const newest = new Map<string, Step>()
  for (const step of steps) {
    const before = newest.get(step.number)
    if (before === undefined || before.at <= step.at) newest.set(step.number, step)
  }
  return [...newest.values()]
}
