import { z } from 'zod'
import { count, flag, partialShare, positive, taken, text } from '../values'

/** A low-rank change that trains instead of the weights. */
export const lora = z
  .strictObject({
    rank: count.default(16).describe('r: the width of the change.'),
    alpha: positive.default(32).describe('α: the change is multiplied by α / r.'),
    dropout: partialShare.default(0).describe('Share of its inputs that is left out at random as it learns.'),
    targetModules: z
      .union([z.literal('all-linear'), z.array(text).min(1)], {
        error: 'expected all-linear, or a list of linear maps',
      })
      .register(taken, { takes: 'all-linear, or a list of linear maps' })
      .default('all-linear')
      .describe('What it changes, such as [q_proj, v_proj]; all-linear leaves out the output projection.'),
  })
  .describe('A low-rank change that trains instead of the weights.')

/** A language model and how texts are written for it. */
export const model = z
  .strictObject({
    path: text.describe('A directory of Hugging Face, a GGUF file, or a model of llama2.c.'),
    adapter: text.optional().describe('A LoRA adapter that it starts with, or the run that trained one.'),
    tokenizer: text.optional().describe('Its tokeniser, where that does not lie beside it.'),
    chatTemplate: text
      .optional()
      .describe('A file with a chat template instead of its own, for it and what is trained from it.'),
    chat: flag.default(false).describe('Writes prompts that are text as messages of a user.'),
    system: text.optional().describe('Message of the system before each prompt.'),
    lora: lora.optional().describe('A low-rank change that trains; without this section all parameters do.'),
    microBatchTokens: count
      .optional()
      .describe(
        'Tokens that are computed at once, at most: bounds memory, and changes no result but by rounding.',
      ),
  })
  .describe('The language model that learns, and how texts are written for it.')
