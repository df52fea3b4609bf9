// The subgraphs that this process serves.
import { accessMigrations } from '../core/access/api-keys.ts'
import { changeMigrations, requestsEraser } from '../core/change.ts'
import { consentMigrations } from '../core/consent/consent-store.ts'
import { erasesSubjects } from '../core/erasure/erasure.ts'
import { erasureMigrations } from '../core/erasure/erasure-store.ts'
import { type EventConsumer, outboxMigrations } from '../core/events/outbox.ts'
import { evidenceMigrations } from '../core/evidence/evidence.ts'
import { graphMigrations, type Migration } from '../core/graph/migrations.ts'
import { policyMigrations } from '../core/policy/policy-store.ts'
import type { Countable } from '../core/registry/facts.ts'
import type { Subgraph } from '../core/subgraph.ts'
import { access } from '../subgraphs/access/index.ts'
import { automation } from '../subgraphs/automation/index.ts'
import { customers } from '../subgraphs/customers/index.ts'
import { evidence } from '../subgraphs/evidence/index.ts'
import { metrics } from '../subgraphs/metrics/index.ts'
import { sales } from '../subgraphs/sales/index.ts'
import { sovereignty } from '../subgraphs/sovereignty/index.ts'
import { talent } from '../subgraphs/talent/index.ts'

export const subgraphs: readonly Subgraph[] = [
  customers,
  sales,
  sovereignty,
  evidence,
  access,
  metrics,
  talent,
  automation,
]

// From the last to the first: what the others hold hangs on the customer, whom customers deletes.
export const erasers = [requestsEraser, ...subgraphs.toReversed().flatMap(({ eraser }) => eraser ?? [])]

/** What metrics may count, of all of them. */
export const countable: Countable = {
  entities: subgraphs.flatMap(each => each.countable?.entities ?? []),
  facts: subgraphs.flatMap(each => each.countable?.facts ?? []),
  changes: subgraphs.flatMap(each => each.countable?.changes ?? []),
}

/** Those that a firm can switch off. */
export const moduleNames = subgraphs.filter(({ isModule }) => isModule === true).map(({ name }) => name)

export const consumers: readonly EventConsumer[] = [
  ...subgraphs.flatMap(({ name, isModule, consumers: own }) =>
    isModule === true ? own.map(each => ({ ...each, module: name })) : own,
  ),
  erasesSubjects(erasers),
]

export const migrations: readonly Migration[] = [
  ...graphMigrations,
  ...evidenceMigrations,
  ...outboxMigrations,
  ...changeMigrations,
  ...consentMigrations,
  ...accessMigrations,
  ...erasureMigrations,
  ...policyMigrations,
  ...subgraphs.flatMap(subgraph => subgraph.migrations),
]
