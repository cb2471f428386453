import { z } from 'zod'
import { count, flag, text, whole } from '../values'
import { reward } from './rewards'

/** What the policy came to, on prompts that it did not learn from. */
export const evaluation = z.strictObject({
  /** Evaluates every so many steps while the policy learns; 0 only before and after. */
  everySteps: whole(0).default(10),
  /** Prompts of an evaluation, at most. */
  prompts: count.default(64),
  samplesPerPrompt: count.default(1),
  /** What is measured beside the win probability against the anchors; a golden reward is what monitors watch. */
  golden: reward.optional(),
})

/** Where metrics go besides metrics.jsonl. */
export const loggers = z.strictObject({
  /** Writes event files for TensorBoard. */
  tensorboard: flag.default(false),
  mlflow: z
    .strictObject({ uri: text, experiment: text.default('prefkit'), runName: text.optional() })
    .optional(),
})
