import { wilsonInterval } from '@prefkit/evals'

/** A coin decides so many as they are labelled. */
const chance = 0.5

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/**
 * What is to be known of a reward model that decides held-out comparisons no better than a coin, as far as can be told from so many of
 * them; undefined where it is better, or none is held out.
 * @param accuracy share that it decides as they are labelled.
 * @param pairs how many are held out.
 */
export function noBetterThanChance(accuracy: number, pairs: number): string | undefined {
  if (pairs === 0) return undefined
  const { low, high } = wilsonInterval(accuracy * pairs, pairs)
  if (low > chance) return undefined
  const decided = `${percent(accuracy)} of ${pairs} held-out comparisons are decided as they are labelled`
  return (
    `rewardModel: ${decided} (95 %: ${percent(low)} to ${percent(high)}), which may be chance: what learns from it may learn nothing. ` +
    'Train it for longer (rewardModel.epochs, rewardModel.learningRate), on more or clearer comparisons, or hold out more of them ' +
    '(comparisons.heldOut) to tell'
  )
}
