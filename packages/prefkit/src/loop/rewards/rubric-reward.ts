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
import { type JudgeScale, judgedItem, requireScale, shareOfScale, whyUnread } from './judge-score-reward'
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
  /**
   * What an answer comes to that lacks the score of a criterion with a weight. `exclude`: the mean of the others, or the judge's
   * score of the whole where there are none; `unread`: nothing, as for an answer that cannot be read at all. Default: `exclude`.
   */
  readonly missing?: 'exclude' | 'unread'
  /**
   * Weight of the judge's score of the whole, which then counts as one more criterion, `overall`: criteria that the judge has
   * written itself have no other score. 0 or more. Default: 0.
   */
  readonly overallWeight?: number
  /** Of the judge's score of the whole. Default: 1 to 10. */
  readonly scale?: JudgeScale
  /** The column of the prompt's row with a response known to be good, which is shown to the judge. Default: none is. */
  readonly reference?: string
}

/** What is known of a response: what the functions found, and what the judge said. */
interface Found {
  readonly checked: readonly CriterionScore[]
  readonly judgement: ScoreJudgement | undefined
  /** Criteria of the judgement that are rubrics, the score of the whole among them where it counts. */
  readonly judged: readonly CriterionScore[]
}

/** Options with everything that decides a score, and the score of the whole among the rubrics where it has a weight. */
interface Rules extends RubricRewardOptions {
  readonly scale: JudgeScale
  readonly missing: 'exclude' | 'unread'
}

const overall = 'overall'

function rulesOf(options: RubricRewardOptions): Rules {
  const { rubrics, overallWeight: weight = 0, scale = { min: 1, max: 10 }, missing = 'exclude' } = options
  const whole: Rubric = { name: overall, description: 'The response as a whole.', scale, weight }
  return { ...options, scale, missing, rubrics: weight === 0 ? rubrics : [...rubrics, whole] }
}

const isNamed =
  (name: string) =>
  (other: { readonly name: string }): boolean =>
    other.name.toLowerCase() === name.toLowerCase()

const isChecked = ({ check }: Rubric): boolean => check !== undefined
const counts = ({ weight = 1 }: Rubric): boolean => weight > 0

/** A judge may have scored criteria of its own besides. */
function judgedCriteria(
  { criteria = [], score }: Partial<ScoreJudgement>,
  { rubrics, overallWeight = 0 }: RubricRewardOptions,
): readonly CriterionScore[] {
  const own = criteria.filter(({ name }) => rubrics.some(isNamed(name)))
  return overallWeight > 0 && score !== undefined ? [...own, { name: overall, score }] : own
}

/** Criteria with a weight that a judge scores. */
const neededOf = ({ rubrics }: Rules): readonly Rubric[] =>
  rubrics.filter((rubric) => !isChecked(rubric) && counts(rubric))

const lackedBy = ({ judged }: Found, rules: Rules): readonly Rubric[] =>
  neededOf(rules).filter(({ name }) => !judged.some(isNamed(name)))

/** Whether what the judge said is enough for a score. */
function isComplete(found: Found, rules: Rules): boolean {
  const lacked = lackedBy(found, rules).length
  return rules.missing === 'unread' ? lacked === 0 : lacked < neededOf(rules).length
}

/** Why a judgement gives no score. */
function whyUnscored(found: Found, rules: Rules): string | undefined {
  const { judgement } = found
  if (!judgement || judgement.score === undefined) return judgement && whyUnread(judgement)
  const names = lackedBy(found, rules).map(({ name }) => name)
  return whyUnread(judgement, `there is no score of ${names.join(', ')}`)
}

/** NaN where the judge has not said enough. */
function scoreOf(found: Found, rules: Rules): number {
  const { checked, judged, judgement } = found
  const { rubrics, by, scale, missing } = rules
  const gates = rubrics.filter(isChecked)
  if (gates.length === rubrics.length) return aggregateCriteria(checked, gates)
  if (isComplete(found, rules)) {
    return aggregateCriteria([...checked, ...judged], rubrics, { missing: 'exclude', ...(by && { by }) })
  }
  if (missing === 'unread') return Number.NaN
  const passed = gates.length > 0 ? aggregateCriteria(checked, gates) : 1
  return passed * shareOfScale(judgement?.score, scale)
}

