// Small worlds to route in, of every shape that routing knows.
import fc from 'fast-check'
import type { OpenTask, Person, Problem } from '../../subgraphs/talent/routing/problem.ts'

const skills = ['a', 'a.1', 'a.2', 'b'] as const
const regions = ['EU', 'CN', null] as const
const personIds = Array.from({ length: 10 }, (_, index) => `p${index}`)
const subjects = ['acme', 'globex'] as const

/** `a.1` and `a.2` are parts of `a`. */
const distances: { readonly [skill: string]: ReadonlyMap<string, number> } = {
  a: new Map([
    ['a', 0],
    ['a.1', 1],
    ['a.2', 1],
  ]),
  'a.1': new Map([
    ['a.1', 0],
    ['a', 1],
    ['a.2', 2],
  ]),
  'a.2': new Map([
    ['a.2', 0],
    ['a', 1],
    ['a.1', 2],
  ]),
  b: new Map([['b', 0]]),
}

const often = fc.integer({ min: 0, max: 9 }).map(drawn => drawn > 0)
const rarely = often.map(is => !is)
const hours = fc.option(
  fc
    .record({ fromMinute: fc.integer({ min: 0, max: 23 }), toMinute: fc.integer({ min: 0, max: 23 }) })
    .map(({ fromMinute, toMinute }) => ({ fromMinute: fromMinute * 60, toMinute: toMinute * 60 })),
)

const requirements = fc.uniqueArray(
  fc.record({
    skillId: fc.constantFrom(...skills),
    level: fc.integer({ min: 1, max: 5 }),
    isEssential: fc.boolean(),
  }),
  { maxLength: 2, selector: ({ skillId }) => skillId },
)

const role = fc.record({ people: fc.integer({ min: 1, max: 2 }), requirements })

const task = (id: string): fc.Arbitrary<OpenTask> =>
  fc
    .record({
      region: fc.constantFrom(...regions),
      isLocal: rarely,
      hours,
      concerns: fc.option(fc.constantFrom(...subjects)),
      roles: fc.array(role, { minLength: 1, maxLength: 2 }),
      inPlace: fc.subarray(personIds, { maxLength: 2 }).map(ids => new Set(ids)),
      notAgain: fc.subarray(personIds, { maxLength: 1 }).map(ids => new Set(ids)),
      proposed: fc.subarray(personIds, { maxLength: 1 }).map(ids => new Map([['role 0', new Set(ids)]])),
    })
    .map(drawn => ({ ...drawn, id, roles: drawn.roles.map((each, at) => ({ ...each, name: `role ${at}` })) }))

const person = (id: string): fc.Arbitrary<Person> =>
  fc.record({
    id: fc.constant(id),
    region: fc.constantFrom(...regions),
    hours,
    capacity: fc.integer({ min: 0, max: 3 }),
    carries: fc.integer({ min: 0, max: 2 }),
    skills: fc
      .dictionary(fc.constantFrom(...skills), fc.integer({ min: 1, max: 5 }))
      .map(drawn => new Map(Object.entries(drawn))),
    consents: often,
    conflicts: fc.subarray([...subjects], { maxLength: 1 }).map(ids => new Set(ids)),
    isNewcomer: rarely,
  })

/** At most so many tasks and people. */
export function problems(tasks: number, people: number): fc.Arbitrary<Problem> {
  const upTo = (count: number, least: number) => fc.integer({ min: least, max: count })
  return fc
    .tuple(
      upTo(tasks, 1),
      upTo(people, 1),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
    )
    .chain(([taskCount, peopleCount, strengths]) =>
      fc.record({
        tasks: fc.tuple(...Array.from({ length: taskCount }, (_, index) => task(`t${index}`))),
        people: fc.tuple(...personIds.slice(0, peopleCount).map(person)),
        collaboration: fc.constant(
          (one: string, other: string) => strengths[(Number(one.slice(1)) + Number(other.slice(1))) % 7] ?? 0,
        ),
        nearSkills: fc.constant((skillId: string) => distances[skillId] ?? new Map()),
      }),
    )
}

/** The same problem with so many people more, who can do everything and carry nothing. */
export function withPeople(problem: Problem, count: number): Problem {
  const more = Array.from({ length: count }, (_, index) => ({
    id: `q${index}`,
    region: 'EU',
    hours: null,
    capacity: 1,
    carries: 0,
    skills: new Map(skills.map(skill => [skill, 5])),
    consents: true,
    conflicts: new Set<string>(),
    isNewcomer: false,
  }))
  return { ...problem, people: [...problem.people, ...more] }
}
