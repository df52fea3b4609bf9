import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { consentsOf, historyOf, SUBJECT_STATE, visibleRows } from '../../core/consent/consent-store.ts'
import { type ConsentChange, setConsent } from '../../core/consent/set-consent.ts'
import { cypher } from '../../core/graph/cypher.ts'
import type { Graph, Reader } from '../../core/graph/graph.ts'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { RowScope } from '../../core/policy/policy.ts'
import type { Purpose, Viewer } from '../../core/viewer.ts'
import { changeConsent } from '../../subgraphs/sovereignty/consents.ts'
import { NOW, openServices, type TestServices } from '../support/services.ts'

const LATER = '2026-03-03T08:00:00.000Z'
const MUCH_LATER = '2026-03-04T08:00:00.000Z'
const OFFICER: Viewer = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' }

/** Who consented to what towards whom, since when and by which steps; and whom a viewer may therefore know of. */
export function describeConsent(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let reader: Reader
  beforeAll(async () => {
    const graph = await openGraph()
    services = await openServices(graph)
    reader = { run: (statement, params) => graph.read(statement, params) }
  })
  beforeEach(async () => {
    await services.empty()
    await services.graph.write(unit =>
      unit.run(`
        CREATE (a:Customer {id: 'anna', region: 'CN-SH'}), (b:Customer {id: 'bert', region: 'EU-DE'})
        CREATE (:Seller {id: 'rep-1'})-[:OWNS]->(a), (:Seller {id: 'rep-2'})-[:OWNS]->(b)`),
    )
  })
  afterAll(() => services.close())

  const set = (change: Partial<ConsentChange>) => {
    const whole = { customerId: 'anna', purpose: 'MARKETING', recipient: '', state: 'GIVEN', ...change } as const
    const at = services.clock.now()
    return services.graph.write(
      async unit => (await setConsent(services, { unit, at, evidenceEntryId: `entry of ${at}` }, whole))?.consent,
    )
  }
  const consentsFor = async (viewer: Viewer, customerId = 'anna') =>
    (await consentsOf(reader, visibleRows(groundPolicy, viewer), [customerId], 'CONSENTS')).get(customerId)
  const stepsOf = async (consentId: string | undefined) =>
    (await historyOf(reader, [consentId ?? ''])).get(consentId ?? '')?.map(each => `${each.state} ${each.at}`)

  describe('a consent', () => {
    it('is given, withdrawn and given again: one consent, with its steps oldest first', async () => {
      const given = await set({})
      services.clock.set(LATER)
      const withdrawn = await set({ state: 'WITHDRAWN' })
      services.clock.set(MUCH_LATER)
      const again = await set({})
      expect([given, withdrawn, again]).toEqual([
        { id: given?.id, purpose: 'MARKETING', recipient: '', state: 'GIVEN', since: NOW },
        { id: given?.id, purpose: 'MARKETING', recipient: '', state: 'WITHDRAWN', since: LATER },
        { id: given?.id, purpose: 'MARKETING', recipient: '', state: 'GIVEN', since: MUCH_LATER },
      ])
      expect((await consentsFor(OFFICER))?.consents).toEqual([again])
      expect(await historyOf(reader, [given?.id ?? ''])).toEqual(
        new Map([
          [
            given?.id,
            [
              { id: expect.any(String), state: 'GIVEN', at: NOW, evidenceEntryId: `entry of ${NOW}` },
              { id: expect.any(String), state: 'WITHDRAWN', at: LATER, evidenceEntryId: `entry of ${LATER}` },
              { id: expect.any(String), state: 'GIVEN', at: MUCH_LATER, evidenceEntryId: `entry of ${MUCH_LATER}` },
            ],
          ],
        ]),
      )
    })

    it('is read with its steps where they are asked for, and without them where nothing is', async () => {
      const given = await set({})
      await set({ purpose: 'ANALYTICS' })
      services.clock.set(LATER)
      await set({ state: 'WITHDRAWN' })
      const rows = visibleRows(groundPolicy, OFFICER)
      const withSteps = await consentsOf(reader, rows, ['anna'], 'CONSENTS_WITH_HISTORY')
      const steps = withSteps
        .get('anna')
        ?.consents.map(({ purpose, history }) => [purpose, history?.map(each => each.at)])
      expect(steps).toEqual([
        ['ANALYTICS', [NOW]],
        ['MARKETING', [NOW, LATER]],
      ])
      expect(withSteps.get('anna')?.consents[1]?.history).toEqual(
        (await historyOf(reader, [given?.id ?? ''])).get(given?.id ?? ''),
      )
      const nothing = await consentsOf(reader, rows, ['anna'], 'NONE')
      expect(nothing).toEqual(
        new Map([
          ['anna', { subject: { id: 'anna', region: 'CN-SH', consents: new Set(['ANALYTICS']) }, consents: [] }],
        ]),
      )
    })

    it('keeps since when it is set to the state that it has, and keeps the step', async () => {
      const { id } = (await set({})) ?? {}
      services.clock.set(LATER)
      expect(await set({})).toMatchObject({ id, since: NOW })
      expect(await stepsOf(id)).toEqual([`GIVEN ${NOW}`, `GIVEN ${LATER}`])
    })

    it('that was never given can be withdrawn, for the record', async () => {
      expect(await set({ state: 'WITHDRAWN' })).toMatchObject({ state: 'WITHDRAWN', since: NOW })
      expect((await consentsFor(OFFICER))?.subject.consents).toEqual(new Set())
    })

    it('has its steps in the order in which they were taken, also at one moment or with a clock set back', async () => {
      const { id } = (await set({})) ?? {}
      for (const state of ['WITHDRAWN', 'GIVEN', 'WITHDRAWN', 'GIVEN', 'WITHDRAWN'] as const) await set({ state })
      services.clock.set('2026-03-01T08:00:00.000Z')
      await set({})
      const states = (await stepsOf(id))?.map(each => each.split(' ')[0])
      expect(states).toEqual(['GIVEN', 'WITHDRAWN', 'GIVEN', 'WITHDRAWN', 'GIVEN', 'WITHDRAWN', 'GIVEN'])
    })

    it('is one for each customer, purpose and recipient', async () => {
      await set({})
      await set({ customerId: 'bert' })
      await set({ purpose: 'PARTNER_SHARING', recipient: 'partner-2' })
      await set({ purpose: 'PARTNER_SHARING', recipient: 'partner-1', state: 'WITHDRAWN' })
      const held = (await consentsFor(OFFICER))?.consents.map(each => [each.purpose, each.recipient, each.state])
      expect(held).toEqual([
        ['MARKETING', '', 'GIVEN'],
        ['PARTNER_SHARING', 'partner-1', 'WITHDRAWN'],
        ['PARTNER_SHARING', 'partner-2', 'GIVEN'],
      ])
      expect(await services.count('Consent')).toBe(4)
    })

    it('given many times at one moment is one consent', async () => {
      await Promise.all(Array.from({ length: 8 }, () => set({})))
      expect([await services.count('Consent'), await services.count('ConsentEvent')]).toEqual([1, 8])
    })

    it('of an unknown customer is undefined, and nothing of it is kept', async () => {
      expect(await set({ customerId: 'nobody' })).toBeUndefined()
      expect([await services.count('Consent'), await services.count('ConsentEvent')]).toEqual([0, 0])
    })

    it('that nobody knows has no history', async () => {
      expect(await historyOf(reader, ['nothing'])).toEqual(new Map())
    })
  })

  describe('the consents in force', () => {
    const PARTNER: Viewer = { kind: 'PARTNER', id: 'partner-1', purpose: 'PARTNER_SHARING' }
    beforeEach(async () => {
      await set({})
      await set({ purpose: 'ANALYTICS' })
      await set({ purpose: 'AI_DECISION', state: 'WITHDRAWN' })
      await set({ purpose: 'PARTNER_SHARING', recipient: 'partner-1' })
      await set({ purpose: 'SALES_FOLLOW_UP', customerId: 'bert' })
    })

    it.each<[string, string, readonly Purpose[]]>([
      ['the company itself', 'officer', ['ANALYTICS', 'MARKETING']],
      ['the partner whom one names', 'partner-1', ['ANALYTICS', 'MARKETING', 'PARTNER_SHARING']],
      ['another partner', 'partner-2', ['ANALYTICS', 'MARKETING']],
    ])('towards %s', async (_, id, purposes) => {
      const found = await consentsFor({ ...OFFICER, id })
      expect([...(found?.subject.consents ?? [])].sort()).toEqual(purposes)
    })

    it('are read with the region of the customer', async () => {
      expect((await consentsFor(PARTNER))?.subject.region).toBe('CN-SH')
    })

    it('end for the next read when they are withdrawn', async () => {
      expect(await consentsFor(PARTNER)).toBeDefined()
      await set({ purpose: 'PARTNER_SHARING', recipient: 'partner-1', state: 'WITHDRAWN' })
      expect(await consentsFor(PARTNER)).toBeUndefined()
    })
  })

  describe('may know of a customer:', () => {
    const visible = async (rows: RowScope, viewer: Partial<Viewer>) => {
      const policy = { ...groundPolicy, rows: { ...groundPolicy.rows, REP: rows } }
      const { isVisible, allVisible, params } = visibleRows(policy, { kind: 'REP', id: 'somebody', ...viewer })
      const answer = cypher`RETURN c.id, size(${SUBJECT_STATE}) ORDER BY c.id`
      const bound = await reader.run(cypher`MATCH (c:Customer) WHERE ${isVisible} ${answer}`, params)
      expect(await reader.run(cypher`${allVisible} AND true ${answer}`, params)).toEqual(bound)
      return bound.map(([id]) => id)
    }
    beforeEach(async () => {
      await set({ purpose: 'ANALYTICS' })
      await set({ purpose: 'ANALYTICS', customerId: 'bert', state: 'WITHDRAWN' })
      await set({ purpose: 'PARTNER_SHARING', recipient: 'partner-1', customerId: 'bert' })
    })

    it.each<[RowScope, Partial<Viewer>, readonly string[]]>([
      ['ALL', {}, ['anna', 'bert']],
      ['NONE', { id: 'anna', region: 'CN-SH', purpose: 'ANALYTICS' }, []],
      ['SELF', { id: 'anna' }, ['anna']],
      ['SELF', { id: 'rep-1' }, []],
      ['OWNED', { id: 'rep-1' }, ['anna']],
      ['OWNED', { id: 'rep-2' }, ['bert']],
      ['OWNED', { id: 'anna' }, []],
      ['REGION', { region: 'EU-DE' }, ['bert']],
      ['REGION', { region: 'EU' }, []],
      ['REGION', {}, []],
      ['CONSENTED', { purpose: 'ANALYTICS' }, ['anna']],
      ['CONSENTED', { id: 'partner-1', purpose: 'PARTNER_SHARING' }, ['bert']],
      ['CONSENTED', { id: 'partner-2', purpose: 'PARTNER_SHARING' }, []],
      ['CONSENTED', { id: 'partner-1', purpose: 'MARKETING' }, []],
      ['CONSENTED', { id: 'partner-1' }, []],
    ])('%s, as %o', async (rows, viewer, ids) => {
      expect(await visible(rows, viewer)).toEqual(ids)
    })
  })

  describe('the customer who asks', () => {
    const anna: Viewer = { kind: 'SUBJECT', id: 'anna', purpose: 'SUBJECT_REQUEST' }

    it('is answered the consent as it now stands, and it tells an event', async () => {
      const { consent } = await changeConsent(services, anna, 'k', { purpose: 'MARKETING', recipient: null }, true)
      expect((await consentsFor(anna))?.consents).toEqual([consent])
      const events = await services.outbox.after(reader, 0, 10)
      expect(events.map(event => [event.kind, event.body])).toEqual([
        ['CONSENT_CHANGED', { customerId: 'anna', purpose: 'MARKETING', given: true }],
      ])
    })

    it.each([
      ['a purpose of the law', { purpose: 'COMPLIANCE_AUDIT' }],
      ['a partner left unnamed', { purpose: 'PARTNER_SHARING' }],
      ['a recipient where there can be none', { purpose: 'MARKETING', recipient: 'partner-1' }],
      ['a recipient too long', { purpose: 'PARTNER_SHARING', recipient: 'p'.repeat(101) }],
      ['a recipient that is no text', { purpose: 'PARTNER_SHARING', recipient: 'p\udc00' }],
    ] as const)('is refused %s, and nothing is kept', async (_, stated) => {
      await expect(changeConsent(services, anna, 'k', stated, true)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      expect(await services.count('IdempotencyRecord')).toBe(0)
    })

    it('is NOT_VISIBLE when there is no such customer, and nothing is kept', async () => {
      const nobody = { ...anna, id: 'nobody' }
      const change = changeConsent(services, nobody, 'k', { purpose: 'MARKETING' }, true)
      await expect(change).rejects.toMatchObject({ code: 'NOT_VISIBLE' })
      expect([await services.count('IdempotencyRecord'), await services.count('EvidenceEntry')]).toEqual([0, 0])
    })
  })
}
