import { z } from 'zod'
import { flag, handedOn, notNegative, oneOf, text } from '../values'
import { lora } from './model'
import { passes } from './training'

const learnt = {
  /** The model that it begins as. Default: that of the policy, after its fine-tuning. */
  model: text.optional(),
  lora: lora.optional(),
  ...passes({ epochs: 1, batchSize: 16, learningRate: 1e-4 }),
}

/** What learns from comparisons which responses are better. */
export const rewardModel = z.discriminatedUnion(
  'kind',
  [
    /** A generative judge that answers yes or no (2504.04950). */
    z.strictObject({
      kind: z.literal('pairwise'),
      ...learnt,
      /** ζ: weight of the position-consistency loss. */
      consistencyWeight: notNegative.default(0.1),
      distance: oneOf(['squared', 'jeffreys']).default('squared'),
      /** What "better" means, shown to the judge. */
      rule: text.optional(),
      /** The prompt's form: `instruct` is written in words; `compact` is for small vocabularies. */
      template: oneOf(['instruct', 'compact']).default('instruct'),
      /** Shows each pair in both orders. */
      swap: flag.default(true),
    }),
    /** A scalar head on a language model. */
    z.strictObject({
      kind: z.literal('scalar'),
      ...learnt,
      loss: oneOf(['bradleyTerryLoss', 'classificationLoss', 'hingeLoss', 'thurstoneLoss']).default(
        'bradleyTerryLoss',
      ),
      lossOptions: handedOn.default({}),
    }),
    /** A network over embeddings (2411.04991). */
    z.strictObject({
      kind: z.literal('embeddings'),
      objective: oneOf(['bt', 'clf']).default('bt'),
      embedder: text.default('sentence'),
      options: handedOn.default({}),
    }),
    /** One that an earlier run has trained. */
    z.strictObject({ kind: z.literal('saved'), path: text }),
  ],
  { error: 'expected a reward model whose kind is pairwise, scalar, embeddings or saved' },
)
