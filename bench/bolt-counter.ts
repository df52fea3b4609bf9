// Stands between a driver and its server and counts: how often the client waited for an answer, and what the server sent.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { Own } from './harness.ts'

export interface BoltCounter {
  /** Connects without routing, which would lead the driver past this counter. */
  readonly url: string
  /** What one task cost. */
  count(task: () => Promise<unknown>): Promise<{ readonly turnarounds: number; readonly bytes: number }>
}

export async function openBoltCounter(own: Own, serverUrl: string): Promise<BoltCounter> {
  const { hostname, port } = new URL(serverUrl)
  let turnarounds = 0
  let bytes = 0
  const sockets = new Set<Socket>()
  const listener = createServer(client => {
    const server = connect(Number(port), hostname)
    let clientSpokeLast = false
    client.on('data', () => {
      if (!clientSpokeLast) turnarounds++
      clientSpokeLast = true
    })
    server.on('data', chunk => {
      clientSpokeLast = false
      bytes += chunk.length
    })
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
    client.pipe(server).pipe(client)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  own(() => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('No free port.')
  return {
    url: `bolt://127.0.0.1:${address.port}`,
    count: async task => {
      // Connecting takes turns of its own.
      await task()
      turnarounds = 0
      bytes = 0
      await task()
      return { turnarounds, bytes }
    },
  }
}
