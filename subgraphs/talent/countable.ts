// What metrics may count of work and of the capability exchange: tasks, and trades once they are completed.
import { type Countable, factsByEntity } from '../../core/registry/facts.ts'
import { countableTasks } from './tasks/countable.ts'

const TRADES = `
UNWIND $ids AS wanted
MATCH (t:Trade {id: wanted})
RETURN t.id, t.state, t.completedAt`

const TRADE_IDS_AFTER = `
MATCH (t:Trade)
WHERE t.id > $afterId
RETURN t.id ORDER BY t.id LIMIT $limit`

export const countableTalent: Countable = {
  entities: [
    ...countableTasks.entities,
    {
      name: 'Trade',
      isAppendOnly: false,
      read: async (reader, ids) =>
        (await reader.run(TRADES, { ids })).map(([id]) => ({ id: String(id), dimensions: {} })),
      idsAfter: async (reader, afterId, limit) =>
        (await reader.run(TRADE_IDS_AFTER, { afterId, limit })).map(([id]) => String(id)),
    },
  ],
  facts: [
    ...countableTasks.facts,
    {
      name: 'trades',
      entity: 'Trade',
      description: 'A trade of capabilities that was completed, at the time at which it was.',
      fields: ['isCompleted'],
      isState: false,
      read: async (reader, ids) => {
        const completed = (await reader.run(TRADES, { ids })).filter(([, state]) => state === 'COMPLETED')
        return factsByEntity(completed, ([, , at]) => ({ at: String(at), values: { isCompleted: 1 } }))
      },
    },
  ],
  changes: [
    ...countableTasks.changes,
    { entity: 'Trade', kind: 'TRADE_COMPLETED', idsChanged: async (_, { tradeId }) => [tradeId] },
  ],
}
