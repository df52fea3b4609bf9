// What the customers subgraph holds of a customer, deleted. It comes last of all parts: the others find theirs by the customer.
import { countIn, type SubjectEraser } from '../../core/erasure/eraser.ts'
import { ApiError } from '../../core/errors.ts'
import type { Row, UnitOfWork } from '../../core/graph/graph.ts'
import type { SealedTexts } from '../../core/sealed-texts.ts'
import { openPayload } from './dead-letter-store.ts'
import { personsOf } from './identity/person-store.ts'
import { takeApart } from './identity/persons.ts'
import { forgetReviews } from './identity/review-store.ts'
import { identifiersIn, isAbout, type RecordTrace } from './traces.ts'

const CUSTOMER = `
MATCH (c:Customer {id: $customerId})
RETURN c.number, c.name, c.phone, c.email, c.weComId`

const RECORDS = `
MATCH (c:Customer {id: $customerId})<-[:IDENTIFIES]-(r:SourceRecord)
RETURN r.source, r.eventId, r.payload`

const DEAD_LETTERS = `
MATCH (d:DeadLetter)
WHERE d.id > $afterId
RETURN d.id, d.source, d.eventId, d.runId, d.sealed
ORDER BY d.id LIMIT $limit`

const DELETE_DEAD_LETTERS = `
UNWIND $ids AS wanted
MATCH (d:DeadLetter {id: wanted})
DETACH DELETE d`

const DELETE_INTERACTIONS = `
MATCH (c:Customer {id: $customerId})-[:IN_PERIOD]->(:Period)-[:HAD]->(i:Interaction)
DETACH DELETE i
RETURN count(*)`

const DELETE_PERIODS = `
MATCH (c:Customer {id: $customerId})-[:IN_PERIOD]->(p:Period)
DETACH DELETE p
RETURN count(*)`

const DELETE_RECORDS = `
MATCH (c:Customer {id: $customerId})<-[:IDENTIFIES]-(r:SourceRecord)
DETACH DELETE r
RETURN count(*)`

const LEAVE_ACCOUNT = `
MATCH (c:Customer {id: $customerId})-[membership:MEMBER_OF]->(:Account)
DELETE membership`

const LEAVE_SELLER = `
MATCH (c:Customer {id: $customerId})<-[ownership:OWNS]-(:Seller)
DELETE ownership`

const WHAT_HANGS_ON = `
MATCH (c:Customer {id: $customerId})--(other)
RETURN count(*)`

const DELETE_CUSTOMER = `
MATCH (c:Customer {id: $customerId})
DELETE c
RETURN count(*)`

const PAGE = 500

export const customersEraser: SubjectEraser = {
  part: 'customers',
  erase: async (unit, customerId, { sealedTexts }) => {
    const [customer] = await unit.run(CUSTOMER, { customerId })
    const records = await unit.run(RECORDS, { customerId })
    const deadLetters = customer === undefined ? 0 : await eraseDeadLetters(unit, customer, records, sealedTexts)
    const counted = async (statement: string) => countIn(await unit.run(statement, { customerId }))
    // Whoever is part of a person was taken out of it by the event; what a delivery in another process left is seen to here.
    for (const { id } of await personsOf(unit, customerId)) await takeApart(unit, id)
    const erased = {
      MatchReview: await forgetReviews(unit, customerId),
      DeadLetter: deadLetters,
      Interaction: await counted(DELETE_INTERACTIONS),
      Period: await counted(DELETE_PERIODS),
      SourceRecord: await counted(DELETE_RECORDS),
    }
    await unit.run(LEAVE_ACCOUNT, { customerId })
    await unit.run(LEAVE_SELLER, { customerId })
    // Another part wrote to the customer since it was asked: with the next delivery of the event it is asked again.
    if ((await counted(WHAT_HANGS_ON)) > 0) {
      throw new ApiError('CONFLICT', { at: 'Customer', expected: 'nothing of another part that hangs on it' })
    }
    return { ...erased, Customer: await counted(DELETE_CUSTOMER) }
  },
}

// No relationship leads to them: a record that could not be taken in belongs to nobody, but may speak of somebody.
async function eraseDeadLetters(
  unit: UnitOfWork,
  customer: Row,
  records: readonly Row[],
  sealedTexts: SealedTexts,
): Promise<number> {
  const trace: RecordTrace = {
    keys: new Set(records.map(([source, eventId]) => `${source}/${eventId}`)),
    identifiers: identifiersIn(
      customer,
      records.map(([, , payload]) => String(payload)),
    ),
  }
  let erased = 0
  let afterId = ''
  for (;;) {
    const page = await unit.run(DEAD_LETTERS, { afterId, limit: PAGE })
    const ids: string[] = []
    for (const [id, source, eventId, runId, sealed] of page) {
      const payload = await openPayload(sealedTexts, String(runId), String(sealed))
      if (isAbout(trace, `${source}/${eventId}`, payload ?? 'null')) ids.push(String(id))
    }
    if (ids.length > 0) await unit.run(DELETE_DEAD_LETTERS, { ids })
    erased += ids.length
    const last = page.at(-1)
    if (page.length < PAGE || last === undefined) return erased
    afterId = String(last[0])
  }
}
