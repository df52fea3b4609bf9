import { defineConfig } from 'vitest/config'

const CONTRACT = 'test/contract/**/*.test.ts'

export default defineConfig({
  // One copy of graphql for ESM tests and the CommonJS @apollo packages: see docs/adr/001.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    // graphql-js leaves rejections unhandled when a list ends at an item that failed at once. Our executor may not.
    onUnhandledError: ({ stack = '' }) =>
      !stack.includes('node_modules/graphql/execution/') || stack.includes('gateway/federation/complete-value'),
    reporters: ['default', './test/support/contract-reporter.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'house', include: ['test/**/*.{test,property}.ts'], exclude: [CONTRACT] },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: [CONTRACT],
          globalSetup: ['test/support/neo4j.global.ts'],
          // Neo4j Community has one database, and each suite begins by emptying it.
          fileParallelism: false,
        },
      },
    ],
  },
})
