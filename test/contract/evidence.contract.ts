import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordChange } from '../../core/change.ts'
import { canonicalJson, merkleRoot } from '../../core/evidence/commitment.ts'
import type { CommittedFact, EvidenceDraft } from '../../core/evidence/evidence.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { NOW, openServices, type TestServices } from '../support/services.ts'

const ENTRIES = `
  MATCH (e:EvidenceEntry)
  RETURN e.entry ORDER BY e.id`

/** A person whose every value can be found again in a text that should not hold it. */
const CANARY = {
  number: 'CANARY-NUMBER',
  name: 'Canary Name',
  phone: '+8613912345678',
  email: 'canary@example.org',
  weComId: 'canary-wecom',
  region: 'CN-SH',
}

/** What an entry says of a change, and to what it commits without saying it. */
export function describeEvidence(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  beforeEach(() => services.empty())
  afterAll(() => services.close())

  const draft = (facts: readonly CommittedFact[], more: Partial<EvidenceDraft> = {}): EvidenceDraft => ({
    id: 'entry-1',
    kind: 'RECORDS_INGESTED',
    at: services.clock.now(),
    actor: { kind: 'SERVICE', id: 'crm' },
    statement: {},
    facts,
    ...more,
  })
  const entryOf = async (facts: readonly CommittedFact[], more: Partial<EvidenceDraft> = {}) => {
    await services.graph.write(unit => services.evidence.append(unit, [draft(facts, more)]))
    const rows = await services.read('MATCH (e:EvidenceEntry {id: $id}) RETURN e.entry', { id: more.id ?? 'entry-1' })
    return JSON.parse(String(rows[0]?.[0]))
  }
  /** As the documentation says it, to hold ours against. */
  const openingOf = async (subjectId: string, entryId = 'entry-1') => {
    const key = (await services.keys.keysOf([subjectId])).get(subjectId) ?? ''
    return createHmac('sha256', key).update(entryId).digest()
  }
  const factsOf = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ subjectId: `subject-${n}`, content: `fact ${n}` }))

  it('holds no personal value and no customer id in plain text, whoever changed what', async () => {
    const payload = {
      customer: CANARY,
      account: { name: 'Canary Company' },
      seller: { number: 'S-1', name: 'Canary Seller' },
      message: { occurredAt: '2026-01-05T08:00:00.000Z', text: 'canary words' },
    }
    const event = { eventId: 'canary-event', payload, place: 'canary.csv:1' }
    const broken = { eventId: 'broken', payload: { ...payload, message: 'canary words' } }
    await ingest(services, { kind: 'SERVICE', id: 'wecom' }, 'k', { source: 'wecom-chat', events: [event, broken] })
    const [[customerId]] = (await services.read('MATCH (c:Customer) RETURN c.id')) as [[string]]
    const subject = { kind: 'SUBJECT', id: customerId, purpose: 'SUBJECT_REQUEST' } as const
    await changeConsent(services, subject, 'k', { purpose: 'MARKETING' }, true)
    await changeConsent(services, subject, 'k', { purpose: 'MARKETING' }, false)
    const log = (await services.read(ENTRIES)).flat().join('\n')
    expect(log.split('\n')).toHaveLength(3)
    expect(log).not.toMatch(/canary/i)
    expect(log).not.toContain('13912345678')
    expect(log).not.toContain(customerId)
  })

  it('names a subject who acted by a commitment that only the key can tell', async () => {
    const actor = { kind: 'SUBJECT', id: 'customer-1', purpose: 'SUBJECT_REQUEST' } as const
    const entry = await entryOf([], { actor })
    const expected = createHmac('sha256', await openingOf('customer-1')).update(
      '{"content":"actor","subjectId":"customer-1"}',
    )
    expect(entry.actor).toEqual({ kind: 'SUBJECT', id: expected.digest('base64url') })
    expect(entry.purpose).toBe('SUBJECT_REQUEST')
  })

  it('names everybody else by id, and no purpose by null', async () => {
    const entry = await entryOf([], { actor: { kind: 'SERVICE', id: 'crm' } })
    expect([entry.actor, entry.purpose]).toEqual([{ kind: 'SERVICE', id: 'crm' }, null])
  })

  it('commits to a fact so that the holder of the opening can recompute it', async () => {
    const entry = await entryOf([{ subjectId: 'customer-1', content: { b: 1, a: 'x' } }])
    const expected = createHmac('sha256', await openingOf('customer-1')).update(
      '{"content":{"a":"x","b":1},"subjectId":"customer-1"}',
    )
    expect(entry.committed).toEqual({ count: 1, commitments: [expected.digest('base64url')] })
  })

  it('commits to the same fact of two subjects, and to two facts of one, differently', async () => {
    const entry = await entryOf([
      { subjectId: 'customer-1', content: 'same' },
      { subjectId: 'customer-2', content: 'same' },
      { subjectId: 'customer-1', content: 'other' },
    ])
    expect(new Set(entry.committed.commitments).size).toBe(3)
  })

  it('commits to the same fact of one subject differently in two entries, so that no reader can tell they agree', async () => {
    const fact = { subjectId: 'customer-1', content: 'same' }
    const one = await entryOf([fact])
    const two = await entryOf([fact], { id: 'entry-2' })
    expect(two.committed.count).toBe(1)
    expect(two.committed).not.toEqual(one.committed)
  })

  it('has an opening for one entry and subject, which opens no other', async () => {
    expect(await services.evidence.openingFor('entry-1', 'unknown')).toBeUndefined()
    await entryOf([{ subjectId: 'customer-1', content: 'x' }])
    await entryOf([{ subjectId: 'customer-1', content: 'x' }], { id: 'entry-2' })
    const one = await services.evidence.openingFor('entry-1', 'customer-1')
    expect(one).toEqual(await openingOf('customer-1'))
    expect(await services.evidence.openingFor('entry-2', 'customer-1')).not.toEqual(one)
  })

  it('holds up to 16 commitments itself and above that their Merkle root, in the order of the facts', async () => {
    const inline = await entryOf(factsOf(16))
    expect(inline.committed.commitments).toHaveLength(16)
    const rooted = await entryOf(factsOf(17), { id: 'entry-2' })
    const leaves = await services.evidence.commitmentsTo('entry-2', factsOf(17))
    expect(rooted.committed).toEqual({ count: 17, root: referenceRoot(leaves.map(String)).toString('base64url') })
  })

  it('is EVIDENCE_UNAVAILABLE for a fact that JSON cannot carry, and nothing of the change is stored', async () => {
    const change = recordChange(
      services,
      { viewer: { kind: 'SERVICE', id: 'crm' }, mutation: 'test', idempotencyKey: 'k', input: {} },
      async () => ({ evidence: draft([{ subjectId: 'customer-1', content: Number.NaN }]), events: [], result: {} }),
    )
    await expect(change).rejects.toMatchObject({ code: 'EVIDENCE_UNAVAILABLE' })
    expect(await services.count('EvidenceEntry')).toBe(0)
  })

  it('has the time of its change', async () => {
    const entry = await entryOf([])
    expect(entry.at).toBe(NOW)
  })
}

