import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ChangeOutcome, type ChangeRequest, recordChange, recordReaction } from '../../core/change.ts'
import type { Services } from '../../core/context.ts'
import { ApiError } from '../../core/errors.ts'
import { canonicalJson } from '../../core/evidence/commitment.ts'
import { evidenceWith } from '../../core/evidence/evidence.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { graphThatLosesAnswers } from '../support/faulty-graph.ts'
import { IS_WRITTEN, NOW, openServices, type TestServices } from '../support/services.ts'

const A_REQUEST: ChangeRequest = {
  viewer: { kind: 'REP', id: 'rep-1', purpose: 'SALES_FOLLOW_UP' },
  mutation: 'mark',
  idempotencyKey: 'key-1',
  input: { text: 'first' },
}

const AN_OUTCOME: ChangeOutcome<{ readonly marked: string }> = {
  evidence: {
    kind: 'CONSENT_GIVEN',
    statement: { note: 'marked' },
    facts: [{ subjectId: 'customer-1', content: 'fact' }],
  },
  events: [{ kind: 'OPPORTUNITIES_CHANGED', body: { opportunityIds: ['opportunity-1'] } }],
  result: { marked: 'yes' },
}

const EVERYTHING = `
  MATCH (n) WHERE ${IS_WRITTEN}
  RETURN count(n)`

/** Makes a mark and tells of it. */
function mark(services: Services, request: Partial<ChangeRequest> = {}, outcome = AN_OUTCOME) {
  return recordChange(services, { ...A_REQUEST, ...request }, async ({ unit }) => {
    await unit.run('CREATE (:Mark)')
    return outcome
  })
}

