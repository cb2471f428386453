import { asTensor, formatValue, logSumExp, sub, type Tensor, type TensorLike, take } from '@prefkit/tensor'
import { floats } from '../batch'
import { determined } from '../determined'
import { LossError, requireInputs, requireWithin } from '../loss-error'

/** The tokens of the two answers: every way in which the vocabulary spells them ("yes", " Yes", …). */
export interface AnswerTokens {
  /** Token ids of yes: whole numbers in [0, V). */
  yes: readonly number[]
  /** Token ids of no. */
  no: readonly number[]
}

/**
 * The logit of yes against no from the next-token logits of a generative judge: log Σ_(v ∈ yes) e^(z_v) − log Σ_(v ∈
 * no) e^(z_v). Its sigmoid is p(yes) among these answers. Constants added to all logits, such as log-softmax's, cancel.
 *
 * To train a judge on both orders of a pair, see `pairwiseJudgeLoss`. For one order, the cross-entropy −y·log p(yes) −
 * (1 − y)·log p(no) with labels y is `bradleyTerryLoss(logits, zeros, { preference: y })`.
 *
 * Source: 2504.04950, the generative reward model. Proven against its equation.
 *
 * @param logits `[…, V]`, the logits (or log-probabilities) of the next token.
 * @returns `[…]`.
 * @throws LossError `EMPTY` when an answer has no token; `SHAPE_MISMATCH` for a scalar; `INVALID_OPTION` for a token id
 *   outside the vocabulary; `INDETERMINATE` where both answers are infinite alike.
 */
export function yesLogit(logits: TensorLike, answers: AnswerTokens): Tensor {
  requireInputs('yesLogit', answers, { yes: true, no: true })
  const { logits: z } = floats('yesLogit', { logits })
  if (z.rank === 0) throw new LossError('SHAPE_MISMATCH', 'yesLogit: logits must be […, V], got []')
  const size = z.shape.at(-1)
  const bounds = { from: 0, whole: true, ...(typeof size === 'number' && { below: size }) }
  const massOf = (name: 'yes' | 'no') => {
    const tokens: readonly number[] = answers[name]
    if (!Array.isArray(tokens) && !ArrayBuffer.isView(tokens)) {
      const got = formatValue(tokens)
      throw new LossError('INVALID_OPTION', `yesLogit: ${name}: expected a list of token ids, got ${got}`)
    }
    if (tokens.length === 0) throw new LossError('EMPTY', `yesLogit: ${name}: expected at least one token id`)
    for (const token of tokens) requireWithin('yesLogit', name, token, bounds)
    return logSumExp(take(z, asTensor([...tokens], 'i32'), -1), { axis: -1 })
  }
  return determined('yesLogit', sub(massOf('yes'), massOf('no')), { logits: z })
}
