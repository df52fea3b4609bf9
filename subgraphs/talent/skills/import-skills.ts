// Takes skills into the graph: those of a taxonomy by a request, our own at the start.
import { type Change, type ChangeOutcome, type Recorded, recordChange, recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { ownSkills } from './own-skills.ts'
import { type SkillDraft, skillProblem } from './rules.ts'
import { keepSkills, knownSkills } from './skill-store.ts'

const TALENT = { kind: 'SERVICE', id: 'talent' } as const

/** What came of skills that were sent. */
export interface SkillTally {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

/**
 * Adds skills by their URIs, or changes the labels of those that are known. What a skill is a part of is added to and never
 * taken from: a taxonomy may come in several batches. Throws BAD_USER_INPUT, which names the first bad one.
 */
export async function importSkills(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  drafts: readonly SkillDraft[],
): Promise<Recorded<SkillTally>> {
  const problem = skillProblem(drafts)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const asked = { viewer, mutation: 'importSkills', idempotencyKey, input: drafts }
  return recordChange(services, asked, change => take(services, change, drafts))
}

/** Writes those of our own skills that the graph does not hold as they are now. */
export async function keepOwnSkills(services: Services): Promise<void> {
  const drafts: readonly SkillDraft[] = ownSkills.map(skill => ({ ...skill, scheme: 'OWN' }))
  await recordReaction(services, TALENT, async change => {
    const outcome = await take(services, change, drafts)
    return outcome.result.added + outcome.result.changed === 0 ? undefined : outcome
  })
}

async function take(
  { ids }: Services,
  { unit }: Change,
  drafts: readonly SkillDraft[],
): Promise<ChangeOutcome<SkillTally>> {
  // Two processes that start at one time wait for each other, and the second finds nothing left to do.
  await unit.guard('talent/skills')
  const known = await knownSkills(
    unit,
    drafts.map(({ uri }) => uri),
  )
  const fresh = drafts.filter(({ uri }) => !known.has(uri))
  const changed = drafts.filter(draft => {
    const before = known.get(draft.uri)
    return before !== undefined && !isHeld(before, draft)
  })
  await keepSkills(
    unit,
    [...fresh, ...changed].map(draft => ({ ...draft, newId: ids.next('Skill') })),
  )
  const tally = {
    added: fresh.length,
    changed: changed.length,
    unchanged: drafts.length - fresh.length - changed.length,
  }
  return { evidence: { kind: 'SKILLS_IMPORTED', statement: tally, facts: [] }, events: [], result: tally }
}

function isHeld(known: SkillDraft, draft: SkillDraft): boolean {
  return (
    known.scheme === draft.scheme &&
    known.labelEn === draft.labelEn &&
    (draft.labelZh === null || known.labelZh === draft.labelZh) &&
    draft.broader.every(uri => known.broader.includes(uri))
  )
}
