import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groundPolicy } from '../../core/policy/ground-policy.ts'
import type { Policy } from '../../core/policy/policy.ts'
import { startApi, type TestApi } from '../support/start-api.ts'
import { temporaryFolder } from './folder.ts'
import { runCommand } from './run-command.ts'

const folder = temporaryFolder()
const GROUND = 'core/policy/ground-policy.json'

function fileOf(name: string, change: Partial<Policy> | { readonly rules: unknown }): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify({ ...groundPolicy, ...change }))
  return path
}

const contactShown = fileOf('wider.json', {
  version: 2,
  rules: groundPolicy.rules.map(rule => (rule.id === 'sales-contact' ? { ...rule, effect: 'ALLOW' } : rule)),
})
const noEmotion = fileOf('narrower.json', {
  version: 3,
  overlays: [
    {
      id: 'works-council',
      rules: [
        {
          id: 'no-emotion',
          viewers: ['MANAGER'],
          purposes: ['SALES_FOLLOW_UP'],
          categories: ['inference.emotion'],
          effect: 'DENY',
        },
      ],
    },
  ],
})
const otherConsent = fileOf('other-consent.json', {
  version: 4,
  rules: groundPolicy.rules.map(rule => (rule.id === 'sales-inference' ? { ...rule, alsoConsent: 'MARKETING' } : rule)),
})
type Regime = Policy['regimes'][number]
const lawOf = (name: string, id: Regime['id'], change: (regime: Regime) => Partial<Regime>) =>
  fileOf(name, {
    version: 5,
    regimes: groundPolicy.regimes.map(each => (each.id === id ? { ...each, ...change(each) } : each)),
  })
const fromFourteen = lawOf('age.json', 'GDPR', ({ minors }) => ({ minors: { ...minors, belowAge: 14 } }))
const toTheStates = lawOf('border.json', 'PIPL', ({ crossBorder }) => ({
  crossBorder: { ...crossBorder, safeguards: { ...crossBorder.safeguards, US: 'PIPL 38(1)(3) standard contract' } },
}))
const laterAnswers = lawOf('deadline.json', 'GDPR', ({ responseWithin }) => ({
  responseWithin: { ...responseWithin, count: 2 },
}))
const newPurpose = fileOf('purpose.json', {
  version: 6,
  grants: { ...groundPolicy.grants, PARTNER: ['ANALYTICS'] },
})
const broken = fileOf('broken.json', { rules: [{ ...groundPolicy.rules[0], effect: 'SHOW' }] })

const run = (...args: string[]) => runCommand('sovereign', ['policy', ...args], { DATA_DIR: folder })

