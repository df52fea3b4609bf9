// A process of its own for test/contract/crash.test.ts: it goes on with a load until that is done or until it is killed.
import { join } from 'node:path'
import { deliveryOf } from '../../core/events/delivery.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'
import { randomIds } from '../../core/ids.ts'
import { consumers } from '../../gateway/subgraphs.ts'
import { load } from './load.ts'
import { NOW, openServices } from './services.ts'

const [folder = '', events, size, minutes] = process.argv.slice(2)
const graph = await openEmbedded({ file: join(folder, 'graph.grafeo'), durability: 'disk' })
const services = await openServices(graph, randomIds, folder)
// The leases of the process that was killed before this one have run out.
services.clock.set(new Date(Date.parse(NOW) + Number(minutes) * 60_000).toISOString())
const delivery = deliveryOf(services, consumers, {
  failed: (consumer, { sequence }, code) => process.stderr.write(`${consumer} failed at event ${sequence}: ${code}\n`),
})
await load(services, delivery, { events: Number(events), size: Number(size) }, batch => {
  process.stdout.write(`${batch}\n`)
})
await delivery.stop()
await services.close()
await graph.close()
process.stdout.write('done\n')
