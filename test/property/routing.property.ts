// The plan against every other plan there is, where they can be counted, and against the bound of its own prices where they cannot.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { routingWorld } from '../../bench/routing-world.ts'
import { FlowNetwork } from '../../subgraphs/talent/routing/flow.ts'
import { routingModel } from '../../subgraphs/talent/routing/model.ts'
import { type Place, type Plan, planOf, routingOf } from '../../subgraphs/talent/routing/plan.ts'
import type { Problem } from '../../subgraphs/talent/routing/problem.ts'
import { teamFor } from '../../subgraphs/talent/routing/team.ts'
import { whyNot } from '../../subgraphs/talent/routing/why-not.ts'
import { CASES } from '../support/cases.ts'
import { cheapestCost, cheapestTeamCost } from '../support/routing-by-hand.ts'
import { problems, withPeople } from '../support/routing-problems.ts'

const model = routingModel
/** With so few candidates that the prices have to call for the others. */
const sparse = { ...model, candidates: { perRole: 1, rounds: 50 } }
const pair = ({ taskId, role, personId }: Place) => [taskId, role, personId]

const withoutStability = ({ cost, places }: Plan) => cost - places.reduce((sum, place) => sum + place.cost.STABILITY, 0)

/** The same problem, in which the places of the plan are what is proposed. */
function proposing(problem: Problem, { places }: Pick<Plan, 'places'>): Problem {
  const proposed = (taskId: string, role: string) =>
    new Set(places.filter(place => place.taskId === taskId && place.role === role).map(({ personId }) => personId))
  return {
    ...problem,
    tasks: problem.tasks.map(task => ({
      ...task,
      proposed: new Map(task.roles.map(({ name }) => [name, proposed(task.id, name)])),
    })),
  }
}

const runs = { numRuns: CASES * 8 }

describe('the plan', () => {
  test('costs what the cheapest of all plans costs', () => {
    fc.assert(
      fc.property(problems(3, 4), problem => {
        expect(planOf(problem, model).cost).toBe(cheapestCost(problem, model))
      }),
      runs,
    )
  })

  test('costs the same however few candidates it begins with, and its bound proves it', () => {
    fc.assert(
      fc.property(problems(8, 8), problem => {
        const { cost, lowerBound } = planOf(problem, sparse)
        expect(cost).toBe(planOf(problem, model).cost)
        expect(lowerBound).toBe(cost)
      }),
      runs,
    )
  })

  test('gives nobody more than there is room for, no place twice and nothing that a constraint forbids', () => {
    fc.assert(
      fc.property(problems(8, 6), problem => {
        const routing = routingOf(problem, model)
        const { places } = routing.plan()
        for (const person of problem.people) {
          const given = places.filter(({ personId }) => personId === person.id)
          expect(given.length).toBeLessThanOrEqual(Math.max(0, person.capacity - person.carries))
          expect(new Set(given.map(({ taskId }) => taskId)).size).toBe(given.length)
        }
        for (const { task, role } of routing.roles) {
          const here = places.filter(place => place.taskId === task.id && place.role === role.name)
          expect(here.length).toBeLessThanOrEqual(role.people)
          for (const { personId } of here) {
            const person = problem.people.find(({ id }) => id === personId)
            expect(person && routing.market.constraintOf(task, role, person)).toBeUndefined()
          }
        }
      }),
      runs,
    )
  })

  test('does not depend on the order in which tasks and people come', () => {
    fc.assert(
      fc.property(problems(6, 6), problem => {
        const turned: Problem = {
          ...problem,
          tasks: problem.tasks.toReversed(),
          people: problem.people.toReversed(),
        }
        expect(planOf(turned, model)).toEqual(planOf(problem, model))
      }),
      runs,
    )
  })

  test('tells a bound that no plan goes below, also where it leaves candidates out', () => {
    fc.assert(
      fc.property(problems(5, 6), problem => {
        const { lowerBound, cost } = planOf(problem, { ...model, candidates: { perRole: 1, rounds: 0 } })
        expect(lowerBound).toBeLessThanOrEqual(planOf(problem, model).cost)
        expect(cost).toBeGreaterThanOrEqual(planOf(problem, model).cost)
      }),
      runs,
    )
  })
})

