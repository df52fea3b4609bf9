// Reads the texts of customers who consent to it and keeps the signals with their evidence; removes them when the consent is
// withdrawn. Every unit takes one guard, so that a removal never runs between the look at the consent and the writing.
import { type Change, type ChangeOutcome, recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { DomainEvent } from '../../../core/events/kinds.ts'
import type { Reader, UnitOfWork } from '../../../core/graph/graph.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { classify, currentModel } from './classify.ts'
import type { Voice } from './emotion.ts'
import * as store from './signal-store.ts'

export const SIGNALS: Viewer = { kind: 'SERVICE', id: 'signals' }
export const GUARD = 'customers/signals'
/** How many interactions one unit reads or forgets at most. */
export const LARGEST_UNIT = 250

/** Reads those of these interactions that may be read and are not. Idempotent. */
export async function inferInteractions(
  services: Services,
  interactionIds: readonly string[],
  because: string,
): Promise<void> {
  const { version } = currentModel()
  for (let start = 0; start < interactionIds.length; start += LARGEST_UNIT) {
    const ids = interactionIds.slice(start, start + LARGEST_UNIT)
    await inUnit(services, {
      find: reader => store.unreadInteractions(reader, ids, version),
      work: (change, texts) => readAndKeep(change, texts, because),
    })
  }
}

/** Reads all of a customer's interactions that may be read and are not. Idempotent. */
export async function inferCustomer(services: Services, customerId: string, because: string): Promise<void> {
  const { version } = currentModel()
  const isDone = () =>
    inUnit(services, {
      find: reader => store.unreadOfCustomers(reader, [customerId], version, LARGEST_UNIT),
      work: (change, texts) => readAndKeep(change, texts, because),
    })
  while (!(await isDone())) {}
}

/** Forgets everything that was inferred of a customer. Idempotent. */
export async function removeSignals(
  services: Services,
  customerId: string,
  { id: because, at: askedAt }: Pick<DomainEvent, 'id' | 'at'>,
): Promise<void> {
  const isDone = () =>
    inUnit(services, {
      find: reader => store.readInteractions(reader, customerId, LARGEST_UNIT),
      work: async ({ unit }, interactionIds) => {
        await store.forgetSignals(unit, interactionIds)
        return {
          evidence: {
            kind: 'SIGNALS_REMOVED',
            statement: { interactions: interactionIds.length, because, askedAt },
            facts: [{ subjectId: customerId, content: { interactionIds: [...interactionIds] } }],
          },
          events: [],
          result: {},
        }
      },
    })
  while (!(await isDone())) {}
}

interface GuardedWork<Found> {
  readonly find: (reader: Reader) => Promise<readonly Found[]>
  readonly work: (change: Change, found: readonly Found[]) => Promise<ChangeOutcome<object> | undefined>
}

/** Works on what is found under the guard, and answers whether that was all. Without anything to find it writes nothing. */
async function inUnit<Found>(services: Services, { find, work }: GuardedWork<Found>): Promise<boolean> {
  const { graph } = services
  // Most customers consent to nothing or are read already: a look that costs no unit of its own spares them one.
  if ((await find({ run: graph.read.bind(graph) })).length === 0) return true
  let count = 0
  await recordReaction(services, SIGNALS, async change => {
    await change.unit.guard(GUARD)
    const found = await find(change.unit)
    count = found.length
    return count === 0 ? undefined : work(change, found)
  })
  return count < LARGEST_UNIT
}

/** Reads these texts and keeps what comes of it; the outcome of the change, or undefined where there are none. */
export async function readAndKeep(
  { unit, evidenceEntryId }: Change,
  texts: readonly store.UnreadText[],
  because: string,
): Promise<ChangeOutcome<object> | undefined> {
  if (texts.length === 0) return undefined
  const { version: modelVersion } = currentModel()
  const voices = await voicesOf(unit, texts)
  const read = texts.map(({ customerId, interactionId, recordId, text }) => {
    const { intents, emotion } = classify(text, voices.get(recordId))
    return { customerId, interactionId, intents, emotion }
  })
  await store.keepSignals(unit, read, { modelVersion, evidenceEntryId })
  return {
    evidence: {
      kind: 'SIGNALS_INFERRED',
      statement: { interactions: read.length, model: modelVersion, because },
      facts: read.map(({ customerId, interactionId, intents, emotion = null }) => ({
        subjectId: customerId,
        content: { interactionId, intents, emotion },
      })),
    },
    events: [],
    result: {},
  }
}

async function voicesOf(unit: UnitOfWork, texts: readonly store.UnreadText[]): Promise<ReadonlyMap<string, Voice>> {
  const payloads = await store.callPayloads(
    unit,
    texts.map(({ recordId }) => recordId),
  )
  // Validated when it was accepted; `voice` is optional there.
  return new Map(
    [...payloads].flatMap(([recordId, payload]) => {
      const { voice } = (payload as { readonly call: { readonly voice?: Voice } }).call
      return voice === undefined ? [] : [[recordId, voice] as const]
    }),
  )
}
