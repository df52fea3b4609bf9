// When the customers of the seeds speak: on workdays of fixed months, in office hours where they live.

const DAY = 86_400_000
const MINUTE = 60_000
const FIRST = Date.UTC(2025, 8, 1)
const LAST = Date.UTC(2026, 9, 31)

const workdays: readonly number[] = Array.from(
  { length: (LAST - FIRST) / DAY + 1 },
  (_, day) => FIRST + day * DAY,
).filter(day => new Date(day).getUTCDay() % 6 !== 0)

export const WORKDAYS = workdays.length

/** An hour that is office hours all year round, whatever the clocks of Europe do in summer. */
const OPENS_AT_UTC = { zh: 1, en: 7 } as const
const OPEN_MINUTES = 9 * 60

/** The instant of a minute of office hours; a workday beyond the last is the last. */
export function officeTime(workday: number, minute: number, language: 'zh' | 'en'): string {
  const day = workdays[Math.min(workday, WORKDAYS - 1)] ?? LAST
  return new Date(day + (OPENS_AT_UTC[language] * 60 + (minute % OPEN_MINUTES)) * MINUTE).toISOString()
}
