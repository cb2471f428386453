import type { LossFunction } from '@prefkit/lm'
import { type NashMdLossOptions, nashMdLoss } from '@prefkit/losses'
import { partOfMeans } from './preference-update-loss'

/** Numbers that rows hand over: the policy's own responses. */
export interface NashMdInputs {
  /** Of each token. */
  readonly refLogprobs: ArrayLike<number>
  /** p, in [0, 1]: how probably the response beats one of the mixture. */
  readonly preference: number
}

/** One response of one token, so that options are checked before anything is trained. */
const oneRow = { logprobs: [[-1]], refLogprobs: [[-1]], preference: [0.5] }

/**
 * The loss of an update by Nash-MD, for {@link NashMdInputs}. To be made once a run: it is compiled once. Beside what `nashMdLoss` logs it
 * tells `objective/kl`, which is `loss/kl` by the name that other algorithms have for it.
 * @throws LossError `INVALID_OPTION`.
 */
export function nashMdUpdateLoss(options: NashMdLossOptions = {}): LossFunction {
  nashMdLoss(oneRow, options)
  return ({ logProbs: logprobs, mask, inputs, totals }) => {
    const { refLogprobs, preference } = inputs
    const given = { logprobs, mask, refLogprobs: refLogprobs!, preference: preference! }
    const { loss, metrics } = partOfMeans(nashMdLoss(given, options), totals.rows)
    return { loss, metrics: { ...metrics, 'objective/kl': metrics['loss/kl']! } }
  }
}
