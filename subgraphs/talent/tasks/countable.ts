// What metrics may count of work: how fast tasks found their first person, and what several departments did in time.
import { type Countable, dimensionsOf, factsByEntity } from '../../../core/registry/facts.ts'
import { hoursBetween } from '../routing/response.ts'

const TASKS = `
UNWIND $ids AS wanted
MATCH (t:Task {id: wanted})
RETURN t.id, t.region, t.publishedAt, t.respondedAt, t.isCrossDepartment, t.dueAt, t.completedAt`

const TASK_IDS_AFTER = `
MATCH (t:Task)
WHERE t.id > $afterId
RETURN t.id ORDER BY t.id LIMIT $limit`

export const countableTasks: Countable = {
  entities: [
    {
      name: 'Task',
      isAppendOnly: false,
      read: async (reader, ids) =>
        (await reader.run(TASKS, { ids })).map(([id, region]) => ({
          id: String(id),
          dimensions: dimensionsOf({ region }),
        })),
      idsAfter: async (reader, afterId, limit) =>
        (await reader.run(TASK_IDS_AFTER, { afterId, limit })).map(([id]) => String(id)),
    },
  ],
  facts: [
    {
      name: 'tasks-staffed',
      entity: 'Task',
      description: 'A task whose first person is in place, at the time at which it was.',
      fields: ['responseHours'],
      isState: false,
      read: async (reader, ids) => {
        const responded = (await reader.run(TASKS, { ids })).filter(([, , , at]) => typeof at === 'string')
        return factsByEntity(responded, ([, , publishedAt, respondedAt]) => ({
          at: String(respondedAt),
          values: { responseHours: hoursBetween(String(publishedAt), String(respondedAt)) },
        }))
      },
    },
    {
      name: 'cross-department-tasks',
      entity: 'Task',
      description: 'A task of several departments, at the time by which it has to be done.',
      fields: ['isInTime'],
      isState: false,
      read: async (reader, ids) => {
        const rows = await reader.run(TASKS, { ids })
        const due = rows.filter(row => row[4] === true && typeof row[5] === 'string' && typeof row[2] === 'string')
        return factsByEntity(due, ([, , , , , dueAt, completedAt]) => ({
          at: String(dueAt),
          values: { isInTime: typeof completedAt === 'string' && completedAt <= String(dueAt) ? 1 : 0 },
        }))
      },
    },
  ],
  changes: [
    { entity: 'Task', kind: 'TASKS_PUBLISHED', idsChanged: async (_, { taskIds }) => taskIds },
    { entity: 'Task', kind: 'ASSIGNMENT_CHANGED', idsChanged: async (_, { taskId }) => [taskId] },
    { entity: 'Task', kind: 'TEAM_ASSEMBLED', idsChanged: async (_, { taskId }) => [taskId] },
    { entity: 'Task', kind: 'TASK_COMPLETED', idsChanged: async (_, { taskId }) => [taskId] },
  ],
}
