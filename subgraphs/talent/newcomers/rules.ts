// Pure: who is new, what somebody who is new does next and with whom.

/** What was seen of a person in all, as far as it has not faded: of a thing of middle complexity that was done, 1. */
export type Seen = number

/** Of whom less than this was seen is new, whatever was seen of it. */
const SEEN_OF_THE_EXPERIENCED: Seen = 5

/** Slightly above the level is up to this much above it: what is further is learned from nobody's tasks. */
export const STRETCH = 1

export function isNewcomer(seen: Seen): boolean {
  return seen < SEEN_OF_THE_EXPERIENCED
}

/**
 * Whether somebody does a task only together with a named guide: everybody who is new, and everybody on a task that asks for
 * more than the person has. `lacks` is how far the level is below in the essential skill in which the person lacks the most.
 */
export function needsGuide({ isNew, lacks }: { readonly isNew: boolean; readonly lacks: number }): boolean {
  return isNew || lacks > 0
}

/** Whether a task is one to learn from: a little above the level, and not more. */
export function isStretch(level: number, required: number): boolean {
  return required > level && required <= level + STRETCH
}

/** Somebody who could guide: how good it is for sure, and how near. */
export interface MentorCandidate {
  readonly id: string
  /** The lower end of its interval in the skill. */
  readonly low: number
  readonly isOfRegion: boolean
  /** How often the two worked together, and how well, 0 to 1. */
  readonly together: number
  readonly outcome: number
  /** How many colleagues of the newcomer worked with the candidate. */
  readonly inCommon: number
}

/** A guide is at least this good, for sure. */
const GUIDES_FROM = 2.5

/**
 * Who guides best: who is good for sure, and whom the newcomer knows; of two alike the smaller id. Undefined where nobody is
 * good enough, or nobody but the newcomer.
 */
export function mentorFor(newcomerId: string, candidates: readonly MentorCandidate[]): MentorCandidate | undefined {
  const able = candidates.filter(({ id, low }) => id !== newcomerId && low >= GUIDES_FROM)
  return able.reduce<MentorCandidate | undefined>(
    (best, each) => (best && !isBetter(each, best) ? best : each),
    undefined,
  )
}

function isBetter(a: MentorCandidate, b: MentorCandidate): boolean {
  const [ofA, ofB] = [suitability(a), suitability(b)]
  return ofA === ofB ? a.id < b.id : ofA > ofB
}

// In levels, so that closeness can make up for so much skill and no more.
function suitability({ low, isOfRegion, together, outcome, inCommon }: MentorCandidate): number {
  const known = together === 0 ? 0 : outcome * Math.min(1, together / 3)
  return low + known + 0.5 * Math.min(1, inCommon / 3) + (isOfRegion ? 0.5 : 0)
}

/** How somebody stands at a skill that everybody needs. */
export interface CoreSkill {
  readonly uri: string
  readonly level: number
  readonly confidence: number
}

export interface PlannedStep extends CoreSkill {
  /** Tasks of this level are a little above that of the person. */
  readonly nextLevel: number
}

const MOST_STEPS = 3
const GOOD_ENOUGH = 3

/** What to learn next: of the skills that everybody needs those in which the person is weakest, and of those what is least known. */
export function planOf(skills: readonly CoreSkill[]): readonly PlannedStep[] {
  return skills
    .filter(({ level }) => level < GOOD_ENOUGH)
    .sort((a, b) => a.level - b.level || a.confidence - b.confidence || (a.uri < b.uri ? -1 : 1))
    .slice(0, MOST_STEPS)
    .map(skill => ({ ...skill, nextLevel: Math.min(GOOD_ENOUGH, skill.level + STRETCH) }))
}
