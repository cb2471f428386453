import type { Judge } from '@prefkit/judges'
import { type AskingOptions, askJudge } from '../../rewards/ask-judge'
import { type LabelPairs, pairOf } from './label-pairs'

/**
 * Pairs labelled by a judge, whose win probability is the pair's preference. What it abstains from, or finds equal, is left out, and so
 * are pairs of equal texts.
 */
export const judgeLabels =
  (judge: Pick<Judge, 'compare'>, { concurrency }: AskingOptions): LabelPairs =>
  async (rollouts) => {
    const pairs = Array.from({ length: rollouts.length / 2 }, (_, i) => {
      return { first: rollouts[2 * i]!, second: rollouts[2 * i + 1]! }
    }).filter(({ first, second }) => first.text !== second.text)
    const items = pairs.map(({ first, second }) => ({
      prompt: first.prompt.text,
      a: first.text,
      b: second.text,
    }))
    const { judgements, metrics } = await askJudge(
      'comparisons',
      items,
      (item, call) => judge.compare(item, call),
      { concurrency },
    )
    const labelled = pairs.flatMap(({ first, second }, i) => {
      const { winProbability: wins, verdict } = judgements[i] ?? {}
      if (wins === undefined || wins === 0.5 || verdict === 'abstained') return []
      return wins > 0.5
        ? [{ ...pairOf(first, second), preference: wins }]
        : [{ ...pairOf(second, first), preference: 1 - wins }]
    })
    return { pairs: labelled, metrics: { ...metrics, pairs: labelled.length } }
  }
