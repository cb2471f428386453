import type { Algorithm, AlgorithmState } from '../../algorithms/algorithm'
import { stopwatch } from '../../algorithms/stopwatch'
import type { LoopPrompt } from '../../prompts/prompt'
import { stepSeed } from '../../rollouts/collect-rollouts'
import { completionMetrics } from '../../rollouts/completion-metrics'
import type { RolloutSource, Sampling } from '../../rollouts/rollout'
import type { DrawnResponse } from '../data/response-file'

/** What is drawn, and how much at a time. */
export interface DrawResponsesOptions {
  readonly source: RolloutSource
  readonly prompts: readonly LoopPrompt[]
  /** Prompts of a step. */
  readonly promptsPerStep: number
  readonly responsesPerPrompt: number
  readonly sampling: Sampling
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  readonly resume?: AlgorithmState | undefined
  /** Takes what was drawn so far, after each step. */
  readonly onResponses: (responses: readonly DrawnResponse[]) => void
}

/** Responses to each of the prompts, in their order. */
export async function* drawResponses(options: DrawResponsesOptions): Algorithm {
  const { source, prompts, promptsPerStep, responsesPerPrompt: n, sampling, seed, signal } = options
  const totalSteps = Math.ceil(prompts.length / promptsPerStep)
  // What state() of such a stage gave.
  let kept = (options.resume?.data as readonly DrawnResponse[] | undefined) ?? []
  options.onResponses(kept)
  for (let step = options.resume?.step ?? 0; step < totalSteps; step++) {
    const { time, seconds } = stopwatch()
    const some = prompts.slice(step * promptsPerStep, (step + 1) * promptsPerStep)
    const drawn = await time('generate', () =>
      source.draw({ prompts: some, n, sampling, seed: stepSeed(seed, step), signal }),
    )
    const own = drawn.map(({ prompt, text, tokens }) => {
      return { promptId: prompt.id, prompt: prompt.text, text, tokens }
    })
    kept = [...kept, ...own]
    options.onResponses(kept)
    const data = kept
    yield {
      ...{ step: step + 1, totalSteps, seconds, metrics: completionMetrics(drawn) },
      state: async () => ({ step: step + 1, trainings: {}, data }),
    }
  }
}
