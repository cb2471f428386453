import type { StepMetrics } from '../step-record'
import type { Rollout } from './rollout'

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const sumOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0)

/**
 * What TRL logs of the responses: their lengths in tokens, also of those alone that ended by themselves (0 where none did), the share
 * that was cut off, and `objective/entropy`: the mean of Σ −ln p over the tokens of each, under what they were drawn from.
 */
export function completionMetrics(rollouts: readonly Rollout[]): StepMetrics {
  const lengths = rollouts.map(({ tokens }) => tokens.length)
  const ended = rollouts.filter(({ finishReason }) => finishReason !== 'length')
  const endedLengths = ended.length === 0 ? [0] : ended.map(({ tokens }) => tokens.length)
  return {
    'completions/mean_length': mean(lengths),
    // As arguments of a function they may be too many.
    'completions/min_length': lengths.reduce(
      (least, each) => Math.min(least, each),
      Number.POSITIVE_INFINITY,
    ),
    'completions/max_length': lengths.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY),
    'completions/mean_terminated_length': mean(endedLengths),
    'completions/clipped_ratio': 1 - ended.length / rollouts.length,
    'objective/entropy': -mean(rollouts.map(({ samplingLogProbs }) => sumOf(samplingLogProbs))),
  }
}
