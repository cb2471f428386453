import { PrefkitError } from '../../prefkit-error'
import type { PairwiseScorer, ResponsePair, ScoringRun } from './scorers'

/**
 * How probably the first response of each pair is better, whatever the order: ½·[p(first, second) + 1 − p(second,
 * first)], so that a preference for a place cancels; NaN where the scorer has no answer in one of the orders. All pairs in both orders are
 * one call of the scorer.
 * @throws PrefkitError `BAD_REWARD` for probabilities too many or too few, or outside [0, 1].
 */
export async function symmetricWins(
  scorer: PairwiseScorer,
  pairs: readonly ResponsePair[],
  run: ScoringRun = {},
): Promise<number[]> {
  if (pairs.length === 0) return []
  const asked = pairs.flatMap(({ prompt, first, second }) => [
    { prompt, first, second },
    { prompt, first: second, second: first },
  ])
  const wins = await scorer.firstWins(asked, run)
  const wrong = wins.findIndex((win) => !(win >= 0 && win <= 1) && !Number.isNaN(win))
  if (wins.length !== asked.length || wrong >= 0) {
    const got = wrong >= 0 ? `${wins[wrong]} for pair ${wrong}` : `${wins.length} probabilities`
    const message = `scorer: expected ${asked.length} probabilities, one for each pair, got ${got}`
    throw new PrefkitError('BAD_REWARD', message)
  }
  return pairs.map((_, i) => (wins[2 * i]! + 1 - wins[2 * i + 1]!) / 2)
}
