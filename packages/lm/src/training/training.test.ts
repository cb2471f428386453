import { sgd } from '@prefkit/nn'
import { cast, div, reduceSum, type Tensor, tensor, treeMap, valueAndGrad } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { LmError } from '../lm-error'
import { lowRankOf } from '../lora/low-rank-of'
import type { Weights } from '../models/weights'
import { epochBatches } from './data-order'
import { completionDatum, type Datum, requireData } from './datum'
import type { LossFunction } from './loss'
import { planMicroBatches } from './micro-batches'
import { sftLoss } from './sft-loss'
import { dataOf, goldenModel, goldenTraining } from './testing/golden-runs'
import { batchOutputs, lossInputs, trainedModel } from './trained-model'
import { createTrainer } from './trainer'
import { totalsOf, trainingBatch } from './training-batch'

const { batches } = goldenTraining()
const tiny = dataOf(batches.llama![0]!)

const numbers = (weights: Weights) =>
  Object.fromEntries(Object.entries(weights).map(([name, { data }]) => [name, [...data]]))

const codeOf = (action: () => unknown) => {
  try {
    action()
  } catch (error) {
    if (LmError.isInstance(error)) return error.code
    throw error
  }
  return undefined
}

/** The mean entropy of what each target is told from. */
const entropyLoss: LossFunction = ({ entropies, totals }) => ({
  loss: div(reduceSum(entropies!), totals.targets),
})

describe('the gradient of a step', () => {
  it.each([
    ['llama', 'log-probabilities', sftLoss],
    ['gpt2', 'log-probabilities', sftLoss],
    ['qwen3', 'log-probabilities', sftLoss],
    ['mistral', 'log-probabilities', sftLoss],
    ['llama', 'entropies', entropyLoss],
    ['gpt2', 'entropies', entropyLoss],
  ])('of %s by a loss on %s is what differences of the loss say', async (name, _, lossOf) => {
    const { config, weights } = await goldenModel(name)
    const lora = { rank: 2 }
    const model = trainedModel(config, weights, { lora, seed: 3 })
    // In f64, where differences tell a gradient to many digits.
    const wide = <T>(tree: T): T => treeMap((leaf) => cast(leaf, 'f64'), tree)
    const frozen = wide(model.frozen)
    const trained = wide(
      Object.fromEntries(
        Object.entries(model.trained).map(([each, { dims, size }]) => {
          const values = Float64Array.from(
            { length: size as number },
            (_, i) => Math.sin(i + each.length) / 5,
          )
          return [each, tensor(values, { shape: dims })]
        }),
      ) as Weights,
    )
    const batch = trainingBatch(tiny, 1)
    const loss = (own: Weights): Tensor => {
      const outputs = batchOutputs({ ...model, frozen }, own, batch)
      return lossOf(lossInputs(outputs, batch, totalsOf(tiny))).loss
    }
    const [, gradient] = valueAndGrad(loss)<Weights>(trained)
    for (const [each, { data }] of Object.entries(trained)) {
      const place = (data.length * 5) >> 3
      const at = (offset: number) => {
        const values = Float64Array.from(data)
        values[place]! += offset
        return loss({ ...trained, [each]: tensor(values, { shape: trained[each]!.dims }) }).item()
      }
      // Central differences of step 1e-4: an error of 1e-8 of the third derivative, and of 1e-16 / 1e-4 by rounding.
      const difference = (at(1e-4) - at(-1e-4)) / 2e-4
      expect(Math.abs(gradient[each]!.data[place]! - difference), each).toBeLessThan(1e-6)
    }
    expect(Object.keys(lowRankOf(lora, trained).weights)).toEqual(Object.keys(trained))
  })
})

