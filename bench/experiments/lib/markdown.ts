import type { MeanInterval } from '@prefkit/evals'

const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits).replace(/^-/, '−') : '–'

/** `0.812 (0.790 to 0.834)`. */
export const interval = ({ mean, low, high, count }: MeanInterval, digits = 3): string =>
  count < 2 ? fixed(mean, digits) : `${fixed(mean, digits)} (${fixed(low, digits)} to ${fixed(high, digits)})`

/** The same with a sign, and whether 0 lies outside. */
export function change(of: MeanInterval, digits = 3): string {
  const sign = of.mean > 0 ? '+' : ''
  const isSure = of.count > 1 && (of.low > 0 || of.high < 0)
  return `${sign}${interval(of, digits)}${isSure ? '' : ', not told from 0'}`
}

/** A table of Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
