// What talent asks of the graph about templates and goals. A template is never changed: a new version stands beside the old.
import type { Change } from '../../../core/change.ts'
import type { GraphValue, Reader, Row } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import { type Finding, type Template, templateSchema } from './template.ts'

export interface KeptTemplate {
  readonly id: string
  readonly version: number
  readonly template: Template
}

const NEWEST_TEMPLATES = `
MATCH (p:TaskTemplate {isNewest: true})
RETURN p.id, p.version, p.document
ORDER BY p.id`

const TEMPLATES_PAGE = `
MATCH (p:TaskTemplate {isNewest: true})
WHERE p.id > $afterId
RETURN p.id, p.version, p.document
ORDER BY p.id LIMIT $limit`

const RETIRE_TEMPLATE = `
MATCH (p:TaskTemplate {name: $name})
SET p.isNewest = false`

const KEEP_TEMPLATE = `
CREATE (:TaskTemplate {id: $id, name: $name, version: $version, document: $document, isNewest: true, publishedAt: $at,
  evidenceEntryId: $evidenceEntryId})`

const KEEP_GOAL = `
CREATE (:Goal {id: $id, title: $title, template: $template, templateVersion: $templateVersion, state: 'PROPOSED',
  findings: $findings, at: $at, evidenceEntryId: $evidenceEntryId})`

const GOAL = `
MATCH (g:Goal {id: $id})
RETURN g.id, g.title, g.template, g.templateVersion, g.state, g.findings, g.despite`

const ACCEPT_GOAL = `
MATCH (g:Goal {id: $id})
SET g.state = 'ACCEPTED', g.despite = $despite, g.evidenceEntryId = $evidenceEntryId`

const PUBLISH_TASKS_OF_GOAL = `
MATCH (t:Task {goalId: $id, state: 'PROPOSED'})
SET t.state = 'OPEN', t.publishedAt = $at, t.evidenceEntryId = $evidenceEntryId
RETURN t.id
ORDER BY t.id`

/** The newest version of each template, by name. */
export async function newestTemplates(reader: Reader): Promise<ReadonlyMap<string, KeptTemplate>> {
  const kept = (await reader.run(NEWEST_TEMPLATES)).map(toTemplate)
  return new Map(kept.map(each => [each.template.name, each]))
}

/** In the order of their ids, one more than asked for. */
export async function templatesPage(
  reader: Reader,
  { first, afterId = '' }: PageRequest,
): Promise<readonly KeptTemplate[]> {
  return (await reader.run(TEMPLATES_PAGE, { afterId, limit: first + 1 })).map(toTemplate)
}

function toTemplate([id, version, document]: Row): KeptTemplate {
  return {
    id: String(id),
    version: Number(version),
    template: templateSchema.parse(JSON.parse(String(document))),
  }
}

export async function keepTemplate(
  { unit, at, evidenceEntryId }: Change,
  { id, version, template }: KeptTemplate,
): Promise<void> {
  const { name } = template
  await unit.run(RETIRE_TEMPLATE, { name })
  await unit.run(KEEP_TEMPLATE, { id, name, version, document: JSON.stringify(template), at, evidenceEntryId })
}

export interface KeptGoal {
  readonly id: string
  readonly title: string
  readonly template: string
  readonly templateVersion: number
  readonly state: 'PROPOSED' | 'ACCEPTED'
  readonly findings: readonly Finding[]
  /** Why it was accepted with findings; null where it has none or was not accepted. */
  readonly despite: string | null
}

export async function keepGoal(
  { unit, at, evidenceEntryId }: Change,
  { findings, ...goal }: Pick<KeptGoal, 'id' | 'title' | 'template' | 'templateVersion' | 'findings'>,
): Promise<void> {
  await unit.run(KEEP_GOAL, { ...goal, findings: JSON.stringify(findings), at, evidenceEntryId })
}

export async function goalById(reader: Reader, id: string): Promise<KeptGoal | undefined> {
  const [row] = await reader.run(GOAL, { id })
  if (row === undefined) return undefined
  const [, title, template, templateVersion, state, findings, despite] = row
  const told = { id, title, template, templateVersion, state, despite: despite ?? null }
  return { ...told, findings: JSON.parse(String(findings)) } as KeptGoal
}

/** Publishes the tasks of a goal, whose ids it answers. */
export async function acceptGoal(
  { unit, at, evidenceEntryId }: Change,
  id: string,
  despite: GraphValue,
): Promise<readonly string[]> {
  await unit.run(ACCEPT_GOAL, { id, despite, evidenceEntryId })
  return (await unit.run(PUBLISH_TASKS_OF_GOAL, { id, at, evidenceEntryId })).map(([taskId]) => String(taskId))
}
