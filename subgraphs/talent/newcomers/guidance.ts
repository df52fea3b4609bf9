// What a person is told of how to go on: from what was first seen of it, by those who could guide it.
import type { Instant } from '../../../core/clock.ts'
import type { RequestContext } from '../../../core/context.ts'
import { levelAt, seenAt } from '../profiles/level.ts'
import { coreSkills } from '../skills/own-skills.ts'
import {
  type Acquaintance,
  colleaguesOf,
  type FoundGuide,
  type FoundPerson,
  guidesAt,
  peopleOf,
  skillsByUri,
} from './newcomer-store.ts'
import { isNewcomer, type MentorCandidate, mentorFor, planOf } from './rules.ts'
import type { Guidance } from './types.ts'

/** The guidance of each of these sellers as the viewer sees it; of whom it may not know are absent. Four statements at once. */
export async function guidanceOf(
  request: RequestContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Guidance>> {
  const { masks, at, services } = request
  const reader = { run: services.graph.read.bind(services.graph) }
  const [people, guides, near, skills] = await Promise.all([
    peopleOf(request, ids),
    guidesAt(reader, coreSkills),
    colleaguesOf(reader, ids),
    skillsByUri(reader, coreSkills),
  ])
  return new Map(
    [...people].map(([id, person]) => {
      const seen = seenAt([...person.standings.values()], at)
      const steps = planOf(coreSkills.map(uri => ({ uri, ...levelAt(person.standings.get(uri), at) })))
      const planned = steps.flatMap(({ uri, level, nextLevel }) => {
        const skill = skills.get(uri)
        if (skill === undefined) return []
        const able = guides.filter(guide => guide.uri === uri).map(guide => candidate(guide, person, near.get(id), at))
        const mentor = mentorFor(id, able)
        return [{ skill, level, nextLevel, mentor: mentor === undefined ? null : { id: mentor.id } }]
      })
      const guidance = { id, isNewcomer: isNewcomer(seen), seen, steps: planned }
      return [id, masks.apply('Guidance', guidance, person.subject)]
    }),
  )
}

function candidate(
  { sellerId: id, region, standing }: FoundGuide,
  { subject }: FoundPerson,
  own: ReadonlyMap<string, Acquaintance> | undefined,
  now: Instant,
): MentorCandidate {
  const { together, outcome } = own?.get(id) ?? { together: 0, outcome: 0 }
  const inCommon = [...(own?.values() ?? [])].filter(({ colleagues }) => colleagues.has(id)).length
  return { id, low: levelAt(standing, now).low, isOfRegion: region === subject.region, together, outcome, inCommon }
}
