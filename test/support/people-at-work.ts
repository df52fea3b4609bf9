// Sellers who can do what the named examples of the house need, and let work be routed to them.
import { recordReaction } from '../../core/change.ts'
import { setConsent } from '../../core/consent/set-consent.ts'
import type { Services } from '../../core/context.ts'
import { countChange } from '../../subgraphs/talent/tasks/task-store.ts'

const BASE = 'https://sovereign-graph.org/skills/'

const KEEP_SELLERS = `
UNWIND $sellers AS row
MERGE (c:Seller {id: row.id})
SET c.name = row.name, c.region = row.region`

const KEEP_LEVELS = `
UNWIND $levels AS row
MATCH (c:Seller {id: row.sellerId})
MATCH (k:Skill {uri: row.uri})
MERGE (c)-[h:HAS_SKILL]->(k)
SET h.id = row.id, h.success = row.success, h.failure = 0.0, h.seenAt = $at`

export interface SellerAtWork {
  readonly id: string
  readonly region: string
  /** Names of our own skills; each is seen often enough to be above level 4. */
  readonly skills: readonly string[]
  readonly consents?: boolean
}

/** Keeps sellers as though all that had been seen of them. */
export async function keepSellers(services: Services, sellers: readonly SellerAtWork[]): Promise<void> {
  const at = services.clock.now()
  await services.graph.write(async unit => {
    await unit.run(KEEP_SELLERS, { sellers: sellers.map(({ id, region }) => ({ id, region, name: id })) })
    const levels = sellers.flatMap(({ id, skills }) =>
      skills.map(skill => ({ sellerId: id, uri: `${BASE}${skill}`, id: `${id}/${skill}`, success: 20.5 })),
    )
    await unit.run(KEEP_LEVELS, { levels, at })
    await countChange(unit)
  })
  for (const { id, consents = true } of sellers) {
    if (!consents) continue
    await recordReaction(services, { kind: 'SERVICE', id: 'test' }, async change => {
      const changed = await setConsent(services, change, {
        customerId: id,
        subject: 'Seller',
        purpose: 'WORKFORCE_PLANNING',
        recipient: '',
        state: 'GIVEN',
        guardianId: undefined,
      })
      if (changed === undefined) throw new Error('a seller is missing')
      return { evidence: { kind: 'CONSENT_GIVEN', statement: {}, facts: changed.facts }, events: [], result: {} }
    })
  }
}