/** Under which a criterion is logged; by itself, so that none is taken for the reward's own `mean` or `failed`. */
const metricOf = ({ name }: Rubric): string =>
  `criteria/${name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_')}`

/** Mean share of each criterion's scale, over the responses that have a score of it. */
const criterionMetrics = (found: readonly Found[], { rubrics }: Rules): StepMetrics =>
  Object.fromEntries(
    rubrics.flatMap((rubric) => {
      const shares = found
        .flatMap(({ checked, judged }) => [...checked, ...judged])
        .filter(isNamed(rubric.name))
        .map(({ score }) => shareOfScale(score, rubric.scale))
      return shares.length === 0 ? [] : [[metricOf(rubric), mean(shares)] as const]
    }),
  )

function check(name: string, { rubrics, judge, scale, overallWeight = 0 }: Rules): void {
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${name}: ${problem}`)
  }
  if (!(Number.isFinite(overallWeight) && overallWeight >= 0)) {
    refuse(`overallWeight: expected a number of at least 0, got ${overallWeight}`)
  }
  if (rubrics.length === 0) refuse('rubrics: expected at least one, got none')
  const wrong = rubrics.find(({ weight = 1 }) => !(Number.isFinite(weight) && weight >= 0))
  if (wrong) refuse(`rubrics: ${wrong.name}: weight: expected a number of at least 0, got ${wrong.weight}`)
  const judged = rubrics.filter((rubric) => !isChecked(rubric))
  if (judged.length > 0 && !judged.some(counts)) {
    refuse('rubrics: expected a weight above 0 of one that a judge scores, got 0 for each')
  }
  const metrics = rubrics.map(metricOf)
  const twice = rubrics.find((rubric, i) => metrics.indexOf(metricOf(rubric)) !== i)
  if (twice) refuse(`rubrics: expected names that differ, got ${JSON.stringify(twice.name)} twice`)
  requireScale(name, scale)
  if (!judge && judged[0]) refuse(`judge: expected one, as ${judged[0].name} has no check; got none`)
}

/**
 * How well a response satisfies rubrics, in [0, 1]: scores of criteria by a judge, aggregated; times what functions find of
 * those that have a check, which no judge is asked about. NaN where the judge has no answer.
 *
 * Logs the mean share of each criterion's scale under `criteria/` and its name, `failed` and `unread`, shares of the responses,
 * and what the judge used.
 * @returns a reward that throws RubricError for checks and scores, PrefkitError `BAD_REWARD` where every question fails.
 * @throws PrefkitError `INVALID_CONFIG`.
 */
export function rubricReward(options: RubricRewardOptions): RewardFunction {
  const { judge, checks = {}, reference, concurrency, name = 'rubric' } = options
  const rules = rulesOf(options)
  const { rubrics } = rules
  check(name, rules)
  const needsJudge = rubrics.some((rubric) => !isChecked(rubric))
  return rewardOf(name, options, async (rollouts, { signal } = {}) => {
    const items = rollouts.map((rollout) => judgedItem(name, rollout, reference))
    const ask = (item: ResponseItem, call: { readonly signal: AbortSignal }) => judge!.score(item, call)
    const asked = needsJudge ? await askJudge(name, items, ask, { concurrency, signal }) : undefined
    const found = items.map((item, i): Found => {
      const judgement = asked?.judgements[i]
      const checked = runChecks(rubrics, item, checks)
      return { checked, judgement, judged: judgedCriteria(judgement ?? {}, options) }
    })
    const scores = found.map((each) => scoreOf(each, rules))
    const unread = found.filter(({ judgement }, i) => judgement && Number.isNaN(scores[i]))
    return {
      scores,
      metrics: {
        ...criterionMetrics(found, rules),
        ...asked?.metrics,
        ...(asked && { unread: unread.length / found.length }),
      },
      unscored: unread[0] && whyUnscored(unread[0], rules),
    }
  })
}
