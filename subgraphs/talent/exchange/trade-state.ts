// Pure: how a trade goes from its proposal to its end, and what becomes of the credits on the way.
import { unreachable } from '../../../core/errors.ts'

export type TradeStateName = 'PROPOSED' | 'AGREED' | 'COMPLETED' | 'CANCELLED'

export interface TradeState {
  readonly state: TradeStateName
  /** Everybody who gives or takes. */
  readonly parties: readonly string[]
  /** Who takes; each says when it was given what it takes. */
  readonly takers: readonly string[]
  readonly acceptedBy: readonly string[]
  readonly receivedBy: readonly string[]
  readonly cancelledBy: readonly string[]
}

/** ACCEPT, RECEIVE and CANCEL are acts of a party; a manager decides where the parties do not. */
export type TradeAct =
  | { readonly kind: 'ACCEPT' | 'RECEIVE' | 'CANCEL'; readonly by: string }
  | { readonly kind: 'DECIDE_COMPLETED' | 'DECIDE_CANCELLED' }

/** HOLD puts the credits of who pays into escrow, RELEASE gives them to who is paid, REFUND back. */
export type CreditMove = 'NONE' | 'HOLD' | 'RELEASE' | 'REFUND'

export type TradeRefusal = 'NOT_A_PARTY' | 'NOT_A_TAKER' | 'OVER' | 'NOT_AGREED' | 'SAID_BEFORE'

export type AfterAct = { readonly trade: TradeState; readonly credits: CreditMove } | { readonly refused: TradeRefusal }

/** The trade as its first party proposes it, which thereby accepts it. */
export function proposed(parties: readonly string[], takers: readonly string[], by: string): TradeState {
  return { state: 'PROPOSED', parties, takers, acceptedBy: [by], receivedBy: [], cancelledBy: [] }
}

/**
 * The trade after an act. All parties have to accept before anything is held. After that it is completed when each taker says
 * that it was given what it takes, and cancelled when all parties want it to be: nobody takes its credits back from who has
 * given already.
 */
export function afterAct(trade: TradeState, act: TradeAct): AfterAct {
  if (trade.state === 'COMPLETED' || trade.state === 'CANCELLED') return { refused: 'OVER' }
  const isAgreed = trade.state === 'AGREED'
  switch (act.kind) {
    case 'ACCEPT': {
      if (!trade.parties.includes(act.by)) return { refused: 'NOT_A_PARTY' }
      if (trade.acceptedBy.includes(act.by)) return { refused: 'SAID_BEFORE' }
      const acceptedBy = [...trade.acceptedBy, act.by]
      const isLast = saidByAll(trade.parties, acceptedBy)
      return {
        trade: { ...trade, acceptedBy, state: isLast ? 'AGREED' : 'PROPOSED' },
        credits: isLast ? 'HOLD' : 'NONE',
      }
    }
    case 'RECEIVE': {
      if (!trade.takers.includes(act.by)) return { refused: 'NOT_A_TAKER' }
      if (!isAgreed) return { refused: 'NOT_AGREED' }
      if (trade.receivedBy.includes(act.by)) return { refused: 'SAID_BEFORE' }
      const receivedBy = [...trade.receivedBy, act.by]
      const isLast = saidByAll(trade.takers, receivedBy)
      return {
        trade: { ...trade, receivedBy, state: isLast ? 'COMPLETED' : 'AGREED' },
        credits: isLast ? 'RELEASE' : 'NONE',
      }
    }
    case 'CANCEL': {
      if (!trade.parties.includes(act.by)) return { refused: 'NOT_A_PARTY' }
      if (trade.cancelledBy.includes(act.by)) return { refused: 'SAID_BEFORE' }
      const cancelledBy = [...trade.cancelledBy, act.by]
      if (!isAgreed) return { trade: { ...trade, cancelledBy, state: 'CANCELLED' }, credits: 'NONE' }
      const isLast = saidByAll(trade.parties, cancelledBy)
      return {
        trade: { ...trade, cancelledBy, state: isLast ? 'CANCELLED' : 'AGREED' },
        credits: isLast ? 'REFUND' : 'NONE',
      }
    }
    case 'DECIDE_COMPLETED':
      if (!isAgreed) return { refused: 'NOT_AGREED' }
      return { trade: { ...trade, state: 'COMPLETED' }, credits: 'RELEASE' }
    case 'DECIDE_CANCELLED':
      return { trade: { ...trade, state: 'CANCELLED' }, credits: isAgreed ? 'REFUND' : 'NONE' }
    default:
      return unreachable(act)
  }
}

function saidByAll(people: readonly string[], said: readonly string[]): boolean {
  return people.every(each => said.includes(each))
}
