// What becomes of persons when something is stated, recorded or erased of their parts: by the events of the changes.
import { recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import type { EventConsumer } from '../../../core/events/outbox.ts'
import { MATCHING, matchCustomers } from './match.ts'
import { gatherNew, personsOf } from './person-store.ts'
import { describe, form, GUARD, sidesOf, takeApart } from './persons.ts'

export const followsParts: EventConsumer = {
  name: 'customers/tells-persons',
  kinds: ['CUSTOMERS_STATED', 'INTERACTIONS_RECORDED', 'CUSTOMERS_UNMERGED', 'ERASURE_REQUESTED'],
  consume: async (event, services) => {
    switch (event.kind) {
      case 'CUSTOMERS_STATED':
        await describeAnew(services, event.body.customerIds)
        await matchCustomers(services, event.body.customerIds)
        return
      case 'INTERACTIONS_RECORDED':
        return services.graph.write(unit => gatherNew(unit, event.body.interactionIds))
      case 'CUSTOMERS_UNMERGED':
        // What the log committed to of a person who is no more could be told from what is known of its parts.
        if (event.body.dissolved) await forgetKey(services, event.body.personId)
        return
      case 'ERASURE_REQUESTED':
        return leaveAll(services, event.body.subjectId)
    }
  },
}

/** Tells the persons anew whose parts these are. */
async function describeAnew(services: Services, customerIds: readonly string[]): Promise<void> {
  await recordReaction(services, MATCHING, async change => {
    await change.unit.guard(GUARD)
    const sides = await sidesOf(change.unit, customerIds)
    const persons = new Map([...sides.values()].filter(({ isPerson }) => isPerson).map(side => [side.id, side]))
    if (persons.size === 0) return undefined
    const described = []
    for (const { id, partIds } of persons.values()) described.push(await describe(services, change, id, partIds))
    return {
      evidence: {
        kind: 'CUSTOMERS_COMPARED',
        statement: { describedAnew: persons.size },
        facts: described.flatMap(({ facts }) => facts),
      },
      events: described.flatMap(({ events }) => events),
      result: {},
    }
  })
}

async function forgetKey(services: Services, personId: string): Promise<void> {
  await services.evidence.unlink(services.graph, personId)
  await services.evidence.destroyKey(personId)
}

/** Takes a customer who is to be erased out of every person that it is or was part of, before it is deleted. */
async function leaveAll(services: Services, customerId: string): Promise<void> {
  await recordReaction(services, MATCHING, async change => {
    const { unit, at } = change
    await unit.guard(GUARD)
    const persons = await personsOf(unit, customerId)
    if (persons.length === 0) return undefined
    const facts = []
    const events = []
    for (const person of persons) {
      const rest = person.parts.filter(id => id !== customerId)
      const isDissolved = rest.length < 2 || person.mergedInto !== null
      if (isDissolved) await takeApart(unit, person.id)
      else facts.push(...(await form(services, change, person.id, rest)).facts)
      const body = {
        personId: person.id,
        customerIds: person.parts.slice(),
        mergedAt: '',
        unmergedAt: at,
        dissolved: isDissolved,
      }
      events.push({ kind: 'CUSTOMERS_UNMERGED' as const, body })
    }
    return {
      evidence: { kind: 'CUSTOMERS_UNMERGED', statement: { persons: persons.length, because: 'ERASURE' }, facts },
      events,
      result: {},
    }
  })
}
