// The customers whom a viewer may know of, in the order of their ids, with what masks are decided by.
import { SUBJECT_STATE, toSubject, visibleRows } from '../../core/consent/consent-store.ts'
import type { RequestContext } from '../../core/context.ts'
import { cypher } from '../../core/graph/cypher.ts'
import type { Subject } from '../../core/policy/entity-masks.ts'

export async function visibleCustomers(
  { services: { graph }, policy, viewer }: Pick<RequestContext, 'services' | 'policy' | 'viewer'>,
  afterId: string,
  limit: number,
): Promise<readonly Subject[]> {
  const { allVisible, params } = visibleRows(policy, viewer)
  const statement = cypher`${allVisible} AND c.id > $afterId
WITH c ORDER BY c.id LIMIT $limit
RETURN c.id, c.region, ${SUBJECT_STATE}
ORDER BY c.id`
  const rows = await graph.read(statement, { ...params, afterId, limit })
  return rows.map(([id, region, state]) => toSubject(id, region, state))
}
