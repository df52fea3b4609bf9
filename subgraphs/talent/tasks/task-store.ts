// What talent asks of the graph about tasks, and how they and their assignments are written. Every write takes a whole batch.
import type { Change } from '../../../core/change.ts'
import { SUBJECT_STATE, toSubject, visibleSellers } from '../../../core/consent/consent-store.ts'
import type { RequestContext } from '../../../core/context.ts'
import { cypher } from '../../../core/graph/cypher.ts'
import type { GraphValue, Reader, Row, UnitOfWork } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import type { Subject } from '../../../core/policy/entity-masks.ts'
import { SKILL, toSkill } from '../skills/skill-store.ts'
import type { Assignment, AssignmentStateName, QuadrantName, Task, TaskRole, TaskStateName } from './types.ts'

/** Whoever gives, takes or counts places holds this guard: nobody is given more than there is room for. */
export const PLACES_GUARD = 'talent/places'

/** How a task is kept. */
export interface TaskDraft {
  readonly id: string
  readonly title: string
  readonly quadrant: QuadrantName
  readonly state: Extract<TaskStateName, 'PROPOSED' | 'OPEN'>
  readonly region: string | null
  readonly isLocal: boolean
  readonly hours: { readonly fromMinute: number; readonly toMinute: number } | null
  readonly concerns: string | null
  readonly isCrossDepartment: boolean
  readonly dueAt: string | null
  readonly goalId: string | null
  readonly roles: readonly {
    readonly name: string
    readonly people: number
    readonly requirements: readonly {
      readonly skillUri: string
      readonly level: number
      readonly isEssential: boolean
    }[]
  }[]
}

const CREATE_TASKS = `
UNWIND $tasks AS row
CREATE (t:Task {id: row.id, title: row.title, quadrant: row.quadrant, state: row.state, region: row.region,
  isLocal: row.isLocal, fromMinute: row.fromMinute, toMinute: row.toMinute, concerns: row.concerns,
  isCrossDepartment: row.isCrossDepartment, dueAt: row.dueAt, goalId: row.goalId, roleNames: row.roleNames,
  rolePeople: row.rolePeople, publishedAt: row.publishedAt, evidenceEntryId: $evidenceEntryId})`

const CREATE_REQUIREMENTS = `
UNWIND $requirements AS row
MATCH (t:Task {id: row.taskId})
MATCH (k:Skill {uri: row.skillUri})
CREATE (t)-[:REQUIRES {role: row.role, level: row.level, essential: row.isEssential}]->(k)`

const KNOWN_SKILLS = `
UNWIND $uris AS wanted
MATCH (k:Skill {uri: wanted})
RETURN k.uri`

/** The columns of a task `t`. Lists apart from each other: the embedded engine multiplies the rows of several joins. */
const TASK = cypher`t.id, t.title, t.quadrant, t.state, t.region, t.goalId, t.publishedAt, t.respondedAt, t.escalatedAt,
  t.completedAt, t.roleNames, t.rolePeople,
  [(t)<-[:FOR_TASK]-(a:Assignment) WHERE a.state IN ['ACCEPTED', 'DONE'] | a.role]`

const REQUIREMENTS_OF = cypher`
UNWIND $ids AS wanted
MATCH (t:Task {id: wanted})-[q:REQUIRES]->(k:Skill)
RETURN wanted, q.role, q.level, q.essential, ${SKILL}
ORDER BY wanted, q.role, k.uri`

const TASKS_BY_ID = cypher`
UNWIND $ids AS wanted
MATCH (t:Task {id: wanted})
RETURN ${TASK}`

const TASKS_PAGE = cypher`
MATCH (t:Task)
WHERE t.id > $afterId AND ($state = '' OR t.state = $state) AND ($quadrant = '' OR t.quadrant = $quadrant)
  AND ($region = '' OR t.region = $region) AND ($goalId = '' OR t.goalId = $goalId)
  AND ($escalated = '' OR ($escalated = 'yes' AND t.escalatedAt IS NOT NULL)
    OR ($escalated = 'no' AND t.escalatedAt IS NULL))
RETURN ${TASK}
ORDER BY t.id LIMIT $limit`

