import type { PolicyModel } from '@prefkit/lm'
import type { Sampling } from '../../rollouts/rollout'

/** The tokens after which a model's responses end: those of its checkpoint, and those that it is told to stop at. */
export function endTokens(
  { config, generationConfig, tokenizer }: Pick<PolicyModel, 'config' | 'generationConfig' | 'tokenizer'>,
  { stop = [] }: Pick<Sampling, 'stop'> = {},
): readonly number[] {
  const suggested = generationConfig?.eosTokenIds ?? []
  const own = suggested.length > 0 ? suggested : config.eosTokenIds
  const told = stop.flatMap((text) => tokenizer?.tokenToId(text) ?? [])
  return [...own, ...told]
}
