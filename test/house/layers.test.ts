// Each rule about how code may be laid out is broken once on purpose, and must say so: a rule that never fails guards nothing.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const CONFIGURATION = [
  'package.json',
  'tsconfig.json',
  '.dependency-cruiser.cjs',
  'biome.json',
  'knip.json',
  '.gitignore',
]

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sovereign-layers-'))
  for (const file of CONFIGURATION) await cp(join(ROOT, file), join(folder, file))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
})
afterAll(() => rm(folder, { recursive: true }))

describe('dependency-cruiser', () => {
  /** What is allowed, and must not be reported. */
  const GOOD: Files = {
    'core/clock.ts': 'export const now = 1',
    'core/graph/graph.ts': 'export const graph = 1',
    'core/graph/neo4j.ts': "export * from 'neo4j-driver'",
    'core/graph/embedded.ts': "export * from '@grafeo-db/js'",
    'core/policy/shield.ts': "export * from 'graphql-shield'",
    'subgraphs/two/index.ts': "export { now } from '../../core/clock.ts'\nexport * from './thing-store.ts'",
    'subgraphs/two/thing-store.ts': "export * from '../../core/graph/graph.ts'",
    'subgraphs/two/rules.ts': "import { now } from '../../core/clock.ts'\nexport const later = now + 1",
    'gateway/server.ts': "export { now } from '../subgraphs/two/index.ts'",
    'seeds/load.ts': "export { now } from '../subgraphs/two/index.ts'",
    'commands/start.ts': "export * from '../gateway/server.ts'",
    'docs/frontend/mask.ts': 'export const mask = 1',
    'explorer/paths.ts': "export * from '../docs/frontend/mask.ts'",
    'explorer/editor.ts': "export { useState } from 'react'",
  }

  /** rule → files that break it. */
  const BAD: { readonly [rule: string]: Files } = {
    'no-circular': {
      'core/chicken.ts': "export * from './egg.ts'",
      'core/egg.ts': "export * from './chicken.ts'",
    },
    'subgraphs-stand-alone': {
      'subgraphs/one/by-index.ts': "export * from '../two/index.ts'",
      'subgraphs/one/by-file.ts': "export * from '../two/thing-store.ts'",
    },
    'core-knows-nobody': {
      'core/knows-a-subgraph.ts': "export * from '../subgraphs/two/index.ts'",
      'core/graph/knows-seeds.ts': "export const load = () => import('../../seeds/load.ts')",
    },
    'subgraph-by-its-index': {
      'gateway/reaches-in.ts': "export * from '../subgraphs/two/thing-store.ts'",
      'commands/reaches-in.ts': "export * from '../subgraphs/two/rules.ts'",
      'seeds/reaches-in.ts': "export * from '../subgraphs/two/rules.ts'",
    },
    'nothing-imports-the-gateway': {
      'subgraphs/one/knows-the-gateway.ts': "export * from '../../gateway/server.ts'",
      'seeds/knows-the-gateway.ts': "export * from '../gateway/server.ts'",
    },
    'explorer-is-a-client': {
      'explorer/reaches-in.ts': "export { now } from '../core/clock.ts'",
      'docs/frontend/reaches-in.ts': "export * from '../../core/graph/graph.ts'",
    },
    'nothing-imports-the-explorer': {
      'gateway/knows-the-explorer.ts': "export * from '../explorer/paths.ts'",
    },
    'react-behind-the-editor': {
      'explorer/page.tsx': "export { useState } from 'react'",
    },
    'driver-behind-port': {
      'core/graph/open.ts': "export * from 'neo4j-driver'",
      'subgraphs/one/driver-store.ts': "import driver from 'neo4j-driver'\nexport const session = driver.session",
    },
    'embedded-engine-behind-port': {
      'core/graph/opens-embedded.ts': "export * from '@grafeo-db/js'",
      'gateway/opens-embedded.ts': "export * from '@grafeo-db/js'",
    },
    'shield-behind-policy': {
      'gateway/guards.ts': "export * from 'graphql-shield'",
      'subgraphs/one/policy.ts': "export * from 'graphql-shield'",
    },
    'rules-are-pure': {
      'subgraphs/asks-its-store/rules.ts': "export * from './thing-store.ts'",
      'subgraphs/asks-its-store/thing-store.ts': 'export const things = 1',
      'subgraphs/asks-the-graph/rules.ts': "export * from '../../core/graph/graph.ts'",
      'subgraphs/reads-files/rules.ts': "export { readFileSync } from 'node:fs'",
      'subgraphs/reads-files-later/rules.ts': "export { readFile } from 'node:fs/promises'",
      'subgraphs/is-decorated/rules.ts': "export { Field } from 'type-graphql'",
    },
  }
  /** Files that a planted violation needs and that break nothing themselves; a circle is reported once. */
  const INNOCENT = ['subgraphs/asks-its-store/thing-store.ts', 'core/egg.ts']

  let reported: readonly string[]

  beforeAll(async () => {
    await write({ ...GOOD, ...Object.assign({}, ...Object.values(BAD)) })
    const { layers = '' } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')).scripts
    const [command, ...args] = layers.split(' ')
    expect(command).toBe('depcruise')
    const { stdout } = await run('dependency-cruiser/bin/dependency-cruise.mjs', [...args, '--output-type', 'json'])
    const { violations } = JSON.parse(stdout).summary
    reported = violations.map(({ rule, from }: { rule: { name: string }; from: string }) => `${rule.name}: ${from}`)
  })

  it.each(Object.entries(BAD))('reports what breaks %s, and nothing else', (rule, files) => {
    const expected = Object.keys(files).filter(file => !INNOCENT.includes(file))
    const broken = reported.filter(each => each.startsWith(`${rule}:`))
    expect([...new Set(broken)].sort()).toEqual(expected.map(file => `${rule}: ${file}`).sort())
  })

  it('has no rule without a planted violation', () => {
    const { forbidden } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs'))
    expect(forbidden.map(({ name }: { name: string }) => name)).toEqual(Object.keys(BAD))
    expect(forbidden.map(({ severity }: { severity: string }) => severity)).toEqual(forbidden.map(() => 'error'))
  })
})

