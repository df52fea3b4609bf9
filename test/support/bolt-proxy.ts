// A loopback proxy between the driver and Neo4j that keeps what the driver says, counts how often it waits for an answer one after
// the other, and can lose a connection at a chosen message.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface BoltProxy {
  readonly url: string
  /** The messages of the driver since the last call, as text of one character a byte. */
  said(): string
  /** How many answers the driver waited for one after the other since the last call; waits on several connections at once are one. */
  turnarounds(): number
  /** Passes the next COMMIT on to the server and then loses the connection, so that nobody hears the answer. */
  loseNextCommit(): void
  /** Loses the connection at the next RUN instead of passing it on. */
  loseNextRun(): void
  close(): Promise<void>
}

// A message is a chunk whose length comes first: COMMIT is the structure 0x12 without fields, RUN the structure 0x10 with three.
const COMMIT = '\x00\x02\xb0\x12'
const RUN = '\xb3\x10'

export async function boltProxy(server: string): Promise<BoltProxy> {
  const { hostname, port } = new URL(server)
  let said = ''
  let answered = 0
  let lose: { at: string; afterwards: boolean } | undefined
  const sockets = new Set<Socket>()

  const proxy = createServer(driver => {
    const upstream = connect(Number(port), hostname)
    const both = [driver, upstream]
    for (const socket of both) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        for (const end of both) end.destroy()
      })
    }
    let isLost = false
    // What is asked after an answer has come, on whichever connection, may rest on it.
    let asked: number | undefined
    upstream.on('data', data => {
      answered = Math.max(answered, asked ?? 0)
      asked = undefined
      if (!isLost) driver.write(data)
    })
    driver.on('data', data => {
      asked ??= answered + 1
      const text = data.toString('latin1')
      said += text
      if (lose === undefined || !text.includes(lose.at)) return void upstream.write(data)
      isLost = true
      // The answer of the server, swallowed here, says that it has done its work.
      if (lose.afterwards) upstream.once('data', () => driver.destroy()).write(data)
      else driver.destroy()
      lose = undefined
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')

  return {
    // Not neo4j://, whose routing table would send the driver past the proxy.
    url: `bolt://127.0.0.1:${address.port}`,
    said: () => {
      const all = said
      said = ''
      return all
    },
    turnarounds: () => {
      const waits = answered
      answered = 0
      return waits
    },
    loseNextCommit: () => {
      lose = { at: COMMIT, afterwards: true }
    },
    loseNextRun: () => {
      lose = { at: RUN, afterwards: false }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
