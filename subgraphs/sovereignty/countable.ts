// What metrics may count of sovereignty: consents, what customers did themselves, and how their requests were answered.
import { knownEntries } from '../../core/evidence/known-entries.ts'
import type { Reader } from '../../core/graph/graph.ts'
import { type Countable, factsByEntity } from '../../core/registry/facts.ts'

const CONSENTS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:OF]-(k:Consent)
RETURN c.id, k.purpose, k.state, k.evidenceEntryId`

const STEPS = `
UNWIND $ids AS wanted
MATCH (c:Customer {id: wanted})<-[:OF]-(:Consent)-[:CHANGED_BY]->(s:ConsentEvent)
RETURN c.id, s.at, s.evidenceEntryId`

const REQUESTS = `
UNWIND $ids AS wanted
MATCH (r:RightsRequest {id: wanted})
RETURN r.id, r.dueBefore, r.completedAt`

const REQUEST_IDS_AFTER = `
MATCH (r:RightsRequest)
WHERE r.id > $afterId
RETURN r.id ORDER BY r.id LIMIT $limit`

const ENTRIES = `
UNWIND $ids AS wanted
MATCH (e:EvidenceEntry {id: wanted})
RETURN e.id, e.entry`

/** The entries among these that tell of what a customer did itself: others set consents, too, such as who takes over old data. */
async function entriesOfSubjects(reader: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await reader.run(ENTRIES, { ids })
  const isOfSubject = (entry: string) => (JSON.parse(entry) as { actor: { kind: string } }).actor.kind === 'SUBJECT'
  return new Set(rows.filter(([, entry]) => isOfSubject(String(entry))).map(([id]) => String(id)))
}

export const countableSovereignty: Countable = {
  entities: [
    {
      // Of those who were erased nothing is left but the request, so that it is counted by itself.
      name: 'RightsRequest',
      isAppendOnly: false,
      read: async (reader, ids) =>
        (await reader.run(REQUESTS, { ids })).map(([id]) => ({ id: String(id), dimensions: {} })),
      idsAfter: async (reader, afterId, limit) =>
        (await reader.run(REQUEST_IDS_AFTER, { afterId, limit })).map(([id]) => String(id)),
    },
  ],
  facts: [
    {
      name: 'consents',
      entity: 'Customer',
      description: 'A consent of the customer for one purpose, as it stands now.',
      fields: ['purpose', 'isGiven', 'isTraced'],
      isState: true,
      read: async (reader, ids) => {
        const rows = await reader.run(CONSENTS, { ids })
        const entries = await knownEntries(reader, [...new Set(rows.map(row => String(row[3])))])
        return factsByEntity(rows, ([, purpose, state, entryId]) => ({
          at: null,
          values: {
            purpose: String(purpose),
            isGiven: state === 'GIVEN' ? 1 : 0,
            isTraced: entries.has(String(entryId)) ? 1 : 0,
          },
        }))
      },
    },
    {
      name: 'self-operations',
      entity: 'Customer',
      description: 'Something that the customer did itself and that was completed: a consent given or withdrawn.',
      fields: ['isCompleted'],
      isState: false,
      read: async (reader, ids) => {
        const rows = await reader.run(STEPS, { ids })
        const own = await entriesOfSubjects(reader, [...new Set(rows.map(row => String(row[2])))])
        return factsByEntity(
          rows.filter(row => own.has(String(row[2]))),
          ([, at]) => ({ at: String(at), values: { isCompleted: 1 } }),
        )
      },
    },
    {
      name: 'rights-requests-due',
      entity: 'RightsRequest',
      description: 'A request by right, when it was answered, at the latest at its deadline.',
      fields: ['isInTime'],
      isState: false,
      read: async (reader, ids) =>
        factsByEntity(await reader.run(REQUESTS, { ids }), ([, dueBefore, completedAt]) => {
          const times = [completedAt, dueBefore].filter(each => typeof each === 'string').sort()
          const isInTime = typeof completedAt === 'string' && (dueBefore === null || completedAt < String(dueBefore))
          return times.slice(0, 1).map(at => ({ at, values: { isInTime: isInTime ? 1 : 0 } }))
        }),
    },
  ],
  changes: [
    { entity: 'RightsRequest', kind: 'ERASURE_REQUESTED', idsChanged: async (_, { requestId }) => [requestId] },
    { entity: 'RightsRequest', kind: 'ERASURE_COMPLETED', idsChanged: async (_, { requestId }) => [requestId] },
    { entity: 'Customer', kind: 'CONSENT_CHANGED', idsChanged: async (_, { customerId }) => [customerId] },
  ],
}
