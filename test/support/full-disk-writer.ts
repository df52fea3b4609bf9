// A process of its own for test/contract/embedded.test.ts, whose files may not grow beyond a limit: it writes until that is
// reached, and says as JSON what it met.
import { randomBytes } from 'node:crypto'
import type { ApiError } from '../../core/errors.ts'
import { openEmbedded } from '../../core/graph/embedded.ts'

const [file = ''] = process.argv.slice(2)
const graph = await openEmbedded({ file, durability: 'disk' })
const codeOf = (call: Promise<unknown>) => call.then(() => 'ok').catch((error: ApiError) => error.code)
const write = (text: string) => codeOf(graph.write(unit => unit.run('CREATE (:Mark {text: $text})', { text })))

let acknowledged = 0
let refusedWith: string
for (;;) {
  refusedWith = await write(randomBytes(3_000).toString('base64'))
  if (refusedWith !== 'ok') break
  acknowledged++
}
const report = {
  acknowledged,
  refusedWith,
  health: await codeOf(graph.health()),
  read: (await graph.read('MATCH (m:Mark) RETURN count(m)'))[0]?.[0],
  smallWrite: await write(''),
  healthAfterIt: await codeOf(graph.health()),
}
process.stdout.write(JSON.stringify(report))
// The checkpoint of a close may find no room either; the log holds everything.
await graph.close().catch(() => undefined)
