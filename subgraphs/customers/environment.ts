// What holds for everybody at a place for a time: written with the records that tell of it, and tied to the interactions that
// took place meanwhile, whichever of the two comes first.
import { type Change, recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import type { EventConsumer } from '../../core/events/outbox.ts'
import type { CommittedFact } from '../../core/evidence/evidence.ts'
import { correctionsOf } from './environment-corrections.ts'
import * as store from './environment-store.ts'
import { environmentFact } from './evidenced.ts'
import { runBatch } from './ingest-store.ts'
import type { ValidRecord } from './rules.ts'

const LINKER = { kind: 'SERVICE', id: 'environment' } as const
const PERIODS_A_UNIT = 500

/** Writes the environment events that these records tell of. */
export async function addEnvironmentEvents(
  { unit, evidenceEntryId }: Change,
  source: string,
  records: readonly (ValidRecord & { readonly id: string })[],
  newId: () => string,
): Promise<readonly { readonly id: string; readonly fact: CommittedFact }[]> {
  const events = records.flatMap(({ id: recordId, statedAt, payloadHash, facts: { environment } }) => {
    if (environment === undefined) return []
    const {
      reference,
      kind,
      summary,
      place = null,
      measure = null,
      unit: measuredIn = null,
      startsAt,
      endsAt = null,
    } = environment
    const id = newId()
    const told = [recordId, source, kind, summary, place, measure, measuredIn, startsAt, endsAt]
    const word =
      reference === undefined
        ? undefined
        : { id, reference: `${source}/${reference}`, word: `${statedAt} ${payloadHash}` }
    return [{ id, told, word, keys: spanKeys(place, startsAt, endsAt), fact: environmentFact(id, told) }]
  })
  const words = events.flatMap(({ word }) => word ?? [])
  const before = await store.wordsThatHold(unit, [...new Set(words.map(({ reference }) => reference))])
  const corrections = correctionsOf([...before, ...words])
  const rows = events.map(({ id, told, word }) => {
    return [id, ...told, word?.reference ?? null, word?.word ?? null, corrections.get(id) ?? null]
  })
  await runBatch(unit, store.ADD_ENVIRONMENT_EVENTS, { events: rows }, { evidenceEntryId })
  await runBatch(unit, store.SUPERSEDE, {
    superseded: before.flatMap(({ id }) => (corrections.has(id) ? [[id, corrections.get(id) ?? null]] : [])),
  })
  await runBatch(unit, store.FILE_ENVIRONMENT_EVENTS, {
    spans: events.flatMap(({ id, keys }) => (corrections.has(id) ? [] : keys.map(key => [id, key]))),
  })
  return events
}

/** Under which keys an event is found: its place with each month in which it is in force, or with none where it has no end. */
function spanKeys(place: string | null, startsAt: string, endsAt: string | null): string[] {
  if (endsAt === null) return [`${place ?? ''}/`]
  return monthsFrom(startsAt, endsAt).map(month => `${place ?? ''}/${month}`)
}

/** The months that a span touches, its end not included. */
function monthsFrom(startsAt: string, endsAt: string): string[] {
  const months: string[] = []
  const date = new Date(`${startsAt.slice(0, 7)}-01T00:00:00.000Z`)
  while (date.toISOString() < endsAt) {
    months.push(date.toISOString().slice(0, 7))
    date.setUTCMonth(date.getUTCMonth() + 1)
  }
  return months
}

/** The keys of what may be in force at an interaction: of everywhere, the country and the region, now and for good. */
function keysAt(region: string, occurredAt: string): readonly string[] {
  const places = ['', region.slice(0, 2), region]
  return places.flatMap(place => [`${place}/`, `${place}/${occurredAt.slice(0, 7)}`])
}

/**
 * Ties interactions to the environment events in force at their time and place. One consumer for both kinds of event, which
 * come in the order of their commits: whichever of the two is handled later finds the other in the graph.
 */
export const linksEnvironment: EventConsumer = {
  name: 'customers/links-environment',
  kinds: ['INTERACTIONS_RECORDED', 'ENVIRONMENT_EVENTS_RECORDED'],
  consume: async (event, services) => {
    if (event.kind === 'INTERACTIONS_RECORDED') await linkInteractions(services, event.body.interactionIds, event.id)
    if (event.kind === 'ENVIRONMENT_EVENTS_RECORDED') {
      for (const id of event.body.environmentEventIds) await untieCorrected(services, id, event.id)
      await linkEvents(services, event.body.environmentEventIds, event.id)
    }
  },
}

async function linkInteractions(services: Services, ids: readonly string[], because: string): Promise<void> {
  const reader = { run: services.graph.read.bind(services.graph) }
  const interactions = await store.timesAndPlaces(reader, ids)
  const keys = new Set(interactions.flatMap(({ region, occurredAt }) => keysAt(region, occurredAt)))
  const events = await store.eventsUnder(reader, [...keys])
  if (events.size === 0) return
  const links = interactions.flatMap(({ id, region, occurredAt }) =>
    keysAt(region, occurredAt)
      .flatMap(key => events.get(key) ?? [])
      .filter(({ startsAt, endsAt }) => startsAt <= occurredAt && (endsAt === null || occurredAt < endsAt))
      .map(event => [id, event.id]),
  )
  await keep(services, links, because)
}

async function linkEvents(services: Services, ids: readonly string[], because: string): Promise<void> {
  const reader = { run: services.graph.read.bind(services.graph) }
  const now = services.clock.now()
  for (const event of await store.eventsById(reader, ids)) {
    // What has not taken place yet finds the event when it is recorded; clocks of sources may be a day ahead.
    const until = event.endsAt ?? new Date(Date.parse(now) + 86_400_000).toISOString()
    for (const month of monthsFrom(event.startsAt, until)) {
      for (let after = ''; ; ) {
        const periods = await store.periodsOf(reader, { month, place: event.place ?? '', after, limit: PERIODS_A_UNIT })
        const last = periods.at(-1)
        if (last === undefined) break
        const span = { startsAt: event.startsAt, endsAt: until }
        const found = await store.interactionsDuring(reader, periods, span)
        await keep(
          services,
          found.map(id => [id, event.id]),
          because,
        )
        after = last
      }
    }
  }
}

/** Takes the ties to what this event corrects, a bounded number a unit. */
async function untieCorrected(services: Services, id: string, because: string): Promise<void> {
  for (let untied = store.LINKS_A_UNIT; untied === store.LINKS_A_UNIT; ) {
    await recordReaction(services, LINKER, async ({ unit }) => {
      untied = await store.untie(unit, id)
      if (untied === 0) return undefined
      return {
        evidence: { kind: 'ENVIRONMENT_LINKED' as const, statement: { untied, because }, facts: [] },
        events: [],
        result: {},
      }
    })
  }
}

/** Idempotent: a tie that is there already is not made again, and what makes none leaves no entry. */
async function keep(services: Services, links: readonly (readonly string[])[], because: string): Promise<void> {
  for (let at = 0; at < links.length; at += store.LINKS_A_UNIT) {
    const batch = links.slice(at, at + store.LINKS_A_UNIT)
    await recordReaction(services, LINKER, async ({ unit }) => {
      const made = await store.link(unit, batch)
      if (made === 0) return undefined
      return {
        evidence: { kind: 'ENVIRONMENT_LINKED' as const, statement: { links: made, because }, facts: [] },
        events: [],
        result: {},
      }
    })
  }
}
