import { randomKey, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { LmError } from '../lm-error'
import type { LowRank, Weights } from '../models/weights'
import { createLanguageModel } from '../running/language-model'
import { padRows } from '../running/token-rows'
import { goldenModel } from '../training/testing/golden-runs'
import { initLora } from './init-lora'
import { type LoraConfig, loraScale, resolveLora } from './lora-config'
import { lowRankOf } from './low-rank-of'
import { mergeLora, unmergeLora } from './merge-lora'
import { linearModules, targetModules } from './target-modules'

const model = async (name: string) => goldenModel(name)

/** A change that counts: what is zero at the start of training is drawn too. */
const strong = (weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { dims, size }]) => {
      const values = Float32Array.from(
        { length: size as number },
        (_, i) => Math.sin(i * 12.9 + name.length) / 3,
      )
      return [name, tensor(values, { shape: dims })]
    }),
  )

async function logits(
  config: Parameters<typeof createLanguageModel>[0],
  weights: Weights,
  lowRank?: LowRank,
) {
  const runtime = createLanguageModel(config, weights, lowRank ? { lowRank } : {})
  const batch = padRows([
    [3, 9, 4, 27, 8],
    [5, 6],
  ])
  const result = await runtime.run({ batch, at: [0, 1, 2, 3, 4, 5, 6] })
  await runtime.release()
  return result.logits
}

const numbers = (weights: Weights) =>
  Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, [...data]]))

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, each, i) => Math.max(most, Math.abs(each - b[i]!)), 0)

describe.each(['llama', 'llama-biased', 'mistral', 'qwen2', 'qwen3', 'gpt2'])('of %s', (name) => {
  it('changes nothing at first, then the same merged as beside the weights, and is taken out again', async () => {
    const { config, weights } = await model(name)
    const lora = { rank: 3, alpha: 6 }
    const plain = await logits(config, weights)
    const fresh = initLora(config, lora, randomKey(4))
    expect(furthest(await logits(config, weights, lowRankOf(lora, fresh)), plain)).toBe(0)
    const change = lowRankOf(lora, strong(fresh))
    const beside = await logits(config, weights, change)
    expect(furthest(beside, plain)).toBeGreaterThan(0.01)
    const merged = await mergeLora(config, weights, change)
    expect(furthest(await logits(config, merged), beside)).toBeLessThan(1e-5)
    const before = await unmergeLora(config, merged, change)
    for (const [each, { data }] of Object.entries(weights)) {
      // Two additions to numbers below 2, each rounded to half of 1.2e-7 of them.
      expect(furthest(before[each]!.data, data)).toBeLessThan(5e-7)
    }
  })
})

describe('mergeLora', () => {
  it.each<[string, string, (name: string) => string[]]>([
    ['a prefix', 'TENSOR_MISMATCH', (name) => [`base_model.model.${name}`]],
    ['one factor alone', 'MISSING_TENSOR', (name) => (name.includes('lora_B') ? [] : [name])],
  ])('refuses names with %s rather than merging nothing', async (_, code, renamed) => {
    const { config, weights } = await model('llama')
    const change = initLora(config, { rank: 2 }, randomKey(0))
    const named = Object.entries(change).flatMap(([name, x]) =>
      renamed(name).map((each) => [each, x] as const),
    )
    const lowRank = { weights: Object.fromEntries(named), scale: 1 }
    await expect(mergeLora(config, weights, lowRank)).rejects.toMatchObject({ code })
  })
})

