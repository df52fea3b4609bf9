// A company to route in: people with levels in skills of one hierarchy, and open tasks that require some. Drawn from a seed.
import { type Random, randomFor } from '../seeds/random.ts'
import { loadCost } from '../subgraphs/talent/routing/fit.ts'
import { marketOf } from '../subgraphs/talent/routing/market.ts'
import type { RoutingModel } from '../subgraphs/talent/routing/model.ts'
import {
  type Collaboration,
  freePlaces,
  type NearSkills,
  type OpenTask,
  type Person,
  type Problem,
} from '../subgraphs/talent/routing/problem.ts'

const PARTS = 5
const REGIONS = ['CN-31', 'CN-44', 'DE-BY', 'US-CA']

const partOf = (branch: number, part: number) => `skill/${branch}/${part}`

/** A part of a branch lies one step from the branch and two from its other parts. */
const nearSkills: NearSkills = skillId => {
  const branch = skillId.split('/').slice(0, 2).join('/')
  const parts = Array.from({ length: PARTS }, (_, part) => [`${branch}/${part}`, 2] as const)
  return new Map([...parts, [branch, 1], [skillId, 0]])
}

const between = (random: Random, least: number, most: number) => least + random.below(most - least + 1)

function personOf(random: Random, index: number, load: number, branches: number): Person {
  const branch = between(random, 0, branches - 1)
  const skills = Array.from({ length: 6 }, () => {
    const isOwn = random.chance(0.7)
    return [
      partOf(isOwn ? branch : between(random, 0, branches - 1), between(random, 0, PARTS - 1)),
      between(random, 2, 10) / 2,
    ] as const
  })
  const startsAt = between(random, 0, 23) * 60
  return {
    id: `person-${String(index).padStart(4, '0')}`,
    region: random.pick(REGIONS),
    hours: { fromMinute: startsAt, toMinute: (startsAt + 540) % 1440 },
    capacity: Math.max(3, Math.ceil(load * between(random, 8, 16) * 0.1)),
    carries: between(random, 0, 1),
    skills: new Map(skills),
    consents: random.chance(0.95),
    conflicts: new Set(),
    isNewcomer: random.chance(0.03),
  }
}

function taskOf(random: Random, index: number, people: readonly Person[], branches: number): OpenTask {
  const branch = between(random, 0, branches - 1)
  const requirements = [0, 1].map(at => ({
    skillId: partOf(branch, between(random, 0, PARTS - 1)),
    level: between(random, 1, 4),
    isEssential: at === 0,
  }))
  const startsAt = between(random, 0, 23) * 60
  return {
    id: `task-${String(index).padStart(5, '0')}`,
    region: random.pick(REGIONS),
    isLocal: random.chance(0.1),
    hours: random.chance(0.5) ? { fromMinute: startsAt, toMinute: (startsAt + 480) % 1440 } : null,
    concerns: null,
    roles: [{ name: 'lead', people: 1, requirements }],
    inPlace: new Set(random.chance(0.5) ? [random.pick(people).id] : []),
    notAgain: new Set(),
    proposed: new Map(),
  }
}

/** So many open tasks over so many people, who together have room for about a fifth more. */
export function routingWorld(seed: string, taskCount: number, peopleCount: number): Problem {
  const random = randomFor(`routing/${seed}`, 0)
  const branches = Math.max(2, Math.round(peopleCount / 50))
  const people = Array.from({ length: peopleCount }, (_, index) =>
    personOf(random, index, taskCount / peopleCount, branches),
  )
  const tasks = Array.from({ length: taskCount }, (_, index) => taskOf(random, index, people, branches))
  // Every pair of people has the same history whichever is asked for first: a number drawn from both.
  const collaboration: Collaboration = (one, other) =>
    (((Number(one.slice(7)) + 1) * (Number(other.slice(7)) + 1)) % 97) / 96
  return { tasks, people, collaboration, nearSkills }
}

/** Each task in turn to whom it costs the least by then, as people without a plan do it. Its places, by task. */
export function greedyPlaces(problem: Problem, model: RoutingModel): ReadonlyMap<string, string> {
  const market = marketOf(problem, model)
  const given = new Map<string, number>()
  const places = new Map<string, string>()
  for (const task of market.tasks) {
    for (const role of task.roles) {
      let [chosen, least] = ['', model.empty.cost]
      for (const { person, cost } of market.candidates(task, role)) {
        const nth = (given.get(person.id) ?? 0) + 1
        if (nth > freePlaces(person)) continue
        const all = cost + loadCost(person, nth, model)
        if (all < least) [chosen, least] = [person.id, all]
      }
      if (chosen === '') continue
      given.set(chosen, (given.get(chosen) ?? 0) + 1)
      places.set(task.id, chosen)
    }
  }
  return places
}
