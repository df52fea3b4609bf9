import type { BackgroundWork } from '../../core/background.ts'
import type { Services } from '../../core/context.ts'
import { keepOwnSkills } from './skills/import-skills.ts'

/** Writes our own skills before the first request. */
export async function startTalent(services: Services): Promise<BackgroundWork> {
  await keepOwnSkills(services)
  return { settle: async () => undefined, stop: async () => undefined }
}
