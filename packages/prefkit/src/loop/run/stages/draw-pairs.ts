import type { Algorithm, AlgorithmState } from '../../algorithms/algorithm'
import { stopwatch } from '../../algorithms/stopwatch'
import { itemsOfStep } from '../../prompts/items-of-step'
import type { PreferencePair } from '../../prompts/preference-pair'
import type { LoopPrompt } from '../../prompts/prompt'
import { stepSeed } from '../../rollouts/collect-rollouts'
import { completionMetrics } from '../../rollouts/completion-metrics'
import type { Rollout, RolloutSource, Sampling } from '../../rollouts/rollout'
import type { LabelPairs } from './label-pairs'

/** What pairs are drawn from, and who says which is better. */
export interface DrawPairsOptions {
  readonly source: RolloutSource
  readonly prompts: readonly LoopPrompt[]
  readonly label: LabelPairs
  /** Pairs to draw, in all. */
  readonly pairs: number
  /** Pairs of a step, about: the prompts of a step have all of theirs. */
  readonly pairsPerStep: number
  /** n ≥ 2 responses to a prompt at a time, of which each two are a pair: n (n − 1) / 2 pairs. */
  readonly responsesPerPrompt: number
  readonly sampling: Sampling
  readonly seed: number
  readonly resume?: AlgorithmState | undefined
  readonly signal?: AbortSignal | undefined
  /** Takes the pairs that were labelled so far, after each step: one list, which grows. */
  readonly onPairs: (pairs: readonly PreferencePair[]) => void
}

/** Each two of the n responses to every prompt, the two of a pair one after the other. */
const pairedUp = (rollouts: readonly Rollout[], n: number): Rollout[] =>
  rollouts.flatMap((one, i) =>
    rollouts.slice(i + 1, i - (i % n) + n).flatMap((other): Rollout[] => [one, other]),
  )

/** How pairs are parted into steps: each prompt of a step has all of its pairs, but for the last. */
export function pairSteps({
  pairs,
  pairsPerStep: about,
  responsesPerPrompt: n,
}: Pick<DrawPairsOptions, 'pairs' | 'pairsPerStep' | 'responsesPerPrompt'>) {
  const pairsOfPrompt = (n * (n - 1)) / 2
  const promptsPerStep = Math.max(1, Math.round(about / pairsOfPrompt))
  const pairsPerStep = promptsPerStep * pairsOfPrompt
  const prompts = Math.ceil(pairs / pairsOfPrompt)
  return { pairsOfPrompt, promptsPerStep, pairsPerStep, prompts, steps: Math.ceil(pairs / pairsPerStep) }
}

/** Pairs of responses to prompts in turn, labelled; those that somebody labels as neither better are left out. */
export async function* drawPairs(options: DrawPairsOptions): Algorithm {
  const { source, prompts, label, pairs: count, responsesPerPrompt: n, sampling, seed, signal } = options
  const { pairsOfPrompt, promptsPerStep, pairsPerStep, steps: totalSteps } = pairSteps(options)
  // What state() of such a stage gave.
  const kept = [...((options.resume?.data as readonly PreferencePair[] | undefined) ?? [])]
  options.onPairs(kept)
  for (let step = options.resume?.step ?? 0; step < totalSteps; step++) {
    const { time, seconds } = stopwatch()
    const place = step * pairsPerStep
    const wanted = Math.min(pairsPerStep, count - place)
    const asked = itemsOfStep(prompts, step, { count: promptsPerStep, seed })
    const some = asked.slice(0, Math.ceil(wanted / pairsOfPrompt))
    const rollouts = await time('generate', () =>
      source.draw({ prompts: some, n, sampling, seed: stepSeed(seed, step), signal }),
    )
    const compared = pairedUp(rollouts, n).slice(0, 2 * wanted)
    const { pairs, metrics } = await time('score', () => label(compared, place))
    for (const pair of pairs) kept.push(pair)
    options.onPairs(kept)
    yield {
      ...{ step: step + 1, totalSteps, seconds },
      metrics: { ...metrics, ...completionMetrics(rollouts) },
      state: async () => ({ step: step + 1, trainings: {}, data: [...kept] }),
    }
  }
}
