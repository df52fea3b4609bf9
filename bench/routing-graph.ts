// One routing of a graph that holds open tasks and people: how many statements it takes, and how long.
import { recordReaction } from '../core/change.ts'
import { openEmbedded } from '../core/graph/embedded.ts'
import type { Graph } from '../core/graph/graph.ts'
import { routeOnce } from '../subgraphs/talent/routing/route.ts'
import { prepareTalent } from '../subgraphs/talent/start.ts'
import { createTasks } from '../subgraphs/talent/tasks/task-store.ts'
import { portOf } from '../test/support/faulty-graph.ts'
import { keepSellers } from '../test/support/people-at-work.ts'
import { openServices } from '../test/support/services.ts'
import { milliseconds } from './harness.ts'

const SKILLS = [
  'automotive-certification',
  'regulatory-compliance',
  'needs-analysis',
  'proposal-writing',
  'negotiation',
]
const BASE = 'https://sovereign-graph.org/skills/'

export async function measureInGraph(tasks: number, people: number): Promise<Record<string, number>> {
  const store = await openEmbedded({ durability: 'os' })
  const services = await openServices(store)
  try {
    await prepareTalent(services)
    const ids = Array.from({ length: people }, (_, index) => index)
    await keepSellers(
      services,
      ids.map(index => ({
        id: `person-${index}`,
        region: 'CN-SH',
        skills: [0, 2].map(step => SKILLS[(index + step) % SKILLS.length] ?? ''),
      })),
    )
    await recordReaction(services, { kind: 'SERVICE', id: 'bench' }, async change => {
      await createTasks(
        change,
        Array.from({ length: tasks }, (_, index) => aTask(index)),
      )
      return { evidence: { kind: 'TASKS_PUBLISHED', statement: {}, facts: [] }, events: [], result: {} }
    })
    const counted = countingStatements(store)
    const ms = await milliseconds(async () => {
      if ((await routeOnce({ ...services, graph: counted.graph })) !== 'routed') throw new Error('nothing was routed')
    })
    const placed = await services.count('Assignment')
    return {
      'in a graph: tasks': tasks,
      'people in it': people,
      placed,
      statements: counted.statements(),
      ms: Math.round(ms),
    }
  } finally {
    await services.close()
    await store.close()
  }
}

function aTask(index: number) {
  const skillUri = `${BASE}${SKILLS[index % SKILLS.length]}`
  return {
    id: `task-${index}`,
    title: `Task ${index}`,
    quadrant: 'RISK_CONTROL' as const,
    state: 'OPEN' as const,
    region: null,
    isLocal: false,
    hours: null,
    concerns: null,
    isCrossDepartment: false,
    dueAt: null,
    goalId: null,
    roles: [{ name: 'lead', people: 1, requirements: [{ skillUri, level: 2, isEssential: true }] }],
  }
}

function countingStatements(graph: Graph) {
  let count = 0
  const counted: Graph = {
    ...portOf(graph),
    read: (statement, params) => {
      count++
      return graph.read(statement, params)
    },
    write: work =>
      graph.write(unit =>
        work({
          guard: name => unit.guard(name),
          run: (statement, params) => {
            count++
            return unit.run(statement, params)
          },
        }),
      ),
  }
  return { graph: counted, statements: () => count }
}
