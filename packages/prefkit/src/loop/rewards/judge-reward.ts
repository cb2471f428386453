import type { Judge } from '@prefkit/judges'
import { anchorsOf } from './anchors-of'
import { type AskingOptions, askJudge } from './ask-judge'
import { mean } from './numbers'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** Options of {@link judgeReward}. */
export interface JudgeRewardOptions extends RewardOptions, AskingOptions {
  /** A judge of `@prefkit/judges`, whatever model, panel or person is behind it. */
  readonly judge: Pick<Judge, 'compare'>
  /** Over several anchors of a prompt: the `mean` of the probabilities, or the smallest, `min`. Default: `mean`. */
  readonly anchors?: 'mean' | 'min'
}

const over: Readonly<Record<'mean' | 'min', (wins: readonly number[]) => number>> = {
  mean,
  min: (wins) => Math.min(...wins),
}

/**
 * How probably a response beats the prompt's anchors in the opinion of a judge, in [0, 1]. Whether both orders are asked is
 * the judge's business, and by default they are.
 *
 * Where the judge has no answer, an anchor counts for nothing; a response without any answer is NaN. Logs `failed` and
 * `abstained`, shares of the comparisons; `consistent`, the share of those asked in both orders that agree; `calls`,
 * `prompt_tokens`, `completion_tokens` and `cost`, where it is known.
 * @returns a reward that throws PrefkitError `INVALID_CONFIG` for a prompt without anchors, `BAD_REWARD` where every comparison
 *   fails.
 */
export function judgeReward({
  judge,
  anchors = 'mean',
  concurrency,
  ...options
}: JudgeRewardOptions): RewardFunction {
  const name = options.name ?? 'judge'
  return rewardOf(name, options, async (rollouts, { signal } = {}) => {
    const pairs = rollouts.flatMap((rollout, row) =>
      anchorsOf(name, rollout).map(({ text: b }) => ({
        row,
        pair: { prompt: rollout.prompt.text, a: rollout.text, b },
      })),
    )
    const { judgements, metrics } = await askJudge(
      name,
      pairs,
      ({ pair }, call) => judge.compare(pair, call),
      { concurrency, signal },
    )
    const wins: number[][] = rollouts.map(() => [])
    judgements.forEach((judgement, i) => {
      if (judgement?.winProbability === undefined || judgement.verdict === 'abstained') return
      wins[pairs[i]!.row]!.push(judgement.winProbability)
    })
    const answered = judgements.filter((judgement) => judgement !== undefined)
    const abstained = answered.filter(({ verdict }) => verdict === 'abstained')
    const inBoth = answered.filter(({ consistent }) => consistent !== undefined)
    return {
      scores: wins.map((own) => (own.length === 0 ? Number.NaN : over[anchors](own))),
      metrics: {
        ...metrics,
        abstained: abstained.length / pairs.length,
        ...(inBoth.length > 0 && {
          consistent: inBoth.filter(({ consistent }) => consistent).length / inBoth.length,
        }),
      },
    }
  })
}
