import type { ScoreJudgement, ScoringJudge } from '@prefkit/judges'
import {
  type AggregateCriteriaOptions,
  aggregateCriteria,
  type CriterionScore,
  type ResponseCheck,
  type ResponseItem,
  type Rubric,
  runChecks,
} from '@prefkit/rubrics'
import { PrefkitError } from '../../prefkit-error'
import type { StepMetrics } from '../step-record'
import { type AskingOptions, askJudge } from './ask-judge'
import { type JudgeScale, judgedItem, requireScale, shareOfScale, unreadShare } from './judge-score-reward'
import { mean } from './numbers'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'

/** Options of {@link rubricReward}. */
export interface RubricRewardOptions extends RewardOptions, AskingOptions {
  /** What responses are judged by. */
  readonly rubrics: readonly Rubric[]
  /**
   * A judge whose format shows these rubrics: `pointwiseJudge(model, pointwiseFormat({ rubrics, criterionScores: true }))` for a
   * score of each, which are then aggregated here; without `criterionScores` the judge weighs them itself. Not needed where
   * every rubric has a check.
   */
  readonly judge?: Pick<ScoringJudge, 'score'>
  /** Functions of the rubrics that have a `check`, by its name; what they find gates the rest. */
  readonly checks?: Readonly<Record<string, ResponseCheck>>
  /** How scores of criteria become one. Default: the mean by the rubrics' weights. */
  readonly by?: AggregateCriteriaOptions['by']
  /** Of the judge's own score, where it gives none by criterion. Default: 1 to 10. */
  readonly scale?: JudgeScale
  /** The column of the prompt's row with a response known to be good, which is shown to the judge. Default: none is. */
  readonly reference?: string
}

/** What is known of a response: what the functions found, and what the judge said. */
interface Found {
  readonly checked: readonly CriterionScore[]
  readonly judged: readonly CriterionScore[] | undefined
  readonly score: number | undefined
}

/** Criteria of a judgement that are rubrics; a judge may have written others besides. */
const criteriaOf = (
  judgement: ScoreJudgement | undefined,
  rubrics: readonly Rubric[],
): readonly CriterionScore[] | undefined => {
  const known = new Set(rubrics.map(({ name }) => name.toLowerCase()))
  const own = judgement?.criteria?.filter(({ name }) => known.has(name.toLowerCase())) ?? []
  return own.length > 0 ? own : undefined
}

const isChecked = ({ check }: Rubric): boolean => check !== undefined

function scoreOf({ checked, judged, score }: Found, options: RubricRewardOptions): number {
  const { rubrics, by, scale = { min: 1, max: 10 } } = options
  const gates = rubrics.filter(isChecked)
  if (judged) {
    const aggregate = { missing: 'exclude' as const, ...(by && { by }) }
    return aggregateCriteria([...checked, ...judged], rubrics, aggregate)
  }
  const passed = gates.length > 0 ? aggregateCriteria(checked, gates) : 1
  return gates.length === rubrics.length ? passed : passed * shareOfScale(score, scale)
}

/** Mean share of each criterion's scale, over the responses that have a score of it. */
const criterionMetrics = (found: readonly Found[], rubrics: readonly Rubric[]): StepMetrics =>
  Object.fromEntries(
    rubrics.flatMap(({ name, scale }) => {
      const shares = found
        .flatMap(({ checked, judged = [] }) => [...checked, ...judged])
        .filter((each) => each.name.toLowerCase() === name.toLowerCase())
        .map(({ score }) => shareOfScale(score, scale))
      if (shares.length === 0) return []
      return [[name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_'), mean(shares)] as const]
    }),
  )

function check(name: string, { rubrics, judge, scale }: RubricRewardOptions): void {
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${name}: ${problem}`)
  }
  if (rubrics.length === 0) refuse('rubrics: expected at least one, got none')
  if (scale) requireScale(name, scale)
  const unchecked = rubrics.find((rubric) => !isChecked(rubric))
  if (!judge && unchecked) refuse(`judge: expected one, as ${unchecked.name} has no check; got none`)
}

/**
 * How well a response satisfies rubrics, in [0, 1]: scores of criteria by a judge, aggregated; times what functions find of
 * those that have a check, which no judge is asked about. NaN where the judge has no answer.
 *
 * Logs the mean share of each criterion's scale under its name, `failed` and `unread`, shares of the responses, and what the
 * judge used.
 * @returns a reward that throws RubricError for checks and scores, PrefkitError `BAD_REWARD` where every question fails.
 * @throws PrefkitError `INVALID_CONFIG`.
 */
export function rubricReward(options: RubricRewardOptions): RewardFunction {
  const { rubrics, judge, checks = {}, reference, concurrency, name = 'rubric' } = options
  check(name, options)
  const needsJudge = rubrics.some((rubric) => !isChecked(rubric))
  return rewardOf(name, options, async (rollouts, { signal } = {}) => {
    const items = rollouts.map((rollout) => judgedItem(name, rollout, reference))
    const ask = (item: ResponseItem, call: { readonly signal: AbortSignal }) => judge!.score(item, call)
    const asked = needsJudge ? await askJudge(name, items, ask, { concurrency, signal }) : undefined
    const found = items.map((item, i): Found => {
      const judgement = asked?.judgements[i]
      const checked = runChecks(rubrics, item, checks)
      return { checked, judged: criteriaOf(judgement, rubrics), score: judgement?.score }
    })
    return {
      scores: found.map((each) => scoreOf(each, options)),
      metrics: {
        ...criterionMetrics(found, rubrics),
        ...asked?.metrics,
        ...(asked && { unread: unreadShare(asked.judgements) }),
      },
    }
  })
}
