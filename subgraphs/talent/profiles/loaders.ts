import type { RequestContext } from '../../../core/context.ts'
import { loaderOf, mapValues, pageLoaderOf } from '../../../core/loaders.ts'
import { type Connection, type PageRequest, toConnection } from '../../../core/paging.ts'
import { contestStore, type FoundEvidence } from './contest-store.ts'
import { countedAs, type Review, type SeenEvidence } from './counted.ts'
import { seenOf, standingName } from './evidence-store.ts'
import type { SkillContest, SkillEvidence } from './evidence-types.ts'
import { learningCurve, levelAt, type PastLevel } from './level.ts'
import { type FoundSellerSkill, profileStore } from './profile-store.ts'
import type { SellerAtWork, SellerSkill } from './types.ts'

export interface ProfileLoaders {
  sellers(page: PageRequest): Promise<Connection<SellerAtWork>>
  skillsOf(sellerId: string, page: PageRequest): Promise<Connection<SellerSkill>>
  evidenceOf(skill: SellerSkill, page: PageRequest): Promise<Connection<SkillEvidence>>
  /** Null where the viewer is not shown the level. */
  learningCurveOf(skill: SellerSkill): Promise<readonly PastLevel[] | null>
  contests(page: PageRequest, review: Review): Promise<Connection<SkillContest>>
}

export const SELLERS = 'sellers'
export const sellerSkillsList = (sellerId: string) => `sellerSkills/${sellerId}`
export const evidenceList = ({ id }: SellerSkill) => `skillEvidence/${id}`
export const contestsList = (review: Review) => `skillContests/${review}`

export function profileLoaders(request: RequestContext): ProfileLoaders {
  const { masks, at, services } = request
  const { graph } = services
  const profiles = profileStore(request)
  const store = contestStore(request)

  const toSellerSkill = ({ id, skill, standing, subject }: FoundSellerSkill): SellerSkill => {
    const internal = { subject, standing: standingName(subject.id, skill.id) }
    return masks.apply('SellerSkill', { id, skill, ...levelAt(standing, at), ...internal }, subject)
  }
  const toEvidence = ({ subject, ...found }: FoundEvidence): SkillEvidence =>
    masks.apply('SkillEvidence', { ...found, counts: countedAs(found) !== undefined }, subject)
  const toContest = ({ subject, ...found }: FoundEvidence): SkillContest =>
    masks.apply('SkillContest', { ...found, seller: { id: subject.id } }, subject)

  const skillsOf = pageLoaderOf(
    sellerSkillsList,
    () => undefined,
    async (sellerIds, page) => mapValues(await profiles.skillsOf(sellerIds, page), found => found.map(toSellerSkill)),
  )
  const evidenceOf = pageLoaderOf(
    standing => standing,
    () => undefined,
    async (standings, page) => mapValues(await store.evidenceOf(standings, page), found => found.map(toEvidence)),
  )
  const seen = loaderOf<readonly SeenEvidence[]>(standings => seenOf({ run: graph.read.bind(graph) }, standings))

  return {
    sellers: async page => toConnection(SELLERS, page, await profiles.sellersPage(page)),
    skillsOf: (sellerId, page) => skillsOf(sellerId, page, undefined),
    evidenceOf: (skill, page) => evidenceOf(skill.standing, page, undefined),
    learningCurveOf: async ({ id, subject, standing }) => {
      const evidence = ((await seen.load(standing)) ?? []).flatMap(each => countedAs(each) ?? [])
      return masks.apply('SellerSkill', { id, learningCurve: learningCurve(evidence, at) }, subject).learningCurve
    },
    contests: async (page, review) =>
      toConnection(contestsList(review), page, (await store.contestsPage(page, review)).map(toContest)),
  }
}
