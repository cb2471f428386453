import { evaluated, rewardMean } from '../rewards/metric-names'
import { eachStage } from './each-stage'
import type { Monitor } from './monitor'
import { type Point, pointsOf } from './points'
import { type Judgement, raiseAlerts, unknown } from './raise-alerts'
import { bestBefore, errorsApart, isHigher, rolling, type Summary } from './statistics'
import { counted, emptyTally, summaryOf, type Tally } from './tally'
import { short } from './words'

/** Options of {@link rewardHacking}. */
export interface RewardHackingOptions {
  /** Names of the reward that is optimised, the first that is logged. */
  readonly rewards: readonly string[]
  /**
   * Names of what it stands for or should carry over to: a golden reward, the probability to win against anchors or the
   * reward on held-out prompts; the first that is logged.
   */
  readonly golden: readonly string[]
  /**
   * Measurements of the golden reward that are averaged. Default: 4, as they are few and far between; as the best 4 come before
   * them, nothing is said before the eighth.
   */
  readonly window: number
  /**
   * Standard errors that the golden mean has to have fallen by. Default: 5.5, as it is compared with the best of all
   * before it.
   */
  readonly errors: number
  /** Standard errors that the reward has to have risen by since then. Default: 2. */
  readonly rewardErrors: number
}

/** Defaults of {@link rewardHacking}. */
export const rewardHackingDefaults: RewardHackingOptions = {
  rewards: ['reward', 'objective/scores'],
  // As evaluations of runs name them; without one the golden reward of what is learnt from, or what others log.
  golden: [
    evaluated(rewardMean('golden')),
    ...[rewardMean('golden'), 'golden/reward'],
    ...[evaluated(rewardMean('winProbability')), evaluated('reward')],
  ],
  ...{ window: 4, errors: 5.5, rewardErrors: 2 },
}

/** A window of golden measurements, and the rewards of the steps that it spans. */
interface Span {
  readonly golden: Summary
  readonly reward: Summary
  /** Step of its last measurement. */
  readonly step: number
}

/** Rewards since each of the last golden measurements, those of its own step included. */
interface RewardSpans {
  /** Takes a step. */
  add(isMeasured: boolean, reward: number | undefined): void
  /** Since the first of the window. */
  whole(): Summary
}

function rewardSpans(window: number): RewardSpans {
  let spans: readonly Tally[] = []
  return {
    add(isMeasured, reward) {
      if (isMeasured) spans = [...spans, emptyTally].slice(-window)
      if (reward !== undefined) spans = spans.map((span) => counted(span, reward))
    },
    whole: () => summaryOf(spans[0] ?? emptyTally),
  }
}

const isBetter = (first: Span, second: Span): boolean => isHigher(first.golden, second.golden)

function judgeGolden({ window, errors, rewardErrors }: RewardHackingOptions, spans: RewardSpans) {
  const meanOf = rolling(window)
  const bestOf = bestBefore(window, isBetter)
  let start: Summary | undefined
  return ({ value, key, record }: Point, rewardKey: string | undefined): Judgement => {
    const golden = meanOf(value)
    start ??= golden
    const now = golden && { golden, reward: spans.whole(), step: record.step }
    const best = bestOf(now)
    if (!start || !now || !best) return unknown
    const fall = -errorsApart(best.golden, now.golden)
    if (fall < errors) return { isCalm: fall < errors / 2 }
    if (!(errorsApart(best.reward, now.reward) >= rewardErrors)) return { isCalm: false }
    const isWorse = -errorsApart(start, now.golden) > rewardErrors
    return {
      severity: isWorse ? 'critical' : 'warning',
      isCalm: false,
      message:
        `The reward rises while what it stands for falls: ${rewardKey} went from ` +
        `${short(best.reward.mean)} to ` +
        `${short(now.reward.mean)} since step ${best.step}, ${key} from ${short(best.golden.mean)} to ${short(now.golden.mean)}` +
        `${isWorse ? `, which is below the ${short(start.mean)} that training began with` : ''}. The ` +
        'policy has found what the reward ' +
        `pays for and nobody wants. Go back to a checkpoint near step ${best.step}, hold the policy nearer to ` +
        'its reference (a ' +
        'greater klWeight, a smaller learningRate), or mend the reward: read samples that it likes best.',
    }
  }
}

/**
 * Reward hacking: the optimised reward rises while the golden or held-out reward falls (2210.10760 has curves of it).
 * A step is told of when the mean of the last 4 golden measurements is 5.5 standard errors below that of the best 4
 * in a row before them, and the reward of the steps they span is 2 standard errors above that of the steps back then.
 * It is critical once the golden reward is also 2 standard errors below its first 4 measurements.
 *
 * The best of many windows is high by chance alone, so the threshold is. While the reward rises and a golden reward
 * stays where it is, fewer than 1 of 100 runs of 60 measurements have a false alarm by white noise, 12 by noise that
 * comes in waves (φ = 0.5). A fall of 1.25 deviations a measurement is told of 8 measurements after it began, in 19
 * of 20 runs within 14. All is well again when the fall is below half the threshold for 4 measurements.
 */
export const rewardHacking: Monitor<RewardHackingOptions> = (given = {}) => {
  const options = { ...rewardHackingDefaults, ...given }
  return eachStage(() => {
    const [rewardOf, goldenOf] = [pointsOf(options.rewards), pointsOf(options.golden)]
    const spans = rewardSpans(options.window)
    const judge = judgeGolden(options, spans)
    let rewardKey: string | undefined
    const raise = raiseAlerts('reward-hacking', options.window, (point) => judge(point, rewardKey))
    return (record) => {
      const [reward, golden] = [rewardOf(record), goldenOf(record)]
      rewardKey ??= reward?.key
      spans.add(golden !== undefined, reward?.value)
      // What is optimised cannot stand for itself.
      return golden && golden.key !== rewardKey ? raise(golden) : []
    }
  })
}
