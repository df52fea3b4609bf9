// How a subject is erased: each part deletes its own, then the subject's key is destroyed, then the store forgets what was
// deleted. A crash anywhere leaves a state from which the same event, delivered again, goes on.
import { recordReaction } from '../change.ts'
import type { Services } from '../context.ts'
import type { EventBody } from '../events/kinds.ts'
import type { EventConsumer } from '../events/outbox.ts'
import type { SubjectEraser } from './eraser.ts'
import { complete, erasureRecord, markKeyDestroyed, stepsOf, takeStep } from './erasure-store.ts'

const ERASURE = { kind: 'SERVICE', id: 'erasure' } as const

type Asked = EventBody<'ERASURE_REQUESTED'>

/** Calls these in their order: what others hang on comes after what hangs on it. */
export function erasesSubjects(erasers: readonly SubjectEraser[]): EventConsumer {
  return {
    name: 'core/erases-subjects',
    kinds: ['ERASURE_REQUESTED'],
    consume: async (event, services) => {
      if (event.kind !== 'ERASURE_REQUESTED') return
      const { graph } = services
      const record = await erasureRecord({ run: graph.read.bind(graph) }, event.body)
      if (record?.request.state === 'COMPLETED') return
      for (const eraser of erasers) await erasePart(services, eraser, event.body)
      await destroyKey(services, event.body)
      await expunge(services, event.body)
    },
  }
}

async function erasePart(services: Services, { part, erase }: SubjectEraser, { requestId, subjectId }: Asked) {
  await recordReaction(services, ERASURE, async ({ unit, evidenceEntryId }) => {
    await unit.guard('erasure')
    const erased = await erase(unit, subjectId, services)
    const isNothing = Object.values(erased).every(count => count === 0)
    // That a part found nothing is said once; after a crash it finds nothing because it was there before.
    if (isNothing && (await stepsOf(unit, requestId)).some(step => step.part === part)) return undefined
    await takeStep(unit, requestId, { part, erased, evidenceEntryId })
    return {
      evidence: { kind: 'SUBJECT_DATA_ERASED', statement: { request: requestId, part, ...erased }, facts: [] },
      events: [],
      result: {},
    }
  })
}

// The key goes before its entry: the log never says of a key that it is destroyed while it is not.
async function destroyKey(services: Services, { requestId, subjectId }: Asked): Promise<void> {
  await services.evidence.unlink(services.graph, subjectId)
  await services.evidence.destroyKey(subjectId)
  await recordReaction(services, ERASURE, async ({ unit, evidenceEntryId }) => {
    if (!(await markKeyDestroyed(unit, requestId, evidenceEntryId))) return undefined
    return {
      evidence: { kind: 'SUBJECT_KEY_DESTROYED', statement: { request: requestId }, facts: [] },
      events: [],
      result: {},
    }
  })
}

async function expunge(services: Services, { requestId }: Asked): Promise<void> {
  const store = await services.graph.expunge()
  await recordReaction(services, ERASURE, async ({ unit, at, evidenceEntryId }) => {
    if (!(await complete(unit, requestId, { at, evidenceEntryId, store }))) return undefined
    return {
      evidence: { kind: 'ERASURE_COMPLETED', statement: { request: requestId, store }, facts: [] },
      events: [{ kind: 'ERASURE_COMPLETED' as const, body: { requestId } }],
      result: {},
    }
  })
}
