import { PrefkitError } from '../../prefkit-error'
import { itemsOfStep } from '../prompts/items-of-step'
import type { PreferencePair } from '../prompts/preference-pair'
import { groupMetrics } from '../rewards/group-metrics'
import { stepSeed } from '../rollouts/collect-rollouts'
import { completionMetrics } from '../rollouts/completion-metrics'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { StepMetrics } from '../step-record'
import type { Algorithm, AlgorithmOptions } from './algorithm'
import { withLabelNoise } from './par-data'
import type { JudgeForm } from './par-form'
import { type ParRewardOptions, pairPrompts, parParts, scoreJudgements } from './par-rewards'
import { type PolicyGradientOptions, policyGradient } from './policy-gradient'
import { requireNumbers } from './require-loop'
import { stopwatch } from './stopwatch'

/** Options of {@link par}: the policy is the judge. How it learns is as `grpo`'s. */
export interface ParTrainingOptions extends AlgorithmOptions, PolicyGradientOptions, ParRewardOptions {
  /** Comparisons to agree with. */
  readonly pairs: readonly PreferencePair[]
  /** How the judge is asked, and read. */
  readonly form: JudgeForm
  /** Comparisons of a step. Default: 4. */
  readonly pairsPerStep?: number
  /** n ≥ 1: judgements of each response of a pair. Default: 4. */
  readonly samplesPerPrompt?: number
  /** Share of comparisons that are turned round, to measure what noise does. Default: 0. */
  readonly labelNoise?: number
  /** Comparisons that are judged but not learnt from. Default: none. */
  readonly heldOut?: readonly PreferencePair[]
  /** Steps after which they are judged, beside the last one. Default: the last one only. */
  readonly evaluateEverySteps?: number
}

/** What is logged of comparisons that are held out. */
const evaluated = [
  ...['rewards/margins', 'rewards/accuracies', 'rewards/chosen', 'rewards/rejected', 'pairs/scored'],
  ...['format/parsed_ratio', 'parse/exact'],
]

const heldOutMetrics = (metrics: StepMetrics): StepMetrics =>
  Object.fromEntries(
    evaluated.flatMap((name) => (name in metrics ? [[`eval_${name}`, metrics[name]!] as const] : [])),
  )

/**
 * Preference-aware rewards, the second stage of PaTaRM (2510.24235): a generative judge that scores one response at a time learns from
 * comparisons. Each step it judges both responses of some pairs, n times each; a judgement is rewarded by f(δ) for a score on the right
 * side of the mean score of the other response, δ away from it, and for its form. Judgements of one response are a group, and the
 * update is that of `grpo`.
 *
 * Under TRL's names it logs `rewards/chosen`, `rewards/rejected` (mean scores), `rewards/margins` and `rewards/accuracies` of pairs,
 * `rewards/par/mean`, `rewards/format/mean`, `reward`, `format/parsed_ratio`, shares of `parse/…`, lengths, and what `grpo` logs of an
 * update; of what is held out scores and parses as `eval_…`.
 * @throws PrefkitError `INVALID_CONFIG`; what the policy throws; RubricError, AdvantageError for grades and rewards.
 */
export async function* par(options: ParTrainingOptions): Algorithm {
  const { policy, form, steps, resume, signal, seed = 0, pairsPerStep = 4, samplesPerPrompt: n = 4 } = options
  const { heldOut = [], evaluateEverySteps = steps, labelNoise = 0, sampling: given = {} } = options
  const { rollouts: source = policyRollouts(policy), grades, f, formatRewards } = options
  requireNumbers('par', { steps, seed, pairsPerStep, samplesPerPrompt: n, evaluateEverySteps })
  if (options.pairs.length === 0) {
    throw new PrefkitError('INVALID_CONFIG', 'par: pairs: expected at least one, got none')
  }
  const sampling = { ...given, stop: [...(given.stop ?? []), ...(form.stop ?? [])] }
  const scoring = {
    form,
    ...(grades && { grades }),
    ...(f && { f }),
    ...(formatRewards && { formatRewards }),
  }
  const pairs = withLabelNoise(options.pairs, { rate: labelNoise, seed })
  const learn = policyGradient({ ...options, sampling })
  const judge = async (asked: readonly PreferencePair[], step: number) =>
    source.draw({ prompts: pairPrompts(asked, form), n, sampling, seed: stepSeed(seed, step), signal })
  if (resume) await policy.restore(resume.trainings.policy!)

  for (let step = resume?.step ?? 0; step < steps; step++) {
    const { time, seconds } = stopwatch()
    const own = itemsOfStep(pairs, step, { count: pairsPerStep, seed })
    const drawn = await time('generate', () => judge(own, step))
    const { rollouts, metrics } = scoreJudgements(own, drawn, scoring)
    const learnt = await learn({ rollouts, groupSize: n, rewards: parParts, step, time })
    const evaluates = heldOut.length > 0 && ((step + 1) % evaluateEverySteps === 0 || step + 1 === steps)
    const held = evaluates
      ? await time('evaluate', async () => scoreJudgements(heldOut, await judge(heldOut, step), scoring))
      : undefined
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: {
        ...metrics,
        ...completionMetrics(rollouts),
        ...groupMetrics(rollouts, n),
        ...learnt,
        ...(held && heldOutMetrics(held.metrics)),
      },
      seconds,
      rollouts,
      state: async () => ({ step: step + 1, trainings: { policy: await policy.state() } }),
    }
  }
}