/** RFC 9162 §2.1.1 as it is written there, to hold ours against. */
function referenceRoot(leaves: readonly string[]): Buffer {
  const hash = (...parts: (string | Buffer)[]) =>
    parts.reduce((sum, part) => sum.update(part), createHash('sha256')).digest()
  if (leaves.length === 0) return hash()
  if (leaves.length === 1) return hash(Buffer.from([0]), leaves[0] ?? '')
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return hash(Buffer.from([1]), referenceRoot(leaves.slice(0, k)), referenceRoot(leaves.slice(k)))
}

/** Pure parts, the same on every engine. */
export function describeCommitments(): void {
  describe('the Merkle root', () => {
    // The empty root is SHA-256 of nothing (RFC 9162 §2.1.1); that of one empty leaf is SHA-256 of the byte 0.
    it.each([
      ['nothing', [], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['one empty leaf', [''], '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    ])('of %s is the known one', (_, leaves, hex) => {
      expect(Buffer.from(merkleRoot(leaves), 'base64url').toString('hex')).toBe(hex)
    })

    it.each(Array.from({ length: 34 }, (_, count) => count))('of %i leaves is that of the RFC', count => {
      const leaves = Array.from({ length: count }, (_, n) => `leaf ${n}`)
      expect(merkleRoot(leaves)).toBe(referenceRoot(leaves).toString('base64url'))
    })
  })

  it('JSON in canonical form is ordered by UTF-16 code units and writes numbers as ECMAScript does', () => {
    // The examples of RFC 8785 §3.2.2 and §3.2.3.
    const members = '{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}'
    expect(canonicalJson(JSON.parse(members.replace('\r', '\\r')))).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    )
    const numbers = '[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]'
    expect(canonicalJson(JSON.parse(numbers))).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27]')
  })
}
