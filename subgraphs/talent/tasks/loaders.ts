import type DataLoader from 'dataloader'
import type { RequestContext } from '../../../core/context.ts'
import { loaderOf, mapValues, pageLoaderOf } from '../../../core/loaders.ts'
import type { Connection, PageRequest } from '../../../core/paging.ts'
import { assignmentsOf, tasksById } from './task-store.ts'
import type { Assignment, Task } from './types.ts'

export interface TaskLoaders {
  readonly task: DataLoader<string, Task | null>
  /** The places of a task that the viewer may know of, masked. */
  assignmentsOf(taskId: string, page: PageRequest): Promise<Connection<Assignment>>
}

export const assignmentsList = (taskId: string) => `assignments/${taskId}`

export function taskLoaders(request: RequestContext): TaskLoaders {
  const { graph } = request.services
  const assignments = pageLoaderOf(
    assignmentsList,
    () => undefined,
    async (taskIds, page) =>
      mapValues(await assignmentsOf(request, taskIds, page), found =>
        found.map(({ record, subject }) => request.masks.apply('Assignment', record, subject)),
      ),
  )
  return {
    task: loaderOf(ids => tasksById({ run: graph.read.bind(graph) }, ids)),
    assignmentsOf: (taskId, page) => assignments(taskId, page, undefined),
  }
}
