import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Change, recordReaction } from '../../core/change.ts'
import type { EventDraft } from '../../core/events/outbox.ts'
import type { Graph } from '../../core/graph/graph.ts'
import type { Purpose } from '../../core/viewer.ts'
import { erasers } from '../../gateway/subgraphs.ts'
import { ingest } from '../../subgraphs/customers/ingest.ts'
import type { SentEvent } from '../../subgraphs/customers/rules.ts'
import { tellJointWork } from '../../subgraphs/talent/collaboration/collaboration-store.ts'
import { guidanceOf } from '../../subgraphs/talent/newcomers/guidance.ts'
import {
  assessSelf,
  consentToProfile,
  contestEvidence,
  decideContest,
} from '../../subgraphs/talent/profiles/contests.ts'
import { profileLoaders } from '../../subgraphs/talent/profiles/loaders.ts'
import {
  retractObservations,
  type ToldObservation,
  tellObservations,
} from '../../subgraphs/talent/profiles/observation-store.ts'
import { rebuildProfiles } from '../../subgraphs/talent/profiles/rebuild.ts'
import { importSkills, keepOwnSkills } from '../../subgraphs/talent/skills/import-skills.ts'
import { ownSkill } from '../../subgraphs/talent/skills/own-skills.ts'
import { CASES, CASES_TIMEOUT_MS } from '../support/cases.ts'
import { aDeal } from '../support/records.ts'
import { deliverAll, openServices, requestOf, type TestServices } from '../support/services.ts'

const CRM = { kind: 'SERVICE', id: 'crm' } as const
const OPERATOR = { kind: 'OPERATOR', id: 'operator' } as const
const OFFICER = { kind: 'PRIVACY_OFFICER', id: 'officer', purpose: 'COMPLIANCE_AUDIT' } as const
const PAGE = { first: 100, afterId: undefined }
const SEEN_AT = '2026-03-01T08:00:00.000Z'

/** What is told in a unit, and the event that names it. */
type Telling = (change: Change) => Promise<EventDraft>