describe('a batch in parts', () => {
  it('gives the gradient of the batch at once: 1 × 8 ≡ 8 × 1', async () => {
    const { config, weights } = await goldenModel('qwen3')
    const data = [...tiny, ...dataOf(batches.llama![1]!), tiny[0]!, tiny[1]!]
    const moved: Record<string, number[]>[] = []
    const norms: number[] = []
    const losses: number[] = []
    // 88 tokens are all rows at once, 11 are one row, 22 two.
    for (const microBatchTokens of [88, 22, 11]) {
      const trainer = createTrainer(trainedModel(config, weights, {}), {
        optimizer: (learningRate) => sgd({ learningRate }),
      })
      const options = { microBatchTokens }
      const { loss } = await trainer.accumulate(data, sftLoss, { seed: 0, step: 0 }, options)
      losses.push(loss)
      norms.push(await trainer.update(1))
      moved.push(numbers(trainer.trained))
      await trainer.release()
    }
    for (const other of [1, 2]) {
      // Sums of the same f32 numbers in another order.
      expect(Math.abs(losses[other]! / losses[0]! - 1)).toBeLessThan(1e-6)
      expect(Math.abs(norms[other]! / norms[0]! - 1)).toBeLessThan(1e-6)
      for (const [name, values] of Object.entries(moved[0]!)) {
        const far = values.map((value, i) => Math.abs(value - moved[other]![name]![i]!))
        expect(Math.max(...far), name).toBeLessThan(2e-6)
      }
    }
  })

  it.each([
    [[5, 9, 2, 7], { microBatchTokens: 14 }, [[1], [3, 0], [2]]],
    [[5, 9, 2, 7], { microBatchTokens: 100 }, [[1, 3, 0, 2]]],
    [
      [5, 9, 2, 7],
      { microBatchTokens: 18, groupSize: 2 },
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [[5, 9, 2, 7], { microBatchTokens: 36, groupSize: 2 }, [[0, 1, 2, 3]]],
    [[3, 3, 3], { microBatchTokens: 3 }, [[0], [1], [2]]],
    // Two rows of twice 1,024 tokens count for four; one is at once whatever it is.
    [[2048, 2048, 1024, 1024], { microBatchTokens: 4096 }, [[0], [1], [2, 3]]],
    [[2048, 2048, 4096], { microBatchTokens: 8192 }, [[2], [0, 1]]],
  ])('is cut so that %j fit %j', (lengths, options, parts) => {
    expect(planMicroBatches(lengths, options)).toEqual(parts)
  })

  it.each([
    [
      [5, 9],
      { microBatchTokens: 8 },
      /microBatchTokens: expected ≥ 9, as the longest row has 9 tokens, got 8/,
    ],
    [
      [5, 9],
      { microBatchTokens: 17, groupSize: 2 },
      /expected ≥ 18, as the longest group of 2 rows has 18 tokens, got 17/,
    ],
    [[5, 9, 1], { groupSize: 2 }, /groupSize: 3 rows are no whole number of groups of 2/],
    [[5], { microBatchTokens: 0 }, /microBatchTokens: expected a whole number ≥ 1, got 0/],
  ])('of %j rows is refused with %j', (lengths, options, message) => {
    expect(() => planMicroBatches(lengths, options)).toThrow(message)
    expect(codeOf(() => planMicroBatches(lengths, options))).toBe('INVALID_OPTION')
  })
})

describe('the order of data', () => {
  const lengths = Array.from({ length: 37 }, (_, i) => 1 + ((i * 17) % 31))
  const plain = { batchSize: 4, seed: 5, shuffle: true, groupByLength: false }

  it.each([
    plain,
    { ...plain, groupByLength: true },
    { ...plain, shuffle: false },
    { ...plain, shuffle: false, groupByLength: true },
  ])('has each datum once an epoch: %j', (options) => {
    const order = epochBatches(lengths, 0, options)
    expect(order.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i))
    expect(order.map((batch) => batch.length).sort((a, b) => b - a)).toEqual([...Array(9).fill(4), 1])
    expect(epochBatches(lengths, 0, options)).toEqual(order)
    if (options.shuffle) expect(epochBatches(lengths, 1, options)).not.toEqual(order)
    else expect(epochBatches(lengths, 1, options)).toEqual(order)
  })

  it('is that of the data without shuffling, and puts like lengths together when asked', () => {
    expect(epochBatches(lengths, 0, { ...plain, shuffle: false }).flat()).toEqual(lengths.map((_, i) => i))
    const padding = (groupByLength: boolean) =>
      epochBatches(lengths, 0, { ...plain, groupByLength }).reduce((sum, batch) => {
        const own = batch.map((i) => lengths[i]!)
        return sum + own.length * Math.max(...own) - own.reduce((a, b) => a + b, 0)
      }, 0)
    expect(padding(true)).toBeLessThan(padding(false) / 4)
  })
})

