// What routing asks of the graph: everything that is open and everybody who works, in a fixed number of statements, and how a plan
// is kept. It reads levels and consents of all: what it tells of them is masked by whoever answers with it.
import type { Change } from '../../../core/change.ts'
import type { Instant } from '../../../core/clock.ts'
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import type { GraphValue, Params, Reader, Row } from '../../../core/graph/graph.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import { isNewcomer } from '../newcomers/rules.ts'
import { levelAt, seenAt } from '../profiles/level.ts'
import { toStanding } from '../profiles/profile-store.ts'
import { USUAL_CAPACITY } from '../tasks/people-store.ts'
import type { OpenTask, Person, Problem, Role } from './problem.ts'

const OPEN_TASKS = `
MATCH (t:Task {state: 'OPEN'})
RETURN t.id, t.region, t.isLocal, t.fromMinute, t.toMinute, t.concerns, t.goalId, t.roleNames, t.rolePeople`

const REQUIRED = `
MATCH (t:Task {state: 'OPEN'})-[q:REQUIRES]->(k:Skill)
RETURN t.id, q.role, k.id, q.level, q.essential
ORDER BY t.id, q.role, k.id`

const GIVEN = `
MATCH (t:Task)<-[:FOR_TASK]-(a:Assignment)-[:GIVEN_TO]->(c:Seller)
WHERE t.state IN ['OPEN', 'STAFFED']
RETURN t.id, t.goalId, a.id, a.role, a.state, c.id, [(a)-[:GUIDED_BY]->(g:Seller) | g.id]`

const EVERYBODY = cypher`true`

const LEVELS = `
MATCH (c:Seller)-[h:HAS_SKILL]->(k:Skill)
RETURN c.id, k.id, h.success, h.failure, h.seenAt`

const HISTORY = `
MATCH (one:Seller)-[w:WORKED_WITH]->(other:Seller)
RETURN one.id, other.id, w.count, w.outcome`

// Two steps up and down the hierarchy from whatever is required.
const NEAR = `
MATCH (:Task {state: 'OPEN'})-[:REQUIRES]->(k:Skill)
WITH DISTINCT k
MATCH (k)-[:BROADER]-(n:Skill)
RETURN k.id, n.id, [(n)-[:BROADER]-(m:Skill) | m.id]`

const STATE = `
MATCH (s:RoutingState {name: 'routing'})
RETURN coalesce(s.changes, 0), coalesce(s.routed, -1)`

const SET_ROUTED = `
MERGE (s:RoutingState {name: 'routing'})
SET s.routed = $changes`

const KEEP_RUN = `
MERGE (r:RoutingRun {name: 'latest'})
SET r.at = $at, r.model = $model, r.modelVersion = $modelVersion, r.modelHash = $modelHash, r.tasks = $tasks, r.people = $people,
  r.placed = $placed, r.empty = $empty, r.cost = $cost, r.lowerBound = $lowerBound, r.largestLoad = $largestLoad,
  r.gini = $gini, r.moved = $moved, r.evidenceEntryId = $evidenceEntryId`

const LATEST_RUN = `
MATCH (r:RoutingRun {name: 'latest'})
RETURN r.at, r.model, r.modelVersion, r.modelHash, r.tasks, r.people, r.placed, r.empty, r.cost, r.lowerBound,
  r.largestLoad, r.gini, r.moved, r.evidenceEntryId`

const LATE_TASKS = `
MATCH (t:Task {state: 'OPEN'})
WHERE t.respondedAt IS NULL AND t.escalatedAt IS NULL AND t.publishedAt < $before
RETURN t.id
ORDER BY t.id LIMIT 1000`

const ESCALATE = `
UNWIND $ids AS wanted
MATCH (t:Task {id: wanted})
SET t.escalatedAt = $at`

/** An offer that stands, by which a plan is compared with the one before. */
interface Offer {
  readonly assignmentId: string
  readonly taskId: string
  readonly role: string
  readonly sellerId: string
  readonly guideId: string | null
}

export interface RoutingWorld {
  readonly problem: Problem
  readonly offers: readonly Offer[]
  /** Everybody who takes part, as what is told of it is masked for the viewer. */
  readonly subjects: ReadonlyMap<string, Subject>
}

/** Which people take part: everybody, or those whom a viewer may know of. */
export interface Who {
  readonly isIncluded: Cypher
  readonly params: Params
}

const everybody: Who = { isIncluded: EVERYBODY, params: { viewerId: '' } }

export function whomViewerKnows({ policy, viewer }: Pick<RequestContext, 'policy' | 'viewer'>): Who {
  const { isVisible, params } = visibleSellers(policy, viewer)
  return { isIncluded: isVisible, params }
}

