import { z } from 'zod'
import { count, positiveShare } from '../values'

/** What responses are to beat: the best of n of the model that the policy begins as. */
export const anchors = z
  .strictObject({
    n: count.default(30).describe('Responses that are drawn for each prompt, at most.'),
    perPrompt: count.default(1).describe('Anchors of a prompt: the best so many.'),
    adaptive: z
      .strictObject({
        threshold: positiveShare
          .default(0.02)
          .describe('Win probability over the best so far that another turn has to be expected to gain.'),
        batch: count.default(5).describe('Responses that are drawn in a turn.'),
      })
      .optional()
      .describe(
        'Draws in turns, and stops where another one would gain little; without, n for every prompt.',
      ),
  })
  .describe(
    'What responses are to beat: the best of n of the model that the policy begins as, by the reward model.',
  )
