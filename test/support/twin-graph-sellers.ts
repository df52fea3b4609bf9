// What of a world lies about its sellers, as it lies in the graph.
import type { Batch } from './twin-graph.ts'
import { ownedBy } from './twin-graph-customers.ts'
import { ROLES, SELLERS, SKILLS, TASK_ID } from './twin-values.ts'
import type { TwinWorld } from './twin-worlds.ts'

const CREATE_SELLERS = `
UNWIND $rows AS row
CREATE (:Seller {id: row.id, number: row.id, name: row.id, region: row.region})`
// The catalogue of skills tells of nobody: it is the same in all worlds.
const CREATE_SKILLS = `
UNWIND $rows AS row
MERGE (k:Skill {id: row.skill})
SET k.uri = row.skill, k.scheme = 'OWN', k.labelEn = row.skill, k.searchText = row.skill`
const CREATE_SEEN_AT = `
UNWIND $rows AS row
MATCH (s:Seller {id: row.sellerId})
MATCH (k:Skill {id: row.skill})
CREATE (s)-[:HAS_SKILL {id: row.id, success: row.success, failure: 1.5, seenAt: '2026-05-01T00:00:00.000Z'}]->(k)`
const CREATE_EVIDENCE = `
UNWIND $rows AS row
MATCH (s:Seller {id: row.sellerId})
MATCH (k:Skill {id: row.skill})
CREATE (s)-[:SHOWED]->(e:SkillEvidence {id: row.id, key: row.id, standing: row.sellerId + '/' + row.skill, source: row.id,
  isRetracted: row.isRetracted, revision: 1, evidenceEntryId: 'entry'})
SET e += row.properties
CREATE (e)-[:TELLS_OF]->(k)`
const CREATE_ACCOUNTS = `
UNWIND $rows AS row
CREATE (:LedgerAccount {name: 'PERSON/' + row.id, balanceMinor: row.balanceMinor, postings: row.postings})`
const CREATE_POSTINGS = `
UNWIND $rows AS row
MATCH (a:LedgerAccount {name: 'PERSON/' + row.of})
CREATE (p:Posting {id: row.id, account: a.name, number: row.number, amountMinor: row.amountMinor,
  balanceMinor: row.balanceMinor, subjectId: row.of, kind: row.kind, because: row.because, transactionId: row.id, at: row.at,
  evidenceEntryId: 'entry'})
CREATE (p)-[:POSTED_TO]->(a)`
const CREATE_TASKS = `
UNWIND $rows AS row
CREATE (:Task {id: row.id, title: row.id, quadrant: 'CUSTOMER_INSIGHT', state: 'DONE', roleNames: row.roles, rolePeople: [2, 2],
  evidenceEntryId: 'entry'})`
const CREATE_CONTRIBUTIONS = `
UNWIND $rows AS row
MATCH (c:Seller {id: row.of})
CREATE (k:Contribution {id: row.id, taskId: row.taskId, sellerId: row.of, part: row.part, share: row.share,
  hours: row.hours, evidence: [row.evidence], at: '2026-01-01T00:00:00.000Z', evidenceEntryId: 'entry'})
CREATE (k)-[:CONTRIBUTED_BY]->(c)`
const CREATE_SETTLEMENTS = `
UNWIND $rows AS row
CREATE (s:Settlement {id: row.id, taskId: row.taskId, state: 'SETTLED', rule: 'EQUAL', people: size(row.about),
  amountMinor: row.amountMinor, at: '2026-01-01T00:00:00.000Z', evidenceEntryId: 'entry'})
SET s.disputedBecause = row.disputedBecause
WITH s, row
UNWIND row.about AS id
MATCH (c:Seller {id: id})
CREATE (s)-[:SHARED_WITH {amountMinor: 1}]->(c)`

