// A firm switches a module off and on again: nothing is answered, nothing is lost.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../commands/folder.ts'
import { runCommand } from '../commands/run-command.ts'
import { aDeal } from '../support/records.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 4 })
  await api.settle()
})
afterAll(() => api.close())

let asked = 0
const change = (mutation: string, name: string, viewer = 'operator') =>
  api.ask(
    viewer,
    `mutation { ${mutation}(name: "${name}", idempotencyKey: "m-${++asked}") { module { id isEnabled since } } }`,
  )
const opportunities = async () =>
  Number((await api.services.graph.read('MATCH (o:Opportunity) RETURN count(o)'))[0]?.[0])

describe('a module that is off', () => {
  const query = '{ customers(first: 1) { edges { node { id name opportunities(first: 1) { edges { cursor } } } } } }'

  it('answers MODULE_DISABLED, adds null to entities, and its events wait', async () => {
    const before = await opportunities()
    expect((await change('disableModule', 'sales')).data.disableModule.module).toMatchObject({ isEnabled: false })
    const { errors } = await api.ask('rep', '{ opportunities { edges { cursor } } }')
    expect(errors?.[0]?.extensions.code).toBe('MODULE_DISABLED')
    const { data, masks } = await api.ask('manager', query)
    expect(data.customers.edges[0].node.opportunities).toBeNull()
    expect(masks.filter(({ field }) => field === 'opportunities')).toEqual([
      {
        path: ['customers', 'edges', 0, 'node', 'opportunities'],
        type: 'Customer',
        id: data.customers.edges[0].node.id,
        field: 'opportunities',
        mask: 'NULL',
        reasonCode: 'MODULE_DISABLED',
        policyId: 'ground/modules',
        policyVersion: 1,
        legalBasis: null,
        remedy: 'An operator switches the module on again.',
        docUrl: '/docs/masks/MODULE_DISABLED',
      },
    ])

    const { payload, eventId } = aDeal('module-1', { number: 'D-MODULE' })
    const input = { source: 'crm-deal', events: [{ eventId, payload }] }
    await api.ask(
      'service',
      'mutation Ingest($input: IngestInput!) { ingest(input: $input, idempotencyKey: "module-1") { accepted } }',
      { variables: { input } },
    )
    await api.settle()
    expect(await opportunities()).toBe(before)

    expect((await change('enableModule', 'sales')).data.enableModule.module).toMatchObject({ isEnabled: true })
    await api.settle()
    expect(await opportunities()).toBe(before + 1)
    const again = await api.ask('manager', query)
    expect(again.data.customers.edges[0].node.opportunities).not.toBeNull()
    expect(again.masks.map(({ reasonCode }) => reasonCode)).not.toContain('MODULE_DISABLED')
  })

  it('is told with the time since when', async () => {
    const { data } = await api.ask('rep', '{ modules { id isEnabled since } }')
    expect(data.modules.find(({ id }: { id: string }) => id === 'sales')).toEqual({
      id: 'sales',
      isEnabled: true,
      since: '2026-11-02T08:00:00.000Z',
    })
    expect(data.modules.map(({ id }: { id: string }) => id)).not.toContain('customers')
  })

  it.each([
    ['customers', 'operator', 'BAD_USER_INPUT'],
    ['evidence', 'operator', 'BAD_USER_INPUT'],
    ['access', 'operator', 'BAD_USER_INPUT'],
    ['sales', 'manager', 'FORBIDDEN'],
  ])('is never %s by the %s: %s', async (name, viewer, code) => {
    expect((await change('disableModule', name, viewer)).errors?.[0]?.extensions.code).toBe(code)
  })
})

describe('the adoption pack', () => {
  const folder = temporaryFolder()
  const run = (...args: string[]) => runCommand('sovereign', args, { DATA_DIR: api.dataDir, SOVEREIGN_URL: api.url })

  it('is taken part by part: the configuration is written, targets set, modules enabled, and what is missing said', async () => {
    const out = `${folder}/wizard.json`
    const { exitCode, stdout, stderr } = await run('adopt', 'ai-configuration-wizard', '--out', out)
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Target of decision-traceability: 0.95.')
    expect(stdout).toContain('Enabled sales.')
    expect(stdout).toContain('Not in this release: module decisions.')
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ part: 'AI_CONFIGURATION_WIZARD', version: 1 })
    const { data } = await api.ask('manager', '{ metric(id: "graph-completeness") { target } }')
    expect(data.metric.target).toBe(0.85)
  })

  it('has no part of another name', async () => {
    const { exitCode, stderr } = await run('adopt', 'crystal-ball', '--out', `${folder}/none.json`)
    expect([exitCode, stderr.includes('AdoptionPartName')]).toEqual([1, true])
  })
})

describe('the compliance checklist', () => {
  it('tells of each item what answers it, and of what is open that it is', async () => {
    const { exitCode, stdout } = await runCommand('sovereign', ['compliance', 'checklist'], {
      DATA_DIR: api.dataDir,
      SOVEREIGN_URL: api.url,
    })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('[answered] every-use-is-recorded')
    expect(stdout).toMatch(/evidence DATA_ACCESSED: [0-9a-f-]{36} of 2026-11-02/)
    expect(stdout).toContain('[open] claims-have-sources')
    expect(stdout).toContain('metric decision-traceability: NOT_MEASURED_YET, missing: decisions')
    expect(stdout).toMatch(/\d+ of 14 answered, \d open\.\n$/)
  })
})
