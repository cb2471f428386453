import type { ScoreJudgement, ScoringJudge } from '@prefkit/judges'
import type { ResponseItem } from '@prefkit/rubrics'
import { PrefkitError } from '../../prefkit-error'
import type { Rollout } from '../rollouts/rollout'
import { type AskingOptions, askJudge } from './ask-judge'
import { shown } from './describe-rollout'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import { rowField } from './row-field'

/** The ends of the scores that a judge gives. */
export interface JudgeScale {
  readonly min: number
  /** Above `min`. */
  readonly max: number
}

/** Options of {@link judgeScoreReward}. */
export interface JudgeScoreRewardOptions extends RewardOptions, AskingOptions {
  /** A judge that scores single responses, such as `pointwiseJudge` of `@prefkit/judges`. */
  readonly judge: Pick<ScoringJudge, 'score'>
  /** The scale of its format. Default: 1 to 10. */
  readonly scale?: JudgeScale
  /** The column of the prompt's row with a response known to be good, which is shown to the judge. Default: none is. */
  readonly reference?: string
}

/** @throws PrefkitError `INVALID_CONFIG`. */
export function requireScale(reward: string, { min, max }: JudgeScale): void {
  if (Number.isFinite(min) && Number.isFinite(max) && min < max) return
  const message = `${reward}: scale: expected numbers with min < max, got ${min} to ${max}`
  throw new PrefkitError('INVALID_CONFIG', message)
}

/** A response as judges take it. */
export const judgedItem = (reward: string, { prompt, text }: Rollout, reference?: string): ResponseItem => ({
  prompt: prompt.text,
  response: text,
  ...(reference !== undefined && { reference: String(rowField(reward, prompt, reference)) }),
})

/** A score from 0, the least of a scale, to 1, the greatest; NaN where there is none. */
export const shareOfScale = (score: number | undefined, { min, max }: JudgeScale): number =>
  score === undefined ? Number.NaN : (score - min) / (max - min)

/** The share of questions whose answer could not be read. */
const unreadShare = (judgements: readonly (ScoreJudgement | undefined)[]): number =>
  judgements.filter((judgement) => judgement !== undefined && judgement.score === undefined).length /
  judgements.length

/** Why an answer has no score, with what the judge wrote. @param lacking what it has not, where it can be read otherwise. */
export function whyUnread({ readings }: ScoreJudgement, lacking?: string): string {
  const { text = '', reason = lacking } = readings.find((each) => lacking !== undefined || each.reason) ?? {}
  return `${reason ?? 'there is no score'}, in the answer ${shown(text)}`
}

/**
 * The score that a judge gives a response by itself, from 0, the least of its scale, to 1, the greatest. NaN where it has no
 * answer. Logs `failed` and `unread`, shares of the responses; `calls`, `prompt_tokens`, `completion_tokens` and `cost`, where
 * it is known.
 * @returns a reward that throws PrefkitError `INVALID_CONFIG` for a prompt without the reference, `BAD_REWARD` where every
 *   question fails.
 * @throws PrefkitError `INVALID_CONFIG` for the scale.
 */
export function judgeScoreReward(given: JudgeScoreRewardOptions): RewardFunction {
  const { judge, scale = { min: 1, max: 10 }, reference, concurrency, name = 'judge', weight } = given
  requireScale(name, scale)
  return rewardOf(name, { weight }, async (rollouts, { signal } = {}) => {
    const items = rollouts.map((rollout) => judgedItem(name, rollout, reference))
    const ask = (item: ResponseItem, call: { readonly signal: AbortSignal }) => judge.score(item, call)
    const { judgements, metrics } = await askJudge(name, items, ask, { concurrency, signal })
    const unread = judgements.find((judgement) => judgement && judgement.score === undefined)
    return {
      scores: judgements.map((judgement) => shareOfScale(judgement?.score, scale)),
      metrics: { ...metrics, unread: unreadShare(judgements) },
      unscored: unread && whyUnread(unread),
    }
  })
}
