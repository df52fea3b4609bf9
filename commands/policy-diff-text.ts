// A difference of two policies as lines for a person, the wider marked with +.
import type { ChangedRegion, ChangedSituation, FieldChange, PolicyDiff } from '../core/policy/policy-diff.ts'

/** The lines, the last one of which counts the others. */
export function linesOf({ fields, grants, rows, others }: PolicyDiff): readonly string[] {
  const wider = fields.filter(({ isWider }) => isWider).length
  return [
    ...rows.map(({ viewer, from, to }) => `${viewer}: customers ${from} → ${to}`),
    ...grants.map(({ viewer, purpose, isWider }) =>
      isWider ? `+ ${viewer} may state ${purpose}` : `- ${viewer} may no longer state ${purpose}`,
    ),
    ...fields.map(lineOf),
    ...others.map(name => `${name} is another`),
    `${wider} wider, ${fields.length - wider} narrower, ${rows.length} of whom they may know`,
  ]
}

function lineOf({ viewer, purpose, field, from, to, isWider, where }: FieldChange): string {
  const byText = new Map<string, string[]>()
  for (const each of where) {
    const text = each.isWhereverShown ? 'wherever it is shown' : situationsOf(each)
    byText.set(text, [...(byText.get(text) ?? []), each.region === '' ? 'elsewhere' : each.region])
  }
  const places = [...byText].map(([text, regions]) => `${regions.sort().join(' ')}: ${text}`)
  return `${isWider ? '+' : '-'} ${viewer} ${purpose} ${field}: ${from} → ${to} (${places.join('; ')})`
}

/** Situations in which it changes with the same consents are told together, by whom they are about and from where. */
function situationsOf({ situations }: ChangedRegion): string {
  const byConsents = new Map<string, ChangedSituation[]>()
  for (const each of situations) {
    const text = each.consents
      .map(set => (set.length === 0 ? 'without consent' : `with ${set.join(' and ')}`))
      .join(' or ')
    byConsents.set(text, [...(byConsents.get(text) ?? []), each])
  }
  return [...byConsents].map(([text, own]) => `${text}${whoOf(own)}`).join(', ')
}

/** Ages between two limits of a law are told by the upper one. */
function whoOf(situations: readonly ChangedSituation[]): string {
  const byPlaces = new Map<string, string[]>()
  for (const age of new Set(situations.map(each => each.age))) {
    const own = situations.filter(each => each.age === age)
    const [byGuardian, byItself] = [true, false].map(is => placesOf(own.filter(each => each.isByGuardian === is)))
    const note = (places: string, who: string) => byPlaces.set(places, [...(byPlaces.get(places) ?? []), who])
    if (age === undefined) note(byItself ?? '', 'of age')
    else if (byGuardian === byItself) note(byItself ?? '', `below ${age + 1}`)
    else {
      if (byGuardian) note(byGuardian, `below ${age + 1} by a guardian`)
      if (byItself) note(byItself, `below ${age + 1} by themselves`)
    }
  }
  return [...byPlaces].map(([places, who]) => ` (${who.join(', ')}; seen ${places})`).join('')
}

const placesOf = (situations: readonly ChangedSituation[]) =>
  situations.map(({ seenFrom }) => (seenFrom === undefined ? 'at home' : `from ${seenFrom}`)).join(' or ')
