// Whatever is sent, the answer is a catalogue error or a dead letter, nothing is half-written, and the process lives.
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openDevelopment, signToken } from '../../core/development.ts'
import { startApi, type TestApi, toAnswer } from '../support/start-api.ts'

const INGEST = `mutation Ingest($input: IngestInput!, $idempotencyKey: String!) {
  ingest(input: $input, idempotencyKey: $idempotencyKey) { accepted duplicates deadLetters evidenceEntryId }
}`
const LETTERS = 'query { deadLetters(first: 100) { edges { node { eventId reason detail } } } }'
const PURPOSES = 'query { purposes { purpose } }'

let api: TestApi
beforeAll(async () => {
  api = await startApi({ customers: 4 })
})
afterAll(() => api.close())
afterEach(async () => {
  expect((await fetch(`${api.url}/ready`)).status).toBe(200)
})

const chat = (eventId: string, change: object = {}) => ({
  eventId,
  payload: {
    customer: { number: 'T-1', region: 'EU-DE' },
    message: { occurredAt: '2026-10-01T10:00:00Z', text: 'hello' },
    ...change,
  },
})
let runs = 0
const send = (source: string, events: readonly unknown[]) =>
  api.ask('service', INGEST, { variables: { input: { source, events }, idempotencyKey: `run-${runs++}` } })
const letterOf = async (eventId: string) => {
  const { data } = await api.ask('operator', LETTERS)
  const edges: { node: { eventId: string; reason: string; detail: string } }[] = data.deadLetters.edges
  return edges.map(edge => edge.node).find(node => node.eventId === eventId)
}