const CREATE_ASSIGNMENTS = `
UNWIND $rows AS row
MATCH (t:Task {id: row.taskId})
MATCH (c:Seller {id: row.of})
CREATE (a:Assignment {id: row.id, role: row.role, state: row.state, proposedAt: row.proposedAt, evidenceEntryId: 'entry'})
SET a.reason = row.reason
CREATE (a)-[:FOR_TASK]->(t)
CREATE (a)-[:GIVEN_TO]->(c)`
const CREATE_GUIDES = `
UNWIND $rows AS row
MATCH (a:Assignment {id: row.id})
MATCH (g:Seller {id: row.guide})
CREATE (a)-[:GUIDED_BY]->(g)`
const CREATE_TRADES = `
UNWIND $rows AS row
CREATE (t:Trade {id: row.id, key: row.id, state: 'ACCEPTED', cancelledBy: [], acceptedBy: row.acceptedBy,
  receivedBy: row.receivedBy, proposedAt: '2026-01-01T00:00:00.000Z', evidenceEntryId: 'entry'})
WITH t, row
UNWIND row.about AS id
MATCH (c:Seller {id: id})
CREATE (c)-[:TRADES_IN]->(t)`
const CREATE_LEGS = `
UNWIND $rows AS row
MATCH (t:Trade {id: row.tradeId})
MATCH (k:Skill {id: row.skill})
CREATE (g:TradeLeg {place: row.place, offerId: 'offer-number-1', wantId: 'want-number-1', giverId: row.giverId,
  takerId: row.takerId, skillId: k.id, priceMinor: row.priceMinor})
CREATE (t)-[:HAS_LEG]->(g)
CREATE (g)-[:PASSES_ON]->(k)`

export function sellerBatches({ sellers, shared }: TwinWorld): readonly Batch[] {
  const assignments = ownedBy(sellers, 'Assignment').map(({ id, of, values }) => ({
    ...{ id, of, taskId: TASK_ID, guide: null, reason: null },
    ...values,
  }))
  const trades = shared.filter(({ type }) => type === 'Trade')
  const skills = sellers.flatMap(({ id: sellerId, skills }) => skills.map(each => ({ ...each, sellerId })))
  return [
    [CREATE_SELLERS, sellers.map(({ id, values: { region } }) => ({ id, region }))],
    [CREATE_SKILLS, SKILLS.map(skill => ({ skill }))],
    [
      CREATE_SEEN_AT,
      skills.map(({ id, sellerId, values: { skill, level } }) => ({
        id,
        sellerId,
        skill,
        success: Number(level) + 0.5,
      })),
    ],
    [
      CREATE_EVIDENCE,
      skills.flatMap(({ sellerId, values: { skill }, evidence }) =>
        evidence.map(({ id, values: { counts, ...properties } }) => ({
          id,
          sellerId,
          skill,
          isRetracted: !counts,
          properties,
        })),
      ),
    ],
    [
      CREATE_ACCOUNTS,
      sellers.map(({ id, account, own }) => ({
        id,
        balanceMinor: account.balance ?? 0,
        postings: own.Posting?.length ?? 0,
      })),
    ],
    [CREATE_POSTINGS, sellers.flatMap(postingsOf)],
    [CREATE_TASKS, [{ id: TASK_ID, roles: ROLES }]],
    [CREATE_ASSIGNMENTS, assignments],
    [CREATE_GUIDES, assignments.filter(({ guide }) => guide !== null)],
    [
      CREATE_CONTRIBUTIONS,
      ownedBy(sellers, 'Contribution').map(({ id, of, values: { percent, ...others } }) => ({
        ...others,
        id,
        of,
        taskId: TASK_ID,
        share: Number(percent) * 100,
      })),
    ],
    [
      CREATE_SETTLEMENTS,
      shared
        .filter(({ type }) => type === 'Settlement')
        .map(({ id, about, values: { amount, disputedBecause } }) => {
          return { id, about, taskId: TASK_ID, amountMinor: amount, disputedBecause }
        }),
    ],
    [CREATE_TRADES, trades.map(({ id, about, values }) => ({ id, about, ...whoDidWhat(values) }))],
    [
      CREATE_LEGS,
      trades.flatMap(({ id, values: { legs } }) =>
        SELLERS.map((giverId, place) => ({
          ...{ tradeId: id, skill: SKILLS[0], place, giverId, priceMinor: Number(legs) * 100 },
          takerId: SELLERS.find(each => each !== giverId) ?? '',
        })),
      ),
    ],
  ]
}

/** They are numbered as they came. */
function postingsOf(seller: TwinWorld['sellers'][number]) {
  return ownedBy([seller], 'Posting')
    .sort((a, b) => (String(a.values.at) < String(b.values.at) ? -1 : 1))
    .map(({ id, of, values: { amount, balance, ...others } }, before) => {
      return { ...others, id, of, number: before + 1, amountMinor: amount, balanceMinor: balance }
    })
}

function whoDidWhat({ acceptedBy, receivedBy }: TwinWorld['shared'][number]['values']) {
  const one = (id: typeof acceptedBy) => (id == null ? [] : [id])
  return { acceptedBy: one(acceptedBy), receivedBy: one(receivedBy) }
}
