import type { BackgroundWork } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import type { BackgroundMeans } from '../../core/subgraph.ts'
import { keepShippedTemplates } from './decomposition/decompose.ts'
import { startRouting } from './routing/route.ts'
import { keepOwnSkills } from './skills/import-skills.ts'

/** Writes our own skills and the templates that use them, where the graph does not hold them yet. */
export async function prepareTalent(services: Services): Promise<void> {
  await keepOwnSkills(services)
  await keepShippedTemplates(services)
}

/** Prepares before the first request; then routes whatever changes. */
export async function startTalent(services: Services, { failed }: BackgroundMeans): Promise<BackgroundWork> {
  await prepareTalent(services)
  return startRouting(services, failed)
}
