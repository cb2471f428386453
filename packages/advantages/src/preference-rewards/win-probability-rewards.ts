import { AdvantageError } from '../advantage-error'
import { checkNames, choose } from '../check-options'
import { type Rewards, readAlongside, readNumbers } from '../rewards'
import { type RowOf, rowLike } from '../row-of'
import { checkFinite } from '../rows'

/**
 * Inputs of {@link winProbabilityRewards}: how probably responses y beat their anchors y*, according to a pairwise judge
 * that saw them in both orders. `[B]` for one anchor, `[B, K]` for several.
 */
export interface WinProbabilityInput<R extends Rewards = Rewards> {
  /** p(y ≻ y*) in [0, 1] with y shown first: p(yes | q, y, y*), yes meaning that the first response is better. */
  shownFirst: R
  /** p(y ≻ y*) in [0, 1] with y shown second: p(no | q, y*, y) = 1 − p(yes | q, y*, y). */
  shownSecond: Rewards
}

/** Options of {@link winProbabilityRewards}. */
export interface WinProbabilityOptions {
  /** The reward over several anchors: the `mean` of their rewards, or the smallest, `min`. Default: `mean`. */
  anchors?: 'mean' | 'min'
}

const combine: Readonly<Record<'mean' | 'min', (rewards: Float64Array) => number>> = {
  mean: (rewards) => rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
  min: (rewards) => rewards.reduce((least, reward) => Math.min(least, reward), 1),
}

function checkProbabilities(parameter: string, probabilities: Float64Array): void {
  checkFinite(parameter, probabilities)
  const at = probabilities.findIndex((p) => p < 0 || p > 1)
  if (at === -1) return
  const message = `${parameter} has ${probabilities[at]} as number ${at}; expected probabilities in [0, 1]`
  throw new AdvantageError('OUT_OF_RANGE', parameter, message)
}

/**
 * Rewards of pairwise PPO: r(y | y*) = ½·[p(yes | q, y, y*) + p(no | q, y*, y)], the probability that y beats its
 * anchor, averaged over both orders, so that the position bias of the judge cancels; in [0, 1].
 *
 * Exchanging y and y* gives 1 − r. Several anchors are an addition to the paper, which has one.
 *
 * Source: 2504.04950, pairwise reward r(y | y*). Proven against its equation: no trainer publishes it.
 *
 * @returns `[B]`, typed as the rows of `shownFirst`.
 * @throws AdvantageError `TOO_FEW` for a response without anchors; `SHAPE_MISMATCH`, `MISSING_INPUT`, `NOT_FINITE`,
 *   `OUT_OF_RANGE` for probabilities, `INVALID_OPTION`.
 */
export function winProbabilityRewards<R extends Rewards>(
  input: WinProbabilityInput<R>,
  options: WinProbabilityOptions = {},
): RowOf<R> {
  checkNames('winProbabilityRewards', input, { shownFirst: true, shownSecond: true })
  checkNames('winProbabilityRewards', options, { anchors: true })
  const over = choose('anchors', options.anchors ?? 'mean', combine)
  const first = readNumbers('shownFirst', input.shownFirst)
  checkProbabilities('shownFirst', first.rewards)
  const second = readAlongside('shownSecond', input.shownSecond, first)
  checkProbabilities('shownSecond', second)
  const rewards = first.rewards.map((p, i) => (p + second[i]!) / 2)
  if (first.rows === undefined) return rowLike(input.shownFirst, rewards)
  const { starts } = first.rows
  const empty = starts.findIndex((start, row) => start === starts[row + 1])
  if (empty !== -1) {
    const message = `shownFirst[${empty}] is empty; expected at least one anchor`
    throw new AdvantageError('TOO_FEW', `shownFirst[${empty}]`, message)
  }
  const combined = Float64Array.from({ length: starts.length - 1 }, (_, row) =>
    over(rewards.subarray(starts[row], starts[row + 1])),
  )
  return rowLike(input.shownFirst, combined)
}