/** Seven statements at once, whatever there is to route. Levels are as of `at`. */
export async function readWorld(reader: Reader, at: Instant, who: Who = everybody): Promise<RoutingWorld> {
  const [tasks, required, givenRows, levelRows, people, history, nearRows] = await Promise.all([
    reader.run(OPEN_TASKS),
    reader.run(REQUIRED),
    reader.run(GIVEN),
    reader.run(LEVELS),
    reader.run(peopleStatement(who), who.params),
    reader.run(HISTORY),
    reader.run(NEAR),
  ])
  const given = givenRows.map(toGiven)
  const able = ableBySeller(levelRows, at)
  const near = nearSkills(nearRows)
  const carried = groupBy(
    given.filter(({ state }) => state === 'ACCEPTED'),
    ({ sellerId }) => sellerId,
  )
  return {
    problem: {
      tasks: openTasks(tasks, required, given),
      people: people.map(row => toPerson(row, able, carried)),
      collaboration: collaborationFrom(history),
      nearSkills: skillId => near.get(skillId) ?? new Map([[skillId, 0]]),
    },
    subjects: new Map(people.map(([id, region, state]) => [String(id), toSubject(id, region, state)])),
    offers: given.filter(({ state }) => state === 'PROPOSED'),
  }
}

/** Reads those who take part. */
export const peopleStatement = ({ isIncluded }: Who) => cypher`
MATCH (c:Seller)
WHERE ${isIncluded}
RETURN c.id, c.region, ${SUBJECT_STATE},
  [(c)<-[:AVAILABILITY_OF]-(v:Availability) | [v.capacity, v.fromMinute, v.toMinute, v.isAway, v.conflicts]],
  [(c)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.purpose = 'WORKFORCE_PLANNING' | k.id]`