const CREATE_ASSIGNMENTS = `
UNWIND $assignments AS row
MATCH (t:Task {id: row.taskId})
MATCH (c:Seller {id: row.sellerId})
CREATE (a:Assignment {id: row.id, role: row.role, state: row.state, proposedAt: $at, acceptedAt: row.acceptedAt,
  reason: row.reason, evidenceEntryId: $evidenceEntryId})
CREATE (a)-[:FOR_TASK]->(t)
CREATE (a)-[:GIVEN_TO]->(c)`

const FORGET_GUIDES = `
UNWIND $ids AS wanted
MATCH (a:Assignment {id: wanted})-[g:GUIDED_BY]->(:Seller)
DELETE g`

const NAME_GUIDES = `
UNWIND $named AS row
MATCH (a:Assignment {id: row.id})
MATCH (g:Seller {id: row.guideId})
CREATE (a)-[:GUIDED_BY]->(g)`

const SET_ASSIGNMENTS = `
UNWIND $ids AS wanted
MATCH (a:Assignment {id: wanted})
SET a.state = $state, a.acceptedAt = CASE WHEN $state = 'ACCEPTED' THEN $at ELSE a.acceptedAt END,
  a.endedAt = CASE WHEN $state = 'ACCEPTED' THEN null ELSE $at END, a.evidenceEntryId = $evidenceEntryId`

const DELETE_ASSIGNMENTS = `
UNWIND $ids AS wanted
MATCH (a:Assignment {id: wanted})
DETACH DELETE a`

// A task that has once been responded to stays so, also when whoever came first has left.
const SET_TASKS = `
UNWIND $tasks AS row
MATCH (t:Task {id: row.id})
SET t.state = row.state, t.respondedAt = coalesce(t.respondedAt, row.respondedAt), t.completedAt = row.completedAt,
  t.outcome = row.outcome, t.evidenceEntryId = $evidenceEntryId`

const WORK_ON_TASKS = `
UNWIND $ids AS wanted
MATCH (t:Task {id: wanted})
RETURN t.id, t.state, t.roleNames, t.rolePeople,
  [(t)<-[:FOR_TASK]-(a:Assignment)-[:GIVEN_TO]->(c:Seller) | [a.id, a.role, a.state, c.id]]`

const TASK_OF_ASSIGNMENT = `
MATCH (a:Assignment {id: $assignmentId})-[:FOR_TASK]->(t:Task)
RETURN t.id`

/** Whatever changes what may be routed raises this count, so that a plan is written only into the graph that it was made for. */
const COUNT_CHANGE = `
MERGE (s:RoutingState {name: 'routing'})
SET s.changes = coalesce(s.changes, 0) + 1`

/** The uris among these that no skill has. */
export async function unknownSkills(reader: Reader, uris: readonly string[]): Promise<readonly string[]> {
  const known = new Set((await reader.run(KNOWN_SKILLS, { uris })).map(([uri]) => String(uri)))
  return uris.filter(uri => !known.has(uri))
}

export async function createTasks({ unit, at, evidenceEntryId }: Change, drafts: readonly TaskDraft[]): Promise<void> {
  const tasks = drafts.map(({ roles, hours, ...task }) => ({
    ...task,
    fromMinute: hours?.fromMinute ?? null,
    toMinute: hours?.toMinute ?? null,
    roleNames: roles.map(({ name }) => name),
    rolePeople: roles.map(({ people }) => people),
    publishedAt: task.state === 'OPEN' ? at : null,
  }))
  await unit.run(CREATE_TASKS, { tasks, evidenceEntryId })
  const requirements = drafts.flatMap(({ id, roles }) =>
    roles.flatMap(({ name, requirements: required }) => required.map(each => ({ ...each, taskId: id, role: name }))),
  )
  await unit.run(CREATE_REQUIREMENTS, { requirements })
  await countChange(unit)
}

export async function countChange(unit: UnitOfWork): Promise<void> {
  await unit.run(COUNT_CHANGE)
}

