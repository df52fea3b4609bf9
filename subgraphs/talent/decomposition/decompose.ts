// A goal becomes tasks: proposed by a template, looked over by a person, who may leave out and add, and published when accepted.
import { readFileSync } from 'node:fs'
import { type Change, type ChangeOutcome, type Recorded, recordChange, recordReaction } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import { canonicalJson } from '../../../core/evidence/commitment.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { requireSkills, statedTask } from '../tasks/publish.ts'
import { LONGEST_REASON, taskProblem, textProblem } from '../tasks/rules.ts'
import { countChange, createTasks } from '../tasks/task-store.ts'
import { flattened, meceFindings, type Template, templateProblem, templateSchema } from './template.ts'
import * as store from './template-store.ts'
import type { AddedTaskInput, DecomposeInput } from './types.ts'

const TALENT = { kind: 'SERVICE', id: 'talent' } as const
const TEMPLATES_GUARD = 'talent/templates'

const shipped = templateSchema
  .array()
  .parse(JSON.parse(readFileSync(new URL('./templates.json', import.meta.url), 'utf8')))

type Changed = Recorded<{ readonly goalId: string }>

/**
 * Proposes the tasks of a goal by the newest version of a template. Nobody works on them before a person accepts them. Throws
 * BAD_USER_INPUT.
 */
export function decomposeTask(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { title, template: name, region, concerns, leaveOut, add }: DecomposeInput,
): Promise<Changed> {
  const problem = textProblem('title', title, 200) ?? add.map(({ task }) => taskProblem(task)).find(each => each)
  if (problem) throw new ApiError('BAD_USER_INPUT', problem)
  const place = { region: region ?? null, concerns: concerns ?? null }
  const added = add.map(({ covers, task }) => ({ covers: [...covers], task: statedTask(task) }))
  const input = { title, name, ...place, leaveOut: [...leaveOut], add: added }
  return recordChange(services, { viewer, mutation: 'decomposeTask', idempotencyKey, input }, async change => {
    const library = await store.newestTemplates(change.unit)
    const found = library.get(name)
    const whole = found && flattened(found.template, templatesOf(library))
    if (found === undefined || whole === undefined) {
      throw new ApiError('BAD_USER_INPUT', { at: 'template', expected: 'the name of a template' })
    }
    requireKnown(whole, leaveOut, add)
    const kept = whole.steps.filter(({ key }) => !leaveOut.includes(key))
    const extra = added.map(({ covers, task }, index) => ({ key: `added-${index + 1}`, covers, ...task }))
    const findings = meceFindings(whole.aspects, [...kept, ...extra])
    const goalId = services.ids.next('Goal')
    await store.keepGoal(change, { id: goalId, title, template: name, templateVersion: found.version, findings })
    const tasks = [
      ...kept.map(({ title: of, quadrant, roles }) => ({ ...WHEREVER, title: of, quadrant, roles, ...place })),
      ...added.map(({ task }) => task),
    ]
    await requireSkills(change.unit, tasks)
    await createTasks(
      change,
      tasks.map(task => ({ ...task, id: services.ids.next('Task'), state: 'PROPOSED', goalId })),
    )
    return {
      evidence: {
        kind: 'GOAL_DECOMPOSED',
        statement: {
          goal: goalId,
          template: name,
          version: found.version,
          tasks: tasks.length,
          findings: findings.length,
        },
        facts: [],
      },
      events: [],
      result: { goalId },
    }
  })
}

/** What a template says nothing about. */
const WHEREVER = { isLocal: false, hours: null, isCrossDepartment: true, dueAt: null } as const

/** A person accepts the proposal: its tasks are open from now on. Throws NOT_VISIBLE, CONFLICT for findings that nobody answers for. */
export function acceptDecomposition(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  goalId: string,
  despite: string | null,
): Promise<Changed> {
  const problem = despite === null ? undefined : textProblem('despite', despite, LONGEST_REASON)
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  const asked = { viewer, mutation: 'acceptDecomposition', idempotencyKey, input: { goalId, despite } }
  return recordChange(services, asked, async change => {
    await change.unit.guard(TEMPLATES_GUARD)
    const goal = await store.goalById(change.unit, goalId)
    if (goal === undefined) throw new ApiError('NOT_VISIBLE')
    if (goal.state !== 'PROPOSED') throw new ApiError('CONFLICT', { at: 'goalId', expected: 'a proposal' })
    const [finding] = goal.findings
    if (finding !== undefined && despite === null) {
      const got = `${finding.kind} at ${finding.aspect}`
      throw new ApiError('CONFLICT', { at: 'despite', expected: 'a reason, or tasks without gap and overlap', got })
    }
    const taskIds = [...(await store.acceptGoal(change, goalId, despite))]
    await countChange(change.unit)
    return {
      evidence: {
        kind: 'DECOMPOSITION_ACCEPTED',
        statement: { goal: goalId, tasks: taskIds.length, findings: goal.findings.length },
        facts: [],
      },
      events: [{ kind: 'TASKS_PUBLISHED', body: { taskIds } }],
      result: { goalId },
    }
  })
}

