import { PrefkitError } from '../../prefkit-error'
import type { Anchor, LoopPrompt } from '../prompts/prompt'
import { requireCounts, requireSome } from '../prompts/require-counts'
import { requireSamePrompt } from '../prompts/require-same-prompt'
import type { ScoredRollout } from '../rewards/reward-function'
import { stepSeed } from '../rollouts/collect-rollouts'
import { completionMetrics } from '../rollouts/completion-metrics'
import type { RolloutSource, Sampling } from '../rollouts/rollout'
import { type Chooser, type ChoosingScorer, chooserOf } from '../scorers/chooser'
import { type DrawnField, drawnField } from '../scorers/drawn-field'
import { expectedGain } from '../scorers/expected-gain'
import type { StepMetrics } from '../step-record'
import type { Algorithm, AlgorithmOptions, AlgorithmState } from './algorithm'
import { requireNumbers } from './require-loop'
import { stopwatch } from './stopwatch'

/** When enough responses to a prompt were drawn. */
export interface AdaptiveDraws {
  /**
   * Stops where another `batch` of draws is expected to win less than this over the best so far: see `expectedGain`. In
   * (0, ½). Default: 0.02.
   */
  readonly threshold?: number
  /** Draws at a time. Default: 5. */
  readonly batch?: number
}

/** Options of {@link bestOfN}. */
export interface BestOfNOptions extends Pick<AlgorithmOptions, 'seed' | 'resume' | 'signal'> {
  /** Each with an id of its own. */
  readonly prompts: readonly LoopPrompt[]
  /** Where responses come from, such as `policyRollouts` of the fine-tuned model. */
  readonly rollouts: RolloutSource
  /** What chooses: a pairwise scorer by a tournament, or a pointwise one by its largest score. */
  readonly scorer: ChoosingScorer
  /** Responses drawn for each prompt, at most. Default: 30. */
  readonly n?: number
  /** Anchors of each prompt, the best so many; fewer where fewer differ. Default: 1. */
  readonly perPrompt?: number
  /** Draws fewer where more would gain little. Default: n for every prompt. */
  readonly adaptive?: AdaptiveDraws | undefined
  /** Prompts of a step. Default: 8. */
  readonly promptsPerStep?: number
  /** How responses are drawn. */
  readonly sampling?: Sampling
}

/** What a state of {@link bestOfN} holds as its `data`: anchors so far, by the id of their prompt, and the texts of these prompts. */
export interface BestOfNData {
  readonly prompts: Readonly<Record<string, string>>
  readonly anchors: Readonly<Record<string, readonly Anchor[]>>
}

