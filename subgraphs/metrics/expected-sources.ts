// What sources definitions wait for: what one fact of each is to be, for whoever brings it, and for whoever asks what is missing.
// A source that is contributed under such a name is about the same entity and has at least these fields.

export interface ExpectedSource {
  readonly entity: string
  readonly description: string
  readonly fields: readonly string[]
}

const one = (entity: string, description: string, ...fields: readonly string[]): ExpectedSource => ({
  entity,
  description,
  fields,
})

export const expectedSources: { readonly [name: string]: ExpectedSource } = {
  decisions: one('Decision', 'An AI suggestion, when it was shown to a person.', 'isTraced', 'isChallenged'),
  corrections: one('Decision', 'A correction of an AI suggestion by a person, when it was made.', 'isAdopted'),
  'visit-plans': one('Seller', "The visit plan of a seller's day.", 'isManual'),
  'tasks-staffed': one('Task', 'A task, when its first person was in place.', 'responseHours'),
  'cross-department-tasks': one('Task', 'A cross-department task, when it was due.', 'isInTime'),
  trades: one('Trade', 'A capability trade, when it was settled.', 'isCompleted'),
  people: one('Seller', 'A person who sells, now.'),
  surveys: one('Seller', 'An answer to whether the person would work across roles.', 'isWilling'),
  'self-updates': one('Customer', "A customer's own edit, when it was made.", 'isInTime'),
  'self-operations-started': one('Customer', 'A self-operation, when it was started.', 'isCompleted'),
  'self-decisions': one('Customer', 'An opportunity, when it was closed.', 'isOwn'),
  exports: one('Customer', 'An export, when it was delivered.', 'turnaroundHours'),
  rectifications: one('Customer', 'A proposed correction, when it was decided.', 'turnaroundHours'),
  'private-domain-touchpoints': one('Customer', 'An interaction in a private domain, such as WeCom.', 'hasClause'),
  'intervention-nodes': one('Customer', 'An intervention node, when it was reached.', 'isCompleted'),
  signatures: one('Customer', 'A signature, when it was given.', 'cycleDays'),
  renewals: one('Customer', 'A contract, when it came up for renewal.', 'isRenewed'),
  ratings: one('Customer', 'A rating of 0 to 10, when it was given.', 'promoterPoints'),
  launches: one('Product', 'A product, when 90 days from its launch were over.', 'unitsSold', 'unitsPlanned'),
}
