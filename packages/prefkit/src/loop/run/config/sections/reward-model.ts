import { type RewardModelPreset, rewardModelPresets } from '@prefkit/reward-models'
import { z } from 'zod'
import { flag, handedOn, notNegative, oneOf, text } from '../values'
import { lora } from './model'
import { passes } from './training'

// They have at least one key, which the type of keys does not say.
const presetNames = Object.keys(rewardModelPresets) as [RewardModelPreset, ...RewardModelPreset[]]

const learnt = {
  model: text
    .optional()
    .describe('The model that it begins as. Default: that of the policy, after its fine-tuning.'),
  lora: lora.optional().describe('A low-rank change that trains. Default: as that of the model.'),
  ...passes({ epochs: 1, batchSize: 16, learningRate: 1e-4 }),
}

/** What learns from comparisons which responses are better. */
export const rewardModel = z
  .discriminatedUnion(
    'kind',
    [
      z
        .strictObject({
          kind: z.literal('pairwise'),
          ...learnt,
          consistencyWeight: notNegative
            .default(0.1)
            .describe('ζ: weight of the loss of position consistency.'),
          distance: oneOf(['squared', 'jeffreys'])
            .default('squared')
            .describe('How far apart the answers in both orders are, of that loss.'),
          rule: text
            .optional()
            .describe('What “better” means, shown to the judge. Default: the form’s own words.'),
          template: oneOf(['instruct', 'compact'])
            .default('instruct')
            .describe('The prompt’s form: instruct is written in words, compact is for small vocabularies.'),
          swap: flag.default(true).describe('Shows each pair in both orders.'),
        })
        .describe('A generative judge of pairs that answers yes or no (2504.04950).'),
      z
        .strictObject({
          kind: z.literal('scalar'),
          ...learnt,
          loss: oneOf(['bradleyTerryLoss', 'classificationLoss', 'hingeLoss', 'thurstoneLoss'])
            .default('bradleyTerryLoss')
            .describe('A loss of @prefkit/losses.'),
          lossOptions: handedOn.default({}).describe('Options of the loss.'),
        })
        .describe('A scalar head on a language model.'),
      z
        .strictObject({
          kind: z.literal('embeddings'),
          model: oneOf(presetNames)
            .optional()
            .describe('A model of 2411.04991: networks or boosted trees. Default: a small network.'),
          objective: oneOf(['bt', 'clf'])
            .optional()
            .describe('Bradley–Terry, or classification. Default: that of the model, else bt.'),
          embedder: text
            .default('sentence')
            .describe(
              'hashed-ngrams, hashed-ngrams:<dimensions>, sentence, openai:<model> or transformers:<model>.',
            ),
          options: handedOn
            .default({})
            .describe('Options of fitRewardModel of @prefkit/reward-models, over those of the model.'),
        })
        .describe('A network, or boosted trees, over embeddings of prompt and response (2411.04991).'),
      z
        .strictObject({
          kind: z.literal('saved'),
          path: text.describe('Where it is, such as runs/first/stages/reward_model.'),
        })
        .describe('One that an earlier run has trained.'),
    ],
    { error: 'expected a reward model whose kind is pairwise, scalar, embeddings or saved' },
  )
  .describe('What learns from comparisons which responses are better.')
