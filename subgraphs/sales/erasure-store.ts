// What sales holds of a customer, deleted: opportunities with the stages that they entered, orders, services. Products are nobody's.
import { countIn, type SubjectEraser } from '../../core/erasure/eraser.ts'

const DELETE_STAGE_ENTRIES = `
MATCH (c:Customer {id: $customerId})-[:PURSUES]->(:Opportunity)-[:ENTERED]->(h:StageEntry)
DETACH DELETE h
RETURN count(*)`

const DELETE_OPPORTUNITIES = `
MATCH (c:Customer {id: $customerId})-[:PURSUES]->(o:Opportunity)
DETACH DELETE o
RETURN count(*)`

const DELETE_ORDERS = `
MATCH (c:Customer {id: $customerId})-[:PLACED]->(o:Order)
DETACH DELETE o
RETURN count(*)`

const DELETE_FULFILMENTS = `
MATCH (c:Customer {id: $customerId})-[:RECEIVES]->(f:Fulfilment)
DETACH DELETE f
RETURN count(*)`

export const salesEraser: SubjectEraser = {
  part: 'sales',
  erase: async (unit, customerId) => {
    const counted = async (statement: string) => countIn(await unit.run(statement, { customerId }))
    const stages = await counted(DELETE_STAGE_ENTRIES)
    return {
      Opportunity: await counted(DELETE_OPPORTUNITIES),
      StageEntry: stages,
      Order: await counted(DELETE_ORDERS),
      Fulfilment: await counted(DELETE_FULFILMENTS),
    }
  },
}
