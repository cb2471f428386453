import type { PolicyBackend } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'
import type { PointwiseScorer } from '../rewards/scorers'
import { inChunks } from './in-chunks'
import { rewardDatum } from './reward-datum'

/**
 * The rewards of a model with a reward head, with the weights that it has when it is asked.
 * @throws PrefkitError `INVALID_CONFIG`, when it is asked, for a model without a reward head; LmError for rows that are
 *   longer than the context.
 */
export const scalarScorer = (model: Pick<PolicyBackend, 'forward'>): PointwiseScorer => ({
  scores: (responses, { signal } = {}) =>
    inChunks(
      responses,
      async (chunk) => {
        const said = await model.forward(chunk.map(({ prompt, response }) => rewardDatum(prompt, response)))
        return said.map(({ reward }) => {
          if (reward !== undefined) return reward
          const message = "scalarScorer: model: expected one with head: 'reward', got one without"
          throw new PrefkitError('INVALID_CONFIG', message)
        })
      },
      signal,
    ),
})