describe('policy diff', () => {
  test('says nothing of equal policies', async () => {
    expect(await run('diff', GROUND, GROUND)).toMatchObject({
      exitCode: 0,
      stdout: '0 wider, 0 narrower, 0 of whom they may know\n',
    })
  })

  test('names whoever is shown more, what, where and in which situations', async () => {
    const { stdout } = await run('diff', GROUND, contactShown)
    const lines = stdout.trim().split('\n')
    expect(lines.pop()).toBe('34 wider, 0 narrower, 0 of whom they may know')
    // A weight in the comparison of two customers, and a value in conflict, follows from what is compared.
    expect(lines.map(line => line.split(': ')[0]).filter(line => line?.includes(' Customer.'))).toEqual(
      ['REP', 'MANAGER'].flatMap(viewer =>
        ['SERVICE_DELIVERY', 'SALES_FOLLOW_UP'].flatMap(purpose =>
          ['phone', 'email', 'weComId', 'completeness'].map(field => `+ ${viewer} ${purpose} Customer.${field}`),
        ),
      ),
    )
    expect(lines).toContain(
      '+ REP SERVICE_DELIVERY Customer.phone: LAST4 → ALLOW (CN-GD CN-SH EU-DE EU-FR elsewhere: wherever it is shown)',
    )
  })

  test('names which consents it changes with, of whom and seen from where', async () => {
    const { stdout } = await run('diff', GROUND, otherConsent)
    const lines = stdout.trim().split('\n')
    expect(lines.at(-1)).toBe('16 wider, 16 narrower, 0 of whom they may know')
    const about = (sign: string) =>
      lines.find(line => line.startsWith(`${sign} MANAGER SALES_FOLLOW_UP Interaction.intent`))
    expect(about('-')).toContain('ALLOW → HIDDEN')
    expect(about('-')).toContain('EU-DE: with SALES_FOLLOW_UP and AI_DECISION (of age; seen at home or from CN-GD)')
    expect(about('+')).toContain('HIDDEN → ALLOW')
    expect(about('+')).toContain(
      'with SALES_FOLLOW_UP and MARKETING and SENSITIVE_DATA (below 14 by a guardian; seen at home)',
    )
  })

  test('names what changes with the law alone: an age, a border, a purpose, a deadline', async () => {
    const linesOf = async (file: string) => (await run('diff', GROUND, file)).stdout.trim().split('\n')
    expect(await linesOf(fromFourteen)).toContainEqual(
      expect.stringMatching(/^\+ REP SALES_FOLLOW_UP Customer\.name: HIDDEN → ALLOW \(EU-DE: .*below 16 by themselves/),
    )
    expect(await linesOf(toTheStates)).toContainEqual(
      expect.stringMatching(
        /^\+ REP SALES_FOLLOW_UP Customer\.name: HIDDEN → ALLOW \(CN-GD CN-SH elsewhere: .*seen from US/,
      ),
    )
    expect(await linesOf(newPurpose)).toEqual([
      '+ PARTNER may state ANALYTICS',
      '- PARTNER may no longer state PARTNER_SHARING',
      ...[
        'ConflictingRecord.source',
        'ConflictingRecord.statedAt',
        'ConflictingRecord.account',
        'Customer.company',
        'FormingRecord.source',
        'FormingRecord.acceptedAt',
        'Interaction.touchpoint',
        'Interaction.source',
        'Interaction.occurredAt',
      ].map(field => expect.stringMatching(new RegExp(`^- PARTNER PARTNER_SHARING ${field}: .* → NOT_GRANTED`))),
      '0 wider, 9 narrower, 0 of whom they may know',
    ])
    expect(await linesOf(laterAnswers)).toEqual([
      'regimes.GDPR.responseWithin is another',
      '0 wider, 0 narrower, 0 of whom they may know',
    ])
  })

  test('names whoever is shown less', async () => {
    const { stdout } = await run('diff', GROUND, noEmotion)
    const lines = stdout.trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.at(-1)).toBe(`0 wider, ${lines.length - 1} narrower, 0 of whom they may know`)
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^- MANAGER SALES_FOLLOW_UP .*: ALLOW → HIDDEN \(/)
    expect(stdout).toContain('- MANAGER SALES_FOLLOW_UP Interaction.emotion')
  })

  test('names each row of a file that is no policy', async () => {
    const { exitCode, stderr } = await run('diff', GROUND, broken)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('rules.0.effect')
  })
})

describe('policy activate', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api.close())

  const onServer = async (...args: string[]) =>
    runCommand('sovereign', ['policy', ...args], {
      DATA_DIR: api.dataDir,
      SOVEREIGN_URL: api.url,
      SOVEREIGN_TOKEN: await api.tokenOf('operator'),
    })

  test('puts a file in force, and the one before it again by its name', async () => {
    expect(JSON.parse((await onServer('activate', noEmotion)).stdout)).toMatchObject({
      epoch: 2,
      version: 3,
      isInForce: true,
    })
    expect((await onServer('diff', 'in-force', noEmotion)).stdout).toMatch(/^0 wider, 0 narrower/)
    expect(JSON.parse((await onServer('activate', 'ground@1')).stdout)).toMatchObject({ epoch: 3, version: 1 })
    const listed = (await onServer('list')).stdout.trim().split('\n')
    expect(
      listed.map(line => JSON.parse(line)).map(({ epoch, version, isInForce }) => [epoch, version, isInForce]),
    ).toEqual([
      [3, 1, true],
      [2, 3, false],
      [1, 1, false],
    ])
  })

  test('says why not', async () => {
    const { exitCode, stderr } = await onServer('activate', 'ground@7')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('NOT_VISIBLE')
  })
})
