import type { Datum, DatumInputs } from '@prefkit/lm'
import { yesLogit } from '@prefkit/losses'
import type { Tensor, TensorLike } from '@prefkit/tensor'
import type { ResponsePair } from '../rewards/scorers'
import type { JudgeTemplate } from './judge-template'

/** A question to a judge, of which the answers' log-probabilities are asked: those of yes, then those of no. */
export function judgeDatum(
  { tokens, answers }: JudgeTemplate,
  pair: ResponsePair,
  inputs?: DatumInputs,
): Datum {
  const asked = tokens(pair)
  return {
    tokens: asked,
    completionMask: asked.map(() => 0),
    candidates: [...answers.yes, ...answers.no],
    ...(inputs && { inputs }),
  }
}

/** ℓ = ln P(yes) − ln P(no) of the candidates' log-probabilities, […, C] to […]. */
export function answerLogit({ answers: { yes, no } }: JudgeTemplate, logProbs: TensorLike): Tensor {
  return yesLogit(logProbs, { yes: yes.map((_, i) => i), no: no.map((_, i) => yes.length + i) })
}
