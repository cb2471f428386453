import type { Tensor } from '@prefkit/tensor'
import type { LowRank, Weights } from '../models/weights'
import { type LoraConfig, loraScale, resolveLora } from './lora-config'
import { moduleDropout } from './module-dropout'

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
  // Sorted, so that what a module drops depends on the set of modules alone.
  const places = new Map(modules.sort().map((module, i) => [module, i]))
  // A weight's shape is known, whatever of a batch is not.
  const widest = Math.max(...modules.map((module) => weights[`${module}${suffix}`]!.dims[1]!))
  const dropped = moduleDropout({ rate, key, modules: modules.length, widest })
  return { weights, scale, dropout: (x, module) => dropped(x, places.get(module)!) }
}
