import { z } from 'zod'
import { count, finite, notNegative, oneOf, share, taken, text } from '../values'
import { lora } from './model'
import { passes, stepSize } from './training'

/** A generative pointwise judge that learns by preference-aware rewards (2510.24235). */
export const judge = z
  .strictObject({
    model: text
      .optional()
      .describe('The model that it begins as. Default: that of the policy, after its fine-tuning.'),
    lora: lora.optional().describe('A low-rank change that trains. Default: as that of the model.'),
    template: oneOf(['reasoned', 'short'])
      .default('short')
      .describe('The form of prompt and answer: with reasons in words, or the score alone.'),
    rubrics: oneOf(['primary', 'generated', 'both', 'none'])
      .default('primary')
      .describe('Which rubrics it is shown, or is to write itself.'),
    family: text.optional().describe('Family of tasks that primary rubrics are of. Default: chat.'),
    sft: z
      .strictObject({
        files: z
          .array(text)
          .optional()
          .describe(
            'Rows of {prompt, chosen, rejected, chosen_judgement, rejected_judgement}; without, a short judge learns the form from any scores.',
          ),
        margin: notNegative
          .default(2)
          .describe('Learns only from pairs whose scores differ by more than this.'),
        ...passes({ epochs: 1, batchSize: 8, learningRate: 1e-4 }),
      })
      .optional()
      .describe('A first stage, in which it learns the form of its answers.'),
    steps: count.default(100).describe('Steps of the second stage.'),
    pairsPerStep: count.default(4).describe('Comparisons of a step.'),
    rollouts: count.default(4).describe('n: judgements of each response.'),
    maxNewTokens: count.default(64).describe('Tokens of a judgement, at most.'),
    grades: z
      .array(
        z.strictObject({
          above: finite.describe('Margin δ above which the grade is given.'),
          reward: finite.describe('What is given.'),
        }),
      )
      .register(taken, { takes: 'a list of {above, reward}' })
      .optional()
      .describe('f(δ) by steps. Default: 1.2 above 0, 1.4 above 2.'),
    f: text
      .optional()
      .describe('f(δ) as an expression instead of grades, such as min(1.4, 1.2 + 0.1*delta).'),
    klWeight: notNegative.default(0).describe('β of the divergence from what it began as.'),
    labelNoise: share
      .default(0)
      .describe(
        'Share of the comparisons that are turned round before it learns from them, to measure what noise does.',
      ),
    ...stepSize(1e-5),
  })
  .describe(
    'A generative judge of single responses that learns from the comparisons by preference-aware rewards (2510.24235).',
  )
