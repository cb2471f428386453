import type { PolicyBackend } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'
import type { RolloutSource } from './rollout'

/**
 * Responses of a policy with the weights that it has when they are asked for, or of its reference.
 * @throws PrefkitError `INVALID_CONFIG`, when they are drawn, for a policy without a tokeniser; LmError.
 */
export const policyRollouts = (policy: Pick<PolicyBackend, 'sample'>): RolloutSource => ({
  isPolicy: true,
  async draw({ prompts, n, sampling, seed, reference = 0, signal }) {
    const { maxNewTokens = 64, ...rest } = sampling
    const drawn = await policy.sample(
      prompts.map(({ tokens }) => tokens),
      { maxNewTokens, ...rest, n, seed, reference, ...(signal && { signal }) },
    )
    return drawn.map(({ prompt, sample, tokens, text, finishReason, logProbs, samplingLogProbs }) => {
      if (text === undefined) {
        const message = 'policy: expected a model with a tokeniser, as rewards read texts; got none'
        throw new PrefkitError('INVALID_CONFIG', message)
      }
      const own = { tokens: Array.from(tokens), text, finishReason, logProbs, samplingLogProbs }
      return { prompt: prompts[prompt]!, sample, ...own }
    })
  },
})
