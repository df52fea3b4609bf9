import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededId } from '../../core/ids.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

const operation = (name: string) =>
  readFile(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8')
const REP = seededId('sovereign-graph', 'Seller', 1)

interface Skill {
  readonly level: number | null
  readonly skill: { readonly uri: string } | null
  readonly evidence: { readonly edges: readonly { readonly node: Evidence }[] }
}
interface Evidence {
  readonly id: string
  readonly counts: boolean | null
  readonly review: string | null
}

let api: TestApi
let sent = 0
beforeAll(async () => {
  api = await startApi({ customers: 24 })
  await api.settle()
})
afterAll(() => api.close())

const mySkills = async (viewer: string, purpose: string) =>
  api.ask(viewer, await operation('MySkills'), { purpose, variables: { first: 50 } })
const skillsOf = (answer: { data: unknown }, sellerId = REP): readonly Skill[] => {
  const { sellers } = answer.data as {
    sellers: { edges: { node: { id: string; skills: { edges: { node: Skill }[] } } }[] }
  }
  return sellers.edges.find(({ node }) => node.id === sellerId)?.node.skills.edges.map(({ node }) => node) ?? []
}
const change = async (viewer: string, name: string, variables: object, purpose: string | null = null) => {
  const idempotencyKey = `talent-${++sent}`
  const answer = await api.ask(viewer, await operation(name), { purpose, variables: { ...variables, idempotencyKey } })
  await api.settle()
  return answer
}

describe('a seller', () => {
  it('sees its own skills with the evidence for each, and how to go on', async () => {
    const answer = await mySkills('rep', 'SUBJECT_REQUEST')
    expect(answer.errors).toEqual([])
    expect(answer.masks).toEqual([])
    const skills = skillsOf(answer)
    expect(skills.length).toBeGreaterThan(3)
    for (const { level, skill, evidence } of skills) {
      expect(level).toBeGreaterThan(0)
      expect(skill?.uri).toContain('https://sovereign-graph.org/skills/')
      expect(evidence.edges.length).toBeGreaterThan(0)
    }
    const { guidance } =
      (answer.data as { sellers: { edges: { node: { guidance: object } }[] } }).sellers.edges[0]?.node ?? {}
    expect(guidance).toMatchObject({ isNewcomer: expect.any(Boolean) })
  })

  it('sees nobody else, whatever its purpose', async () => {
    for (const purpose of ['SUBJECT_REQUEST', 'SALES_FOLLOW_UP']) {
      const { data } = await mySkills('other-rep', purpose)
      const { edges } = (data as { sellers: { edges: { node: { id: string } }[] } }).sellers
      expect(edges.map(({ node }) => node.id)).toEqual([seededId('sovereign-graph', 'Seller', 2)])
    }
  })

  it('is shown nothing of its own for a purpose of sales: that is for work with customers', async () => {
    const answer = await mySkills('rep', 'SALES_FOLLOW_UP')
    expect(skillsOf(answer).every(({ level, skill }) => level === null && skill === null)).toBe(true)
  })

  it('contests a piece of evidence, and a privacy officer corrects it', async () => {
    const levelOf = async () => {
      const skills = skillsOf(await mySkills('rep', 'SUBJECT_REQUEST'))
      return skills.find(({ skill }) => skill?.uri.endsWith('/negotiation'))
    }
    const before = await levelOf()
    const evidenceId = before?.evidence.edges[0]?.node.id
    const input = { evidenceId, reason: 'WRONG_OUTCOME', outcome: 0, complexity: 1 }
    expect((await change('other-rep', 'ContestSkillEvidence', { input })).errors).toMatchObject([
      { extensions: { code: 'NOT_VISIBLE' } },
    ])
    expect((await change('rep', 'ContestSkillEvidence', { input })).errors).toEqual([])
    const contested = await levelOf()
    expect(contested?.level).not.toBe(before?.level)
    expect(contested?.evidence.edges.find(({ node }) => node.id === evidenceId)?.node).toMatchObject({
      counts: false,
      review: 'CONTESTED',
    })
    const open = await api.ask('privacy-officer', await operation('SkillContests'))
    expect(open.data).toMatchObject({
      skillContests: {
        edges: [{ node: { id: evidenceId, seller: { id: REP }, proposedOutcome: 0, reason: 'WRONG_OUTCOME' } }],
      },
    })
    expect((await change('manager', 'ReviewSkillEvidence', { evidenceId })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ])
    expect((await change('privacy-officer', 'ReviewSkillEvidence', { evidenceId, accept: true })).errors).toEqual([])
    const corrected = await levelOf()
    expect(corrected?.evidence.edges.find(({ node }) => node.id === evidenceId)?.node).toMatchObject({
      review: 'CORRECTED',
    })
    // It says itself that it failed at something easy.
    expect(corrected?.level).toBeLessThan(contested?.level ?? 0)
  })
})

describe('a manager', () => {
  it('is shown the skills of a seller of its region with its consent only, and else why not', async () => {
    await change('rep', 'SetProfileConsent', { given: true })
    const shown = await mySkills('manager', 'WORKFORCE_PLANNING')
    expect(shown.errors).toEqual([])
    expect(skillsOf(shown).every(({ level }) => typeof level === 'number')).toBe(true)
    await change('rep', 'SetProfileConsent', { given: false })
    const hidden = await mySkills('manager', 'WORKFORCE_PLANNING')
    expect(skillsOf(hidden).length).toBe(skillsOf(shown).length)
    expect(skillsOf(hidden).every(({ level, skill }) => level === null && skill === null)).toBe(true)
    const masks = hidden.masks
    expect(masks.find(({ path }) => path.at(-1) === 'level')).toMatchObject({
      reasonCode: 'CONSENT_REQUIRED',
      legalBasis: 'PIPL 13(1)(1) consent',
      remedy: "The seller's consent to WORKFORCE_PLANNING would lift this.",
    })
  })
})
