import { neg, sub } from '@prefkit/tensor'
import { maskedMean, type TokenLoss } from '../tokens'
import { type PolicyInputs, policyTokensOf } from './policy-inputs'
import { policyLoss } from './policy-loss'
import { scoreFunction } from './score-function'

/**
 * GPG, per token: −A·log π, as `reinforceLoss`. GPG differs in its advantages, `gpgAdvantages` of
 * `@prefkit/advantages`. There is no ratio: π_old only matters for the metric.
 *
 * `actor/ppo_kl` is the mean of log π_old/π over tokens.
 *
 * Source: 2504.02546. Proven against verl 0.9.1 (`compute_policy_loss_gpg`).
 *
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION` for an unknown input; `INDETERMINATE` where an
 *   infinite log-probability meets an advantage of 0.
 */
export function gpgLoss(inputs: PolicyInputs): TokenLoss<'actor/ppo_kl'> {
  const tokens = policyTokensOf('gpgLoss', inputs)
  const logRatio = sub(tokens.logprobs, tokens.oldLogprobs)
  return policyLoss('gpgLoss', tokens, scoreFunction(tokens), {
    'actor/ppo_kl': maskedMean(neg(logRatio), tokens.mask),
  })
}
