/** Reads a header by its name in lower case. */
export type ReadHeader = (name: string) => string | null | undefined

const fromNumber = (value: string, unit: number) => {
  const number = Number(value)
  return value.trim() === '' || !Number.isFinite(number) || number < 0 ? undefined : number * unit
}

/** A date has names and a time of day; `Date.parse` takes a bare number for a year. */
const fromDate = (value: string, now: number) => {
  const date = /[a-z].*\d:\d\d/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/**
 * How long a server asks to be left alone, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as an HTTP
 * date (RFC 9110, section 10.2.3). Undefined where it does not say, or not so that it can be read.
 *
 * @param now - The time that dates are counted from, in milliseconds since 1970.
 */
export function retryAfter(header: ReadHeader, now: number = Date.now()): number | undefined {
  const [milliseconds, value] = [header('retry-after-ms'), header('retry-after')]
  const exact = milliseconds ? fromNumber(milliseconds, 1) : undefined
  if (exact !== undefined || !value) return exact
  return fromNumber(value, 1000) ?? fromDate(value, now)
}
