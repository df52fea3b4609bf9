// Structured logs: one line of JSON each, with ids and codes and never a personal value.
import pino from 'pino'

export type Log = Pick<ReturnType<typeof pino>, 'info' | 'warn' | 'error' | 'debug'>

export function openLog(level: string): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
}

/** What may be said of an unexpected error: its class and where it was thrown. Its message could quote a value. */
export function describeCause(cause: unknown): { readonly cause: string; readonly stack: string } {
  if (!(cause instanceof Error)) return { cause: typeof cause, stack: '' }
  const frames = (cause.stack ?? '').split('\n').filter(line => line.trimStart().startsWith('at '))
  return { cause: cause.name, stack: frames.slice(0, 8).join('\n') }
}
