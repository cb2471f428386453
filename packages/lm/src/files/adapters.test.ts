import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors, writeSafetensors } from '@prefkit/nn/files'
import { randomKey, type Tensor, tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenPath } from '../goldens/load-goldens'
import { initRewardHead } from '../heads/reward-head'
import { initValueHead } from '../heads/value-head'
import { initLora } from '../lora/init-lora'
import { goldenModel, goldenTraining } from '../training/testing/golden-runs'
import { loadAdapter, saveAdapter } from './adapters'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-adapters-'))
})
afterAll(() => rm(folder, { recursive: true }))

const adapters = goldenTraining().runs.flatMap(({ adapter, model }) =>
  Object.values(adapter ?? {}).map((path) => ({ path, model })),
)
const numbers = (weights: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(weights).map(([name, { dims, data }]) => [name, [dims, [...data]]]))

const llama = async () => (await goldenModel('llama')).config

/** A copy of a golden adapter whose configuration is changed. */
async function spoilt(change: object): Promise<string> {
  const path = await mkdtemp(join(folder, 'spoilt-'))
  await cp(goldenPath('lora/llama-attention/initial'), path, { recursive: true })
  const config = join(path, 'adapter_config.json')
  await writeFile(config, JSON.stringify({ ...JSON.parse(await readFile(config, 'utf8')), ...change }))
  return path
}

describe.each(adapters)('$path', ({ path, model }) => {
  it('is loaded as peft saved it, and saved with the same names, fields and numbers', async () => {
    const { config } = await goldenModel(model)
    const loaded = await loadAdapter(goldenPath(path), config)
    expect(loaded.lora).toMatchObject({ rank: 4, alpha: 8, dropout: 0, useRslora: false })
    const copy = join(folder, path.replaceAll('/', '-'))
    await saveAdapter(copy, config, loaded, { baseModel: model })
    const file = async (directory: string) =>
      numbers((await readSafetensors(join(directory, 'adapter_model.safetensors'))).tensors)
    expect(await file(copy)).toEqual(await file(goldenPath(path)))
    const json = async (directory: string) =>
      JSON.parse(await readFile(join(directory, 'adapter_config.json'), 'utf8'))
    const [ours, theirs] = [await json(copy), await json(goldenPath(path))]
    expect(theirs).toMatchObject({ ...ours, target_modules: theirs.target_modules })
    const again = await loadAdapter(copy, config)
    expect(again.lora).toEqual(loaded.lora)
    expect(numbers(again.weights)).toEqual(numbers(loaded.weights))
  })
})

describe('saveAdapter', () => {
  it('keeps a value head beside the change, and a reward head within it', async () => {
    const config = await llama()
    const lora = { rank: 2, targetModules: ['q_proj'], useRslora: true, dropout: 0.1 }
    const change = initLora(config, lora, randomKey(0))
    for (const head of [initValueHead(config, randomKey(1)), initRewardHead(config, randomKey(1))]) {
      const path = join(folder, 'headed')
      await saveAdapter(path, config, { lora, weights: { ...change, ...head } })
      const loaded = await loadAdapter(path, config)
      expect(numbers(loaded.weights)).toEqual(numbers({ ...change, ...head }))
      expect(loaded.lora).toEqual({ alpha: 8, ...lora })
    }
    const json = JSON.parse(await readFile(join(folder, 'headed', 'adapter_config.json'), 'utf8'))
    expect(json).toMatchObject({ task_type: 'SEQ_CLS', modules_to_save: ['score'] })
  })

  it('refuses weights that are not the change’s, and leaves what was there', async () => {
    const config = await llama()
    const lora = { rank: 2, targetModules: ['q_proj'] }
    const weights = initLora(config, lora, randomKey(0))
    const path = join(folder, 'kept')
    await saveAdapter(path, config, { lora, weights })
    const refused = (adapter: Parameters<typeof saveAdapter>[2], code: string) =>
      expect(saveAdapter(path, config, adapter)).rejects.toMatchObject({ code })
    await refused({ lora: { ...lora, rank: 3 }, weights }, 'TENSOR_MISMATCH')
    await refused({ lora: { rank: 2 }, weights }, 'MISSING_TENSOR')
    await refused({ lora: { ...lora, targetModules: ['x'] }, weights }, 'INVALID_OPTION')
    await refused({ lora, weights: { ...weights, other: tensor([1]) } }, 'TENSOR_MISMATCH')
    expect(numbers((await loadAdapter(path, config)).weights)).toEqual(numbers(weights))
  })
})

