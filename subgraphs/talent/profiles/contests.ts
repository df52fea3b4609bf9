// What a person does about what was seen of it, and what is decided on that. Who may is decided at the root; whose it is, here.
import { type Change, type Recorded, recordChange } from '../../../core/change.ts'
import { setConsent } from '../../../core/consent/set-consent.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { keepContest, keepDecision, type Piece, pieceById } from './contest-store.ts'
import { type ContestReason, decided } from './counted.ts'
import { factsOf, skillIdsByUri } from './evidence-store.ts'
import { HIGHEST_COMPLEXITY, HIGHEST_LEVEL } from './level.ts'
import { countAnew, observe, PROFILES_GUARD } from './observe.ts'

export interface Contest {
  readonly evidenceId: string
  readonly reason: ContestReason
  /** What the person says that it should be; neither says that it should not count at all. */
  readonly outcome: number | null
  readonly complexity: number | null
}

/**
 * The person contests a piece of evidence about itself: until that is decided it does not count. Throws NOT_VISIBLE for what
 * is not its own, CONFLICT for what was contested before, BAD_USER_INPUT.
 */
export async function contestEvidence(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  contest: Contest,
): Promise<Recorded<{ readonly evidenceId: string }>> {
  requireBetween('outcome', contest.outcome, 0, 1)
  requireBetween('complexity', contest.complexity, 1, HIGHEST_COMPLEXITY)
  const asked = { viewer, mutation: 'contestSkillEvidence', idempotencyKey, input: { ...contest } }
  return recordChange(services, asked, async change => {
    const { unit, at, evidenceEntryId } = change
    await unit.guard(PROFILES_GUARD)
    const { evidenceId: id, reason, outcome, complexity } = contest
    const piece = await pieceById(unit, id)
    if (piece?.sellerId !== viewer.id) throw new ApiError('NOT_VISIBLE')
    if (piece.review !== null)
      throw new ApiError('CONFLICT', { at: 'evidenceId', expected: 'one not contested before' })
    await keepContest(unit, { id, reason, outcome, complexity, at, evidenceEntryId })
    return countedAnew(services, change, 'SKILL_EVIDENCE_CONTESTED', id, piece)
  })
}

/** Decides on what a person contested. Throws NOT_VISIBLE for what nobody contested, CONFLICT for what is decided. */
export async function decideContest(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { evidenceId: id, isAccepted }: { readonly evidenceId: string; readonly isAccepted: boolean },
): Promise<Recorded<{ readonly evidenceId: string }>> {
  const asked = { viewer, mutation: 'reviewSkillEvidence', idempotencyKey, input: { id, isAccepted } }
  return recordChange(services, asked, async change => {
    const { unit, at, evidenceEntryId } = change
    await unit.guard(PROFILES_GUARD)
    const piece = await pieceById(unit, id)
    if (piece === undefined || piece.review === null) throw new ApiError('NOT_VISIBLE')
    if (piece.review !== 'CONTESTED') throw new ApiError('CONFLICT', { at: 'evidenceId', expected: 'one not decided' })
    await keepDecision(unit, { id, review: decided(isAccepted, piece), at, evidenceEntryId })
    return countedAnew(services, change, 'SKILL_EVIDENCE_REVIEWED', id, piece)
  })
}

async function countedAnew(
  { ids }: Services,
  { unit }: Change,
  kind: 'SKILL_EVIDENCE_CONTESTED' | 'SKILL_EVIDENCE_REVIEWED',
  evidenceId: string,
  piece: Piece,
) {
  await countAnew(unit, ids, [piece])
  return {
    evidence: { kind, statement: { evidence: evidenceId }, facts: await factsOf(unit, [evidenceId]) },
    events: [{ kind: 'SELLER_SKILLS_CHANGED' as const, body: { sellerIds: [piece.sellerId] } }],
    result: { evidenceId },
  }
}

/** What the person says of itself: one piece of evidence a skill, which weighs little. Throws NOT_VISIBLE, BAD_USER_INPUT. */
export async function assessSelf(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { uri, level }: { readonly uri: string; readonly level: number },
): Promise<Recorded<{ readonly evidenceId: string }>> {
  requireBetween('level', level, 0, HIGHEST_LEVEL)
  const asked = { viewer, mutation: 'selfAssessSkill', idempotencyKey, input: { uri, level } }
  return recordChange(services, asked, async change => {
    await change.unit.guard(PROFILES_GUARD)
    const skillId = (await skillIdsByUri(change.unit, [uri])).get(uri)
    if (skillId === undefined) throw new ApiError('BAD_USER_INPUT', { at: 'uri', expected: 'that of a known skill' })
    const observation = {
      sourceId: `${viewer.id}/${skillId}`,
      sellerId: viewer.id,
      behaviour: 'SELF_ASSESSMENT' as const,
      skills: [uri],
      outcome: level / HIGHEST_LEVEL,
      complexity: 3,
      at: change.at,
    }
    const taken = await observe(change, services.ids, { observations: [observation], retracted: [] })
    if (taken.unknown > 0) throw new ApiError('NOT_VISIBLE')
    const evidenceId = taken.facts[0]?.node?.id
    if (evidenceId === undefined)
      throw new ApiError('CONFLICT', { at: 'level', expected: 'not the same twice at once' })
    return {
      evidence: { kind: 'SKILL_EVIDENCE_RECORDED', statement: { pieces: 1 }, facts: taken.facts },
      events: [{ kind: 'SELLER_SKILLS_CHANGED' as const, body: { sellerIds: [viewer.id] } }],
      result: { evidenceId },
    }
  })
}

/** The person lets others see what it can do and be routed by it, or no more. Throws NOT_VISIBLE. */
export async function consentToProfile(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  isGiven: boolean,
): Promise<Recorded<object>> {
  const asked = { viewer, mutation: 'setProfileConsent', idempotencyKey, input: { isGiven } }
  return recordChange(services, asked, async change => {
    const purpose = 'WORKFORCE_PLANNING'
    const state = isGiven ? 'GIVEN' : 'WITHDRAWN'
    const consent = { customerId: viewer.id, subject: 'Seller', purpose, recipient: '', state } as const
    const changed = await setConsent(services, change, consent)
    if (changed === undefined) throw new ApiError('NOT_VISIBLE')
    const kind = isGiven ? 'CONSENT_GIVEN' : 'CONSENT_WITHDRAWN'
    return {
      evidence: { kind, statement: { purpose, recipient: '' }, facts: changed.facts },
      events: [{ kind: 'SELLER_CONSENT_CHANGED' as const, body: { sellerId: viewer.id, purpose, given: isGiven } }],
      result: {},
    }
  })
}

function requireBetween(at: string, value: number | null, low: number, high: number): void {
  if (value === null || (value >= low && value <= high)) return
  throw new ApiError('BAD_USER_INPUT', { at, expected: `${low} to ${high}`, got: String(value) })
}