describe('why not me', () => {
  test('names the very price by which forcing the pair makes the whole dearer, and parts that add up to it', () => {
    fc.assert(
      fc.property(problems(3, 4), problem => {
        const routing = routingOf(problem, model)
        const { cost } = routing.plan()
        for (const task of problem.tasks) {
          for (const { id: personId } of problem.people) {
            const answer = whyNot(routing, task.id, personId)
            if (answer?.kind !== 'PRICED') continue
            expect(answer.price).toBe(cheapestCost(problem, model, { taskId: task.id, personId }) - cost)
            expect([...answer.parts.values()].reduce((sum, part) => sum + part, 0)).toBe(answer.price)
          }
        }
        expect(routing.plan().cost).toBe(cost)
      }),
      runs,
    )
  })

  test('prices a pair in a company as planning anew with nobody else for the task does', () => {
    const problem = routingWorld('why not', 60, 30)
    const routing = routingOf(problem, model)
    const { cost } = routing.plan()
    let priced = 0
    for (const [at, task] of problem.tasks.entries()) {
      const person = problem.people[at % problem.people.length]
      const answer = person && whyNot(routing, task.id, person.id)
      if (answer?.kind !== 'PRICED') continue
      const notAgain = new Set(problem.people.map(({ id }) => id).filter(id => id !== person?.id))
      const forced = problem.tasks.map(each => (each === task ? { ...each, notAgain } : each))
      expect(answer.price).toBe(planOf({ ...problem, tasks: forced }, model).cost - cost)
      priced++
    }
    expect(priced).toBeGreaterThan(5)
  })

  test('calls barred only whom no plan could give a place', () => {
    fc.assert(
      fc.property(problems(3, 4), problem => {
        const routing = routingOf(problem, model)
        for (const task of problem.tasks) {
          for (const { id: personId } of problem.people) {
            const isPossible = Number.isFinite(cheapestCost(problem, model, { taskId: task.id, personId }))
            expect(whyNot(routing, task.id, personId)?.kind === 'BARRED').toBe(!isPossible)
          }
        }
      }),
      runs,
    )
  })
})

describe('the worked example of docs/talent.md', () => {
  const common = { region: null, hours: null, consents: true, conflicts: new Set<string>(), isNewcomer: false }
  const someone = (id: string, level: number) => ({
    ...common,
    id,
    capacity: 3,
    carries: 0,
    skills: new Map([['certification', level]]),
  })
  const work = (id: string, level: number) => ({
    id,
    region: null,
    isLocal: false,
    hours: null,
    concerns: null,
    roles: [{ name: 'one', people: 1, requirements: [{ skillId: 'certification', level, isEssential: true }] }],
    inPlace: new Set<string>(),
    notAgain: new Set<string>(),
    proposed: new Map(),
  })
  const problem: Problem = {
    tasks: [work('reading', 4), work('checking', 2)],
    people: [someone('Ana', 4), someone('Ben', 3)],
    collaboration: () => 0,
    nearSkills: skillId => new Map([[skillId, 0]]),
  }

  test('comes out as it is told', () => {
    const routing = routingOf(problem, model)
    const { cost, places } = routing.plan()
    expect([cost, places.map(pair)]).toEqual([
      440,
      [
        ['checking', 'one', 'Ben'],
        ['reading', 'one', 'Ana'],
      ],
    ])
    const answer = whyNot(routing, 'reading', 'Ben')
    expect(answer).toMatchObject({ kind: 'PRICED', price: 270, limit: 'SKILL' })
    const { parts, moves } = answer?.kind === 'PRICED' ? answer : { parts: new Map(), moves: [] }
    expect([...parts].filter(([, points]) => points !== 0)).toEqual([
      ['SKILL', 250],
      ['SURPLUS', 20],
    ])
    expect(moves.filter(({ isGiven }) => isGiven)).toEqual([
      { taskId: 'checking', role: 'one', personId: 'Ana', isGiven: true },
    ])
  })
})

