/** A number in three digits. */
export const short = (value: number): string => String(Number(value.toPrecision(3)))

/** A share in percent. */
export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`

/** How many times as large, in words. */
export const times = (ratio: number): string => `${Number(ratio.toFixed(ratio < 10 ? 1 : 0))} times`