describe('records', () => {
  it('of an unknown source are refused as a whole, with the sources that exist', async () => {
    const { errors } = await send('fax', [chat('x')])
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(errors[0]?.message).toContain('call, competitor-move, competitor-product, crm-account')
  })

  it.each([
    ['a wrong type', { message: { occurredAt: '2026-10-01T10:00:00Z', text: 42 } }, 'SCHEMA', 'message.text'],
    ['no customer', { customer: undefined }, 'SCHEMA', 'customer'],
    ['a field that nobody knows', { extra: 1 }, 'SCHEMA', 'extra'],
    [
      'a time without a zone',
      { message: { occurredAt: '2026-10-01 10:00', text: 'x' } },
      'SCHEMA',
      'message.occurredAt',
    ],
    [
      'a time before the telephone',
      { message: { occurredAt: '1066-10-14T09:00:00Z', text: 'x' } },
      'SCHEMA',
      'after 1989',
    ],
    ['a time that has not come', { message: { occurredAt: '2031-01-01T00:00:00Z', text: 'x' } }, 'TIME', 'has passed'],
    [
      'half a surrogate pair',
      { message: { occurredAt: '2026-10-01T10:00:00Z', text: '\ud83d' } },
      'SCHEMA',
      'message.text',
    ],
    [
      'too long a text',
      { message: { occurredAt: '2026-10-01T10:00:00Z', text: 'x'.repeat(20_001) } },
      'SCHEMA',
      '20000',
    ],
  ])('with %s become dead letters that say what was expected', async (name, change, reason, detail) => {
    const eventId = `bad ${name}`
    const { data } = await send('wecom-chat', [chat(eventId, change), chat(`good beside ${name}`)])
    expect(data.ingest).toMatchObject({ accepted: 1, duplicates: 0, deadLetters: 1 })
    const letter = await letterOf(eventId)
    expect(letter?.reason).toBe(reason)
    expect(letter?.detail).toContain(detail)
  })

  it('are duplicates when sent again, and dead letters CONFLICT with other content', async () => {
    await send('wecom-chat', [chat('twice')])
    const again = await send('wecom-chat', [chat('twice')])
    expect(again.data.ingest).toMatchObject({ accepted: 0, duplicates: 1, deadLetters: 0 })
    const other = await send('wecom-chat', [
      chat('twice', { message: { occurredAt: '2026-10-01T10:00:00Z', text: 'bye' } }),
    ])
    expect(other.data.ingest).toMatchObject({ accepted: 0, duplicates: 0, deadLetters: 1 })
    expect(await letterOf('twice')).toMatchObject({ reason: 'CONFLICT' })
  })

  it('beyond a thousand in one request are refused', async () => {
    const { errors } = await send(
      'wecom-chat',
      Array.from({ length: 1_001 }, (_, index) => chat(`many ${index}`)),
    )
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('do not let a letter quote the value that was refused', async () => {
    const secret = { customer: { number: 'T-1', region: 'EU-DE', phone: 'call-me-on-canary' } }
    await send('wecom-chat', [chat('secret', secret)])
    const { text } = await api.ask('operator', LETTERS)
    expect(text).toContain('customer.phone')
    expect(text).not.toContain('canary')
  })
})

describe('a request body', () => {
  const post = async (body: string | Buffer, type = 'application/json', headers = {}) => {
    const authorization = `Bearer ${await api.tokenOf('service')}`
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type, authorization, ...headers },
      body,
    })
    return { ...(await toAnswer(response)), requestId: response.headers.get('x-request-id') }
  }

  it('of 10 MB is refused before it is read', async () => {
    const answer = await post(JSON.stringify({ query: PURPOSES, variables: { text: 'x'.repeat(10_000_000) } }))
    expect(answer).toMatchObject({ status: 413, errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] })
    expect(answer.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each([
    ['that is no JSON', '{"query": '],
    ['that is no UTF-8', Buffer.concat([Buffer.from('{"query":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')])],
    ['that reaches for the prototype', '{"query": "{ purposes { purpose } }", "__proto__": {"admin": true}}'],
    ['that is empty', ''],
    ['that holds no query', '{}'],
    ['that is a batch', '[{"query": "{ purposes { purpose } }"}]'],
  ])('%s is answered with BAD_USER_INPUT', async (_name, body) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it.each([
    ['that is no document', '{"query": "{ purposes { "}'],
    ['that names an unknown field', '{"query": "{ purposes { nothing } }"}'],
    ['without the operation that is named', '{"query": "query A { purposes { purpose } }", "operationName": "B"}'],
    ['of two operations, none of them named', '{"query": "query A { __typename } query B { __typename }"}'],
    ['with thousands of tokens', JSON.stringify({ query: `{ ${'purposes { purpose } '.repeat(700)} }` })],
  ])(
    'with a document %s is answered with BAD_USER_INPUT, and with the status that the media type asks for',
    async (_name, body) => {
      for (const [accept, status] of [
        ['*/*', 200],
        ['application/json', 200],
        ['application/graphql-response+json', 400],
      ] as const) {
        const answer = await post(body, 'application/json', { accept })
        expect(answer.status).toBe(status)
        expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
      }
    },
  )

  it('in another media type is refused', async () => {
    expect((await post('query=%7Bpurposes%7D', 'application/x-www-form-urlencoded')).status).toBeGreaterThanOrEqual(400)
    expect((await post(JSON.stringify({ query: PURPOSES }), 'text/plain')).status).toBeGreaterThanOrEqual(400)
  })
})

describe('a purpose', () => {
  const CUSTOMERS = 'query { customers(first: 1) { edges { node { id } } } }'

  it('that nobody knows is refused with those that exist', async () => {
    const answer = await api.ask('rep', CUSTOMERS, { purpose: 'CURIOSITY' })
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    expect(answer.errors[0]?.message).toContain('SALES_FOLLOW_UP')
  })

  it('that the role is not granted is refused', async () => {
    const answer = await api.ask('rep', CUSTOMERS, { purpose: 'COMPLIANCE_AUDIT' })
    expect(answer).toMatchObject({ status: 403, errors: [{ extensions: { code: 'PURPOSE_NOT_GRANTED' } }] })
  })

  it('that the key does not hold is refused even where the role has it', async () => {
    const development = await openDevelopment(api.dataDir)
    const claims = { kind: 'REP', id: 'somebody', purposes: ['SERVICE_DELIVERY'] } as const
    const issuedAt = Math.floor(Date.parse(api.clock.now()) / 1000)
    const token = await signToken(development, claims, { audience: 'sovereign-graph', expiresInSeconds: 60, issuedAt })
    const headers = { authorization: `Bearer ${token}`, 'x-purpose': 'SALES_FOLLOW_UP' }
    expect((await toAnswer(await api.post({ query: CUSTOMERS }, headers))).status).toBe(403)
  })

  it('that is not stated gives no personal data', async () => {
    const answer = await api.ask('rep', CUSTOMERS, { purpose: null })
    expect(answer.data).toEqual({ customers: null })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'PURPOSE_REQUIRED' } }])
  })
})

