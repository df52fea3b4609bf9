// `npm run dev:neo4j`: a Neo4j to develop against; it keeps its data and stops on Ctrl-C.
import { once } from 'node:events'
import { join } from 'node:path'
import { startNeo4j } from './neo4j-server.ts'

const server = await startNeo4j({
  home: join(import.meta.dirname, '../../.cache/neo4j/dev'),
  port: Number(process.env.PORT_BOLT ?? 7687),
})
// A data folder of its own: the log that is signed there has to be the one in this graph.
process.stdout.write(`export GRAPH_URL=${server.url} DATA_DIR=./data/neo4j\nnpm start\n`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await server.stop()
