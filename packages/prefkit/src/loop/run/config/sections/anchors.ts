import { z } from 'zod'
import { count, positiveShare } from '../values'

/** What responses are to beat: the best of n of the model that the policy begins as. */
export const anchors = z.strictObject({
  n: count.default(30),
  /** The best so many. */
  perPrompt: count.default(1),
  /** Draws in turns of `batch`, and stops where another turn would gain less than `threshold` of win probability. */
  adaptive: z.strictObject({ threshold: positiveShare.default(0.02), batch: count.default(5) }).optional(),
})