describe('Biome', () => {
  it.each([
    [
      'noFloatingPromises',
      'core/floats.ts',
      'async function save(): Promise<void> {}\nexport function go(): void {\n  save()\n}\n',
    ],
    ['noProcessEnv', 'gateway/reads-env.ts', 'export const port = process.env.PORT\n'],
    ['noConsole', 'subgraphs/one/talks.ts', "console.log('hello')\n"],
    ['noExplicitAny', 'core/any.ts', 'export const value: any = 1\n'],
    ['noNonNullAssertion', 'core/bang.ts', 'export const first = (list: string[]): string => list[0]!\n'],
    ['useImportType', 'core/type.ts', "import { Stats } from 'node:fs'\nexport type Size = Pick<Stats, 'size'>\n"],
  ])('reports %s', async (rule, file, source) => {
    await write({ [file]: source })
    const { stdout, failed } = await run('@biomejs/biome/bin/biome', ['lint', '--reporter=github', file])
    expect(stdout).toContain(`/${rule}`)
    expect(failed).toBe(true)
  })

  it('lets the one module read the environment that may', async () => {
    await write({ 'core/config.ts': 'export const port = process.env.PORT\n' })
    const { stdout, failed } = await run('@biomejs/biome/bin/biome', ['lint', '--reporter=github', 'core/config.ts'])
    expect(stdout).not.toContain('noProcessEnv')
    expect(failed).toBe(false)
  })
})

describe('Knip', () => {
  it('reports an unused export and an unused file, and not what is used', async () => {
    await write({
      'gateway/main.ts': "import { used } from '../core/parts.ts'\nused()\n",
      'core/parts.ts': 'export const used = (): number => 1\nexport const unused = (): number => 2\n',
      'core/nobody.ts': 'export const lonely = 1\n',
    })
    const { stdout } = await run('knip/bin/knip.js', ['--reporter', 'json'])
    const { issues } = JSON.parse(stdout) as {
      issues: { file: string; files?: unknown[]; exports: { name: string }[] }[]
    }
    const of = (file: string) => issues.find(issue => issue.file === file)
    expect(of('core/parts.ts')?.exports.map(({ name }) => name)).toEqual(['unused'])
    expect(of('core/nobody.ts')?.files).toHaveLength(1)
  })
})

interface Files {
  readonly [path: string]: string
}

async function write(files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** Runs a tool of ours in the folder; a tool that reports something fails. */
function run(script: string, args: readonly string[]): Promise<{ readonly stdout: string; readonly failed: boolean }> {
  const file = join(ROOT, 'node_modules', script)
  return new Promise(resolve => {
    execFile(process.execPath, [file, ...args], { cwd: folder, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      resolve({ stdout, failed: error !== null }),
    )
  })
}
