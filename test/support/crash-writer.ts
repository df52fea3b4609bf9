// A process of its own for test/contract/embedded.test.ts: it writes to a store until it is killed, and says what was acknowledged.
import { openEmbedded } from '../../core/graph/embedded.ts'

const [file, first, expunging] = process.argv.slice(2)
const graph = await openEmbedded({ ...(file !== undefined && { file }), durability: 'disk' })

// Each unit writes a pair and counts it, so that half a unit or a wrong order would be seen.
async function writer(start: number, step: number): Promise<void> {
  for (let id = start; ; id += step) {
    await graph.write(async unit => {
      await unit.run('CREATE (:Written {id: $id})-[:PAIRED]->(:Partner {id: $id})', { id })
      await unit.run('MERGE (t:Total {id: 1}) SET t.count = coalesce(t.count, 0) + 1')
    })
    process.stdout.write(`${id}\n`)
  }
}

// Writes the files anew under the hands of the writers.
async function expunger(): Promise<void> {
  while (expunging !== undefined) await graph.expunge()
}

await Promise.all([expunger(), ...[0, 1, 2, 3].map(lane => writer(Number(first) + lane, 4))])
