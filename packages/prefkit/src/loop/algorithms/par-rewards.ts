import { type FormatRewards, type PairRewardsOptions, pairRewards } from '@prefkit/rubrics'
import type { RewardPart } from '../choices/advantage-estimator'
import type { PreferencePair } from '../prompts/preference-pair'
import type { ScoredRollout } from '../rewards/reward-function'
import type { Rollout } from '../rollouts/rollout'
import type { StepMetrics } from '../step-record'
import { type JudgeForm, judgePrompt } from './par-form'

/** What judgements are rewarded with. */
export interface ParRewardOptions extends Pick<PairRewardsOptions, 'grades' | 'f'> {
  /** R_format by what was found. Default: 0 for an answer as asked for, −1 for none, −0.5 between. */
  readonly formatRewards?: FormatRewards
}

/** What a judgement is rewarded for: R = R_PAR + R_format. */
export const parParts: readonly RewardPart[] = [{ name: 'par' }, { name: 'format' }]

/** What judges read of pairs: of each first the chosen response, then the rejected one. */
export const pairPrompts = (pairs: readonly PreferencePair[], form: JudgeForm) =>
  pairs.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((response) => judgePrompt(form, { prompt, response })),
  )

/** Texts that were cut off wherever they were drawn: what they say may lack its end. */
function cutTexts(rollouts: readonly Rollout[]): ReadonlySet<string> {
  const whole = new Set(
    rollouts.flatMap(({ finishReason, text }) => (finishReason === 'length' ? [] : [text])),
  )
  return new Set(rollouts.map(({ text }) => text).filter((text) => !whole.has(text)))
}

/**
 * Judgements of pairs with their rewards: by the scores of the other response, see `pairRewards`.
 * @param rollouts n of each of `pairPrompts`, in their order.
 * @returns them with rewards `par` and `format`; metrics of `pairRewards` that could be computed, and `format/parsed_ratio`, the share
 *   of judgements that have a score.
 */
export function scoreJudgements(
  pairs: readonly PreferencePair[],
  rollouts: readonly Rollout[],
  { form, ...options }: ParRewardOptions & { readonly form: JudgeForm },
): { readonly rollouts: readonly ScoredRollout[]; readonly metrics: StepMetrics } {
  const n = rollouts.length / (2 * pairs.length)
  const cut = cutTexts(rollouts)
  const textsOf = (group: number) => rollouts.slice(group * n, (group + 1) * n).map(({ text }) => text)
  const judged = pairs.map(({ prompt, chosen, rejected }, i) => ({
    prompt: prompt.text,
    chosen: { response: chosen.text, texts: textsOf(2 * i) },
    rejected: { response: rejected.text, texts: textsOf(2 * i + 1) },
  }))
  const parse: JudgeForm['format']['parse'] = (text, item) =>
    form.format.parse(text, item, { cutOff: cut.has(text) })
  const { rewards, parRewards, formatRewards, metrics } = pairRewards(judged, {
    ...options,
    format: { parse },
  })
  const parsed = metrics['parse/exact'] + metrics['parse/recovered']
  const known = Object.entries({ ...metrics, 'format/parsed_ratio': parsed })
  return {
    rollouts: rollouts.map((rollout, i) => ({
      ...rollout,
      rewards: { par: parRewards[i]!, format: formatRewards[i]! },
      reward: rewards[i]!,
    })),
    metrics: Object.fromEntries(known.filter(([, value]) => !Number.isNaN(value))),
  }
}