/** A change, its proof and its events are stored together or not at all, and once however often it is asked for. */
export function describeChanges(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  it('leaves its evidence entry, pending, in canonical JSON and named by the payload', async () => {
    const { evidenceEntryId, marked } = await mark(services)
    const [row] = await services.read('MATCH (e:EvidenceEntry) RETURN e.id, e.state, e.kind, e.at, e.entry')
    const [id, state, kind, at, text] = row ?? []
    expect([id, state, kind, at, marked]).toEqual([evidenceEntryId, 'PENDING', 'CONSENT_GIVEN', NOW, 'yes'])
    const entry = JSON.parse(String(text))
    expect(text).toBe(canonicalJson(entry))
    expect(entry).toMatchObject({
      version: 1,
      id: evidenceEntryId,
      kind: 'CONSENT_GIVEN',
      at: NOW,
      actor: { kind: 'REP', id: 'rep-1' },
      purpose: 'SALES_FOLLOW_UP',
      statement: { note: 'marked' },
    })
  })

  it('leaves its events, which name the entry', async () => {
    const { evidenceEntryId } = await mark(services)
    const events = await services.outbox.after({ run: services.graph.read.bind(services.graph) }, 0, 10)
    expect(events).toEqual([
      {
        id: expect.any(String),
        sequence: 1,
        kind: 'OPPORTUNITIES_CHANGED',
        at: NOW,
        evidenceEntryId,
        body: { opportunityIds: ['opportunity-1'] },
      },
    ])
  })

  describe('when a part of it cannot be stored, leaves nothing:', () => {
    const lost = () => Promise.reject(new Error('lost'))

    it.each<[string, string, (working: TestServices) => Partial<Services>]>([
      [
        'evidence that is refused',
        'EVIDENCE_UNAVAILABLE',
        ({ evidence }) => ({
          evidence: { ...evidence, append: () => Promise.reject(new ApiError('EVIDENCE_UNAVAILABLE')) },
        }),
      ],
      [
        'a key store that fails',
        'EVIDENCE_UNAVAILABLE',
        () => ({ evidence: evidenceWith({ keysOf: lost, knownKeysOf: lost, all: lost, destroy: lost, close: lost }) }),
      ],
      [
        'a key store that knows no key',
        'EVIDENCE_UNAVAILABLE',
        () => ({
          evidence: evidenceWith({
            keysOf: async () => new Map(),
            knownKeysOf: async () => new Map(),
            all: lost,
            destroy: lost,
            close: lost,
          }),
        }),
      ],
      [
        'an outbox that fails',
        'GRAPH_TIMEOUT',
        ({ outbox }) => ({ outbox: { ...outbox, append: () => Promise.reject(new ApiError('GRAPH_TIMEOUT')) } }),
      ],
    ])('%s', async (_, code, broken) => {
      await expect(mark({ ...services, ...broken(services) })).rejects.toMatchObject({ code })
      expect(await services.read(EVERYTHING)).toEqual([[0]])
      // The key was not used up either.
      await mark(services)
      expect(await services.count('Mark')).toBe(1)
    })

    it('an event that breaks its schema', async () => {
      const outcome = { ...AN_OUTCOME, events: [{ kind: 'OPPORTUNITIES_CHANGED', body: {} as never }] } as const
      await expect(mark(services, {}, outcome)).rejects.toThrow()
      expect(await services.read(EVERYTHING)).toEqual([[0]])
    })

    it('an entry id that was used before', async () => {
      const stuck = { ...services, ids: { next: () => 'always-the-same' } }
      await mark(stuck)
      await expect(mark(stuck, { idempotencyKey: 'key-2' })).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' })
      expect(await services.count('Mark')).toBe(1)
    })
  })

  describe('asked for again', () => {
    it('with the same key and input answers the same payload and does nothing', async () => {
      const first = await mark(services)
      const before = await services.read(EVERYTHING)
      expect(await mark(services)).toEqual(first)
      expect(await services.read(EVERYTHING)).toEqual(before)
    })

    it('at the same moment has one effect', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => mark(services)))
      expect(new Set(answers.map(answer => answer.evidenceEntryId)).size).toBe(1)
      expect(await Promise.all(['Mark', 'EvidenceEntry', 'DomainEvent'].map(services.count))).toEqual([1, 1, 1])
    })

    it('compares inputs by their meaning, not by the order in which they were written', async () => {
      const first = await mark(services, { input: { a: 1, b: [2] } })
      expect(await mark(services, { input: { b: [2], a: 1 } })).toEqual(first)
    })

    it('with other input is a CONFLICT and changes nothing', async () => {
      await mark(services)
      await expect(mark(services, { input: { text: 'second' } })).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await services.count('Mark')).toBe(1)
    })

    it.each([
      ['2026-03-03T08:00:00.000Z', 'still answers the first payload after 24 hours', 1],
      ['2026-03-03T08:00:00.001Z', 'is a new change a moment later', 2],
    ])('at %s %s', async (later, _, marks) => {
      await mark(services)
      services.clock.set(later)
      await mark(services)
      expect(await services.count('Mark')).toBe(marks)
    })

    it('with the key of an expired change takes other input, and then holds to that', async () => {
      const first = await mark(services)
      services.clock.set('2026-03-05T00:00:00.000Z')
      const second = await mark(services, { input: 'other' })
      expect(second.evidenceEntryId).not.toBe(first.evidenceEntryId)
      expect(await mark(services, { input: 'other' })).toEqual(second)
      await expect(mark(services)).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    it('after its answer was lost has exactly one effect', async () => {
      const unlucky = { ...services, graph: graphThatLosesAnswers(services.graph, 1) }
      await expect(mark(unlucky)).rejects.toMatchObject({ code: 'GRAPH_UNAVAILABLE' })
      const [[stored]] = (await services.read('MATCH (e:EvidenceEntry) RETURN e.id')) as [[string]]
      expect((await mark(unlucky)).evidenceEntryId).toBe(stored)
      expect(await Promise.all(['Mark', 'EvidenceEntry', 'DomainEvent'].map(services.count))).toEqual([1, 1, 1])
    })
  })

  it.each<[string, Partial<ChangeRequest>, Partial<ChangeRequest>]>([
    ['two viewers', { viewer: { kind: 'REP', id: 'rep-1' } }, { viewer: { kind: 'REP', id: 'rep-2' } }],
    ['two kinds of viewer', { viewer: { kind: 'REP', id: 'same' } }, { viewer: { kind: 'SUBJECT', id: 'same' } }],
    ['two mutations', { mutation: 'giveConsent' }, { mutation: 'withdrawConsent' }],
    [
      'two viewers whose ids hold what separates the parts',
      { viewer: { kind: 'REP', id: 'a' }, idempotencyKey: 'mark/b' },
      { viewer: { kind: 'REP', id: 'a/mark' }, idempotencyKey: 'b' },
    ],
  ])('%s do not share a key', async (_, one, other) => {
    const first = await mark(services, one)
    const second = await mark(services, other)
    expect(second.evidenceEntryId).not.toBe(first.evidenceEntryId)
    expect(await services.count('Mark')).toBe(2)
  })

  it.each([
    ['empty', ''],
    ['longer than 255 characters', 'k'.repeat(256)],
  ])('a key that is %s is refused', async (_, idempotencyKey) => {
    await expect(mark(services, { idempotencyKey })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await services.read(EVERYTHING)).toEqual([[0]])
  })

  it.each([
    ['of 255 characters', 'k'.repeat(255)],
    ['of any Unicode', '键 "🔑" / \u0000'],
    ['with half a surrogate pair', 'x\ud800'],
  ])('a key %s is a key', async (_, idempotencyKey) => {
    const first = await mark(services, { idempotencyKey })
    expect(await mark(services, { idempotencyKey })).toEqual(first)
  })

  describe('a reaction', () => {
    const SALES = { kind: 'SERVICE', id: 'sales' } as const

    it('leaves evidence and events like a change', async () => {
      const recorded = await recordReaction(services, SALES, async () => AN_OUTCOME)
      expect(await services.read('MATCH (e:EvidenceEntry) RETURN e.id')).toEqual([[recorded?.evidenceEntryId]])
      expect(await services.count('DomainEvent')).toBe(1)
    })

    it('that finds nothing to do leaves nothing', async () => {
      expect(await recordReaction(services, SALES, async () => undefined)).toBeUndefined()
      expect(await services.read(EVERYTHING)).toEqual([[0]])
    })
  })
}
