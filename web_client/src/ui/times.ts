import { signal } from '@preact/signals'
import { language } from '../words'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** The present minute, so that "yesterday" becomes true at midnight without a reload. */
export const minute = signal(Date.now())
setInterval(() => {
  minute.value = Date.now()
}, MINUTE_MS)

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language.value, options)

export const clock = (at: number): string => format({ hour: 'numeric', minute: '2-digit' }).format(at)

export const longDay = (at: number): string =>
  capital(
    format({
      weekday: 'long',
      month: 'long',
      day: 'numeric',
      ...(otherYear(at) && { year: 'numeric' }),
    }).format(at),
  )

export const fullTime = (at: number): string => format({ dateStyle: 'full', timeStyle: 'short' }).format(at)

export const shortDay = (at: number): string =>
  format({ month: 'short', day: 'numeric', ...(otherYear(at) && { year: 'numeric' }) }).format(at)

/** A day in words where it is near: today, yesterday, else the date. */
export function dayName(at: number): string {
  const days = daysAgo(at)
  if (days > 1 || days < 0) return longDay(at)
  return capital(new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }).format(-days, 'day'))
}

/** For a list: the time today, "Yesterday", a weekday within the week, else the date. */
export function listTime(at: number): string {
  const days = daysAgo(at)
  if (days <= 0) return clock(at)
  if (days === 1) return dayName(at)
  return days < 7 ? capital(format({ weekday: 'short' }).format(at)) : shortDay(at)
}

/** A time with its day unless the day is today. */
export const timeWithDay = (at: number): string =>
  daysAgo(at) === 0 ? clock(at) : `${shortDay(at)}, ${clock(at)}`

export const dayKey = (at: number): string => new Date(at).toDateString()

export const iso = (at: number): string => new Date(at).toISOString()

function daysAgo(at: number): number {
  return Math.round((midnight(minute.value) - midnight(at)) / DAY_MS)
}

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)
const otherYear = (at: number): boolean => new Date(at).getFullYear() !== new Date(minute.value).getFullYear()
const capital = (word: string): string => word.charAt(0).toLocaleUpperCase(language.value) + word.slice(1)
