import type { Bounds } from './report-data'

/** Shown where there is no number. */
const NO_NUMBER = '–'

const isNumber = (value: number | null | undefined): value is number => Number.isFinite(value)

/** A share as a percentage with one decimal, "81.4 %"; a dash where it is not a finite number. */
export const formatPercent = (share: number | null | undefined, decimals = 1) =>
  isNumber(share) ? `${(100 * share).toFixed(decimals)}\u00a0%` : NO_NUMBER

/** A fixed number of decimals with a true minus sign, none before 0; a dash where it is not a finite number. */
export function formatDecimal(value: number | null | undefined, decimals = 3) {
  if (!isNumber(value)) return NO_NUMBER
  const text = value.toFixed(decimals)
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−')
}

/** A count with thousands separators; a dash where it is not a finite number. */
export const formatCount = (count: number | null | undefined) =>
  isNumber(count) ? count.toLocaleString('en-US') : NO_NUMBER

/** A count with its noun, in the plural where needed. */
export const counted = (count: number, noun: string) =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`

/** Both ends of an interval in percent, "79.8 – 82.9 %"; a dash where either is not a finite number. */
export const formatBounds = (bounds: Bounds | null | undefined) =>
  bounds && isNumber(bounds.low) && isNumber(bounds.high)
    ? `${(100 * bounds.low).toFixed(1)}\u202f–\u202f${formatPercent(bounds.high)}`
    : NO_NUMBER

/** Seconds for reading: "0.8 s", "42 s", "3 min 20 s"; a dash where it is not a finite number. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (!isNumber(seconds)) return NO_NUMBER
  if (seconds < 9.95) return `${seconds.toFixed(1)}\u00a0s`
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole}\u00a0s` : `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`
}
