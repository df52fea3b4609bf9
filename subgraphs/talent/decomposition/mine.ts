// What top sellers' paths share is proposed as a template, and becomes one when a person adopts it.
import { type Recorded, recordChange } from '../../../core/change.ts'
import type { Services } from '../../../core/context.ts'
import { ApiError } from '../../../core/errors.ts'
import type { Reader } from '../../../core/graph/graph.ts'
import type { PageRequest } from '../../../core/paging.ts'
import { inSlices } from '../../../core/slices.ts'
import type { Viewer } from '../../../core/viewer.ts'
import { publishIn } from './decompose.ts'
import { type SharedPath, sharedPaths } from './mined-paths.ts'
import { type MinedStep, minedSteps, minedStepsVersion } from './mined-steps.ts'
import { salesPaths } from './path-store.ts'
import { type Template, templateSchema } from './template.ts'
import type { AdoptInput } from './types.ts'

export interface MinedProposal extends Omit<SharedPath, 'kinds'> {
  /** The kinds of its steps: the same steps have the same id whenever they are mined. */
  readonly id: string
  readonly steps: readonly MinedStep[]
  readonly tableVersion: number
}

/** What the paths share as they stand now, one more than asked for. */
export async function minedPage(
  { graph, policies }: Services,
  { first, afterId }: PageRequest,
): Promise<readonly MinedProposal[]> {
  const all = await proposals({ policies }, { run: graph.read.bind(graph) })
  const start = afterId === undefined ? 0 : all.findIndex(({ id }) => id === afterId) + 1
  // Of a place that is no more in the list nothing follows.
  return afterId !== undefined && start === 0 ? [] : all.slice(start, start + first + 1)
}

/** Publishes what was mined as a new template. Throws BAD_USER_INPUT, NOT_VISIBLE for what the paths share no more. */
export function adoptMinedTemplate(
  services: Services,
  viewer: Viewer,
  idempotencyKey: string,
  { minedId, name, title, titleZh }: AdoptInput,
): Promise<Recorded<{ readonly templateId: string; readonly version: number }>> {
  const input = { minedId, name, title, titleZh }
  const named = templateSchema.pick({ name: true, title: true, titleZh: true }).safeParse({ name, title, titleZh })
  if (!named.success) {
    const [issue] = named.error.issues
    throw new ApiError('BAD_USER_INPUT', {
      at: issue?.path.join('.') ?? '',
      expected: 'a name and titles of a template',
    })
  }
  return recordChange(services, { viewer, mutation: 'adoptMinedTemplate', idempotencyKey, input }, async change => {
    const mined = (await proposals(services, change.unit)).find(({ id }) => id === minedId)
    if (mined === undefined) throw new ApiError('NOT_VISIBLE')
    return publishIn(services, change, { ...named.data, ...partsOf(mined) }, mined.id)
  })
}

async function proposals({ policies }: Pick<Services, 'policies'>, reader: Reader): Promise<readonly MinedProposal[]> {
  const shared = await inSlices(sharedPaths(await salesPaths(reader, policies.current().policy)))
  return shared.map(({ kinds, ...figures }) => ({
    ...figures,
    id: kinds.join('>'),
    steps: kinds.flatMap(kind => minedSteps.get(kind) ?? []),
    tableVersion: minedStepsVersion,
  }))
}

/** Each step is an aspect of its own, done by one person; what skills it takes the paths do not tell. */
function partsOf({ steps }: MinedProposal): Pick<Template, 'aspects' | 'steps' | 'includes'> {
  return {
    aspects: steps.map(({ kind, title, quadrant }) => ({ name: kind, title, quadrant })),
    steps: steps.map(({ kind, ...step }) => ({
      ...step,
      key: kind,
      covers: [kind],
      roles: [{ name: 'seller', people: 1, requirements: [] }],
    })),
    includes: [],
  }
}