describe('loadAdapter', () => {
  it.each<[string, object, RegExp]>([
    ['UNSUPPORTED_ADAPTER', { peft_type: 'LOHA' }, /peft_type: expected "LORA", got "LOHA"/],
    ['UNSUPPORTED_ADAPTER', { use_dora: true }, /use_dora: true is not supported/],
    ['UNSUPPORTED_ADAPTER', { bias: 'all' }, /bias: "all" is not supported/],
    ['UNSUPPORTED_ADAPTER', { rank_pattern: { q_proj: 2 } }, /rank_pattern: \{"q_proj":2\} is not supported/],
    ['UNSUPPORTED_ADAPTER', { modules_to_save: ['lm_head'] }, /modules_to_save: .* got \["lm_head"\]/],
    ['UNSUPPORTED_ADAPTER', { modules_to_save: 'score' }, /modules_to_save: .* got "score"/],
    ['UNSUPPORTED_ADAPTER', { init_lora_weights: 'pissa_niter_16' }, /init_lora_weights: "pissa_niter_16"/],
    ['UNSUPPORTED_ADAPTER', { init_lora_weights: 'olora' }, /init_lora_weights: "olora" is not supported/],
    ['UNSUPPORTED_ADAPTER', { monteclora_config: { n: 1 } }, /monteclora_config: \{"n":1\} is not supported/],
    ['UNSUPPORTED_ADAPTER', { some_later_method: true }, /some_later_method: true is not supported/],
    ['UNSUPPORTED_ADAPTER', { target_modules: '(?P<x>q)_proj' }, /expected a pattern that JavaScript reads/],
    ['INVALID_OPTION', { target_modules: 'q_proj' }, /no linear map of the family llama has such a name/],
    ['INVALID_FILE', { r: 0 }, /rank: expected a whole number ≥ 1, got 0/],
    ['INVALID_FILE', { target_modules: null }, /targetModules/],
    ['INVALID_OPTION', { target_modules: ['c_attn'] }, /no linear map "c_attn"/],
    ['TENSOR_MISMATCH', { r: 2 }, /lora_A\.weight: expected f32 \[2,16\], got f32 \[4,16\]/],
    [
      'MISSING_TENSOR',
      { target_modules: ['k_proj', 'q_proj', 'v_proj'] },
      /k_proj\.lora_A\.weight, got none/,
    ],
    ['TENSOR_MISMATCH', { target_modules: ['q_proj'] }, /v_proj\.lora_A\.weight: expected no tensor/],
  ])('refuses as %s what says %j', async (code, change, message) => {
    const path = await spoilt(change)
    const refused = loadAdapter(path, await llama())
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toMatchObject({ code })
  })

  it('takes a pattern of modules, other ways to draw, and what PEFT writes of a model with a head', async () => {
    const config = await llama()
    const change = {
      target_modules: '.*self_attn\\.(q|v)_proj',
      init_lora_weights: 'gaussian',
      modules_to_save: ['classifier', 'score'],
      task_type: 'SEQ_CLS',
    }
    const path = await spoilt(change)
    const plain = await loadAdapter(goldenPath('lora/llama-attention/initial'), config)
    const file = join(path, 'adapter_model.safetensors')
    const head = initRewardHead(config, randomKey(3))
    const named = Object.entries({ ...plain.weights, ...head }).map(([name, x]) => [
      `base_model.model.${name}`,
      x,
    ])
    await writeSafetensors(file, Object.fromEntries(named))
    const { lora, weights } = await loadAdapter(path, config)
    expect(lora.targetModules).toEqual(
      [0, 1].flatMap((i) => ['q', 'v'].map((each) => `model.layers.${i}.self_attn.${each}_proj`)),
    )
    expect(numbers(weights)).toEqual(numbers({ ...plain.weights, ...head }))
  })

  it('refuses what is no adapter, and a file that is cut off or has other names', async () => {
    const config = await llama()
    const code = (path: string, expected: string) =>
      expect(loadAdapter(path, config)).rejects.toMatchObject({ code: expected })
    await code(join(folder, 'nowhere'), 'MISSING_FILE')
    const path = await spoilt({})
    const file = join(path, 'adapter_model.safetensors')
    const bytes = await readFile(file)
    await writeFile(file, bytes.subarray(0, bytes.length - 5))
    await code(path, 'INVALID_FILE')
    await writeSafetensors(file, { other: tensor([1]) })
    await code(path, 'TENSOR_MISMATCH')
    await writeFile(join(path, 'adapter_config.json'), '[]')
    await code(path, 'INVALID_FILE')
  })
})
