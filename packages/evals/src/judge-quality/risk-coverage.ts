import { checkList, checkNotEmpty, checkRange, checkSameLength } from '../check-input'

/** What is risked by answering where the certainty is at least `threshold`. */
export interface RiskCoveragePoint {
  readonly threshold: number
  /** Share of items that are answered. */
  readonly coverage: number
  /** Mean loss of those. */
  readonly risk: number
}

/** What {@link riskCoverage} found. */
export interface RiskCoverage {
  /** From the surest to all that have a certainty; one for each certainty that occurs. */
  readonly points: readonly RiskCoveragePoint[]
  /**
   * Mean risk over the number answered, surest first, equally sure items in random order; smaller is better, and
   * the risk at full coverage is what a certainty that says nothing gets.
   */
  readonly area: number
}

/** Certainties of votes' means and of their complements, 1 − p, differ by this much where they are the same. */
const ROUNDING = 1e-12

/**
 * The curve of risk against coverage: how the mean loss falls when a judge answers only where it is sure.
 *
 * El-Yaniv and Wiener (2010), JMLR 11; the area is AURC of Geifman, Uziel and El-Yaniv (1805.08206).
 *
 * @param certainties one an item; finite
 * @param losses as many, in [0, 1], such as 1 for a wrong answer
 * @param items how many there are with those that are never answered; default: as many as certainties
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`
 */
export function riskCoverage(
  certainties: ArrayLike<number>,
  losses: ArrayLike<number>,
  items: number = certainties?.length,
): RiskCoverage {
  checkNotEmpty('certainties', certainties)
  checkList('losses', losses)
  checkSameLength({ certainties, losses })
  checkRange('certainties', certainties, -Number.MAX_VALUE, Number.MAX_VALUE)
  checkRange('losses', losses, 0, 1)
  checkRange('items', [items], certainties.length, Number.MAX_SAFE_INTEGER)
  const order = Array.from(certainties, (_, i) => i).sort((i, j) => certainties[j]! - certainties[i]!)
  const points: RiskCoveragePoint[] = []
  let [answered, lost, area] = [0, 0, 0]
  while (answered < order.length) {
    const threshold = certainties[order[answered]!]!
    let end = answered
    while (end < order.length && threshold - certainties[order[end]!]! < ROUNDING) end++
    const block = order.slice(answered, end)
    const mean = block.reduce((sum, i) => sum + losses[i]!, 0) / block.length
    for (let k = 1; k <= block.length; k++) area += (lost + k * mean) / (answered + k)
    answered += block.length
    lost += mean * block.length
    points.push({ threshold, coverage: answered / items, risk: lost / answered })
  }
  return { points, area: area / order.length }
}
