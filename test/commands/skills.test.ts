import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { openCsv } from '../../commands/csv-rows.ts'
import { readTaxonomy } from '../../commands/taxonomy.ts'
import { startApi, type TestApi } from '../support/start-api.ts'
import { runCommand } from './run-command.ts'

const ESCO = `isco08_code,skill_uri,skill_label,skill_type,broader_uri,skill_label_zh
5221,http://data.europa.eu/esco/skill/b,carry out order intake,essential,http://data.europa.eu/esco/skill/a,
5221,http://data.europa.eu/esco/skill/a,sell,essential,,销售
5222,http://data.europa.eu/esco/skill/a,sell,optional,,销售
`
const SOFTWARE = `O*NET-SOC Code,Example,Commodity Code,Commodity Title,Hot Technology,In Demand
11-2011.00,Adobe Acrobat,43232202,Document management software,Y,N
11-2022.00,Adobe Acrobat,43232202,Document management software,Y,N
`

describe('skills import', () => {
  let api: TestApi
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api.close())

  const command = async (name: string, text: string) => {
    const path = join(api.dataDir, name)
    await writeFile(path, text)
    const { exitCode, stdout, stderr } = await runCommand('sovereign', ['skills', 'import', path], {
      DATA_DIR: api.dataDir,
      SOVEREIGN_URL: api.url,
      SOVEREIGN_TOKEN: await api.tokenOf('service'),
    })
    return { exitCode, stderr, tally: stdout === '' ? undefined : JSON.parse(stdout) }
  }

  it('takes in each skill once, with its identifier, labels and what it is a part of', async () => {
    expect(await command('esco.csv', ESCO)).toMatchObject({
      exitCode: 0,
      tally: { added: 2, changed: 0, unchanged: 0 },
    })
    expect(await command('onet.csv', SOFTWARE)).toMatchObject({ exitCode: 0, tally: { added: 2 } })
    const skills = `query Skills($text: String) { skills(filter: { text: $text }) {
      edges { node { uri scheme labelEn labelZh broader { uri } narrower { edges { node { uri } } } } } } }`
    const found = async (text: string) => (await api.ask('rep', skills, { variables: { text } })).data.skills.edges
    expect(await found('销售')).toEqual([
      {
        node: {
          uri: 'http://data.europa.eu/esco/skill/a',
          scheme: 'ESCO',
          labelEn: 'sell',
          labelZh: '销售',
          broader: [],
          narrower: { edges: [{ node: { uri: 'http://data.europa.eu/esco/skill/b' } }] },
        },
      },
    ])
    expect(await found('ACROBAT')).toMatchObject([
      { node: { uri: 'urn:onet:software:adobe%20acrobat', broader: [{ uri: 'urn:unspsc:43232202' }] } },
    ])
  })

  it('changes nothing when a file is sent again, in whatever order', async () => {
    const [header, ...rows] = ESCO.trim().split('\n')
    const turned = `${[header, ...rows.toReversed()].join('\n')}\n`
    expect((await command('turned.csv', turned)).tally).toMatchObject({ added: 0, changed: 0, unchanged: 2 })
  })

  it('refuses a file of other columns, and says which it expected', async () => {
    const { exitCode, stderr } = await command('other.csv', 'a,b\n1,2\n')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('Expected the columns skill_uri, skill_label; or Example')
  })
})

test('the public files of ESCO and O*NET are read whole', async ({ skip }) => {
  const folder = process.env.REAL_DATA_DIR
  if (folder === undefined) return skip('REAL_DATA_DIR is not set')
  const read = async (name: string) => readTaxonomy(await openCsv(join(folder, 'onet_esco_skills', name)))
  const esco = await read('esco_isco_skills.csv')
  expect(esco).toHaveLength(1231)
  expect(esco.every(({ uri }) => uri.startsWith('http://data.europa.eu/esco/skill/'))).toBe(true)
  const software = await read('onet_technology_skills.csv')
  const commodities = software.filter(({ broader }) => broader.length === 0)
  expect([commodities.length, software.length]).toEqual([101, 1507])
})