describe('a token', () => {
  const now = () => Math.floor(Date.parse(api.clock.now()) / 1000)
  const asked = async (authorization: string | undefined) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
    const response = await api.post({ query: PURPOSES }, headers)
    return { ...(await toAnswer(response)), challenge: response.headers.get('www-authenticate') }
  }
  const claims = { kind: 'OPERATOR' }
  const forged = async (change: (jwt: SignJWT) => SignJWT = jwt => jwt) => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('x')
      .setIssuer('sovereign-graph-development')
      .setAudience('sovereign-graph')
      .setIssuedAt(now())
      .setExpirationTime(now() + 60)
    return change(jwt).sign(privateKey)
  }
  const genuine = async (options: { audience?: string; issuer?: string; expiresInSeconds?: number }) =>
    signToken(await openDevelopment(api.dataDir), 'operator', {
      audience: 'sovereign-graph',
      expiresInSeconds: 60,
      issuedAt: now(),
      ...options,
    })

  it.each([
    ['that is missing', async () => undefined],
    ['of another scheme', async () => 'Basic b3BlcmF0b3I6eA=='],
    ['signed with another key', async () => `Bearer ${await forged()}`],
    [
      'with alg none',
      async () =>
        `Bearer ${new UnsecuredJWT(claims)
          .setSubject('x')
          .setIssuer('sovereign-graph-development')
          .setAudience('sovereign-graph')
          .setIssuedAt()
          .setExpirationTime('1h')
          .encode()}`,
    ],
    [
      'signed by the public key as a shared secret',
      async () => {
        const { publicJwk } = await openDevelopment(api.dataDir)
        const jwt = new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject('x')
          .setIssuer('sovereign-graph-development')
        return `Bearer ${await jwt
          .setAudience('sovereign-graph')
          .setIssuedAt(now())
          .setExpirationTime(now() + 60)
          .sign(Buffer.from(publicJwk.x, 'base64url'))}`
      },
    ],
    ['that has expired', async () => `Bearer ${await genuine({ expiresInSeconds: -1 })}`],
    ['for another audience', async () => `Bearer ${await genuine({ audience: 'somebody-else' })}`],
    ['of another issuer', async () => `Bearer ${await genuine({ issuer: 'somebody-else' })}`],
    [
      'with a changed byte',
      async () => `Bearer ${(await genuine({})).replace(/.$/, last => (last === 'A' ? 'B' : 'A'))}x`,
    ],
    ['that is a key nobody made', async () => `Bearer sg_0123456789ab_${'a'.repeat(43)}`],
    ['that is half a key', async () => `Bearer ${(await api.tokenOf('partner')).slice(0, -10)}`],
    ['of ten thousand characters', async () => `Bearer ${'a'.repeat(10_000)}`],
  ])('%s is refused with one and the same answer', async (_name, authorization) => {
    const answer = await asked(await authorization())
    expect(answer.status).toBe(401)
    expect(answer.challenge).toBe('Bearer')
    expect(answer.errors).toMatchObject([
      {
        message: 'No valid token or API key. Expected: the header "authorization: Bearer <JWT or API key>".',
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ])
    expect(answer.data).toBeNull()
  })

  it('of a development viewer is accepted, so that the refusals above refuse for their reason', async () => {
    expect((await asked(`Bearer ${await genuine({})}`)).status).toBe(200)
    expect((await asked(`Bearer ${await api.tokenOf('partner')}`)).status).toBe(200)
  })
})

describe('a page', () => {
  const TIMELINE = `query ($id: ID!, $first: Int, $after: String) {
    customer(id: $id) { timeline(first: $first, after: $after) { pageInfo { endCursor } edges { node { id } } } }
  }`
  const customersOf = async () => {
    const { data } = await api.ask('auditor', 'query { customers { edges { cursor node { id } } } }')
    return data.customers.edges as { cursor: string; node: { id: string } }[]
  }

  it('is refused for the cursor of another list, of another customer, and for a changed one', async () => {
    const [first, second] = await customersOf()
    const variables = { id: first?.node.id, first: 1 }
    const { data } = await api.ask('auditor', TIMELINE, { variables })
    const cursor: string = data.customer.timeline.pageInfo.endCursor
    const attempts = [
      { ...variables, after: first?.cursor },
      { ...variables, id: second?.node.id, after: cursor },
      { ...variables, after: `${cursor}x` },
      { ...variables, after: 'nonsense' },
      { ...variables, after: '' },
    ]
    for (const attempt of attempts) {
      const answer = await api.ask('auditor', TIMELINE, { variables: attempt })
      expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
    expect((await api.ask('auditor', TIMELINE, { variables: { ...variables, after: cursor } })).errors).toEqual([])
  })

  it.each([0, -1, 101, 2_000_000_000])('of %i is refused', async first => {
    const [customer] = await customersOf()
    const answer = await api.ask('auditor', TIMELINE, { variables: { id: customer?.node.id, first } })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

describe('a document', () => {
  const nested = (times: number) =>
    `{ interactions { edges { node { ${'customer { timeline { edges { node { '.repeat(times)} id ${'} } } } '.repeat(times)} } } } }`

  it('that nests list in list in list is refused before it is executed, and one that nests them once is not', async () => {
    const answer = await api.ask('auditor', nested(3))
    expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    expect(answer.errors[0]?.message).toContain('12 levels')
    expect((await api.ask('auditor', nested(1))).errors).toEqual([])
  })
})

describe('a consent', () => {
  const GIVE = `mutation ($input: ConsentInput!, $key: String!) {
    giveConsent(input: $input, idempotencyKey: $key) { evidenceEntryId }
  }`

  it.each([
    ["to a purpose that is not the customer's to give", { purpose: 'COMPLIANCE_AUDIT' }],
    ['to sharing with nobody in particular', { purpose: 'PARTNER_SHARING' }],
    ['to a purpose of the company towards a partner', { purpose: 'MARKETING', recipient: 'p' }],
    ['to a purpose that does not exist', { purpose: 'WORLD_PEACE' }],
  ])('%s is refused', async (_name, input) => {
    const answer = await api.ask('subject', GIVE, { variables: { input, key: 'k' } })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('with the key of another change is a conflict', async () => {
    await api.ask('subject', GIVE, { variables: { input: { purpose: 'MARKETING' }, key: 'reused' } })
    const other = await api.ask('subject', GIVE, { variables: { input: { purpose: 'ANALYTICS' }, key: 'reused' } })
    expect(other.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }])
  })

  it('without a key is refused', async () => {
    const answer = await api.ask('subject', GIVE, { variables: { input: { purpose: 'MARKETING' }, key: '' } })
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
