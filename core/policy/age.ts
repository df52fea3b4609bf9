// How old somebody is. Pure.
import type { Instant } from '../clock.ts'

/**
 * Whole years at that time, from YYYY-MM-DD. By the date in UTC: where the day began earlier, a birthday counts some hours
 * late, and never early in the regions that the policy names.
 */
export function ageAt(birthDate: string, at: Instant): number {
  const hadBirthday = at.slice(5, 10) >= birthDate.slice(5, 10)
  return Number(at.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (hadBirthday ? 0 : 1)
}

/** The latest date of birth of those whom no law takes for a minor at that time: who is 18. */
export function bornUntil(at: Instant): string {
  return `${Number(at.slice(0, 4)) - 18}${at.slice(4, 10)}`
}
