import { describeDifferences } from './differences.contract.ts'
import { describeOnEngines } from './engines.ts'
import { describeFailures } from './failures.contract.ts'
import { describeIsolation } from './isolation.contract.ts'
import { describeMigrations } from './migrations.contract.ts'
import { describeUnits } from './units.contract.ts'
import { describeValues } from './values.contract.ts'

describeOnEngines('differences', describeDifferences)
describeOnEngines('values', describeValues)
describeOnEngines('units of work', describeUnits)
describeOnEngines('isolation', describeIsolation)
describeOnEngines('failures', describeFailures)
describeOnEngines('migrations', describeMigrations)
