import { excerpt } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { parameterShapes } from '../config/parameter-shapes'
import { LmError } from '../lm-error'
import { type LoraConfig, resolveLora } from './lora-config'

/** A linear map of a model. */
export interface LinearModule {
  /** Its name: that of its weight without `.weight`. */
  readonly name: string
  readonly inputs: number
  readonly outputs: number
}

/** Linear maps are what is called a projection or, in GPT-2, a convolution. */
const isLinear = /\.((q|k|v|o|gate|up|down)_proj|c_attn|c_proj|c_fc)\.weight$/

/** All linear maps of a model but the output projection, which makes logits. */
export const linearModules = (config: ModelConfig): LinearModule[] =>
  Object.entries(parameterShapes(config)).flatMap(([name, shape]) => {
    if (!isLinear.test(name)) return []
    const [outputs, inputs] = config.family === 'gpt2' ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!]
    return [{ name: name.slice(0, -'.weight'.length), inputs, outputs }]
  })

/**
 * The linear maps that a low-rank change is made to: those that are named, or whose names end so.
 * @throws LmError `INVALID_OPTION` naming a target that is none of them.
 */
export function targetModules(config: ModelConfig, lora: LoraConfig): LinearModule[] {
  const { targetModules: targets } = resolveLora(lora)
  const all = linearModules(config)
  if (targets === 'all-linear') return all
  const matches = ({ name }: LinearModule, target: string) => name === target || name.endsWith(`.${target}`)
  const unknown = targets.find((target) => !all.some((module) => matches(module, target)))
  if (unknown !== undefined) {
    const known = [...new Set(all.map(({ name }) => name.split('.').at(-1)))].join(', ')
    const problem = `a model of the family ${config.family} has no linear map ${excerpt(unknown)}; it has ${known}`
    throw new LmError('INVALID_OPTION', `lora: targetModules: ${problem}`)
  }
  return all.filter((module) => targets.some((target) => matches(module, target)))
}

/** The names of the two factors of a module's change. */
export const factorNames = (module: string) => ({
  down: `${module}.lora_A.weight`,
  up: `${module}.lora_B.weight`,
})

/** Names and shapes of the weights of a low-rank change. */
export const loraShapes = (
  config: ModelConfig,
  lora: LoraConfig,
): Readonly<Record<string, readonly number[]>> => {
  const { rank } = resolveLora(lora)
  return Object.fromEntries(
    targetModules(config, lora).flatMap(({ name, inputs, outputs }) => [
      [factorNames(name).down, [rank, inputs]],
      [factorNames(name).up, [outputs, rank]],
    ]),
  )
}
