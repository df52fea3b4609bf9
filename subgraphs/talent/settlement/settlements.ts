// Settlement: what a task is worth, who contributed, and the credits that follow. Whoever settles holds the guard of the ledger,
// so that of two who settle one task the second finds it settled.
import { type Change, type ChangeOutcome, type Recorded, recordChange, recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { CommittedFact } from '../../../core/evidence/evidence.ts'
import { knownEntries } from '../../../core/evidence/known-entries.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { contributionFact } from './evidenced.ts'
import { accountOf, ISSUER, postingsOf } from './ledger.ts'
import { counterTransaction, LEDGER_GUARD, post } from './ledger-store.ts'
import { outside, requireReason, toDelivered, toReward } from './rules.ts'
import * as store from './settlement-store.ts'
import { isDrawn, type Reward, seedOf, sharesOf } from './shares.ts'
import type { ContributionInput, RewardInput, SettlementReasonInput, SettlementStateName } from './types.ts'
import type { Delivered } from './worth.ts'

/** Sets what a task is worth, as long as nobody contributed. Throws BAD_USER_INPUT, NOT_VISIBLE, CONFLICT. */
export async function setReward(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  input: RewardInput,
): Promise<Recorded<{ readonly taskId: string }>> {
  const reward = toReward(input)
  const { taskId } = reward
  return recordChange(services, { viewer, mutation: 'setReward', idempotencyKey, input: reward }, async change => {
    await change.unit.guard(LEDGER_GUARD)
    const { delivered, isSettled } = await requireWork(change, taskId)
    if (delivered.length > 0 || isSettled) {
      throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task that nobody contributed to yet' })
    }
    await store.keepReward(change, reward)
    return {
      evidence: {
        kind: 'REWARD_SET',
        statement: { task: taskId, rule: reward.rule, minor: reward.amountMinor },
        facts: [],
      },
      events: [],
      result: { taskId },
    }
  })
}

/** Records what a seller delivered of a part of a task. Throws BAD_USER_INPUT, NOT_VISIBLE, CONFLICT once it is settled. */
export async function recordContribution(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  input: ContributionInput,
): Promise<Recorded<{ readonly contributionId: string }>> {
  const delivered = toDelivered(input)
  const { taskId, sellerId } = input
  const evidence = [...new Set(input.evidence)]
  const asked = { taskId, ...delivered, evidence }
  return recordChange(
    services,
    { viewer, mutation: 'recordContribution', idempotencyKey, input: asked },
    async change => {
      const { unit } = change
      await unit.guard(LEDGER_GUARD)
      const { policy } = services.policies.current()
      if (!(await store.isVisibleSeller(unit, policy, viewer, sellerId))) throw new ApiError('NOT_VISIBLE')
      const { reward, isSettled } = await requireWork(change, taskId)
      if (isSettled) throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task that is not settled' })
      if (!reward?.parts.some(({ name }) => name === delivered.part)) throw outside('part', 'one that the reward names')
      const known = await knownEntries(unit, evidence)
      if (known.size < evidence.length) throw outside('evidence', 'ids of evidence entries')
      const { part, share, hours } = delivered
      const id = services.ids.next('Contribution')
      await store.keepContribution(change, { id, taskId, sellerId, part, share, hours, evidence })
      return {
        evidence: {
          kind: 'CONTRIBUTION_RECORDED',
          statement: { task: taskId, contribution: id },
          facts: [contributionFact(sellerId, id, [taskId, part, share, hours, evidence])],
        },
        events: [],
        result: { contributionId: id },
      }
    },
  )
}

type Settled = Recorded<{ readonly settlementId: string; readonly state: SettlementStateName }>

/** Shares out the reward of a task that is done. Throws NOT_VISIBLE, CONFLICT where it is not, or settled, or there is nothing to share. */
export function settle(services: Services, viewer: Viewer, idempotencyKey: string, taskId: string): Promise<Settled> {
  return recordChange(services, { viewer, mutation: 'settle', idempotencyKey, input: { taskId } }, async change => {
    await change.unit.guard(LEDGER_GUARD)
    const { isDone, reward, delivered, isSettled } = await requireWork(change, taskId)
    if (isSettled) throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task that is not settled' })
    if (!isDone) throw new ApiError('CONFLICT', { at: 'taskId', expected: 'a task that is done' })
    const shares = reward && sharesOf(reward, delivered)
    if (reward === undefined || shares === undefined) {
      throw new ApiError('CONFLICT', {
        at: 'taskId',
        expected: 'a task with a reward and contributions to share it by',
      })
    }
    return payOut(services, change, reward, delivered, shares)
  })
}

const SETTLEMENT = { kind: 'SERVICE', id: 'talent/settlement' } as const

/** Settles a task that was completed, where it has a reward and contributions and is not settled: what a repeated event finds done. */
export async function settleCompleted(services: Services, taskId: string): Promise<void> {
  await recordReaction(services, SETTLEMENT, async change => {
    await change.unit.guard(LEDGER_GUARD)
    const work = await store.workOn(change.unit, taskId)
    const shares = work?.reward && sharesOf(work.reward, work.delivered)
    if (work?.reward === undefined || work.isSettled || shares === undefined) return undefined
    return payOut(services, change, work.reward, work.delivered, shares)
  })
}

type Outcome = ChangeOutcome<{ readonly settlementId: string; readonly state: SettlementStateName }>

async function payOut(
  { ids }: Services,
  change: Change,
  reward: Reward,
  delivered: readonly Delivered[],
  shares: ReadonlyMap<string, number>,
): Promise<Outcome> {
  const { taskId, amountMinor, rule } = reward
  const id = ids.next('Settlement')
  const given = new Map([...shares].map(([sellerId, minor]) => [accountOf(sellerId), minor]))
  const postings = postingsOf(given.set(ISSUER, -amountMinor))
  const reason = { kind: 'SETTLEMENT', because: id } as const
  // A settlement is the transaction of its own id, so that its reversal finds it.
  const posted = await post(change, ids, { id, postings }, reason)
  const seed = isDrawn(reward, delivered) ? seedOf(reward) : null
  await store.keepSettlement(change, { id, taskId, rule, seed, amountMinor, shares })
  const facts: CommittedFact[] = [...shares].map(([subjectId, minor]) => ({
    subjectId,
    content: { settlement: id, minor },
  }))
  return {
    evidence: {
      kind: 'TASK_SETTLED',
      statement: { task: taskId, settlement: id, rule, seed, people: shares.size },
      facts: [...posted, ...facts],
    },
    events: [{ kind: 'TASK_SETTLED', body: { taskId, settlementId: id } }],
    result: { settlementId: id, state: 'SETTLED' },
  }
}

/**
 * Takes a settlement back by the same postings the other way round; the task can then be settled anew. Throws
 * BAD_USER_INPUT, NOT_VISIBLE, and CONFLICT where it was taken back before or somebody has spent the credits.
 */
export function reverseSettlement(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { settlementId, because }: SettlementReasonInput,
): Promise<Settled> {
  return changeSettlement(
    services,
    viewer,
    'reverseSettlement',
    idempotencyKey,
    { settlementId, because },
    async change => {
      const { standing, ...rest } = change
      requireState(standing, 'SETTLED', 'DISPUTED')
      const counter = await counterTransaction(rest.unit, settlementId, services.ids.next('LedgerTransaction'))
      const posted = await post(rest, services.ids, counter, { kind: 'SETTLEMENT_REVERSED', because: settlementId })
      await store.setState(rest, settlementId, 'REVERSED', undefined)
      return { kind: 'SETTLEMENT_REVERSED', state: 'REVERSED', facts: posted }
    },
  )
}

/** Somebody who contributed does not agree. Throws BAD_USER_INPUT, NOT_VISIBLE, CONFLICT. */
export function disputeSettlement(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { settlementId, because }: SettlementReasonInput,
): Promise<Settled> {
  return changeSettlement(
    services,
    viewer,
    'disputeSettlement',
    idempotencyKey,
    { settlementId, because },
    async change => {
      requireState(change.standing, 'SETTLED')
      await store.setState(change, settlementId, 'DISPUTED', { by: viewer.id, because })
      const content = { settlement: settlementId, because }
      return { kind: 'SETTLEMENT_DISPUTED', state: 'DISPUTED', facts: [{ subjectId: viewer.id, content }] }
    },
  )
}

/** A manager lets a disputed settlement stand. Throws BAD_USER_INPUT, NOT_VISIBLE, CONFLICT. */
export function rejectDispute(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { settlementId, because }: SettlementReasonInput,
): Promise<Settled> {
  return changeSettlement(
    services,
    viewer,
    'rejectDispute',
    idempotencyKey,
    { settlementId, because },
    async change => {
      requireState(change.standing, 'DISPUTED')
      await store.setState(change, settlementId, 'SETTLED', undefined)
      const content = { settlement: settlementId, because }
      const facts = change.standing.sellerIds.map(subjectId => ({ subjectId, content }))
      return { kind: 'DISPUTE_REJECTED', state: 'SETTLED', facts }
    },
  )
}

interface SettlementChange extends Change {
  readonly standing: store.StandingSettlement
}

interface ChangedSettlement {
  readonly kind: 'SETTLEMENT_REVERSED' | 'SETTLEMENT_DISPUTED' | 'DISPUTE_REJECTED'
  readonly state: SettlementStateName
  readonly facts: readonly CommittedFact[]
}

async function changeSettlement(
  services: Services,
  viewer: Viewer,
  mutation: string,
  idempotencyKey: string,
  input: SettlementReasonInput,
  work: (change: SettlementChange) => Promise<ChangedSettlement>,
): Promise<Settled> {
  const { settlementId, because } = input
  requireReason(because)
  return recordChange(
    services,
    { viewer, mutation, idempotencyKey, input: { settlementId, because } },
    async change => {
      await change.unit.guard(LEDGER_GUARD)
      const { policy } = services.policies.current()
      const standing = await store.settlementOf(change.unit, policy, viewer, settlementId)
      if (standing === undefined) throw new ApiError('NOT_VISIBLE')
      const { kind, state, facts } = await work({ ...change, standing })
      const { taskId } = standing
      return {
        evidence: { kind, statement: { task: taskId, settlement: settlementId }, facts },
        events: kind === 'SETTLEMENT_REVERSED' ? [{ kind, body: { taskId, settlementId } }] : [],
        result: { settlementId, state },
      }
    },
  )
}

function requireState({ state }: store.StandingSettlement, ...expected: readonly SettlementStateName[]): void {
  if (expected.includes(state)) return
  throw new ApiError('CONFLICT', { at: 'settlementId', expected: `one that is ${expected.join(' or ')}`, got: state })
}

/** Throws NOT_VISIBLE for an unknown task. */
async function requireWork({ unit }: Change, taskId: string): Promise<store.TaskWork> {
  const work = await store.workOn(unit, taskId)
  if (work === undefined) throw new ApiError('NOT_VISIBLE')
  return work
}
