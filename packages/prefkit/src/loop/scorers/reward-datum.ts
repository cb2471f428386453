import type { Datum, DatumInputs } from '@prefkit/lm'
import type { LoopPrompt, LoopResponse } from '../prompts/prompt'

/** A response as a model with a reward head reads it: the reward is told from its last token. */
export function rewardDatum(prompt: LoopPrompt, response: LoopResponse, inputs?: DatumInputs): Datum {
  const tokens = [...prompt.tokens, ...response.tokens]
  return { tokens, completionMask: tokens.map(() => 0), ...(inputs && { inputs }) }
}
