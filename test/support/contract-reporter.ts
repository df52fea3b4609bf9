// Prints at the end how many contract suites really ran on each engine, so that a silent skip is seen.
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'

/** The end of the name of a contract suite; describeOnEngines writes it. */
export const suiteOn = (engine: string): string => ` on ${engine}`

export default class ContractReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = modules.flatMap(module => [...module.children.suites()])
    const ran = (engine: string) => suites.filter(suite => suite.name.endsWith(suiteOn(engine)) && hasRun(suite)).length
    const [embedded, neo4j] = [ran('embedded'), ran('neo4j')]
    if (embedded + neo4j > 0) process.stdout.write(`\ncontract: ${embedded} suites embedded, ${neo4j} suites neo4j\n`)
  }
}

function hasRun(suite: TestSuite): boolean {
  return [...suite.children.allTests()].some((test: TestCase) => test.result().state !== 'skipped')
}
