import { uniform } from '@prefkit/nn'
import { splitKey, type Tensor, zeros } from '@prefkit/tensor'
import type { ModelConfig } from '../config/model-config'
import type { Weights } from '../models/weights'
import { type LoraConfig, resolveLora } from './lora-config'
import { factorNames, targetModules } from './target-modules'

/**
 * The weights of a low-rank change that changes nothing yet, as PEFT draws them: `<module>.lora_A.weight` [rank, in]
 * Kaiming-uniform with a = √5, which is within ±1/√in; `<module>.lora_B.weight` [out, rank] zero.
 * @param key a key of `randomKey`.
 * @throws LmError `INVALID_OPTION` for a change that the model cannot have.
 */
export function initLora(config: ModelConfig, lora: LoraConfig, key: Tensor): Weights {
  const { rank } = resolveLora(lora)
  const modules = targetModules(config, lora)
  const keys = splitKey(key, modules.length)
  return Object.fromEntries(
    modules.flatMap(({ name, inputs, outputs }, i) => [
      [factorNames(name).down, uniform(1 / Math.sqrt(inputs))(keys[i]!, [rank, inputs])],
      [factorNames(name).up, zeros([outputs, rank])],
    ]),
  )
}