/** Draws as many as it takes; all prompts that go on together. */
async function drawFields(
  { rollouts, n, sampling, adaptive, signal }: ResolvedOptions,
  fields: readonly DrawnField[],
  chooser: Chooser,
  seedOf: (round: number) => number,
): Promise<StepMetrics> {
  const gains = new Map<DrawnField, number>()
  let open = fields
  for (let round = 0; open.length > 0; round++) {
    const count = Math.min(adaptive?.batch ?? n, n - open[0]!.places.length)
    const prompts = open.map(({ prompt }) => prompt)
    const drawn = await rollouts.draw({ prompts, n: count, sampling, seed: seedOf(round), signal })
    for (const [i, field] of open.entries()) field.add(drawn.slice(i * count, (i + 1) * count))
    if (!adaptive) return {}
    const strengths = await chooser.strengths(open, { signal })
    for (const [i, field] of open.entries()) {
      // Of one draw nobody knows how much they differ.
      const scores = field.places.map((place) => strengths[i]![place]!)
      gains.set(field, scores.length < 2 ? 0.5 : expectedGain(scores, adaptive.batch))
    }
    open = open.filter((field) => field.places.length < n && gains.get(field)! >= adaptive.threshold)
  }
  return { 'best_of_n/expected_gain': meanOf([...gains.values()]) }
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * Anchors: the best of n responses to each prompt (2504.04950; n = 30 was best there, and worse beyond 40). Under a
 * pairwise scorer the best is the winner of a `tournament`; the same response drawn twice takes part once. With
 * `adaptive`, draws come in batches, and end where another batch is expected to gain little: by the scores of those
 * drawn, which a pairwise scorer gives as the log-odds to beat the first one.
 *
 * A step is some prompts, in their order. Its state has the anchors so far as `data`, a {@link BestOfNData}; {@link
 * withAnchors} puts them into the prompts. Its `rollouts` are those that were chosen, with their `win_probability` as
 * reward.
 *
 * It logs, as means over the prompts of the step, `best_of_n/n` draws and `best_of_n/distinct` ones of them, the
 * `best_of_n/win_probability` of the winner over those it was compared with, `best_of_n/expected_gain` of another batch
 * where it stopped; `best_of_n/asked`, how often the scorer was asked in all; and lengths of all that was drawn.
 * @throws PrefkitError `INVALID_CONFIG`; `RUN_CHANGED` for a state with anchors of other prompts of these ids; `BAD_REWARD`
 *   for numbers of the scorer that are none; what the source and the scorer throw.
 */
export async function* bestOfN(options: BestOfNOptions): Algorithm {
  const settings = resolve(options)
  const { prompts, promptsPerStep, perPrompt, n, adaptive, seed, signal } = settings
  const chooser = chooserOf(options.scorer)
  const steps = Math.ceil(prompts.length / promptsPerStep)
  const rounds = adaptive ? Math.ceil(n / adaptive.batch) : 1
  if (options.resume) withAnchors(prompts, options.resume)
  const anchors = new Map(Object.entries(options.resume ? dataOf(options.resume).anchors : {}))

  for (let step = options.resume?.step ?? 0; step < steps; step++) {
    signal?.throwIfAborted()
    const { time, seconds } = stopwatch()
    const fields = prompts.slice(step * promptsPerStep, (step + 1) * promptsPerStep).map(drawnField)
    const drawing = await time('generate', () =>
      drawFields(settings, fields, chooser, (round) => stepSeed(seed, step * rounds + round)),
    )
    const choices = await time('score', () => chooser.best(fields, perPrompt, { signal }))
    const chosen = fields.map(({ distinct }, i) =>
      choices[i]!.map(({ place, winProbability }): ScoredRollout => {
        const rewards = { win_probability: winProbability }
        return { ...distinct[place]!, rewards, reward: winProbability }
      }),
    )
    for (const [i, { prompt }] of fields.entries()) {
      anchors.set(
        prompt.id,
        chosen[i]!.map(({ text, tokens }) => ({ text, tokens })),
      )
    }
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: {
        ...completionMetrics(
          fields.flatMap(({ distinct, places }) => places.map((place) => distinct[place]!)),
        ),
        'best_of_n/n': meanOf(fields.map(({ places }) => places.length)),
        'best_of_n/distinct': meanOf(fields.map(({ distinct }) => distinct.length)),
        'best_of_n/win_probability': meanOf(chosen.map(([best]) => best!.reward)),
        'best_of_n/asked': chooser.asked(),
        ...drawing,
      },
      seconds,
      rollouts: chosen.flat(),
      state: async () => {
        const done = prompts.slice(0, (step + 1) * promptsPerStep).map(({ id, text }) => [id, text])
        const data: BestOfNData = {
          anchors: Object.fromEntries(anchors),
          prompts: Object.fromEntries(done),
        }
        return { step: step + 1, trainings: {}, data }
      },
    }
  }
}

type ResolvedOptions = ReturnType<typeof resolve>

function resolve(options: BestOfNOptions) {
  const { prompts, n = 30, perPrompt = 1, promptsPerStep = 8, seed = 0, sampling = {}, adaptive } = options
  const { threshold = 0.02, batch = 5 } = adaptive ?? {}
  requireSome('bestOfN', 'prompts', prompts)
  requireCounts('bestOfN', { n, perPrompt, promptsPerStep, 'adaptive.batch': batch })
  requireNumbers('bestOfN', { seed })
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `bestOfN: ${problem}`)
  }
  if (!(threshold > 0 && threshold < 0.5)) {
    refuse(`adaptive.threshold: expected a number above 0 and below 0.5, got ${threshold}`)
  }
  if (perPrompt > n) refuse(`perPrompt: expected at most n = ${n}, got ${perPrompt}`)
  const ids = new Set<string>()
  for (const { id } of prompts) {
    if (ids.has(id)) refuse(`prompts: expected different ids, got ${JSON.stringify(id)} twice`)
    ids.add(id)
  }
  return {
    ...{ prompts, n, perPrompt, promptsPerStep, seed, sampling },
    ...{ rollouts: options.rollouts, signal: options.signal },
    adaptive: adaptive && { threshold, batch },
  }
}

/** @throws PrefkitError `INVALID_CONFIG` for a state of another algorithm. */
function dataOf({ data }: AlgorithmState): BestOfNData {
  const { anchors, prompts } = (data ?? {}) as Partial<BestOfNData>
  // JSON of our own: whoever has anchors of prompts has them so.
  if (anchors && prompts) return { anchors, prompts }
  throw new PrefkitError('INVALID_CONFIG', 'bestOfN: expected a state of bestOfN, got one without anchors')
}

/**
 * Prompts with the anchors that {@link bestOfN} has found; those that it has not come to keep theirs.
 * @throws PrefkitError `INVALID_CONFIG` for a state of another algorithm; `RUN_CHANGED` where it has anchors of other prompts of these
 *   ids.
 */
export function withAnchors(prompts: readonly LoopPrompt[], state: AlgorithmState): LoopPrompt[] {
  const { anchors, prompts: texts } = dataOf(state)
  return prompts.map((prompt) => {
    if (!Object.hasOwn(anchors, prompt.id)) return prompt
    requireSamePrompt('anchors', texts[prompt.id]!, prompt)
    return { ...prompt, anchors: anchors[prompt.id]! }
  })
}