/** Publishes a template, or its next version. Throws BAD_USER_INPUT, also for one that includes itself by any way. */
export function publishTemplate(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  document: unknown,
): Promise<Recorded<{ readonly templateId: string; readonly version: number }>> {
  const parsed = templateSchema.safeParse(document)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new ApiError('BAD_USER_INPUT', { at: `document.${issue?.path.join('.') ?? ''}`, expected: 'a template' })
  }
  const input = parsed.data
  return recordChange(services, { viewer, mutation: 'publishTemplate', idempotencyKey, input }, change =>
    publishIn(services, change, input, undefined),
  )
}

/** Keeps a template in a change. Throws BAD_USER_INPUT, also for one that was mined and has the name of another. */
export async function publishIn(
  services: Services,
  change: Change,
  template: Template,
  minedFrom: string | undefined,
): Promise<ChangeOutcome<{ readonly templateId: string; readonly version: number }>> {
  await change.unit.guard(TEMPLATES_GUARD)
  const library = await store.newestTemplates(change.unit)
  if (minedFrom !== undefined && library.has(template.name)) {
    throw new ApiError('BAD_USER_INPUT', { at: 'name', expected: 'a name that no template has' })
  }
  const problem = templateProblem(template, templatesOf(library))
  if (problem !== undefined) throw new ApiError('BAD_USER_INPUT', problem)
  await requireSkills(change.unit, template.steps)
  const kept = { id: services.ids.next('TaskTemplate'), version: (library.get(template.name)?.version ?? 0) + 1 }
  await store.keepTemplate(change, { ...kept, template })
  return published(kept, [template.name], minedFrom)
}

/** Writes those of the templates that ship with the product that the graph does not hold in any version. */
export async function keepShippedTemplates(services: Services): Promise<void> {
  await recordReaction(services, TALENT, async change => {
    await change.unit.guard(TEMPLATES_GUARD)
    const library = await store.newestTemplates(change.unit)
    const missing = shipped.filter(({ name }) => !library.has(name))
    if (missing.length === 0) return undefined
    for (const template of missing) {
      await store.keepTemplate(change, { id: services.ids.next('TaskTemplate'), version: 1, template })
    }
    return published(
      { id: '', version: 1 },
      missing.map(({ name }) => name),
    )
  })
}

function published(
  { id, version }: { readonly id: string; readonly version: number },
  names: readonly string[],
  minedFrom?: string,
): ChangeOutcome<{ readonly templateId: string; readonly version: number }> {
  return {
    evidence: {
      kind: 'TASK_TEMPLATE_PUBLISHED',
      statement: { templates: canonicalJson(names), version, ...(minedFrom !== undefined && { minedFrom }) },
      facts: [],
    },
    events: [],
    result: { templateId: id, version },
  }
}

function templatesOf(library: ReadonlyMap<string, store.KeptTemplate>): ReadonlyMap<string, Template> {
  return new Map([...library].map(([name, { template }]) => [name, template]))
}

function requireKnown(whole: Template, leaveOut: readonly string[], add: readonly AddedTaskInput[]): void {
  const keys = whole.steps.map(({ key }) => key)
  const strange = leaveOut.find(key => !keys.includes(key))
  if (strange !== undefined) {
    throw new ApiError('BAD_USER_INPUT', { at: 'leaveOut', expected: 'keys of steps of the template' })
  }
  const aspects = whole.aspects.map(({ name }) => name)
  if (add.some(({ covers }) => covers.some(each => !aspects.includes(each)))) {
    throw new ApiError('BAD_USER_INPUT', { at: 'add.covers', expected: 'aspects of the template' })
  }
}
