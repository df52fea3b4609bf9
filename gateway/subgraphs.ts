// The subgraphs that this process serves.
import { accessMigrations } from '../core/access/api-keys.ts'
import { changeMigrations } from '../core/change.ts'
import { consentMigrations } from '../core/consent/consent-store.ts'
import { outboxMigrations } from '../core/events/outbox.ts'
import { evidenceMigrations } from '../core/evidence/evidence.ts'
import { graphMigrations, type Migration } from '../core/graph/migrations.ts'
import { policyMigrations } from '../core/policy/policy-record.ts'
import type { Subgraph } from '../core/subgraph.ts'
import { customers } from '../subgraphs/customers/index.ts'
import { evidence } from '../subgraphs/evidence/index.ts'
import { sales } from '../subgraphs/sales/index.ts'
import { sovereignty } from '../subgraphs/sovereignty/index.ts'

export const subgraphs: readonly Subgraph[] = [customers, sales, sovereignty, evidence]

export const migrations: readonly Migration[] = [
  ...graphMigrations,
  ...evidenceMigrations,
  ...outboxMigrations,
  ...changeMigrations,
  ...consentMigrations,
  ...accessMigrations,
  ...policyMigrations,
  ...subgraphs.flatMap(subgraph => subgraph.migrations),
]
