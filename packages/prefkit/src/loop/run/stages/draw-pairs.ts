import type { Algorithm, AlgorithmState } from '../../algorithms/algorithm'
import { stopwatch } from '../../algorithms/stopwatch'
import { itemsOfStep } from '../../prompts/items-of-step'
import type { PreferencePair } from '../../prompts/preference-pair'
import type { LoopPrompt } from '../../prompts/prompt'
import { stepSeed } from '../../rollouts/collect-rollouts'
import { completionMetrics } from '../../rollouts/completion-metrics'
import type { RolloutSource, Sampling } from '../../rollouts/rollout'
import type { LabelPairs } from './label-pairs'

/** What pairs are drawn from, and who says which is better. */
export interface DrawPairsOptions {
  readonly source: RolloutSource
  readonly prompts: readonly LoopPrompt[]
  readonly label: LabelPairs
  /** Pairs to draw, in all. */
  readonly pairs: number
  /** Pairs of a step. */
  readonly pairsPerStep: number
  readonly sampling: Sampling
  readonly seed: number
  readonly resume?: AlgorithmState | undefined
  /** Takes the pairs that were labelled so far, after each step. */
  readonly onPairs: (pairs: readonly PreferencePair[]) => void
}

/** Pairs of responses to prompts in turn, labelled; those that somebody labels as neither better are left out. */
export async function* drawPairs(options: DrawPairsOptions): Algorithm {
  const { source, prompts, label, pairs: count, pairsPerStep, sampling, seed, resume, onPairs } = options
  const totalSteps = Math.ceil(count / pairsPerStep)
  // What state() of such a stage gave.
  let kept = (resume?.data as readonly PreferencePair[] | undefined) ?? []
  onPairs(kept)
  for (let step = resume?.step ?? 0; step < totalSteps; step++) {
    const { time, seconds } = stopwatch()
    const place = step * pairsPerStep
    const asked = itemsOfStep(prompts, step, { count: pairsPerStep, seed }).slice(0, count - place)
    const drawing = { prompts: asked, n: 2, sampling, seed: stepSeed(seed, step) }
    const rollouts = await time('generate', () => source.draw(drawing))
    const { pairs, metrics } = await time('score', () => label(rollouts, place))
    kept = [...kept, ...pairs]
    onPairs(kept)
    const data = kept
    yield {
      ...{ step: step + 1, totalSteps, seconds },
      metrics: { ...metrics, ...completionMetrics(rollouts) },
      state: async () => ({ step: step + 1, trainings: {}, data }),
    }
  }
}
