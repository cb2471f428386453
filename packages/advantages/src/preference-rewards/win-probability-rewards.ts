import { AdvantageError } from '../advantage-error'
import { checkNames, choose } from '../check-options'
import { type Rewards, readAlongside, readNumbers } from '../groups/groups'
import { type RowOf, rowLike } from '../row-of'
import { checkFinite } from '../rows'

/** What a pairwise judge says of responses y and their anchors y*: `[B]` for one anchor, `[B, K]` for several. */
export interface WinProbabilityInput<R extends Rewards = Rewards> {
  /** p(yes | q, y, y*) in [0, 1]: that y is the better one, y being shown first. */
  shownFirst: R
  /** p(yes | q, y*, y) in [0, 1]: that y* is the better one, y* being shown first; so p(no) speaks for y. */
  shownSecond: Rewards
}

/** Options of {@link winProbabilityRewards}. */
export interface WinProbabilityOptions {
  /** What several anchors come to: the `mean` of their rewards, or the least, `min`. Default: `mean`. */
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
 * anchor, over both orders, so that a judge's liking for a place cancels; in [0, 1].
 *
 * Exchanging y and y* gives 1 − r. Several anchors are an addition to the paper, which has one.
 *
 * Source: 2504.04950, pairwise reward r(y | y*). Proven against its equation: no trainer publishes it.
 *
 * @returns `[B]`, typed as the rows of `shownFirst`.
 * @throws AdvantageError `TOO_FEW` for a response without anchors; `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`,
 *   `INVALID_OPTION`.
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
  const rewards = first.rewards.map((p, i) => (p + (1 - second[i]!)) / 2)
  if (first.rows === undefined) return rowLike(input.shownFirst, rewards)
  const { starts } = first.rows
  const empty = starts.findIndex((start, row) => start === starts[row + 1])
  if (empty !== -1) {
    const message = `shownFirst[${empty}] is empty; expected one anchor or more`
    throw new AdvantageError('TOO_FEW', `shownFirst[${empty}]`, message)
  }
  const combined = Float64Array.from({ length: starts.length - 1 }, (_, row) =>
    over(rewards.subarray(starts[row], starts[row + 1])),
  )
  return rowLike(input.shownFirst, combined)
}
