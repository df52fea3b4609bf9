import type { RequestContext } from '../../../core/context.ts'
import { mapValues, pageLoaderOf } from '../../../core/loaders.ts'
import { type Connection, type PageRequest, toConnection } from '../../../core/paging.ts'
import { levelAt } from './level.ts'
import { type FoundSellerSkill, profileStore } from './profile-store.ts'
import type { SellerAtWork, SellerSkill } from './types.ts'

export interface ProfileLoaders {
  sellers(page: PageRequest): Promise<Connection<SellerAtWork>>
  skillsOf(sellerId: string, page: PageRequest): Promise<Connection<SellerSkill>>
}

export const SELLERS = 'sellers'
export const sellerSkillsList = (sellerId: string) => `sellerSkills/${sellerId}`

export function profileLoaders(request: RequestContext): ProfileLoaders {
  const store = profileStore(request)
  const masked = ({ id, skill, standing, subject }: FoundSellerSkill): SellerSkill =>
    request.masks.apply('SellerSkill', { id, skill, ...levelAt(standing, request.at) }, subject)
  const skillsOf = pageLoaderOf(
    sellerSkillsList,
    () => undefined,
    async (sellerIds, page) => mapValues(await store.skillsOf(sellerIds, page), found => found.map(masked)),
  )
  return {
    sellers: async page => toConnection(SELLERS, page, await store.sellersPage(page)),
    skillsOf: (sellerId, page) => skillsOf(sellerId, page, undefined),
  }
}
