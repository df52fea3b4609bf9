import 'reflect-metadata'
import fc from 'fast-check'
import { beforeEach } from 'vitest'

// A property that outlived its test would go on emptying and writing the graph of the tests after it. It ends a little before,
// as a failure, and tells the counterexample that it has by then.
beforeEach(({ task }) => {
  fc.configureGlobal({ interruptAfterTimeLimit: task.timeout * 0.9, markInterruptAsFailure: true })
})
