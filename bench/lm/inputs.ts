import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint, Tokenizer } from '../../packages/lm/dist/index.js'
import { writeSafetensors } from '../../packages/nn/dist/files/index.js'
import { type Tensor, tensor } from '../../packages/tensor/dist/index.js'

/** Numbers from 0 to 1, the same everywhere: Numerical Recipes' linear congruential generator. */
function makeUniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const words = {
  who: ['The old teacher', 'A young doctor', 'My neighbour', 'The captain', 'Her sister', 'A tired farmer'],
  what: ['walked to', 'wrote about', 'looked for', 'dreamed of', 'talked about', 'drew a map of'],
  which: ['the quiet', 'a small', 'the famous', 'an old', 'the only', 'a forgotten'],
  where: ['library', 'harbour', 'mountain village', 'railway station', 'garden', 'museum'],
  when: ['in the morning', 'after the storm', 'every winter', 'before the war', 'last year', 'at night'],
}

/** English sentences: on such text the best token is far from the second, so that rounding does not choose between them. */
export function makeSequences(tokenizer: Tokenizer, count: number, tokens: number): number[][] {
  const uniform = makeUniform(20_251_121)
  const pick = (list: readonly string[]) => list[Math.floor(uniform() * list.length)]!
  const sentence = () =>
    `${pick(words.who)} ${pick(words.what)} ${pick(words.which)} ${pick(words.where)} ${pick(words.when)}. `
  return Array.from({ length: count }, () => {
    // A sentence has more than eight tokens.
    const text = Array.from({ length: Math.ceil(tokens / 8) }, sentence).join('')
    return tokenizer.encode(text).slice(0, tokens)
  })
}

/** A low-rank change, of linear maps by the end of their names. */
export interface AdapterShape {
  readonly rank: number
  readonly alpha: number
  readonly targets: readonly string[]
}

/**
 * An adapter as PEFT saves it.
 * @param largest of the elements of B: both matrices count from the first step, or with 0 the change begins as none.
 */
export async function writeAdapter(
  directory: string,
  { tensors }: Checkpoint,
  lora: AdapterShape,
  largest: number,
): Promise<void> {
  mkdirSync(directory)
  const uniform = makeUniform(135)
  const draw = (rows: number, columns: number, bound: number): Tensor => {
    const values = Float32Array.from({ length: rows * columns }, () => (2 * uniform() - 1) * bound)
    return tensor(values, { shape: [rows, columns] })
  }
  const changed = tensors.names.filter((name) => lora.targets.some((each) => name.endsWith(`${each}.weight`)))
  const weights = changed.flatMap((name) => {
    const [outputs, inputs] = tensors.info(name).shape as [number, number]
    const module = `base_model.model.${name.replace(/\.weight$/, '')}`
    return [
      [`${module}.lora_A.weight`, draw(lora.rank, inputs, 1 / Math.sqrt(inputs))],
      [`${module}.lora_B.weight`, draw(outputs, lora.rank, largest)],
    ] as const
  })
  const path = join(directory, 'adapter_model.safetensors')
  await writeSafetensors(path, Object.fromEntries(weights), { metadata: { format: 'pt' } })
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: null,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: 0,
    target_modules: lora.targets,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
  }
  writeFileSync(join(directory, 'adapter_config.json'), JSON.stringify(config, null, 2))
}
