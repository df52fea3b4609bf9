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
    expect(lines.pop()).toBe('12 wider, 0 narrower, 0 of whom they may know')
    expect(lines.map(line => line.split(': ')[0])).toEqual(
      ['REP', 'MANAGER'].flatMap(viewer =>
        ['SERVICE_DELIVERY', 'SALES_FOLLOW_UP'].flatMap(purpose =>
          ['phone', 'email', 'weComId'].map(field => `+ ${viewer} ${purpose} Customer.${field}`),
        ),
      ),
    )
    expect(lines.find(line => line.startsWith('+ REP SERVICE_DELIVERY Customer.phone'))).toBe(
      "+ REP SERVICE_DELIVERY Customer.phone: LAST4 → ALLOW (CN-GD CN-SH: no consent, consent to the purpose, consent to every purpose, none separate, every consent, every consent by a child's guardian, every consent, seen from abroad; EU-DE EU-FR: always)",
    )
  })

  test('names whoever is shown less', async () => {
    const { stdout } = await run('diff', GROUND, noEmotion)
    const lines = stdout.trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.at(-1)).toBe(`0 wider, ${lines.length - 1} narrower, 0 of whom they may know`)
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/^- MANAGER SALES_FOLLOW_UP .*: ALLOW → DENY \(/)
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