/** What sellers can do is learned from what they did, moves with it, and is theirs to contest. */
export function describeTalent(openGraph: () => Promise<Graph>): void {
  let services: TestServices
  let sent = 0
  let sellers: readonly string[] = []
  beforeAll(async () => {
    services = await openServices(await openGraph())
  })
  const begin = async () => {
    await services.empty()
    await keepOwnSkills(services)
    await send(...['S-1', 'S-2', 'S-3'].map((number, index) => soldBy(number, `D-${index + 1}`)))
    sellers = (await services.read('MATCH (s:Seller) RETURN s.id ORDER BY s.number')).map(([id]) => String(id))
  }
  beforeEach(() => begin())
  afterAll(() => services.close())

  const key = () => `talent-${++sent}`
  const send = async (...events: readonly SentEvent[]) => {
    await ingest(services, CRM, key(), { source: 'crm-deal', events })
    await deliverAll(services)
  }
  const soldBy = (number: string, deal: string, more: object = {}): SentEvent => {
    const event = aDeal(`${deal}-${key()}`, { number: deal, ...more }, { number: `C-of-${number}` })
    const seller = { number, name: `Seller ${number}`, region: 'CN-SH' }
    return { ...event, payload: { ...(event.payload as object), seller } }
  }
  const tell = async (...tellings: readonly Telling[]) => {
    await recordReaction(services, CRM, async change => {
      const events: EventDraft[] = []
      for (const telling of tellings) events.push(await telling(change))
      return { evidence: { kind: 'RECORDS_INGESTED', statement: {}, facts: [] }, events, result: {} }
    })
    await deliverAll(services)
  }
  const observed =
    (...observations: readonly ToldObservation[]): Telling =>
    change =>
      tellObservations(change, observations)
  const negotiated = (
    index: number,
    outcome: number,
    sourceId = 'talk-1',
    more: Partial<ToldObservation> = {},
  ): ToldObservation => ({
    sourceId,
    sellerId: sellers[index] ?? '',
    behaviour: 'NEGOTIATION',
    outcome,
    complexity: 3,
    at: SEEN_AT,
    ...more,
  })
  const retracted =
    (...sourceIds: readonly string[]): Telling =>
    change =>
      retractObservations(change, 'NEGOTIATION', sourceIds)
  const seller = (index: number, purpose: Purpose = 'SUBJECT_REQUEST') =>
    ({ kind: 'REP', id: sellers[index] ?? '', purpose }) as const
  const skillsOf = async (index: number) => {
    const { edges } = await profileLoaders(requestOf(services, seller(index))).skillsOf(sellers[index] ?? '', PAGE)
    return edges.map(({ node }) => node)
  }
  /** Levels to three places, by the last part of the URI. */
  const levels = async (index: number) => {
    const skills = await skillsOf(index)
    return Object.fromEntries(
      skills
        .map(({ skill, level }) => [skill?.uri.split('/').at(-1), Math.round((level ?? 0) * 1_000) / 1_000] as const)
        .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    )
  }
  const evidenceOf = async (index: number, name = 'negotiation') => {
    const skill = (await skillsOf(index)).find(each => each.skill?.uri === ownSkill(name))
    if (skill === undefined) return []
    const { edges } = await profileLoaders(requestOf(services, seller(index))).evidenceOf(skill, PAGE)
    return edges.map(({ node }) => node)
  }
  const graphNow = async () => {
    const standings = await services.read(
      `MATCH (c:Seller)-[h:HAS_SKILL]->(k:Skill)
       RETURN c.id, k.uri, h.id, h.success, h.failure, h.seenAt, h.pieces ORDER BY c.id, k.uri`,
    )
    const evidence = await services.read(
      `MATCH (c:Seller)-[:SHOWED]->(e:SkillEvidence)-[:TELLS_OF]->(k:Skill)
       RETURN e.id, e.key, c.id AS sellerId, k.uri, e.outcome, e.complexity, e.seenAt, e.isRetracted, e.review ORDER BY e.key`,
    )
    return { standings, evidence }
  }

  it('moves after one event, and back when that is taken back', async () => {
    await tell(observed(negotiated(0, 1, 'talk-1')))
    const before = await levels(0)
    // One success of middle complexity, a day old: 5 × 2 ÷ 5 less what faded in a day.
    expect(before).toEqual({ negotiation: 1.998 })
    await tell(observed(negotiated(0, 0, 'talk-2')))
    expect(await levels(0)).toEqual({ negotiation: 1.666 })
    await tell(retracted('talk-2'))
    expect(await levels(0)).toEqual(before)
    await tell(retracted('talk-1'))
    expect(await levels(0)).toEqual({})
  })

  it('takes what is told again of a source in place of what was told, and changes nothing for the same', async () => {
    await tell(observed(negotiated(0, 1)))
    const once = await graphNow()
    await tell(observed(negotiated(0, 1)))
    expect(await graphNow()).toEqual(once)
    await tell(observed(negotiated(1, 0)))
    expect([await levels(0), await levels(1)]).toEqual([{}, { negotiation: 1.001 }])
  })

  it('learns from how opportunities end, and unlearns when one ended otherwise', async () => {
    await send(soldBy('S-1', 'D-1', { stage: 'WON', closedAt: SEEN_AT }))
    // 59 days in the making: complexity 2, so that it counts 2 ÷ 3.
    expect(await levels(0)).toEqual({ closing: 1.784 })
    await send(soldBy('S-1', 'D-1', { stage: 'LOST', stageAt: '2026-03-01T09:00:00.000Z', closedAt: SEEN_AT }))
    expect((await levels(0)).closing).toBeLessThan(1.25)
    await send(soldBy('S-1', 'D-1', { stage: 'PROPOSAL', stageAt: '2026-03-01T10:00:00.000Z' }))
    expect(await levels(0)).toEqual({})
  })

  it('leaves out whom and what it does not know, and says how much', async () => {
    await tell(
      observed(
        negotiated(0, 1, 'talk-1'),
        negotiated(0, 1, 'talk-2', { sellerId: 'nobody' }),
        negotiated(0, 1, 'talk-3', { skills: ['urn:unknown'] }),
      ),
    )
    expect(await levels(0)).toEqual({ negotiation: 1.998 })
    const [row] = await services.read("MATCH (e:EvidenceEntry {kind: 'SKILL_EVIDENCE_RECORDED'}) RETURN e.entry")
    expect(JSON.parse(String(row?.[0])).statement).toMatchObject({ pieces: 1, unknown: 2 })
  })

  it('lets what a person says of itself weigh a tenth', async () => {
    const uri = ownSkill('negotiation')
    await assessSelf(services, seller(0), key(), { uri, level: 5 })
    // 5 × 1.1 ÷ 4.1.
    expect(await levels(0)).toEqual({ negotiation: 1.341 })
    await assessSelf(services, seller(0), key(), { uri, level: 0 })
    expect(await levels(0)).toEqual({ negotiation: 1.22 })
    const refused = assessSelf(services, seller(0), key(), { uri, level: 6 })
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
    const unknown = assessSelf(services, seller(0), key(), { uri: 'urn:unknown', level: 1 })
    await expect(unknown).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  describe('evidence that its person contests', () => {
    const contest = async (index: number, proposed: { outcome?: number; complexity?: number } = {}) => {
      const [piece] = await evidenceOf(0)
      const { outcome = null, complexity = null } = proposed
      const input = { evidenceId: piece?.id ?? '', reason: 'WRONG_OUTCOME', outcome, complexity } as const
      await contestEvidence(services, seller(index), key(), input)
      return input.evidenceId
    }
    beforeEach(() => tell(observed(negotiated(0, 0, 'talk-1'), negotiated(0, 1, 'talk-2'))))

    const bad = () => evidenceOf(0).then(all => all.map(({ counts, review }) => ({ counts, review })))

    it('does not count until that is decided, and as before when it is upheld', async () => {
      const before = await levels(0)
      const evidenceId = await contest(0)
      expect(await levels(0)).not.toEqual(before)
      expect(await bad()).toContainEqual({ counts: false, review: 'CONTESTED' })
      await decideContest(services, OFFICER, key(), { evidenceId, isAccepted: false })
      expect(await levels(0)).toEqual(before)
      expect(await bad()).toContainEqual({ counts: true, review: 'UPHELD' })
    })

    it('is struck, or corrected to what the person proposes, when it is accepted', async () => {
      const evidenceId = await contest(0, { outcome: 1, complexity: 5 })
      await decideContest(services, OFFICER, key(), { evidenceId, isAccepted: true })
      expect(await bad()).toContainEqual({ counts: true, review: 'CORRECTED' })
      const second = await evidenceOf(0).then(all => all.find(({ review }) => review === null)?.id ?? '')
      await contestEvidence(services, seller(0), key(), {
        evidenceId: second,
        reason: 'NOT_ME',
        outcome: null,
        complexity: null,
      })
      await decideContest(services, OFFICER, key(), { evidenceId: second, isAccepted: true })
      expect(await bad()).toContainEqual({ counts: false, review: 'STRUCK' })
      const open = await profileLoaders(requestOf(services, OFFICER)).contests(PAGE, 'CONTESTED')
      expect(open.edges).toEqual([])
    })

    it('is contested by nobody else, once, and decided once', async () => {
      await expect(contest(1)).rejects.toMatchObject({ code: 'NOT_VISIBLE' })
      const evidenceId = await contest(0)
      const again = { evidenceId, reason: 'OTHER', outcome: null, complexity: null } as const
      await expect(contestEvidence(services, seller(0), key(), again)).rejects.toMatchObject({ code: 'CONFLICT' })
      const isAccepted = true
      await decideContest(services, OFFICER, key(), { evidenceId, isAccepted })
      const twice = decideContest(services, OFFICER, key(), { evidenceId, isAccepted })
      await expect(twice).rejects.toMatchObject({ code: 'CONFLICT' })
      const [other] = (await evidenceOf(0)).filter(({ review }) => review === null)
      const uncontested = decideContest(services, OFFICER, key(), { evidenceId: other?.id ?? '', isAccepted })
      await expect(uncontested).rejects.toMatchObject({ code: 'NOT_VISIBLE' })
    })
  })

  it(
    'is the same when all that happened is learned again',
    async () => {
      const observation = fc.record({
        who: fc.nat(2),
        source: fc.nat(3),
        outcome: fc.constantFrom(0, 0.3, 0.5, 1),
        complexity: fc.integer({ min: 1, max: 5 }),
        day: fc.integer({ min: 1, max: 28 }),
      })
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.array(observation, { minLength: 1, maxLength: 3 }) },
        { weight: 1, arbitrary: fc.nat(3).map(source => ({ retracted: source })) },
        { weight: 1, arbitrary: fc.record({ contested: fc.nat(2), isAccepted: fc.boolean() }) },
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
          await begin()
          for (const each of steps) {
            if (Array.isArray(each)) {
              const at = (day: number) => `2026-02-${String(day).padStart(2, '0')}T00:00:00.000Z`
              await tell(
                observed(
                  ...each.map(({ who, source, outcome, complexity, day }) =>
                    negotiated(who, outcome, `talk-${source}`, { complexity, at: at(day) }),
                  ),
                ),
              )
            } else if ('retracted' in each) {
              await tell(retracted(`talk-${each.retracted}`))
            } else {
              const piece = (await evidenceOf(each.contested)).find(({ review }) => review === null)
              if (piece === undefined) continue
              const input = { evidenceId: piece.id, reason: 'OTHER', outcome: 1, complexity: null } as const
              await contestEvidence(services, seller(each.contested), key(), input)
              const decision = { evidenceId: piece.id, isAccepted: each.isAccepted }
              await decideContest(services, OFFICER, key(), decision)
            }
          }
          const learned = await graphNow()
          await services.graph.write(unit => unit.run('MATCH (:Seller)-[h:HAS_SKILL]->(:Skill) SET h.success = 99'))
          await rebuildProfiles(services, OPERATOR, key())
          expect(await graphNow()).toEqual(learned)
        }),
        { numRuns: Math.min(CASES, 12) },
      )
    },
    CASES_TIMEOUT_MS,
  )

  it('is shown to a manager of the region with the consent of the person only', async () => {
    await tell(observed(negotiated(0, 1)))
    const manager = { kind: 'MANAGER', id: 'm', region: 'CN-SH', purpose: 'WORKFORCE_PLANNING' } as const
    const found = async (region = 'CN-SH') =>
      (await profileLoaders(requestOf(services, { ...manager, region })).sellers(PAGE)).edges.length
    expect([await found(), await found('EU-DE')]).toEqual([3, 0])
    const consents = async () => {
      const { edges } = await profileLoaders(requestOf(services, manager)).skillsOf(sellers[0] ?? '', PAGE)
      return edges.map(({ node }) => [...node.subject.consents])
    }
    expect(await consents()).toEqual([[]])
    await consentToProfile(services, seller(0), key(), true)
    expect(await consents()).toEqual([['WORKFORCE_PLANNING']])
    await consentToProfile(services, seller(0), key(), false)
    expect(await consents()).toEqual([[]])
  })

  it('goes with the customer from whose data it follows, and with the seller', async () => {
    await send(soldBy('S-1', 'D-1', { stage: 'WON', closedAt: SEEN_AT }))
    await tell(observed(negotiated(0, 1), negotiated(1, 1, 'talk-2')))
    const eraser = erasers.find(({ part }) => part === 'talent')
    const [[customerId] = []] = await services.read("MATCH (c:Customer {number: 'C-of-S-1'}) RETURN c.id")
    const erase = (id: unknown) => services.graph.write(async unit => eraser?.erase(unit, String(id), services))
    expect(await erase(customerId)).toEqual({ SkillEvidence: 1 })
    expect(await levels(0)).toEqual({ negotiation: 1.998 })
    expect(await erase(sellers[0])).toEqual({ SkillEvidence: 1 })
    expect([await levels(0), await levels(1)]).toEqual([{}, { negotiation: 1.998 }])
    expect(await erase(sellers[0])).toEqual({ SkillEvidence: 0 })
  })

  describe('who worked with whom', () => {
    const together =
      (sourceId: string, outcome: number, ...who: readonly number[]): Telling =>
      change =>
        tellJointWork(change, { sourceId, sellerIds: who.map(index => sellers[index] ?? ''), outcome, at: SEEN_AT })
    const colleagues = async () =>
      (
        await services.read(
          'MATCH (a:Seller)-[w:WORKED_WITH]->(b:Seller) RETURN a.number, b.number, w.count, w.outcome',
        )
      )
        .map(row => row.join(' '))
        .sort()

    it('is counted in both directions, and once however often it is told', async () => {
      for (const _ of [1, 2]) await tell(together('task-1', 1, 0, 1), together('task-2', 0.5, 0, 1, 2))
      const both = [
        'S-1 S-2 2 0.75',
        'S-1 S-3 1 0.5',
        'S-2 S-1 2 0.75',
        'S-2 S-3 1 0.5',
        'S-3 S-1 1 0.5',
        'S-3 S-2 1 0.5',
      ]
      expect(await colleagues()).toEqual(both)
      await tell(together('task-2', 1, 0, 2))
      expect(await colleagues()).toEqual(['S-1 S-2 1 1', 'S-1 S-3 1 1', 'S-2 S-1 1 1', 'S-3 S-1 1 1'])
    })

    it('decides who guides a newcomer: who is good for sure, consents, and is near', async () => {
      const good = (index: number) =>
        Array.from({ length: 12 }, (_, n) => negotiated(index, 1, `good-${index}-${n}`, { complexity: 5 }))
      await tell(observed(...good(1), ...good(2)), together('task-1', 1, 0, 2))
      const mentorsAt = async () => {
        const guidance = (await guidanceOf(requestOf(services, seller(0)), [sellers[0] ?? ''])).get(sellers[0] ?? '')
        expect(guidance).toMatchObject({ isNewcomer: true })
        expect(guidance?.steps).toHaveLength(3)
        return guidance?.steps?.find(({ skill }) => skill.uri === ownSkill('negotiation'))?.mentor?.id ?? null
      }
      await tell(observed(...[0, 0, 0].map((outcome, n) => negotiated(0, outcome, `first-${n}`, { complexity: 1 }))))
      expect(await mentorsAt()).toBe(null)
      await consentToProfile(services, seller(1), key(), true)
      expect(await mentorsAt()).toBe(sellers[1])
      await consentToProfile(services, seller(2), key(), true)
      expect(await mentorsAt()).toBe(sellers[2])
    })
  })

  describe('skills of a taxonomy', () => {
    const skill = (name: string, more: object = {}) => ({
      uri: `urn:esco:${name}`,
      scheme: 'ESCO' as const,
      labelEn: name,
      labelZh: null,
      broader: [],
      ...more,
    })
    const labels = () =>
      services.read(
        "MATCH (k:Skill {scheme: 'ESCO'}) RETURN k.labelEn, k.labelZh, [(k)-[:BROADER]->(b:Skill) | b.labelEn] ORDER BY k.uri",
      )

    it('are added once, and take new labels', async () => {
      const broad = skill('a', { labelZh: '甲' })
      const first = await importSkills(services, OPERATOR, key(), [
        broad,
        skill('b', { broader: ['urn:esco:a', 'urn:x:y'] }),
      ])
      expect(first).toMatchObject({ added: 2, changed: 0, unchanged: 0 })
      expect(await labels()).toEqual([
        ['a', '甲', []],
        ['b', null, ['a']],
      ])
      const again = await importSkills(services, OPERATOR, key(), [skill('a', { labelEn: 'A' })])
      expect(again).toMatchObject({ added: 0, changed: 1, unchanged: 0 })
      expect((await labels())[0]).toEqual(['A', '甲', []])
    })

    it.each([
      ['none', []],
      ['one that is no URI', [skill('a', { uri: 'not a uri' })]],
      ['one without a label', [skill('a', { labelEn: ' ' })]],
      ['one that is twice among them', [skill('a'), skill('a')]],
      ['one that is a part of itself', [skill('a', { broader: ['urn:esco:a'] })]],
    ])('are refused where there is %s', async (_, skills) => {
      await expect(importSkills(services, OPERATOR, key(), skills)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
      expect(await labels()).toEqual([])
    })

    it('of our own are written once', async () => {
      const before = await services.count('EvidenceEntry')
      await keepOwnSkills(services)
      expect(await services.count('EvidenceEntry')).toBe(before)
    })
  })
}
