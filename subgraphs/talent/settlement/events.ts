// What settlement does when a task is done: it shares out the reward at once.
import type { EventConsumer } from '../../../core/events/outbox.ts'
import { settleCompleted } from './settlements.ts'

/** Idempotent: a task that is settled is left alone. */
export const settlesCompleted: EventConsumer = {
  name: 'talent/settles-completed',
  kinds: ['TASK_COMPLETED'],
  consume: async (event, services) => {
    if (event.kind === 'TASK_COMPLETED') await settleCompleted(services, event.body.taskId)
  },
}
