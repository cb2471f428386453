import type { Datum, PolicyBackend } from '@prefkit/lm'
import { type RolloutWeightsOptions, rolloutMismatch, rolloutWeights } from '@prefkit/losses'
import { type Tensor, tensor } from '@prefkit/tensor'
import type { StepMetrics } from '../step-record'
import { isFiltered, ownLogProbs } from './own-log-probs'
import type { Rollout, RolloutSource, Sampling } from './rollout'

/**
 * How rollouts of another engine than the trainer count: options of `rolloutWeights`, by default the ratio of each token truncated at 3
 * (TRL's `token_truncate`; TRL 1.16.0 itself leaves out whole responses whose ratio is larger, `sequence_mask`).
 */
export type RolloutCorrectionOptions = RolloutWeightsOptions

/** Rows of different lengths as [B, L], with what is 1 where a row goes on. */
function padded(rows: readonly ArrayLike<number>[]): {
  readonly values: Tensor
  readonly mask: Tensor
} {
  const width = rows.reduce((most, { length }) => Math.max(most, length), 0)
  const [values, mask] = [new Float32Array(rows.length * width), new Float32Array(rows.length * width)]
  rows.forEach((row, i) => {
    values.set(row, i * width)
    mask.fill(1, i * width, i * width + row.length)
  })
  const shape = [rows.length, width]
  return { values: tensor(values, { shape }), mask: tensor(mask, { shape }) }
}

/** The rows of [B, L] again, as long as `like`. */
function rowsOf(x: Tensor, like: readonly ArrayLike<number>[]): Float32Array[] {
  const width = Number(x.shape[1])
  return like.map(({ length }, i) => Float32Array.from(x.data.slice(i * width, i * width + length)))
}

/** What {@link trustRollouts} goes by. */
export interface TrustOptions {
  readonly policy: Pick<PolicyBackend, 'forward'>
  readonly source: Pick<RolloutSource, 'isPolicy'>
  /** How they were drawn. */
  readonly sampling: Sampling
  readonly rollouts: readonly Rollout[]
  /** The same as data. */
  readonly data: readonly Datum[]
  /** Whether the log-probabilities before the update are needed. */
  readonly changes: boolean
  readonly correction: RolloutCorrectionOptions
}

/** How far the rollouts are the policy's. */
export interface Trust {
  /** log π_old of each token, under the policy before its update. */
  readonly oldLogProbs?: readonly Float32Array[]
  /** What each token's loss is multiplied with, where another engine drew it. */
  readonly weights?: readonly Float32Array[]
  readonly metrics: StepMetrics
}

const numbersOf = (metrics: Readonly<Record<string, Tensor>>): StepMetrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value.item()]))

/**
 * The log-probabilities that responses had when they were drawn, at the temperature that they were drawn at, as in TRL and verl: it is
 * then a part of the policy. Those that the policy drew come with them; of another engine's it is asked itself, the two are compared,
 * and each token gets the truncated importance weight that corrects the difference (TIS). The metrics are those of `rolloutWeights` and
 * `rolloutMismatch`.
 *
 * Filters (`topK`, `topP`) are corrected in the same way, also of the policy's own responses, and not made a part of the policy, as it
 * could then never learn a token that they leave out, nor say how far it is from a reference that would have kept others. The
 * weights are at most 1, so that they add no variance: what a filter has made more probable than the policy does counts for less.
 */
export async function trustRollouts(options: TrustOptions): Promise<Trust> {
  const { policy, source, sampling, rollouts, data, changes, correction } = options
  const { temperature = 1 } = sampling
  const own = source.isPolicy ? ownLogProbs(rollouts, sampling) : undefined
  if (own && !isFiltered(sampling)) return { metrics: {}, ...(changes && { oldLogProbs: own }) }
  const oldLogProbs = own ?? (await policy.forward(data, { temperature })).map(({ logProbs }) => logProbs)
  const { values: logprobs, mask } = padded(oldLogProbs)
  const { values: rolloutLogprobs } = padded(rollouts.map(({ samplingLogProbs }) => samplingLogProbs))
  const inputs = { logprobs, rolloutLogprobs, mask }
  const { weights, metrics } = rolloutWeights(inputs, correction)
  return {
    oldLogProbs,
    weights: rowsOf(weights, oldLogProbs),
    metrics: { ...numbersOf(metrics), ...numbersOf(rolloutMismatch(inputs)) },
  }
}
