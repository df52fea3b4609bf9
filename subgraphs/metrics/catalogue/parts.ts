// What definitions are put together from.

export const ratio = { type: 'RATIO', unit: 'RATIO', direction: 'UP', whenEmpty: 'NULL' }
/** A mean of amounts of which less is better. */
export const mean = { ...ratio, direction: 'DOWN' }

export const ofCustomers = { version: 1, entity: 'Customer', purpose: 'COMPLIANCE_AUDIT' }
export const ofLog = { version: 1, entity: 'LogEntry', purpose: 'COMPLIANCE_AUDIT' }
export const ofTasks = { version: 1, entity: 'Task', purpose: 'COMPLIANCE_AUDIT' }
export const ofDecisions = { version: 1, entity: 'Decision', purpose: 'COMPLIANCE_AUDIT' }
export const ofSellers = { version: 1, entity: 'Seller', purpose: 'COMPLIANCE_AUDIT' }

/** What customers do in a sale is counted for statistics, which needs their consent where the law says so. */
export const ofBehaviour = { version: 1, entity: 'Customer', purpose: 'ANALYTICS' }

export const count = (source: string, ...where: object[]) => ({ source, aggregation: 'FACTS', where })
export const entities = (source: string, ...where: object[]) => ({ source, aggregation: 'ENTITIES', where })
export const sum = (source: string, field: string, ...where: object[]) => ({ source, aggregation: 'SUM', field, where })
export const yes = (field: string) => ({ field, is: 'EQUALS', value: 1 })

/** The share of the facts of a source that have this mark. */
export const shareWith = (source: string, mark: string) => ({
  numerator: count(source, yes(mark)),
  denominator: count(source),
})

/** The mean of a field over the facts of a source. */
export const meanOf = (source: string, field: string) => ({ numerator: sum(source, field), denominator: count(source) })
