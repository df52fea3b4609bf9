// The mappings on the public data sets that they are for. REAL_DATA_DIR names the folder that holds them.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openCsv } from '../../commands/csv-rows.ts'
import { batchesOf, itemsOfCsv, requireFitting } from '../../commands/ingest.ts'
import { readMapping } from '../../commands/mapping-file.ts'
import { sources } from '../../subgraphs/customers/sources/index.ts'

const folder = process.env.REAL_DATA_DIR

interface Count {
  events: number
  rejected: number
  refusedBySource: number
  customers: number
}

async function countOf(mappingName: string, path: string): Promise<Count> {
  const mapping = await readMapping(mappingName)
  const file = await openCsv(path)
  requireFitting(mapping, mapping.source, file)
  const source = sources.get(mapping.source)
  if (source === undefined) throw new Error(`no source ${mapping.source}`)
  const customers = new Set<string>()
  const count = { events: 0, rejected: 0, refusedBySource: 0 }
  for await (const { events, rejected } of batchesOf(itemsOfCsv(file, mapping), 1_000)) {
    count.events += events.length
    count.rejected += rejected.length
    for (const { payload } of events) {
      const read = source.read(payload)
      if (read.kind === 'refused') count.refusedBySource += 1
      else customers.add(read.facts.customer?.number ?? '')
    }
  }
  return { ...count, customers: customers.size }
}

describe('Each row of the real data is a record of its source', () => {
  test.for<[string, string, Count]>([
    [
      'crm-accounts',
      'crm_sales_opportunities/accounts.csv',
      { events: 85, rejected: 0, refusedBySource: 0, customers: 85 },
    ],
    [
      'crm-pipeline',
      'crm_sales_opportunities/sales_pipeline.csv',
      { events: 6711, rejected: 0, refusedBySource: 0, customers: 85 },
    ],
    [
      'bank-calls',
      'uci_bank_marketing/bank_additional_10pct.csv',
      { events: 4119, rejected: 0, refusedBySource: 0, customers: 4119 },
    ],
  ])('%s', async ([mapping, path, expected], { skip }) => {
    if (folder === undefined) return skip('REAL_DATA_DIR is not set')
    expect(await countOf(mapping, join(folder, path))).toEqual(expected)
  })
})
