// What sales holds of a customer, deleted: the opportunities with the stages that they entered. Products are nobody's.
import { countIn, type SubjectEraser } from '../../core/erasure/eraser.ts'

const DELETE_STAGE_ENTRIES = `
MATCH (c:Customer {id: $customerId})-[:PURSUES]->(:Opportunity)-[:ENTERED]->(h:StageEntry)
DETACH DELETE h
RETURN count(*)`

const DELETE_OPPORTUNITIES = `
MATCH (c:Customer {id: $customerId})-[:PURSUES]->(o:Opportunity)
DETACH DELETE o
RETURN count(*)`

export const salesEraser: SubjectEraser = {
  part: 'sales',
  erase: async (unit, customerId) => {
    const stages = countIn(await unit.run(DELETE_STAGE_ENTRIES, { customerId }))
    return { Opportunity: countIn(await unit.run(DELETE_OPPORTUNITIES, { customerId })), StageEntry: stages }
  },
}
