import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withGuides } from '../../subgraphs/talent/routing/guide.ts'
import { marketOf } from '../../subgraphs/talent/routing/market.ts'
import { routingModel as model } from '../../subgraphs/talent/routing/model.ts'
import { routingOf } from '../../subgraphs/talent/routing/plan.ts'
import type { OpenTask, Person, Problem } from '../../subgraphs/talent/routing/problem.ts'
import { CASES } from '../support/cases.ts'
import { problems } from '../support/routing-problems.ts'

const runs = { numRuns: CASES * 4 }

function guided(problem: Problem) {
  const routing = routingOf(problem, model)
  return { routing, places: withGuides(routing.market, problem.collaboration, routing.plan().places) }
}

describe('in a plan', () => {
  it('everybody who needs a guide has one who is able to, and nobody else has any', () => {
    fc.assert(
      fc.property(problems(6, 6), problem => {
        const { routing, places } = guided(problem)
        for (const { taskId, role: name, personId, guideId, isAlone } of places) {
          const at = routing.roles.find(each => each.task.id === taskId && each.role.name === name)
          const [person, guide] = [personId, guideId].map(id => problem.people.find(each => each.id === id))
          if (at === undefined || person === undefined) throw new Error('a place of nobody')
          const { task, role } = at
          expect(isAlone).toBe(false)
          // Said anew, in the plainest words.
          const isAble = ({ id, isNewcomer }: Person) =>
            !isNewcomer &&
            role.requirements.every(
              ({ skillId, level, isEssential }) => !isEssential || routing.market.levelOf(skillId, id) >= level,
            )
          expect(guideId === null).toBe(isAble(person))
          if (guideId === null) continue
          expect(guideId).not.toBe(personId)
          expect(guide && isAble(guide) && guide.consents && guide.capacity > 0).toBe(true)
          expect(task.concerns !== null && guide?.conflicts.has(task.concerns)).toBe(false)
        }
      }),
      runs,
    )
  })

  it('guides do not depend on the order in which tasks and people come', () => {
    fc.assert(
      fc.property(problems(5, 6), problem => {
        const turned = { ...problem, tasks: problem.tasks.toReversed(), people: problem.people.toReversed() }
        expect(guided(turned).places).toEqual(guided(problem).places)
      }),
      runs,
    )
  })

  it('a person is kept out by GUIDE alone where one more who is able would let it in', () => {
    fc.assert(
      fc.property(problems(3, 4), problem => {
        const before = marketOf(problem, model)
        const able = new Map(['a', 'a.1', 'a.2', 'b'].map(skill => [skill, 5]))
        const expert = { ...someone('z', able), consents: true }
        const after = marketOf({ ...problem, people: [...problem.people, expert] }, model)
        for (const task of problem.tasks) {
          for (const role of task.roles) {
            for (const person of problem.people) {
              const [was, is] = [before, after].map(market => market.constraintOf(task, role, person))
              expect(is).toBe(was === 'GUIDE' ? undefined : was)
            }
          }
        }
      }),
      runs,
    )
  })
})

describe('of those who could guide', () => {
  const place = { taskId: 't', role: 'one', personId: 'learner' }
  const named = (more: readonly Person[], given: readonly string[] = [], inPlace: readonly string[] = []) => {
    const people = [{ ...someone('learner', new Map([['a', 2]])), region: 'CN' }, ...more]
    const task: OpenTask = {
      id: 't',
      region: null,
      isLocal: false,
      hours: null,
      concerns: null,
      roles: [{ name: 'one', people: 3, requirements: [{ skillId: 'a', level: 3, isEssential: true }] }],
      inPlace: new Set(inPlace),
      notAgain: new Set(),
      proposed: new Map(),
    }
    const collaboration = (one: string, other: string) => (one === 'learner' && other === 'friend' ? 0.5 : 0)
    const problem = { tasks: [task], people, collaboration, nearSkills: (id: string) => new Map([[id, 0]]) }
    const places = [place, ...given.map(personId => ({ ...place, personId }))]
    return withGuides(marketOf(problem, model), collaboration, places)[0]
  }
  const able = (id: string, more: Partial<Person> = {}) => ({ ...someone(id, new Map([['a', 3]])), ...more })
  const all = [able('b'), able('friend'), able('near', { region: 'CN' }), able('x'), able('y')]

  it('who is in place goes first, then who is given a place, who was worked with, who is near, and the smaller id', () => {
    expect(named(all, ['x'], ['y'])?.guideId).toBe('y')
    expect(named(all, ['x'])?.guideId).toBe('x')
    expect(named(all)?.guideId).toBe('friend')
    expect(named(all.filter(({ id }) => id !== 'friend'))?.guideId).toBe('near')
    expect(named([able('y'), able('x')])?.guideId).toBe('x')
  })

  it.each([
    ['does not consent', { consents: false }],
    ['is away', { capacity: 0 }],
    ['is new', { isNewcomer: true }],
    ['has less, too', { skills: new Map([['a', 2.9]]) }],
  ])('nobody is who %s', (_, more) => {
    expect(named([able('b', more)])).toEqual({ ...place, guideId: null, isAlone: true })
  })
})

function someone(id: string, skills: ReadonlyMap<string, number>): Person {
  const at = { id, region: null, hours: null, capacity: 1, carries: 0 }
  return { ...at, skills, consents: true, conflicts: new Set(), isNewcomer: false }
}
