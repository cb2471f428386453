import type { LoopPrompt } from '../prompts/prompt'
import type { Rollout } from '../rollouts/rollout'

/** A response of some text to a prompt, with a token for each of its words unless they are given. */
export function rolloutOf(
  text: string,
  own: Partial<Rollout> & { readonly fields?: LoopPrompt['fields'] } = {},
): Rollout {
  const { fields, ...rest } = own
  const tokens = rest.tokens ?? text.split(' ').map((_, i) => i)
  const logProbs = new Float32Array(tokens.length).fill(-1)
  return {
    prompt: { id: 'p', text: 'Why?', tokens: [1], ...(fields && { fields }) },
    ...{ sample: 0, text, finishReason: 'stop', logProbs, samplingLogProbs: logProbs },
    ...rest,
    tokens,
  }
}