describe('data', () => {
  it('are completions after their prompts', () => {
    const datum = completionDatum([1, 2], [3, 4, 5], { advantage: 2 })
    expect(datum).toEqual({
      tokens: [1, 2, 3, 4, 5],
      completionMask: [0, 0, 1, 1, 1],
      inputs: { advantage: 2 },
    })
  })

  it('become rows of targets', () => {
    const batch = trainingBatch(
      [
        { ...completionDatum([1, 2], [3, 4]), inputs: { a: [0.5, 0.25], b: 7 } },
        { ...completionDatum([5], [6]), inputs: { a: [8], b: 9 } },
      ],
      1,
    )
    expect(batch.targets.at.toArray()).toEqual([1, 2, 4])
    expect(batch.targets.ids.toArray()).toEqual([3, 4, 6])
    expect(batch.targets.place.toArray()).toEqual([0, 1, 2])
    expect(batch.rows.last.toArray()).toEqual([[3], [5]])
    expect(batch.rows.mask.toArray()).toEqual([[[1, 1]], [[1, 0]]])
    expect(batch.rows.inputs.a!.toArray()).toEqual([[[0.5, 0.25]], [[8, 0]]])
    expect(batch.rows.inputs.b!.toArray()).toEqual([[7], [9]])
  })

  const good = completionDatum([1, 2], [3])
  it.each<[string, readonly Datum[], RegExp]>([
    ['EMPTY_INPUT', [], /data: expected at least one datum, got none/],
    ['EMPTY_INPUT', [{ tokens: [], completionMask: [] }], /data\[0\]: tokens: expected at least one/],
    ['UNKNOWN_TOKEN', [good, completionDatum([1], [32])], /data\[1\]: tokens: .* from 0 to 31, got 32/],
    ['UNKNOWN_TOKEN', [completionDatum([1], [1.5])], /got 1\.5/],
    [
      'CONTEXT_TOO_LONG',
      [completionDatum([1], new Array(600).fill(1))],
      /601 tokens are more than the context/,
    ],
    [
      'INVALID_OPTION',
      [{ tokens: [1, 2], completionMask: [1] }],
      /expected 2 numbers, as many as tokens, got 1/,
    ],
    ['INVALID_OPTION', [{ tokens: [1, 2], completionMask: [0, 2] }], /expected 0 or 1, got 2/],
    ['INVALID_OPTION', [{ tokens: [1, 2], completionMask: [1, 1] }], /the first token has none before it/],
    [
      'INVALID_OPTION',
      [good, { ...good, inputs: { a: 1 } }],
      /expected those of data\[0\], \[\], got \["a"\]/,
    ],
    ['INVALID_OPTION', [{ ...good, inputs: { a: [1, 2] } }], /inputs: a: expected a number, or 1, .* got 2/],
    [
      'INVALID_OPTION',
      [
        { ...good, inputs: { a: 1 } },
        { ...good, inputs: { a: [1] } },
      ],
      /data\[1\]: inputs: a: expected a number, as data\[0\] has, got a list/,
    ],
    [
      'INVALID_OPTION',
      [{ ...good, inputs: { a: Number.NaN } }],
      /inputs: a: expected a finite number, got NaN/,
    ],
    ['INVALID_OPTION', [{ ...good, inputs: { a: [1 / 0] } }], /inputs: a\[0\]: expected a .* got Infinity/],
  ])('are refused as %s', async (code, data, message) => {
    const { config } = await goldenModel('llama')
    expect(() => requireData(config, data)).toThrow(message)
    expect(codeOf(() => requireData(config, data))).toBe(code)
  })
})
