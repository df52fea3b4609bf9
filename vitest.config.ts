import { defineConfig } from 'vitest/config'

export default defineConfig({
  // One copy of graphql for ESM tests and the CommonJS @apollo packages: see docs/adr/001.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.{test,property}.ts'],
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/neo4j.global.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
})
