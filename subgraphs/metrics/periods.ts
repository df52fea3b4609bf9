// Periods of the calendar, in UTC: a week begins on Monday (ISO 8601).
import { ApiError } from '../../core/errors.ts'

export const grains = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const
export type Grain = (typeof grains)[number]

/** From the first day to before the end, both as YYYY-MM-DD. */
export interface Period {
  readonly grain: Grain
  readonly from: string
  readonly to: string
}

const DAY_MS = 86_400_000

/** The period of this grain in which a time lies. */
export function periodAt(grain: Grain, at: string): Period {
  const from = firstDayOf(grain, at.slice(0, 10))
  return { grain, from, to: nextAfter(grain, from) }
}

/** The period before this one. */
export function previous({ grain, from }: Period): Period {
  return periodAt(grain, plusDays(from, -1))
}

/** The period after this one. */
export function next({ grain, to }: Period): Period {
  return periodAt(grain, to)
}

/** The periods from one to another, oldest first. Throws BAD_USER_INPUT where the first comes after the last, or for more than `most`. */
export function periodsFrom(first: Period, last: Period, most: number): readonly Period[] {
  if (first.from > last.from) {
    throw new ApiError('BAD_USER_INPUT', { at: 'from', expected: `a day before ${last.to}`, got: first.from })
  }
  const periods = [first]
  for (let each = first; each.from < last.from; ) {
    each = next(each)
    periods.push(each)
    if (periods.length > most) {
      throw new ApiError('BAD_USER_INPUT', { at: 'from', expected: `at most ${most} periods until ${last.to}` })
    }
  }
  return periods
}

/** This period and those before it, oldest first. */
export function lastPeriods(last: Period, count: number): readonly Period[] {
  const periods = [last]
  while (periods.length < count) periods.unshift(previous(periods[0] as Period))
  return periods
}

/** The days of a time span, both ends YYYY-MM-DD, the end not among them. */
export function daysOf(from: string, to: string): readonly string[] {
  const days: string[] = []
  for (let day = from; day < to; day = plusDays(day, 1)) days.push(day)
  return days
}

export function plusDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10)
}

/** The period that somebody asked for by any day in it. Throws BAD_USER_INPUT for what is no day. */
export function periodAsked(grain: Grain, day: string): Period {
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) && plusDays(day, 0) === day
  if (!isDay) throw new ApiError('BAD_USER_INPUT', { at: 'day', expected: 'a day as YYYY-MM-DD' })
  return periodAt(grain, day)
}

function firstDayOf(grain: Grain, day: string): string {
  const [year = '', month = ''] = day.split('-')
  switch (grain) {
    case 'DAY':
      return day
    case 'WEEK':
      return plusDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7))
    case 'MONTH':
      return `${year}-${month}-01`
    case 'QUARTER':
      return `${year}-${twoDigits(Number(month) - ((Number(month) - 1) % 3))}-01`
    case 'YEAR':
      return `${year}-01-01`
  }
}

function nextAfter(grain: Grain, from: string): string {
  const year = Number(from.slice(0, 4))
  const month = Number(from.slice(5, 7))
  switch (grain) {
    case 'DAY':
      return plusDays(from, 1)
    case 'WEEK':
      return plusDays(from, 7)
    case 'MONTH':
      return firstOfMonth(year, month + 1)
    case 'QUARTER':
      return firstOfMonth(year, month + 3)
    case 'YEAR':
      return firstOfMonth(year + 1, 1)
  }
}

function firstOfMonth(year: number, month: number): string {
  return month > 12 ? firstOfMonth(year + 1, month - 12) : `${year}-${twoDigits(month)}-01`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