/** The seller with what it consents to; undefined where the viewer may not know of it. */
export async function subjectOf(
  { policy, viewer, services: { graph } }: RequestContext,
  sellerId: string,
): Promise<Subject | undefined> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
MATCH (c:Seller {id: $sellerId})
WHERE ${isVisible}
RETURN c.id, c.region, ${SUBJECT_STATE}`
  const [row] = await graph.read(statement, { ...params, sellerId })
  return row && toSubject(row[0], row[1], row[2])
}

interface Given extends Offer {
  readonly goalId: string | null
  readonly state: string
}

function toGiven([taskId, goalId, assignmentId, role, state, sellerId, guides]: Row): Given {
  return {
    taskId: String(taskId),
    goalId: textOr(goalId),
    assignmentId: String(assignmentId),
    role: String(role),
    state: String(state),
    sellerId: String(sellerId),
    guideId: textOr(listOf(guides)[0]),
  }
}

function openTasks(tasks: readonly Row[], required: readonly Row[], given: readonly Given[]): readonly OpenTask[] {
  const requiredBy = groupBy(required, row => String(row[0]))
  const ofTask = groupBy(given, ({ taskId }) => taskId)
  const inPlaceFor = groupBy(
    given.filter(({ state }) => state === 'ACCEPTED'),
    ({ goalId, taskId }) => goalId ?? taskId,
  )
  return tasks.map(([id, region, isLocal, from, to, concerns, goalId, names, people]) => {
    const taskId = String(id)
    const known = ofTask.get(taskId) ?? []
    return {
      id: taskId,
      region: textOr(region),
      isLocal: isLocal === true,
      hours: hoursOf(from, to),
      concerns: textOr(concerns),
      roles: openRoles(listOf(names), listOf(people), requiredBy.get(taskId) ?? [], known),
      inPlace: new Set((inPlaceFor.get(textOr(goalId) ?? taskId) ?? []).map(({ sellerId }) => sellerId)),
      notAgain: new Set(known.filter(({ state }) => state !== 'PROPOSED').map(({ sellerId }) => sellerId)),
      proposed: mapValuesToSets(
        known.filter(({ state }) => state === 'PROPOSED'),
        ({ role }) => role,
      ),
    }
  })
}

/** The places that are still empty. */
function openRoles(
  names: readonly GraphValue[],
  people: readonly GraphValue[],
  required: readonly Row[],
  known: readonly Given[],
): readonly Role[] {
  return names
    .map((name, index) => ({
      name: String(name),
      people: Number(people[index]) - known.filter(({ role, state }) => role === name && state === 'ACCEPTED').length,
      requirements: required
        .filter(([, role]) => role === name)
        .map(([, , skillId, level, isEssential]) => ({
          skillId: String(skillId),
          level: Number(level),
          isEssential: isEssential === true,
        })),
    }))
    .filter(role => role.people > 0)
}

function toPerson(
  [id, region, , availability, consents]: Row,
  able: ReadonlyMap<string, Able>,
  carried: ReadonlyMap<string, readonly Given[]>,
): Person {
  const [stated] = listOf(availability)
  const [capacity, from, to, isAway, conflicts] = listOf(stated)
  const sellerId = String(id)
  return {
    id: sellerId,
    region: textOr(region),
    hours: hoursOf(from, to),
    capacity: isAway === true ? 0 : Number(capacity ?? USUAL_CAPACITY),
    carries: carried.get(sellerId)?.length ?? 0,
    skills: able.get(sellerId)?.levels ?? new Map(),
    consents: listOf(consents).length > 0,
    conflicts: new Set(listOf(conflicts).map(String)),
    isNewcomer: isNewcomer(able.get(sellerId)?.seen ?? 0),
  }
}

/** What somebody can do, and how much of it was seen in all. */
interface Able {
  readonly levels: ReadonlyMap<string, number>
  readonly seen: number
}

function ableBySeller(rows: readonly Row[], at: Instant): ReadonlyMap<string, Able> {
  const standings = groupBy(rows, ([sellerId]) => String(sellerId))
  return new Map(
    [...standings].map(([sellerId, ofSeller]) => {
      const known = ofSeller.map(([, skillId, ...standing]) => [String(skillId), toStanding(standing)] as const)
      const levels = new Map(known.map(([skillId, standing]) => [skillId, levelAt(standing, at).level]))
      const seen = seenAt(
        known.map(([, standing]) => standing),
        at,
      )
      return [sellerId, { levels, seen }]
    }),
  )
}

/** How well two worked together: the mean outcome, weighed by how often, so that few times tell little. */
function collaborationFrom(rows: readonly Row[]): Problem['collaboration'] {
  const known = new Map(
    rows.map(([one, other, count, outcome]) => {
      const times = Number(count)
      return [pairKey(String(one), String(other)), (Number(outcome) * times) / (times + 2)]
    }),
  )
  return (one, other) => known.get(pairKey(one, other)) ?? 0
}

const pairKey = (one: string, other: string) => (one < other ? `${one} ${other}` : `${other} ${one}`)

/** What lies within two BROADER steps of each skill, either way. */
function nearSkills(rows: readonly Row[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = groupBy(rows, ([skillId]) => String(skillId))
  return new Map(
    [...found].map(([skillId, steps]) => {
      const one = steps.map(([, near]) => [String(near), 1] as const)
      const two = steps.flatMap(([, , beyond]) => listOf(beyond).map(each => [String(each), 2] as const))
      // Later entries win: the shortest way counts.
      return [skillId, new Map([...two, ...one, [skillId, 0]])]
    }),
  )
}

/** How often the world changed, and at which count it was routed last. */
export async function routingState(reader: Reader): Promise<{ readonly changes: number; readonly routed: number }> {
  const [row] = await reader.run(STATE)
  return { changes: Number(row?.[0] ?? 0), routed: Number(row?.[1] ?? -1) }
}

export async function setRouted({ unit }: Change, changes: number): Promise<void> {
  await unit.run(SET_ROUTED, { changes })
}

/** The figures of a plan. Points are those of the model that the hash names. */
export interface RoutingFigures {
  readonly at: string
  readonly model: string
  readonly modelVersion: number
  readonly modelHash: string
  readonly tasks: number
  readonly people: number
  readonly placed: number
  readonly empty: number
  readonly cost: number
  readonly lowerBound: number
  readonly largestLoad: number
  readonly gini: number
  readonly moved: number
}

export async function keepRun({ unit, evidenceEntryId }: Change, figures: RoutingFigures): Promise<void> {
  await unit.run(KEEP_RUN, { ...figures, evidenceEntryId })
}

export async function latestRun(
  reader: Reader,
): Promise<(RoutingFigures & { readonly evidenceEntryId: string }) | undefined> {
  const [row] = await reader.run(LATEST_RUN)
  if (row === undefined) return undefined
  const [at, model, modelVersion, modelHash, tasks, people, placed, empty, cost, lowerBound, ...rest] = row
  const [largestLoad, gini, moved, evidenceEntryId] = rest
  const figures = { at, model, modelVersion, modelHash, tasks, people, placed, empty, cost, lowerBound }
  return { ...figures, largestLoad, gini, moved, evidenceEntryId } as RoutingFigures & { evidenceEntryId: string }
}

/** Tasks that were published before this time and in which nobody was in place yet; at most 1,000. */
export async function lateTasks(reader: Reader, before: Instant): Promise<readonly string[]> {
  return (await reader.run(LATE_TASKS, { before })).map(([id]) => String(id))
}

export async function escalate({ unit, at }: Change, ids: readonly string[]): Promise<void> {
  await unit.run(ESCALATE, { ids, at })
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const value of values) {
    const known = found.get(keyOf(value)) ?? []
    known.push(value)
    found.set(keyOf(value), known)
  }
  return found
}

function mapValuesToSets(
  offers: readonly Given[],
  keyOf: (offer: Given) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([...groupBy(offers, keyOf)].map(([key, each]) => [key, new Set(each.map(({ sellerId }) => sellerId))]))
}

function hoursOf(from: GraphValue | undefined, to: GraphValue | undefined) {
  return typeof from === 'number' && typeof to === 'number' ? { fromMinute: from, toMinute: to } : null
}

function listOf(value: GraphValue | undefined): readonly GraphValue[] {
  return Array.isArray(value) ? value : []
}

function textOr(value: GraphValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
