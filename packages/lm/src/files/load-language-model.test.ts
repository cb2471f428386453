import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenModelPath } from '../goldens/golden-model'
import { goldenPath } from '../goldens/load-goldens'
import { lowRankOf } from '../lora/low-rank-of'
import { mergeLora } from '../lora/merge-lora'
import { createLanguageModel, type LanguageModel } from '../running/language-model'
import { padRows } from '../running/token-rows'
import { loadAdapter } from './adapters'
import { loadCheckpoint } from './load-checkpoint'
import { type LoadProgress, loadLanguageModel } from './load-language-model'
import { saveCheckpoint } from './save-checkpoint'

const stories = goldenModelPath('stories260K')
const ids = [1, 3, 17, 9, 28, 4]
const logitsOf = async (model: LanguageModel) =>
  (await model.run({ batch: padRows([ids]), at: [ids.length - 1] })).logits

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-lm-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('has what the checkpoint has beside its weights, and the weights of every format alike', async () => {
  const model = await loadLanguageModel(stories)
  expect(model.path).toBe(stories)
  expect(model.name).toBe(stories)
  expect(model.tokenizer!.vocabSize).toBe(512)
  const directory = join(folder, 'stories')
  const checkpoint = await loadCheckpoint(stories)
  await saveCheckpoint(directory, checkpoint)
  await checkpoint.close()
  const saved = await loadLanguageModel(directory, { name: 'stories' })
  expect(saved.name).toBe('stories')
  expect(saved.tokenizerFiles.length).toBeGreaterThan(0)
  expect(await logitsOf(saved)).toEqual(await logitsOf(model))
  expect(
    (await loadLanguageModel(goldenModelPath('qwen2'))).generationConfig!.eosTokenIds.length,
  ).toBeGreaterThan(0)
})

it('tells of each tensor, and stops when it is told to', async () => {
  const told: LoadProgress[] = []
  const model = await loadLanguageModel(stories, { tokenizer: false, progress: (each) => told.push(each) })
  expect(model.tokenizer).toBeUndefined()
  const names = Object.keys(model.weights)
  expect(told.map(({ name }) => name)).toEqual(names)
  expect(told.map(({ tensors }) => tensors)).toEqual(names.map((_, i) => i + 1))
  expect(told.at(-1)).toMatchObject({ total: names.length, bytes: 260_032 * 4 })
  const progress = () => {
    throw new Error('enough')
  }
  await expect(loadLanguageModel(stories, { progress })).rejects.toThrow('enough')
})

describe.each([
  ['stories260K', 'stories260K-attention'],
  ['qwen3', 'qwen3-all-linear'],
  ['gpt2', 'gpt2-all-linear'],
])('%s with the adapter %s', (name, adapter) => {
  const base = goldenModelPath(name)
  const path = goldenPath(`lora/${adapter}/final`)

  it('it runs as the model that the change is merged into', async () => {
    const model = await loadLanguageModel(base, { adapter: path })
    const plain = await loadLanguageModel(base)
    const { lora, weights } = await loadAdapter(path, plain.config)
    const merged = await mergeLora(plain.config, plain.weights, lowRankOf(lora, weights))
    const expected = await logitsOf(createLanguageModel(plain.config, merged))
    const [found, before] = [await logitsOf(model), await logitsOf(plain)]
    const departure = (a: Float32Array, b: Float32Array) =>
      Math.max(...a.map((each, i) => Math.abs(each - b[i]!)))
    // 1e-6 of logits, which are up to 20: the change is added to outputs, or to weights.
    expect(departure(found, expected)).toBeLessThan(3e-5)
    expect(departure(before, expected)).toBeGreaterThan(0.01)
  })
})

it('what is no checkpoint, no adapter or no option is refused', async () => {
  const load = (path: string, options = {}) => loadLanguageModel(path, options)
  await expect(load(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'MISSING_FILE' })
  await expect(load(stories, { adapter: folder })).rejects.toMatchObject({ code: 'MISSING_FILE' })
  const adapter = goldenPath('lora/gpt2-attention/final')
  await expect(load(stories, { adapter })).rejects.toThrow(/c_attn/)
  const lowRank = { weights: {}, scale: 1 }
  await expect(load(stories, { adapter, lowRank })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(load(stories, { devices: 2 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
})

it('loading ends before the next tensor when its signal says so', async () => {
  const controller = new AbortController()
  let tensors = 0
  const loading = loadLanguageModel(goldenModelPath('stories260K'), {
    signal: controller.signal,
    progress: () => {
      if (++tensors === 3) controller.abort(new Error('enough'))
    },
  })
  await expect(loading).rejects.toThrow('enough')
  expect(tensors).toBe(3)
})
