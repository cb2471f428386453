import { type Estimate, observedErrorRate } from '@prefkit/noise'

/**
 * The share of decided votes that prefer the worse response, half of those between equals, counted; its standard error is
 * over items, as of a ratio of sums over them, and NaN for one item.
 * @param signs 1 for the first, −1 for the second, 0 for a tie, of each vote.
 * @throws NoiseError `TOO_FEW` where all votes are ties.
 */
export function countedErrorRate(
  items: readonly (string | number)[],
  deltas: readonly number[],
  signs: readonly number[],
): Estimate {
  const value = observedErrorRate(signs, deltas)
  const excess = new Map<string | number, number>()
  let decided = 0
  signs.forEach((sign, vote) => {
    if (sign === 0) return
    decided++
    const wrong = (1 - Math.sign(sign * deltas[vote]!)) / 2
    excess.set(items[vote]!, (excess.get(items[vote]!) ?? 0) + wrong - value)
  })
  const count = excess.size
  const squares = [...excess.values()].reduce((sum, off) => sum + off * off, 0)
  const standardError = count < 2 ? Number.NaN : Math.sqrt((squares * count) / (count - 1)) / decided
  return { value, standardError }
}
