// How customers are found who may be the same as others: by the keys that they share, a few of each at most.
import { type Cypher, cypher } from '../../../core/graph/cypher.ts'
import type { Reader, UnitOfWork } from '../../../core/graph/graph.ts'
import { type BlockingKey, LARGEST_BLOCK } from './blocking.ts'
import { CONTACT_NUMBER } from './identify.ts'

const KEEP_BLOCKS = `
UNWIND $rows AS row
MATCH (c:Customer {id: row.id})
SET c.blockNameBirth = row.blockNameBirth, c.blockNameAccount = row.blockNameAccount,
    c.blockNameRegion = row.blockNameRegion, c.blockBirth = row.blockBirth, c.blockPhone = row.blockPhone,
    c.blockMail = row.blockMail`

/** By what customers are looked up: the keys, and the WeCom id, which is one by itself. */
export type LookUpKey = BlockingKey | 'weComId'

// Two customers of the company, each with a number of its own, are brought together by a person alone.
const sharing = (key: Cypher) => cypher`
UNWIND $rows AS row
WITH row.id AS asker, row.value AS value, row.isContact AS isContact
CALL (asker, value, isContact) {
  MATCH (c:Customer {${key}: value})
  WHERE c.id <> asker AND c.number IS NOT NULL AND (isContact OR c.number STARTS WITH $contact)
  RETURN c.id AS found LIMIT $most
}
RETURN asker, found`

const SHARING: { readonly [key in LookUpKey]: Cypher } = {
  blockNameBirth: sharing(cypher`blockNameBirth`),
  blockNameAccount: sharing(cypher`blockNameAccount`),
  blockNameRegion: sharing(cypher`blockNameRegion`),
  blockBirth: sharing(cypher`blockBirth`),
  blockPhone: sharing(cypher`blockPhone`),
  blockMail: sharing(cypher`blockMail`),
  weComId: sharing(cypher`weComId`),
}

export interface Blocks {
  readonly id: string
  readonly isContact: boolean
  readonly blocks: { readonly [key in BlockingKey]: string | null }
  readonly weComId: string | null
}

export async function keepBlocks(unit: UnitOfWork, customers: readonly Blocks[]): Promise<void> {
  const rows = customers.map(({ id, blocks }) => ({ id, ...blocks }))
  if (rows.length > 0) await unit.run(KEEP_BLOCKS, { rows })
}

/** Whom each of these customers may be the same as, by its id. */
export async function candidatesOf(
  reader: Reader,
  customers: readonly Blocks[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const candidates = new Map(customers.map(({ id }) => [id, new Set<string>()]))
  for (const [key, statement] of Object.entries(SHARING) as [LookUpKey, Cypher][]) {
    const rows = customers.flatMap(({ id, isContact, blocks, weComId }) => {
      const value = key === 'weComId' ? weComId : blocks[key]
      return value === null ? [] : [{ id, isContact, value }]
    })
    if (rows.length === 0) continue
    const found = await reader.run(statement, { rows, contact: CONTACT_NUMBER, most: LARGEST_BLOCK + 1 })
    const sharers = new Map<string, string[]>()
    for (const [asker, id] of found) sharers.set(String(asker), [...(sharers.get(String(asker)) ?? []), String(id)])
    for (const [asker, ids] of sharers) {
      if (ids.length <= LARGEST_BLOCK) for (const id of ids) candidates.get(asker)?.add(id)
    }
  }
  return candidates
}
