// Each silo as its folder describes it: a schema, a mapping, an example that passes both, and events in the sample data.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCsv } from '../../commands/csv-rows.ts'
import { batchesOf, itemsOfCsv, requireFitting } from '../../commands/ingest.ts'
import { readMapping } from '../../commands/mapping-file.ts'
import { seedRecords, siloRecords } from '../../seeds/generate.ts'
import { sources } from '../../subgraphs/customers/sources/index.ts'

const FOLDER = join(import.meta.dirname, '../../subgraphs/customers/sources')
const folders = readdirSync(FOLDER, { withFileTypes: true }).filter(each => each.isDirectory())
const seeded = [...seedRecords(60), ...siloRecords(60)]

describe('the sources', () => {
  it('are the folders, each by its name', () => {
    expect([...sources.keys()].sort()).toEqual(folders.map(({ name }) => name).sort())
    expect(sources.size).toBe(20)
  })

  it.each([...sources.values()])('$name reads its example by its mapping', async source => {
    const mapping = await readMapping(source.name)
    const file = await openCsv(join(FOLDER, source.name, 'example.csv'))
    requireFitting(mapping, source.name, file)
    let read = 0
    for await (const { events, rejected } of batchesOf(itemsOfCsv(file, mapping), 10)) {
      expect(rejected).toEqual([])
      for (const { payload } of events) {
        expect(source.read(payload)).toMatchObject({ kind: 'accepted' })
        read += 1
      }
    }
    expect(read).toBe(1)
  })

  it.each([...sources.values()])('$name has events in the sample data, all of which it accepts', source => {
    const records = seeded.filter(record => record.source === source.name)
    expect(records.length).toBeGreaterThan(0)
    for (const { payload, eventId } of records) {
      expect(source.read(payload), eventId).toMatchObject({ kind: 'accepted' })
    }
    expect(new Set(records.map(({ eventId }) => eventId)).size).toBe(records.length)
  })
})