describe('planning again', () => {
  test('moves nobody where nothing changed, and otherwise only where each move pays for itself', () => {
    fc.assert(
      fc.property(problems(6, 6), drawn => {
        const problem = proposing(drawn, { places: [] })
        const first = planOf(problem, model)
        const again = proposing(problem, first)
        const second = planOf(again, model)
        expect(second.moved).toBe(0)
        expect(second.places.map(pair)).toEqual(first.places.map(pair))
        const third = planOf(withPeople(again, 1), model)
        const isNew = third.places.filter(place => place.cost.STABILITY > 0).length
        expect(third.cost).toBeLessThanOrEqual(second.cost)
        expect(withoutStability(second) - withoutStability(third)).toBeGreaterThanOrEqual(
          isNew * model.stability.moveCost,
        )
      }),
      runs,
    )
  })

  test('moves few of many when one person leaves', () => {
    const problem = routingWorld('leaves', 200, 60)
    const first = planOf(problem, model)
    const leaver = first.places[0]?.personId
    const left = first.places.filter(({ personId }) => personId === leaver).length
    const again = proposing({ ...problem, people: problem.people.filter(({ id }) => id !== leaver) }, first)
    const { moved, places } = planOf(again, model)
    expect(first.places.length).toBeGreaterThan(190)
    expect(places.length).toBeGreaterThanOrEqual(first.places.length - left)
    // Each of the leaver's tasks goes to somebody else, who may have to make room for it.
    expect(moved).toBeLessThanOrEqual(3 * left)
  })
})

describe('the team for one task', () => {
  test('costs what the cheapest of all teams costs, or tells a bound below it', () => {
    fc.assert(
      fc.property(problems(1, 6), problem => {
        const { market } = routingOf(problem, model)
        const [task] = market.tasks
        if (task === undefined) return
        const team = teamFor(market, task, problem, model)
        expect(team.cost).toBe(cheapestTeamCost(problem, task, model))
        expect(team.lowerBound).toBe(team.cost)
      }),
      runs,
    )
  })
})

describe('the flow', () => {
  test('is the cheapest for every network of two roles, three people and costs from 0 to 2', () => {
    const costs = [0, 1, 2]
    const matrices = (cells: number): number[][] =>
      cells === 0 ? [[]] : matrices(cells - 1).flatMap(row => costs.map(cost => [...row, cost]))
    for (const matrix of matrices(6)) {
      for (const room of [1, 2]) {
        const network = new FlowNetwork()
        const sink = network.addNode()
        const people = [0, 1, 2].map(() => network.addNode())
        for (const person of people) {
          for (let nth = 0; nth < room; nth++) network.addArc(person, sink, 1, nth)
        }
        const roles = [0, 1].map(() => network.addNode())
        roles.forEach((role, at) => {
          for (const [index, person] of people.entries()) network.addArc(role, person, 1, matrix[at * 3 + index] ?? 0)
        })
        for (const role of roles) expect(network.send(role, sink)).toBe(true)
        const choices = people.flatMap((_, a) => people.map((__, b) => [a, b] as const))
        const cheapest = Math.min(
          ...choices
            .filter(([a, b]) => room > 1 || a !== b)
            .map(([a, b]) => (matrix[a] ?? 0) + (matrix[3 + b] ?? 0) + (a === b ? 1 : 0)),
        )
        expect(network.cost()).toBe(cheapest)
        expect(network.lowerBound(new Map(roles.map(role => [role, 1])), sink)).toBe(cheapest)
      }
    }
  })
})
