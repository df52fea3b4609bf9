// `npm run bench -- NAME`: measures one thing side by side and prints ratios.
import { Argument, Command, InvalidArgumentError } from 'commander'
import { type Bench, printResult } from './harness.ts'

// Loaded when named: each bench brings the server, and its own peers.
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  evidence: async () => (await import('./evidence.ts')).benchEvidence,
  federation: async () => (await import('./federation.ts')).benchFederation,
  identity: async () => (await import('./identity.ts')).benchIdentity,
  graph: async () => (await import('./graph.ts')).benchGraph,
  ingest: async () => (await import('./ingest.ts')).benchIngest,
  metrics: async () => (await import('./metrics.ts')).benchMetrics,
  privacy: async () => (await import('./privacy.ts')).benchPrivacy,
  routing: async () => (await import('./routing.ts')).benchRouting,
  signals: async () => (await import('./signals.ts')).benchSignals,
}

function sizeOf(text: string): number {
  const size = Number(text)
  if (size > 0 && size <= 100) return size
  throw new InvalidArgumentError('Expected the environment variable SIZE as a number above 0, at most 100.')
}

await new Command('bench')
  .description(
    'Measures one thing side by side. Progress goes to stderr, a table to stdout, the last line of it is JSON.',
  )
  .addArgument(new Argument('<name>', 'what to measure').choices(Object.keys(benches)))
  .addHelpText('after', '\nSIZE=2 in the environment doubles the data.')
  .action(async (name: string) => {
    const bench = await benches[name]?.()
    if (bench !== undefined) printResult(name, await bench(sizeOf(process.env.SIZE ?? '1')))
  })
  .showHelpAfterError()
  .parseAsync()
