// `npm run dev:neo4j`: a Neo4j to develop against; it keeps its data and stops on Ctrl-C.
import { once } from 'node:events'
import { join } from 'node:path'
import { startNeo4j } from './neo4j-server.ts'

const server = await startNeo4j({
  home: join(import.meta.dirname, '../../.cache/neo4j/dev'),
  port: Number(process.env.PORT_BOLT ?? 7687),
})
process.stdout.write(`GRAPH_URL=${server.url} npm start\n`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await server.stop()