describe('initLora', () => {
  it('draws A as PEFT does, each module for itself, and leaves B zero', async () => {
    const { config } = await model('llama')
    const drawn = initLora(config, { rank: 4 }, randomKey(0))
    const modules = linearModules(config)
    expect(Object.keys(drawn)).toHaveLength(2 * modules.length)
    for (const { name, inputs, outputs } of modules) {
      const [down, up] = [drawn[`${name}.lora_A.weight`]!, drawn[`${name}.lora_B.weight`]!]
      expect([down.shape, up.shape]).toEqual([
        [4, inputs],
        [outputs, 4],
      ])
      const bound = 1 / Math.sqrt(inputs)
      const largest = Math.max(...Array.from(down.data, Math.abs))
      expect(largest).toBeLessThanOrEqual(bound)
      // Of 64 or more numbers drawn from ±bound, all below half of it: 2⁻⁶⁴.
      expect(largest).toBeGreaterThan(bound / 2)
      expect(up.data.every((each) => each === 0)).toBe(true)
    }
    expect(numbers(initLora(config, { rank: 4 }, randomKey(0)))).toEqual(numbers(drawn))
    const [first, second] = modules.map(({ name }) => drawn[`${name}.lora_A.weight`]!.data)
    expect(furthest(first!, second!)).toBeGreaterThan(0)
  })

  it('changes the modules that are named', async () => {
    const { config } = await model('qwen3')
    const names = (targets: LoraConfig['targetModules']) =>
      targetModules(config, targets ? { targetModules: targets } : {}).map(({ name }) => name)
    expect(names(['model.layers.1.mlp.up_proj'])).toEqual(['model.layers.1.mlp.up_proj'])
    expect(names(['self_attn.q_proj'])).toEqual([
      'model.layers.0.self_attn.q_proj',
      'model.layers.1.self_attn.q_proj',
    ])
    expect(names('all-linear')).toEqual(names(undefined))
    expect(names('all-linear')).toHaveLength(14)
  })

  it.each<[LoraConfig, RegExp]>([
    [{ targetModules: ['proj'] }, /no linear map "proj"; it has q_proj, k_proj/],
    [{ targetModules: [] }, /targetModules: expected names of modules, or "all-linear", got \[\]/],
    [{ rank: 0 }, /rank: expected a whole number ≥ 1, got 0/],
    [{ alpha: -1 }, /alpha: expected a number > 0, got -1/],
    [{ dropout: 1 }, /dropout: expected a number in \[0, 1\), got 1/],
    [{ r: 4 } as LoraConfig, /r/],
  ])('refuses %j', async (lora, message) => {
    const { config } = await model('llama')
    expect(() => initLora(config, lora, randomKey(0))).toThrow(message)
    try {
      initLora(config, lora, randomKey(0))
    } catch (error) {
      expect(LmError.isInstance(error) && error.code).toBe('INVALID_OPTION')
    }
  })
})

describe('lowRankOf', () => {
  it('scales by α / r, or by α / √r', () => {
    expect(loraScale({ rank: 16, alpha: 8 })).toBe(0.5)
    expect(loraScale({ rank: 16, alpha: 8, useRslora: true })).toBe(2)
    expect(resolveLora({ rank: undefined as never })).toEqual({
      rank: 8,
      alpha: 8,
      dropout: 0,
      targetModules: 'all-linear',
      useRslora: false,
    })
  })

  it('drops out what its key says, for each module for itself, and nothing without one', async () => {
    const { config } = await model('llama')
    const lora = { rank: 2, dropout: 0.25 }
    const weights = initLora(config, lora, randomKey(0))
    const x = tensor(new Float32Array(4000).fill(1), { shape: [250, 16] })
    const [first, second] = linearModules(config).map(({ name }) => name) as [string, string]
    const dropped = (seed: number, module: string) => [
      ...lowRankOf(lora, weights, { key: randomKey(seed) }).dropout!(x, module).data,
    ]
    expect(lowRankOf(lora, weights).dropout).toBeUndefined()
    expect(lowRankOf({ rank: 2 }, weights, { key: randomKey(0) }).dropout).toBeUndefined()
    expect(dropped(1, first)).toEqual(dropped(1, first))
    expect(dropped(1, first)).not.toEqual(dropped(1, second))
    expect(dropped(1, first)).not.toEqual(dropped(2, first))
    const dropped1 = dropped(1, first)
    const zeros = dropped1.filter((each) => each === 0).length
    expect(new Set(dropped(1, first))).toEqual(new Set([0, Math.fround(1 / 0.75)]))
    // Two modules drop out unlike elements: both are zero where two independent ones are.
    const both = dropped(1, second).filter((each, i) => each === 0 && dropped1[i] === 0).length
    expect(Math.abs(both / 4000 - 0.0625)).toBeLessThan(5 * Math.sqrt((0.0625 * 0.9375) / 4000))
    // Five standard deviations of 4,000 draws.
    expect(Math.abs(zeros / 4000 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 4000))
  })
})
