// Prints at the end how many contract suites really ran on each engine, so that a silent skip is seen, and the plain count
// of all tests.
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'

/** The name of a contract suite on one engine; describeOnEngines gives it. */
export function suiteName(suite: string, engine: string, skipReason?: string): string {
  return `${suite} on ${engine}${skipReason === undefined ? '' : ` (skipped: ${skipReason})`}`
}

export default class ContractReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = modules.flatMap(module => [...module.children.suites()])
    const ranOn = (engine: string) => suites.filter(({ name }) => name.endsWith(suiteName('', engine))).filter(hasRun)
    const counts = `${ranOn('embedded').length} suites embedded, ${ranOn('neo4j').length} suites neo4j`
    const [, why = ''] = suites.map(({ name }) => / on neo4j( \(skipped: .*\))$/.exec(name)).find(Boolean) ?? []
    if (suites.some(({ name }) => / on (embedded|neo4j)/.test(name)))
      process.stdout.write(`\ncontract: ${counts}${why}\n`)
    const states = modules.flatMap(module => [...module.children.allTests()]).map(test => test.result().state)
    const count = (wanted: string) => states.filter(state => state === wanted).length
    // A file that fails before its tests are known has none, and is a failure all the same.
    const failed = count('failed') + modules.filter(module => module.errors().length > 0).length
    process.stdout.write(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped\n`)
  }
}

function hasRun(suite: TestSuite): boolean {
  return [...suite.children.allTests()].some((test: TestCase) => test.result().state !== 'skipped')
}