/** Unknown ids are absent. Two statements. */
export async function tasksById(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, Task>> {
  const tasks = await withRequirements(reader, await reader.run(TASKS_BY_ID, { ids }))
  return new Map(tasks.map(task => [task.id, task]))
}

export interface TasksAsked {
  readonly state: TaskStateName | ''
  readonly quadrant: QuadrantName | ''
  readonly region: string
  readonly goalId: string
  readonly escalated: 'yes' | 'no' | ''
}

/** In the order of their ids, one more than asked for. Two statements. */
export async function tasksPage(
  reader: Reader,
  { first, afterId = '' }: PageRequest,
  asked: TasksAsked,
): Promise<readonly Task[]> {
  return withRequirements(reader, await reader.run(TASKS_PAGE, { ...asked, afterId, limit: first + 1 }))
}

async function withRequirements(reader: Reader, rows: readonly Row[]): Promise<readonly Task[]> {
  if (rows.length === 0) return []
  const required = await reader.run(REQUIREMENTS_OF, { ids: rows.map(([id]) => id ?? null) })
  return rows.map(row => toTask(row, required))
}

function toTask(row: Row, required: readonly Row[]): Task {
  const [id, title, quadrant, state, region, goalId, publishedAt, respondedAt, escalatedAt, completedAt, ...rest] = row
  const [names, people, taken] = rest.map(each => (Array.isArray(each) ? each : []))
  const roles: TaskRole[] = (names ?? []).map((name, index) => ({
    name: String(name),
    people: Number(people?.[index]),
    inPlace: (taken ?? []).filter(role => role === name).length,
    requirements: required
      .filter(([taskId, role]) => taskId === id && role === name)
      .map(([, , level, isEssential, ...skill]) => ({
        skill: toSkill(skill),
        level: Number(level),
        isEssential: isEssential === true,
      })),
  }))
  const columns = { id, title, quadrant, state, region, goalId, publishedAt, respondedAt, escalatedAt, completedAt }
  return { ...columns, roles: roles.sort((a, b) => (a.name < b.name ? -1 : 1)) } as unknown as Task
}

/** A task with everybody who was ever given or offered a place. */
export interface TaskWork {
  readonly id: string
  readonly state: TaskStateName
  readonly roles: ReadonlyMap<string, number>
  readonly assignments: readonly {
    readonly id: string
    readonly role: string
    readonly state: AssignmentStateName
    readonly sellerId: string
  }[]
}

/** Unknown ids are absent. */
export async function workOnTasks(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, TaskWork>> {
  const rows = await reader.run(WORK_ON_TASKS, { ids })
  return new Map(rows.map(row => [String(row[0]), toWork(row)]))
}

function toWork([id, state, names, people, assignments]: Row): TaskWork {
  const counts = listOf(people)
  return {
    id: String(id),
    state: state as TaskStateName,
    roles: new Map(listOf(names).map((name, index) => [String(name), Number(counts[index])])),
    assignments: listOf(assignments)
      .map(listOf)
      .map(([assignmentId, role, assignmentState, sellerId]) => ({
        id: String(assignmentId),
        role: String(role),
        state: assignmentState as AssignmentStateName,
        sellerId: String(sellerId),
      })),
  }
}

function listOf(value: GraphValue | undefined): readonly GraphValue[] {
  return Array.isArray(value) ? value : []
}

export async function taskOfAssignment(reader: Reader, assignmentId: string): Promise<TaskWork | undefined> {
  const [row] = await reader.run(TASK_OF_ASSIGNMENT, { assignmentId })
  return row && (await workOnTasks(reader, [String(row[0])])).get(String(row[0]))
}

export interface AssignmentDraft {
  readonly id: string
  readonly taskId: string
  readonly sellerId: string
  readonly role: string
  readonly state: Extract<AssignmentStateName, 'PROPOSED' | 'ACCEPTED'>
  readonly reason: string | null
  /** Who guides the seller; null for who needs nobody. */
  readonly guideId: string | null
}

const BATCH = 2_000

export async function createAssignments(change: Change, drafts: readonly AssignmentDraft[]): Promise<void> {
  const { unit, at, evidenceEntryId } = change
  for (let from = 0; from < drafts.length; from += BATCH) {
    const assignments = drafts
      .slice(from, from + BATCH)
      .map(draft => ({ ...draft, acceptedAt: draft.state === 'ACCEPTED' ? at : null }))
    await unit.run(CREATE_ASSIGNMENTS, { assignments, at, evidenceEntryId })
  }
  await createGuides(
    change,
    drafts.filter(({ guideId }) => guideId !== null),
  )
}

type NamedGuide = Pick<AssignmentDraft, 'id' | 'guideId'>

/** In the place of who was named before. */
export async function nameGuides(change: Change, named: readonly NamedGuide[]): Promise<void> {
  for (let from = 0; from < named.length; from += BATCH) {
    await change.unit.run(FORGET_GUIDES, { ids: named.slice(from, from + BATCH).map(({ id }) => id) })
  }
  await createGuides(
    change,
    named.filter(({ guideId }) => guideId !== null),
  )
}

async function createGuides({ unit }: Change, named: readonly NamedGuide[]): Promise<void> {
  for (let from = 0; from < named.length; from += BATCH) {
    const batch = named.slice(from, from + BATCH).map(({ id, guideId }) => ({ id, guideId }))
    await unit.run(NAME_GUIDES, { named: batch })
  }
}

export async function setAssignments(
  { unit, at, evidenceEntryId }: Change,
  ids: readonly string[],
  state: AssignmentStateName,
): Promise<void> {
  if (ids.length > 0) await unit.run(SET_ASSIGNMENTS, { ids, state, at, evidenceEntryId })
}

/** For offers that a new plan does not keep: nobody has answered them, so nothing is lost. */
export async function deleteAssignments({ unit }: Change, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) {
    await unit.run(DELETE_ASSIGNMENTS, { ids: ids.slice(from, from + BATCH) })
  }
}

export interface TaskChange {
  readonly id: string
  readonly state: TaskStateName
  readonly respondedAt: string | null
  readonly completedAt: string | null
  readonly outcome: number | null
}

export async function setTasks({ unit, evidenceEntryId }: Change, tasks: readonly TaskChange[]): Promise<void> {
  if (tasks.length === 0) return
  await unit.run(SET_TASKS, { tasks: tasks.map(task => ({ ...task })), evidenceEntryId })
  await countChange(unit)
}

export interface FoundAssignment {
  readonly record: Assignment
  readonly subject: Subject
}

// The embedded engine knows what a subquery returns for no node, so the seller is matched anew.
/** The places of each of these tasks that the viewer may know of, with guides who still consent to be named, in the order of their ids, one more than asked for. */
export async function assignmentsOf(
  { policy, viewer, services: { graph } }: RequestContext,
  taskIds: readonly string[],
  { first, afterId = '' }: PageRequest,
): Promise<ReadonlyMap<string, readonly FoundAssignment[]>> {
  const { isVisible, params } = visibleSellers(policy, viewer)
  const statement = cypher`
UNWIND $taskIds AS wanted
MATCH (t:Task {id: wanted})
CALL (t) {
  MATCH (t)<-[:FOR_TASK]-(a:Assignment)-[:GIVEN_TO]->(c:Seller)
  WHERE ${isVisible} AND a.id > $afterId
  RETURN a.id AS assignmentId
  ORDER BY assignmentId LIMIT $limit
}
MATCH (a:Assignment {id: assignmentId})-[:GIVEN_TO]->(c:Seller)
RETURN wanted, c.id AS sellerId, c.region, ${SUBJECT_STATE}, assignmentId, a.role, a.state, a.proposedAt, a.reason,
  [(a)-[:GUIDED_BY]->(g:Seller)<-[:OF]-(k:Consent) WHERE k.state = 'GIVEN' AND k.purpose = 'WORKFORCE_PLANNING' | g.id]
ORDER BY wanted, assignmentId`
  const found = new Map<string, FoundAssignment[]>()
  const rows = await graph.read(statement, { ...params, taskIds, afterId, limit: first + 1 })
  for (const [taskId, sellerId, region, state, id, role, assignmentState, proposedAt, reason, guides] of rows) {
    const [guideId] = Array.isArray(guides) ? guides : []
    const ofTask = found.get(String(taskId)) ?? []
    const guide = typeof guideId === 'string' ? { id: guideId } : null
    const record = { id, role, state: assignmentState, proposedAt, reason, seller: { id: sellerId }, guide }
    ofTask.push({ record: record as unknown as Assignment, subject: toSubject(sellerId, region, state) })
    found.set(String(taskId), ofTask)
  }
  return found
}
