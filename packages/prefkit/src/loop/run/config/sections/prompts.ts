import { z } from 'zod'
import { count, files, partialShare, positive, positiveShare, text, whole } from '../values'

/** What the policy is asked. */
export const prompts = z
  .strictObject({
    files: files.describe('Rows of {prompt} or {messages}: JSON Lines, JSON, CSV or Parquet.'),
    limit: count.optional().describe('Rows that are read, at most.'),
    heldOut: partialShare
      .default(0.1)
      .describe(
        'Share of the prompts to evaluate on. Nothing is learnt from prompts that people or the model read as one of these, nor from rows of sft.files and judge.sft.files about them.',
      ),
    heldOutFiles: files.optional().describe('Files of prompts to evaluate on, instead of a share.'),
    maxTokens: count.default(512).describe('Longer prompts are left out, and counted.'),
  })
  .describe('What the policy is asked.')

/** How responses are drawn. */
export const sampling = z
  .strictObject({
    maxNewTokens: count.default(64).describe('Tokens of a response, at most.'),
    temperature: positive.default(1).describe('What logits are divided by.'),
    topK: whole(0).default(0).describe('Draws among so many of the most probable tokens; 0 among all.'),
    topP: positiveShare
      .default(1)
      .describe('Draws among the most probable tokens that have this probability together.'),
    stop: z.array(text).default([]).describe('Texts that end a response.'),
    batchSize: count
      .default(16)
      .describe(
        'Responses that are drawn at once where the model runs here: more are faster, and take more memory.',
      ),
  })
  .describe('How responses are drawn, wherever the run draws some.')
