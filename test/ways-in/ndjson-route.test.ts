// Records as a stream of JSON lines over HTTP: all of them accounted for, none read before the last are committed.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gate } from '../support/gate.ts'
import { aChat } from '../support/records.ts'
import { startApi, type TestApi } from '../support/start-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const line = (eventId: string, text = 'hello') => `${JSON.stringify(aChat(eventId, { message: { text } }))}\n`
const send = async (body: string | Buffer, { path = 'wecom-chat', headers = {}, viewer = 'service' } = {}) => {
  const response = await fetch(`${api.url}/ingest/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      authorization: `Bearer ${await api.tokenOf(viewer)}`,
      ...headers,
    },
    body,
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}
const codeOf = ({ body }: Awaited<ReturnType<typeof send>>) =>
  (body as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code
const reasonsOf = async (run: string) => {
  const found = await api.services.graph.read(
    'MATCH (d:DeadLetter {runId: $run}) RETURN d.place, d.reason ORDER BY d.place',
    { run },
  )
  return found.map(([place, reason]) => `${place} ${reason}`)
}

describe('a stream of records', () => {
  it('is taken in line by line, and told what came of it', async () => {
    const body = Array.from({ length: 1_200 }, (_, n) => line(`many-${n}`)).join('')
    const first = await send(`${body}\n${line('many-0')}`)
    expect(first).toMatchObject({
      status: 200,
      body: { sent: 1_201, accepted: 1_200, duplicates: 1, deadLetters: 0, position: 1_201 },
    })
    const [run] = await api.services.graph.read(
      'MATCH (r:IngestRun {id: $id}) RETURN r.accepted, r.duplicates, r.position',
      {
        id: String(first.body.run),
      },
    )
    expect(run).toEqual([1_200, 1, 1_201])
    expect((await send(body)).body).toMatchObject({ accepted: 0, duplicates: 1_200 })
  })

  it('is taken in packed, too', async () => {
    expect((await send(gzipSync(line('packed')), { headers: { 'content-encoding': 'gzip' } })).body).toMatchObject({
      accepted: 1,
    })
  })

  it('has a dead letter for each line that cannot be taken, and takes the others', async () => {
    const lines = [
      line('good-1'),
      'no json\n',
      '{"eventId": "a", "eventId": "b", "payload": {}}\n',
      `${'['.repeat(40)}${']'.repeat(40)}\n`,
      '{"eventId": "big", "payload": 1e999}\n',
      '{"payload": {}}\n',
      '[]\n',
      '{"eventId": "refused", "payload": {"__proto__": {"polluted": true}}}\n',
      '\n',
      line('good-2').trimEnd(),
    ]
    const broken = Buffer.from([0x22, 0xc3, 0x28, 0x22, 0x0a])
    const body = Buffer.concat([broken, Buffer.from('\uFEFF'), Buffer.from(lines.join(''))])
    const answer = await send(body, { path: 'wecom-chat?run=broken-lines' })
    expect(answer.body).toMatchObject({ sent: 10, accepted: 2, duplicates: 0, deadLetters: 8 })
    expect(await reasonsOf('broken-lines')).toEqual([
      'broken-lines:1 INVALID_UTF8',
      'broken-lines:3 INVALID_JSON',
      'broken-lines:4 DUPLICATE_KEY',
      'broken-lines:5 NESTED_TOO_DEEP',
      'broken-lines:6 NUMBER_TOO_LARGE',
      'broken-lines:7 NO_ENVELOPE',
      'broken-lines:8 NO_ENVELOPE',
      'broken-lines:9 SCHEMA',
    ])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('whose schema changes in its middle loses no line, and none of those before and behind', async () => {
    const changed = aChat('new-1').payload as { message: object }
    const renamed = JSON.stringify({
      eventId: 'new-1',
      payload: { ...changed, message: { ...changed.message, body: 'x' } },
    })
    const answer = await send(`${line('old-1')}${renamed}\n${line('old-2')}`, { path: 'wecom-chat?run=changed' })
    expect(answer.body).toMatchObject({ accepted: 2, deadLetters: 1 })
    expect(await reasonsOf('changed')).toEqual(['changed:2 SCHEMA'])
  })

  it('goes on where it was cut off, by its run and position', async () => {
    const path = (from: number) => `wecom-chat?run=cut-off&from=${from}`
    await send(line('c-1') + line('c-2'), { path: path(0) })
    expect((await send(line('c-3'), { path: path(2) })).body).toMatchObject({ position: 3, accepted: 1 })
    const [run] = await api.services.graph.read("MATCH (r:IngestRun {id: 'cut-off'}) RETURN r.accepted, r.position")
    expect(run).toEqual([3, 3])
  })

  it('of one line of two megabytes has one dead letter, and holds no more than a line', async () => {
    const answer = await send(`"${'x'.repeat(2_000_000)}"\n${line('after')}`, { path: 'wecom-chat?run=long' })
    expect(answer.body).toMatchObject({ accepted: 1, deadLetters: 1 })
    expect(await reasonsOf('long')).toEqual(['long:1 LINE_TOO_LONG'])
  })

  it.each([
    ['of more than 64 MB', Buffer.alloc(65 * 1024 * 1024, 0x20), {}],
    [
      'that unpacks to a hundred times its size',
      gzipSync(Buffer.alloc(20_000_000, 0x20)),
      { 'content-encoding': 'gzip' },
    ],
  ])('%s is refused', async (_, body, headers) => {
    const before = process.memoryUsage.rss()
    const answer = await send(body, { headers }).catch(() => undefined)
    // A sender that goes on after the refusal finds its connection closed.
    if (answer !== undefined) expect([answer.status, codeOf(answer)]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000)
    expect((await send(line(`after ${_}`))).status).toBe(200)
  })

  it.each([
    ['by nobody', { headers: { authorization: 'Bearer x' } }, 401, 'UNAUTHENTICATED'],
    ['by a seller', { viewer: 'rep' }, 403, 'FORBIDDEN'],
    ['by an operator', { viewer: 'operator' }, 403, 'FORBIDDEN'],
    ['of a source that nobody knows', { path: 'fax' }, 400, 'BAD_USER_INPUT'],
    ['from a place that is no number', { path: 'wecom-chat?from=x' }, 400, 'BAD_USER_INPUT'],
    ['of a run with another name', { path: 'wecom-chat?run=a%20b' }, 400, 'BAD_USER_INPUT'],
    ['that says gzip and is none', { headers: { 'content-encoding': 'gzip' } }, 400, 'BAD_USER_INPUT'],
    ['in another packing', { headers: { 'content-encoding': 'br' } }, 400, 'BAD_USER_INPUT'],
  ])('%s is refused', async (_, options, status, code) => {
    const answer = await send(line('refused'), options)
    expect([answer.status, codeOf(answer)]).toEqual([status, code])
  })

  it('is read no faster than it is committed', async () => {
    const [held, done] = [gate(), gate()]
    // Everything that writes waits behind this unit.
    const holding = api.services.graph.write(async () => {
      held.open()
      await done.opened
    })
    await held.opened
    const { hostname, port } = new URL(api.url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const body = Buffer.from(Array.from({ length: 4_000 }, (_, n) => line(`held-${n}`, 'x'.repeat(5_000))).join(''))
    const head = [
      'POST /ingest/wecom-chat?run=held HTTP/1.1',
      `host: ${hostname}`,
      `authorization: Bearer ${await api.tokenOf('service')}`,
      'content-type: application/x-ndjson',
      `content-length: ${body.length}`,
      'connection: close',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    socket.write(body)
    await pause(1_500)
    // Of twenty megabytes the server has taken one batch, and the buffers of the connection are full.
    expect(socket.writableLength).toBeGreaterThan(body.length / 4)
    done.open()
    await holding
    let answer = ''
    socket.on('data', chunk => (answer += String(chunk)))
    await once(socket, 'close')
    expect(answer).toContain('"accepted":4000')
  }, 120_000)
})
