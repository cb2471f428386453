import { z } from 'zod'
import { count, files, partialShare, positive, positiveShare, text, whole } from '../values'

/** What the policy is asked. */
export const prompts = z.strictObject({
  /** Rows of {prompt} or {messages}: JSON, CSV or Parquet. */
  files,
  /** Rows that are read, at most. */
  limit: count.optional(),
  /** Share of the prompts that nothing is learnt from, to evaluate on. */
  heldOut: partialShare.default(0.1),
  /** Files of prompts to evaluate on, instead of a share. */
  heldOutFiles: files.optional(),
  /** Longer prompts are left out, and counted. */
  maxTokens: count.default(512),
})

/** How responses are drawn. */
export const sampling = z.strictObject({
  maxNewTokens: count.default(64),
  temperature: positive.default(1),
  topK: whole(0).default(0),
  topP: positiveShare.default(1),
  stop: z.array(text).default([]),
  /** Responses that are drawn at once where the model runs here: more are faster, and take more memory. */
  batchSize: count.default(16),
})
