import { z } from 'zod'
import { count, finite, notNegative, oneOf, share, text } from '../values'
import { lora } from './model'
import { passes, stepSize } from './training'

/** A generative pointwise judge that learns by preference-aware rewards (2510.24235). */
export const judge = z.strictObject({
  model: text.optional(),
  lora: lora.optional(),
  /** The form of prompt and answer: with reasons in words, or the score alone. */
  template: oneOf(['reasoned', 'short']).default('short'),
  /** Which rubrics it is shown. */
  rubrics: oneOf(['primary', 'generated', 'both', 'none']).default('primary'),
  family: text.optional(),
  /** The first stage: transcripts to learn the form from. */
  sft: z
    .strictObject({
      files: z.array(text).optional(),
      /** Only of pairs whose scores differ by more than this. */
      margin: notNegative.default(2),
      ...passes({ epochs: 1, batchSize: 8, learningRate: 1e-4 }),
    })
    .optional(),
  /** The second stage. */
  steps: count.default(100),
  pairsPerStep: count.default(4),
  /** n: answers for each response. */
  rollouts: count.default(4),
  maxNewTokens: count.default(64),
  grades: z.array(z.strictObject({ above: finite, reward: finite })).optional(),
  /** f(δ) as an expression instead of grades, such as `min(1.4, 1.2 + 0.1*delta)`. */
  f: text.optional(),
  klWeight: notNegative.default(0),
  /** Share of the comparisons that are turned round before it learns from them, to measure what noise does. */
  labelNoise: share.default(0),
  ...stepSize(1e-5),
})
