// By when a request about somebody's rights has to be answered. Pure: the calendars are data of the policy.
import { type Instant, toInstant } from '../clock.ts'
import { type Calendar, type Policy, regimeOf } from './policy.ts'

export interface DueDate {
  /** The first moment that is too late: midnight after the last day, where the customer lives. */
  readonly dueBefore: Instant
  /** The article that sets the time. */
  readonly article: string
  /** Whether holidays of a year were counted that the calendar does not know yet; they can only move the day back. */
  readonly isProvisional: boolean
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** By when what was asked for at `start` is due in this region. `isExtended` for the time that the law adds on notice. */
export function dueDate(policy: Policy, region: string, start: Instant, isExtended = false): DueDate {
  const regime = regimeOf(policy, region)
  // A region that no regime names is counted by the first place of the regime that it falls under.
  const place = regime.places[region] ?? Object.values(regime.places)[0]
  const calendar = policy.calendars.find(({ id }) => id === place?.calendar)
  if (place === undefined || calendar === undefined) throw new Error(`regime ${regime.id} names no calendar`)
  const { article, count, unit, extendableBy } = regime.responseWithin
  const units = count + (isExtended ? extendableBy : 0)
  const first = dayAt(start, place.timeZone)
  const last = unit === 'WORKING_DAYS' ? afterWorkingDays(calendar, first, units) : afterMonths(calendar, first, units)
  return {
    dueBefore: startOfDay(nextDay(last), place.timeZone),
    article,
    isProvisional: !isCovered(calendar, first) || !isCovered(calendar, last),
  }
}

/** The earlier of the days at both residences. */
export function dueDateFor(
  policy: Policy,
  { region, otherRegion = region }: { readonly region: string; readonly otherRegion?: string | undefined },
  start: Instant,
): DueDate {
  const [here, there] = [dueDate(policy, region, start), dueDate(policy, otherRegion, start)]
  return there.dueBefore < here.dueBefore ? there : here
}

/** The day of the request does not count. */
function afterWorkingDays(calendar: Calendar, first: string, count: number): string {
  let day = first
  for (let left = count; left > 0; ) {
    day = nextDay(day)
    if (isWorkingDay(calendar, day)) left--
  }
  return day
}

/** The same day of a later month, or its last; when no work is done then, the next day on which it is. */
function afterMonths(calendar: Calendar, first: string, count: number): string {
  const [year = 0, month = 0, date = 0] = first.split('-').map(Number)
  const lastOfMonth = new Date(Date.UTC(year, month + count, 0)).getUTCDate()
  let day = dayOf(Date.UTC(year, month - 1 + count, Math.min(date, lastOfMonth)))
  while (!isWorkingDay(calendar, day)) day = nextDay(day)
  return day
}

function isWorkingDay({ holidays, workdays }: Calendar, day: string): boolean {
  if (workdays.includes(day)) return true
  const weekday = new Date(day).getUTCDay()
  return weekday !== 0 && weekday !== 6 && !holidays.includes(day)
}

function isCovered({ firstYear, lastYear }: Calendar, day: string): boolean {
  const year = Number(day.slice(0, 4))
  return firstYear <= year && year <= lastYear
}

function dayOf(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10)
}

function nextDay(day: string): string {
  return dayOf(Date.parse(day) + DAY_MS)
}

/** The date that the calendar on the wall shows at that time. */
function dayAt(at: Instant, timeZone: string): string {
  const utc = Date.parse(at)
  return dayOf(utc + offsetAt(utc, timeZone))
}

/** Asked twice, because the offset at midnight may be another than that some hours away, when clocks are changed. */
function startOfDay(day: string, timeZone: string): Instant {
  const wall = Date.parse(day)
  const near = wall - offsetAt(wall, timeZone)
  return toInstant(new Date(wall - offsetAt(near, timeZone)))
}

/** By how much the wall clock is ahead of UTC, in milliseconds. */
function offsetAt(utc: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(utc).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}
