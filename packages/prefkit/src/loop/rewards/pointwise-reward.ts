import { clipRewards } from '@prefkit/advantages'
import { PrefkitError } from '../../prefkit-error'
import { anchorsOf } from './anchors-of'
import { mean, splitRows } from './numbers'
import type { RewardFunction } from './reward-function'
import { type RewardOptions, rewardOf } from './reward-options'
import type { PointwiseScorer, PromptedResponse } from './scorers'

/** Options of {@link pointwiseReward}. */
export interface PointwiseRewardOptions extends RewardOptions {
  /** Gives each response a number. */
  readonly scorer: PointwiseScorer
  /**
   * Keeps the policy from chasing ever larger scores. `none`; `sigmoid`: σ(score − reference), in (0, 1); `clip`: the score
   * less the reference, cut at ±`clip`. Default: `none`.
   */
  readonly bound?: 'none' | 'sigmoid' | 'clip'
  /** What is taken off the score: a number, or the mean score of the prompt's `anchors`. Default: 0. */
  readonly reference?: number | 'anchors'
  /** Where `clip` cuts, above 0. Default: 10, as in OpenRLHF. */
  readonly clip?: number
}

const bounds: Readonly<Record<'none' | 'sigmoid' | 'clip', (scores: number[], clip: number) => number[]>> = {
  none: (scores) => scores,
  sigmoid: (scores) => scores.map((score) => 1 / (1 + Math.exp(-score))),
  clip: (scores, clip) => clipRewards(scores, { low: -clip, high: clip }),
}

function check(name: string, { bound = 'none', clip = 10, reference = 0 }: PointwiseRewardOptions): void {
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${name}: ${problem}`)
  }
  if (!Object.hasOwn(bounds, bound)) refuse(`bound: expected none, sigmoid or clip, got ${String(bound)}`)
  if (!(Number.isFinite(clip) && clip > 0)) refuse(`clip: expected a number above 0, got ${clip}`)
  if (reference === 'anchors' || Number.isFinite(reference)) return
  refuse(`reference: expected a number or anchors, got ${String(reference)}`)
}

/**
 * The score of a pointwise model, such as a Bradley–Terry reward model. Bounded by `sigmoid` against anchors it is the
 * probability that the response is preferred to them. Nothing is kept from step to step, so that a run goes on as it was.
 *
 * Logs `unbounded_mean` beside a reward that is bounded or has a reference: the mean score itself.
 * @returns a reward that throws PrefkitError `BAD_REWARD` for scores too many or too few; `INVALID_CONFIG` for a prompt without
 *   anchors where they are the reference; what the scorer throws.
 * @throws PrefkitError `INVALID_CONFIG`.
 */
export function pointwiseReward(options: PointwiseRewardOptions): RewardFunction {
  const { scorer, bound = 'none', reference = 0, clip = 10, name = 'score' } = options
  check(name, options)
  return rewardOf(name, options, async (rollouts, { signal } = {}) => {
    const own = rollouts.map((rollout): PromptedResponse => ({ prompt: rollout.prompt, response: rollout }))
    const prompts = reference === 'anchors' ? [...new Set(rollouts.map(({ prompt }) => prompt))] : []
    const others = prompts.map((prompt) =>
      anchorsOf(name, { prompt }).map((response): PromptedResponse => ({ prompt, response })),
    )
    const asked = [...own, ...others.flat()]
    const given = await scorer.scores(asked, { signal })
    if (given.length !== asked.length) {
      const message = `${name}: its scorer gave ${given.length} scores of ${asked.length} responses`
      throw new PrefkitError('BAD_REWARD', message)
    }
    const scores = given.slice(0, own.length)
    const counts = others.map(({ length }) => length)
    const means = splitRows(given.slice(own.length), counts).map(mean)
    const references = new Map(prompts.map((prompt, i) => [prompt, means[i]!]))
    const relative = scores.map(
      (score, i) => score - (reference === 'anchors' ? references.get(rollouts[i]!.prompt)! : reference),
    )
    const isPlain = bound === 'none' && reference === 0
    return {
      scores: bounds[bound](relative, clip),
      ...(!isPlain && { metrics: { unbounded_mean: mean(scores) } }),
    }
  })
}
