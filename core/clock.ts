/** A point in time as `YYYY-MM-DDTHH:mm:ss.sssZ`: its order as text is its order in time, on both engines. */
export type Instant = string & { readonly __instant: true }

/** Where the time comes from. Domain code is given one; only this file asks the machine. */
export interface Clock {
  now(): Instant
}

export const systemClock: Clock = { now: () => toInstant(new Date()) }

export function toInstant(date: Date): Instant {
  return date.toISOString() as Instant
}

/** A clock for tests and seeds that stands still until it is set. */
export function settableClock(start: string): Clock & { set(to: string): void } {
  let now = toInstant(new Date(start))
  return {
    now: () => now,
    set: to => {
      now = toInstant(new Date(to))
    },
  }
}
