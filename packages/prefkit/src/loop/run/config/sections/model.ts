import { z } from 'zod'
import { count, flag, partialShare, positive, text } from '../values'

/** A low-rank change that trains instead of the weights. */
export const lora = z.strictObject({
  rank: count.default(16),
  alpha: positive.default(32),
  dropout: partialShare.default(0),
  targetModules: z
    .union([z.literal('all-linear'), z.array(text).min(1)], {
      error: 'expected all-linear, or a list of linear maps',
    })
    .default('all-linear'),
})

/** A language model and how texts are written for it. */
export const model = z.strictObject({
  /** A directory of Hugging Face, a GGUF file, or a model of llama2.c. */
  path: text,
  /** A LoRA adapter that it starts with. */
  adapter: text.optional(),
  tokenizer: text.optional(),
  chatTemplate: text.optional(),
  /** Writes prompts that are text as messages of a user. */
  chat: flag.default(false),
  system: text.optional(),
  /** Without, all parameters train. */
  lora: lora.optional(),
  /** Tokens that are computed at once, at most: bounds memory. */
  microBatchTokens: count.optional(),
})
