import { dropout, splitKey, type Tensor } from '@prefkit/tensor'
import type { LowRank, Weights } from '../models/weights'
import { type LoraConfig, loraScale, resolveLora } from './lora-config'

/** What {@link lowRankOf} may be told. */
export interface LowRankOptions {
  /** Given in training: decides which inputs the dropout of the configuration sets to 0. */
  key?: Tensor | undefined
}

const suffix = '.lora_A.weight'

/**
 * A low-rank change as models take it. With a key, what goes into the change of each module is dropped out for itself;
 * without one, or with a dropout of 0, nothing is.
 * @param weights `<module>.lora_A.weight` and `<module>.lora_B.weight` of the changed modules; others may be among them.
 */
export function lowRankOf(lora: LoraConfig, weights: Weights, { key }: LowRankOptions = {}): LowRank {
  const { dropout: rate } = resolveLora(lora)
  const scale = loraScale(lora)
  if (!key || rate === 0) return { weights, scale }
  const modules = Object.keys(weights).flatMap((name) =>
    name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : [],
  )
  // Sorted, so that a module's key depends on the set of modules alone.
  modules.sort()
  const keys = new Map(splitKey(key, modules.length).map((each, i) => [modules[i]!, each]))
  return { weights, scale, dropout: (x, module) => dropout(x, { rate, key: keys.get(module)! }) }
}
