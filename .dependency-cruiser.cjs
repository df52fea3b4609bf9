/** Which way imports may point: gateway → subgraphs/<name>/index → core. Each rule has a planted violation in test/house. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'subgraphs-stand-alone',
      comment: "A subgraph refers to another's entity by key or reacts to its event; it never imports it.",
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'core-knows-nobody',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(subgraphs|gateway|commands|seeds)/' },
    },
    {
      name: 'subgraph-by-its-index',
      comment: 'Outside its folder a subgraph is its index.ts.',
      severity: 'error',
      from: { path: '^(gateway|commands|seeds)/' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/[^/]+/index\\.ts$' },
    },
    {
      name: 'nothing-imports-the-gateway',
      comment: 'Commands start it in process when no server runs; tests and benches start it too.',
      severity: 'error',
      from: { pathNot: '^(gateway|commands|test|bench)/' },
      to: { path: '^gateway/' },
    },
    {
      name: 'explorer-is-a-client',
      comment: 'It runs in the browser and knows the server by what it answers.',
      severity: 'error',
      from: { path: '^(explorer|docs)/' },
      to: { path: '^(core|gateway|subgraphs|commands|seeds|test)/' },
    },
    {
      name: 'nothing-imports-the-explorer',
      severity: 'error',
      from: { pathNot: '^(explorer|test)/' },
      to: { path: '^explorer/' },
    },
    {
      name: 'react-behind-the-editor',
      comment: 'Everything else of the explorer is made with Preact, and small.',
      severity: 'error',
      from: { path: '^explorer/', pathNot: '^explorer/editor\\.ts$' },
      to: { path: 'node_modules/(react|react-dom|graphiql|@graphiql)/' },
    },
    {
      name: 'driver-behind-port',
      severity: 'error',
      from: { pathNot: '^core/graph/neo4j\\.ts$' },
      to: { path: 'node_modules/neo4j-driver' },
    },
    {
      name: 'embedded-engine-behind-port',
      severity: 'error',
      from: { pathNot: '^core/graph/embedded\\.ts$' },
      to: { path: 'node_modules/@grafeo-db' },
    },
    {
      name: 'shield-behind-policy',
      severity: 'error',
      from: { pathNot: '^core/policy/' },
      to: { path: 'node_modules/graphql-shield' },
    },
    {
      name: 'rules-are-pure',
      comment: 'rules.ts decides; it neither reads nor writes.',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/rules\\.ts$' },
      // Node's own modules are known here without `node:`.
      to: {
        path: '(-store\\.ts$|^core/graph/|^(fs|net|http|https|child_process)(/|$)|node_modules/type-graphql)',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(test/house/planted|explorer/dist/)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
}
