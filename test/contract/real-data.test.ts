// Real files through the real command into each engine.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../core/config.ts'
import type { Graph } from '../../core/graph/graph.ts'
import { type Server, startServer } from '../../gateway/server.ts'
import { runCommand } from '../commands/run-command.ts'
import { describeOnEngines } from './engines.ts'

const realData = process.env.REAL_DATA_DIR

const COUNTS = `
CALL () { MATCH (c:Customer) RETURN count(c) AS customers }
CALL () { MATCH (a:Account) RETURN count(a) AS accounts }
CALL () { MATCH (r:SourceRecord) RETURN count(r) AS records }
CALL () { MATCH (i:Interaction) RETURN count(i) AS interactions }
CALL () { MATCH (o:Opportunity) RETURN count(o) AS opportunities }
CALL () { MATCH (p:Product) RETURN count(p) AS products }
CALL () { MATCH (d:DeadLetter) RETURN count(d) AS letters }
RETURN customers, accounts, records, interactions, opportunities, products, letters`

describeOnEngines('real data', openGraph => {
  describe.skipIf(realData === undefined)(
    realData === undefined ? 'skipped: REAL_DATA_DIR is not set' : 'of files',
    () => {
      let graph: Graph
      let server: Server
      let dataDir: string

      beforeAll(async () => {
        dataDir = await mkdtemp(join(tmpdir(), 'sovereign-graph-'))
        graph = await openGraph()
        const config = readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' })
        server = await startServer(config, { graph })
      })
      afterAll(async () => {
        await server.close()
        await rm(dataDir, { recursive: true, force: true })
      })

      const ingest = async (file: string, source: string, mapping: string) => {
        const args = ['ingest', file, '--source', source, '--mapping', mapping]
        const { stdout } = await runCommand('sovereign', args, { DATA_DIR: dataDir, SOVEREIGN_URL: server.url })
        await server.delivery.settle()
        return JSON.parse(stdout)
      }
      const crm = (name: string) => join(realData ?? '', 'crm_sales_opportunities', name)
      const bank = () => join(realData ?? '', 'uci_bank_marketing', 'bank_additional_10pct.csv')

      it('makes of each CRM account an Account and a Customer, and mends "technolgy"', async () => {
        const tally = await ingest(crm('accounts.csv'), 'crm-account', 'crm-accounts')
        expect(tally).toEqual({ sent: 85, accepted: 85, duplicates: 0, deadLetters: 0 })
        expect(await graph.read(COUNTS)).toEqual([[85, 85, 85, 0, 0, 0, 0]])
        const [[technology] = []] = await graph.read(`MATCH (a:Account {sector: 'technology'}) RETURN count(a)`)
        expect(technology).toBe(12)
      })

      it('makes of each CRM deal an opportunity of that customer, and mends "GTXPro"', async () => {
        const tally = await ingest(crm('sales_pipeline.csv'), 'crm-deal', 'crm-pipeline')
        expect(tally).toEqual({ sent: 6711, accepted: 6711, duplicates: 0, deadLetters: 0 })
        expect(await graph.read(COUNTS)).toEqual([[85, 85, 6796, 0, 6711, 7, 0]])
        const rows = await graph.read('MATCH (o:Opportunity) RETURN o.stage, count(o) ORDER BY o.stage')
        expect(rows).toEqual([
          ['LOST', 2473],
          ['WON', 4238],
        ])
        expect(await graph.read(`MATCH (p:Product {name: 'GTXPro'}) RETURN p.id`)).toEqual([])
      })

      it('makes of each bank call an interaction of a customer of its own', async () => {
        const tally = await ingest(bank(), 'call', 'bank-calls')
        expect(tally).toEqual({ sent: 4119, accepted: 4119, duplicates: 0, deadLetters: 0 })
        expect(await graph.read(COUNTS)).toEqual([[4204, 85, 10915, 4119, 6711, 7, 0]])
      })

      it('changes nothing when the same files come again', async () => {
        const again = [
          await ingest(crm('accounts.csv'), 'crm-account', 'crm-accounts'),
          await ingest(bank(), 'call', 'bank-calls'),
        ]
        expect(again.map(tally => [tally.accepted, tally.duplicates, tally.deadLetters])).toEqual([
          [0, 85, 0],
          [0, 4119, 0],
        ])
        expect(await graph.read(COUNTS)).toEqual([[4204, 85, 10915, 4119, 6711, 7, 0]])
      })

      it('keeps what the mapping cannot mend, and the same row with other content, as dead letters with the reason', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'sovereign-graph-'))
        const file = join(folder, 'accounts.csv')
        await cp(crm('accounts.csv'), file)
        const [header, first = '', ...rest] = (await readFile(file, 'utf8')).split('\n')
        const changed = [header, first.replace('technolgy', 'retail'), rest[0]?.replace('medical', 'medcal')]
        await writeFile(file, changed.join('\n'))
        const tally = await ingest(file, 'crm-account', 'crm-accounts')
        await rm(folder, { recursive: true })
        expect(tally).toEqual({ sent: 2, accepted: 0, duplicates: 0, deadLetters: 2 })
        const letters = await graph.read(
          'MATCH (d:DeadLetter) RETURN d.eventId, d.place, d.reason, d.detail ORDER BY d.eventId',
        )
        expect(letters).toEqual([
          ['accounts.csv:1', 'accounts.csv:1', 'CONFLICT', 'the same event id was accepted with other content'],
          ['accounts.csv:2', 'accounts.csv:2', 'SCHEMA', expect.stringMatching(/^account\.sector: Invalid option/)],
        ])
      })
    },
  )
})
