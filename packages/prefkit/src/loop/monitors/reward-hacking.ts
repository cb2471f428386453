import { evaluated, rewardMean } from '../rewards/metric-names'
import type { Alert, Monitor } from './monitor'
import { type Point, pointsByStage } from './points'
import { inOrder, type Judgement, raiseAlerts, unknown } from './raise-alerts'
import { bestBefore, errorsApart, isHigher, rolling, summarise } from './statistics'
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

/** Where the golden mean was best, and where it is. */
interface Fall {
  readonly best: number
  readonly now: number
}

function judgeStage(golden: readonly Point[], rewards: readonly Point[], options: RewardHackingOptions) {
  const { window, errors, rewardErrors } = options
  const values = golden.map(({ value }) => value)
  const means = rolling(values, window)
  const best = bestBefore(means, window, isHigher)
  const rewardOver = ({ best, now }: Fall) => {
    const during = (last: number) => {
      const [from, to] = [golden[last - window + 1]!.index, golden[last]!.index]
      return summarise(rewards.filter(({ index }) => index >= from && index <= to).map(({ value }) => value))
    }
    return { before: during(best), now: during(now) }
  }
  return (i: number): Judgement => {
    const [now, peak] = [means[i], best[i]]
    if (!now || peak === undefined) return unknown
    const then = means[peak]!
    const fall = -errorsApart(then, now)
    if (fall < errors) return { isCalm: fall < errors / 2 }
    const reward = rewardOver({ best: peak, now: i })
    if (!(errorsApart(reward.before, reward.now) >= rewardErrors)) return { isCalm: false }
    const { key, step } = golden[peak]!
    const start = means[window - 1]!
    const isWorse = -errorsApart(start, now) > rewardErrors
    return {
      severity: isWorse ? 'critical' : 'warning',
      isCalm: false,
      message:
        `The reward rises while what it stands for falls: ${rewards[0]!.key} went from ` +
        `${short(reward.before.mean)} to ` +
        `${short(reward.now.mean)} since step ${step}, ${key} from ${short(then.mean)} to ${short(now.mean)}` +
        `${isWorse ? `, which is below the ${short(start.mean)} that training began with` : ''}. The ` +
        'policy has found what the reward ' +
        `pays for and nobody wants. Go back to a checkpoint near step ${step}, hold the policy nearer to ` +
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
export const rewardHacking: Monitor<RewardHackingOptions> = (records, given = {}): Alert[] => {
  const options = { ...rewardHackingDefaults, ...given }
  const rewards = pointsByStage(records, options.rewards)
  const alerts = pointsByStage(records, options.golden).flatMap((golden) => {
    const own = rewards.find(([first]) => first!.stage === golden[0]!.stage)
    if (!own || own[0]!.key === golden[0]!.key) return []
    return raiseAlerts('reward-hacking', golden, options.window, judgeStage(golden, own, options))
  })
  return inOrder(alerts)
}
