import { asTensor, logSumExp, sub, type Tensor, type TensorLike, take } from '@prefkit/tensor'
import { floats } from '../batch'
import { LossError, requireInputs } from '../loss-error'

/** The tokens of the two answers: every way in which the vocabulary spells them ("yes", " Yes", …). */
export interface AnswerTokens {
  /** Token ids of yes. */
  yes: readonly number[]
  /** Token ids of no. */
  no: readonly number[]
}

/**
 * The logit of yes against no that a generative judge's next-token logits give: log Σ_(v ∈ yes) e^(z_v) − log Σ_(v ∈ no)
 * e^(z_v). Its sigmoid is p(yes) among these answers. Constants added to all logits, such as log-softmax's, cancel.
 *
 * Source: 2504.04950, the generative reward model. Proven against its equation.
 *
 * @param logits `[…, V]`, the logits (or log-probabilities) of the next token.
 * @returns `[…]`.
 * @throws LossError `EMPTY` when an answer has no token; `SHAPE_MISMATCH` for a scalar. Token ids outside the vocabulary
 *   are the tensor package's error.
 */
export function yesLogit(logits: TensorLike, answers: AnswerTokens): Tensor {
  requireInputs('yesLogit', answers, { yes: true, no: true })
  const { yes, no } = answers
  const { logits: z } = floats({ logits })
  if (z.rank === 0) throw new LossError('SHAPE_MISMATCH', 'yesLogit: logits must be […, V], got []')
  const massOf = (name: string, tokens: readonly number[]) => {
    if (tokens.length === 0) throw new LossError('EMPTY', `yesLogit: ${name}: expected at least one token id`)
    return logSumExp(take(z, asTensor([...tokens], 'i32'), -1), { axis: -1 })
  }
  return sub(massOf('yes', yes), massOf('no', no))
}
