import { randomKey, randomNormal, type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { heNormal, ones } from '../initializers/initializers'
import { type Activation, activation, activations } from './activations'
import { dropout } from './dropout'
import { embedding } from './embedding'
import type { ParamsOf } from './layer'
import { layerNorm } from './layer-norm'
import { type LinearParams, linear } from './linear'
import { mlp } from './mlp'
import { rmsNorm } from './rms-norm'
import { sequential } from './sequential'

const key = randomKey(7)
const badOption = (message: RegExp) =>
  expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) })

describe('linear', () => {
  const params = {
    weight: tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
    bias: tensor([10, 20]),
  }

  it('is x W + b over the last axis, whatever comes before it', () => {
    const layer = linear({ inputs: 3, outputs: 2 })
    expect(layer.apply(params, tensor([1, 0, -1])).toArray()).toEqual([6, 16])
    expect(layer.apply(params, tensor([[1, 0, -1]])).toArray()).toEqual([[6, 16]])
    expect(layer.apply(params, tensor([[[1, 0, -1]], [[0, 0, 0]]])).toArray()).toEqual([
      [[6, 16]],
      [[10, 20]],
    ])
  })

  it('draws as PyTorch does: weight and bias uniform in ±1/√inputs', () => {
    const { weight, bias } = linear({ inputs: 400, outputs: 500 }).init(key)
    expect([weight.shape, bias!.shape]).toEqual([[400, 500], [500]])
    for (const drawn of [weight, bias!]) {
      const largest = Array.from(drawn.data, Math.abs).reduce((a, b) => Math.max(a, b))
      expect(largest).toBeLessThanOrEqual(0.05)
      expect(largest).toBeGreaterThan(0.049)
    }
  })

  it('has no bias, a zero one with a weight of its own, or one drawn as told', () => {
    expect(Object.keys(linear({ inputs: 2, outputs: 2, bias: false }).init(key))).toEqual(['weight'])
    expect(
      linear({ inputs: 2, outputs: 2, bias: false })
        .apply({ weight: params.weight }, tensor([1, 1, 1]))
        .toArray(),
    ).toEqual([9, 12])
    expect(linear({ inputs: 2, outputs: 2, weight: heNormal }).init(key).bias!.toArray()).toEqual([0, 0])
    expect(linear({ inputs: 2, outputs: 2, bias: ones }).init(key).bias!.toArray()).toEqual([1, 1])
  })

  it('refuses sizes that are none', () => {
    expect(() => linear({ inputs: 0, outputs: 1 })).toThrow(
      badOption(/^inputs: expected a whole number of at least 1, got 0$/),
    )
    expect(() => linear({ inputs: 1, outputs: 1.5 })).toThrow(badOption(/^outputs: .* got 1.5$/))
  })
})

describe('embedding', () => {
  it('looks rows up', () => {
    const layer = embedding({ vocabulary: 3, dimensions: 2 })
    expect(layer.init(key).weight.shape).toEqual([3, 2])
    const params = {
      weight: tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    }
    const ids = tensor(
      [
        [2, 0],
        [1, 1],
      ],
      { dtype: 'i32' },
    )
    expect(layer.apply(params, ids).toArray()).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [
        [3, 4],
        [3, 4],
      ],
    ])
  })
})

describe('norms', () => {
  const x = tensor([[1, 3]])

  it('scale and shift what they normalised', () => {
    expect(layerNorm({ dimensions: 2 }).init(key)).toEqual({ scale: tensor([1, 1]), shift: tensor([0, 0]) })
    const [low, high] = layerNorm({ dimensions: 2 }).apply(
      { scale: tensor([2, 3]), shift: tensor([10, 20]) },
      x,
    ).data
    // (x − 2) / √(1 + ε) = ∓1, to 5e-6.
    expect([low, high]).toEqual([expect.closeTo(8, 4), expect.closeTo(23, 4)])
    const [a, b] = rmsNorm({ dimensions: 2 }).apply({ scale: tensor([1, 10]) }, x).data
    expect([a, b]).toEqual([expect.closeTo(1 / Math.sqrt(5), 6), expect.closeTo(30 / Math.sqrt(5), 5)])
  })

  it('refuse an epsilon that is not above 0', () => {
    expect(() => layerNorm({ dimensions: 2, epsilon: 0 })).toThrow(
      badOption(/^epsilon: expected a number > 0, got 0$/),
    )
    expect(() => rmsNorm({ dimensions: -1 })).toThrow(badOption(/^dimensions: /))
  })
})

describe('dropout', () => {
  const x = tensor(new Float32Array(20_000).fill(1))

  it('passes on what is not trained', () => {
    expect(dropout(0.5).apply(null, x)).toBe(x)
    expect(dropout(0).apply(null, x, { train: true })).toBe(x)
  })

  it('drops a share and keeps the mean while training', () => {
    const { data } = dropout(0.25).apply(null, x, { train: true, key })
    const dropped = data.filter((value) => value === 0).length / data.length
    // Five standard deviations of a share of 20,000.
    expect(Math.abs(dropped - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 20_000))
    expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / 0.75)]))
  })

  it('needs a key while training, and a rate below 1', () => {
    expect(() => dropout(0.5).apply(null, x, { train: true })).toThrow(
      badOption(/^key: dropout needs a random key/),
    )
    expect(() => dropout(1)).toThrow(badOption(/^rate: expected a number in \[0, 1\), got 1$/))
  })
})

describe('activation', () => {
  const values: Record<Activation, (x: number) => number> = {
    relu: (x) => Math.max(x, 0),
    // Φ(1) = 0.8413447460685429, Φ(−2) = 0.022750131948179.
    gelu: (x) => (x === 1 ? 0.8413447460685429 : -0.045500263896358),
    geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    silu: (x) => x / (1 + Math.exp(-x)),
    tanh: Math.tanh,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    identity: (x) => x,
  }

  it.each(Object.keys(activations) as Activation[])('%s', (name) => {
    const [one, minusTwo] = activation(name).apply(null, tensor([1, -2])).data
    expect(one).toBeCloseTo(values[name](1), 6)
    expect(minusTwo).toBeCloseTo(values[name](-2), 6)
  })

  it('refuses a name it does not know', () => {
    expect(() => activation('swish' as Activation)).toThrow(
      badOption(/^activation: expected one of relu, .* got the string "swish"$/),
    )
  })
})

describe('sequential', () => {
  const model = sequential([
    linear({ inputs: 3, outputs: 4 }),
    activation('tanh'),
    dropout(0.5),
    linear({ inputs: 4, outputs: 1 }),
  ])
  const x = randomNormal(randomKey(1), [5, 3])

  it('infers its weights', () => {
    expectTypeOf<ParamsOf<typeof model>>().toEqualTypeOf<[LinearParams, null, null, LinearParams]>()
    expectTypeOf(model.init(key)[3].weight).toEqualTypeOf<Tensor>()
  })

  it('applies its layers in order, each with weights of its own', () => {
    const params = model.init(key)
    const [first, , , last] = params
    expect([first.weight.shape, last.weight.shape]).toEqual([
      [3, 4],
      [4, 1],
    ])
    const hidden = activations.tanh(linear({ inputs: 3, outputs: 4 }).apply(first, x))
    expect(model.apply(params, x).toArray()).toEqual(
      linear({ inputs: 4, outputs: 1 }).apply(last, hidden).toArray(),
    )
  })

  it('gives each layer a key of its own while training', () => {
    const twice = sequential([dropout(0.5), dropout(0.5)])
    const input = tensor(new Float32Array(10_000).fill(1))
    const kept = (layers: readonly null[], model: typeof twice) =>
      model.apply(layers as [null, null], input, { train: true, key }).data.filter((v) => v > 0).length /
      10_000
    // A quarter is kept when the two draw apart, half when they draw alike.
    expect(kept([null, null], twice)).toBeCloseTo(0.25, 1)
  })
})

describe('mlp', () => {
  it('is linear → norm → activation → dropout, and linear at the end', () => {
    const model = mlp({ inputs: 3, hidden: [4, 2], activation: 'silu', norm: 'layerNorm' })
    const params = model.init(key)
    expect(params.layers.map(({ weight }) => weight.shape)).toEqual([
      [3, 4],
      [4, 2],
      [2, 1],
    ])
    expect(params.layers.map(({ norm }) => norm && Object.keys(norm))).toEqual([
      ['scale', 'shift'],
      ['scale', 'shift'],
      undefined,
    ])
    const x = randomNormal(randomKey(2), [6, 3])
    const stage = (at: number, value: Tensor) => {
      const { weight, bias, norm } = params.layers[at]!
      const y = linear({ inputs: weight.dims[0]!, outputs: weight.dims[1]! }).apply(
        { weight, bias: bias! },
        value,
      )
      if (!norm) return y
      return activations.silu(
        layerNorm({ dimensions: weight.dims[1]! }).apply(norm as { scale: Tensor; shift: Tensor }, y),
      )
    }
    expect(model.apply(params, x).toArray()).toEqual(stage(2, stage(1, stage(0, x))).toArray())
  })

  it('without hidden layers is linear', () => {
    const params = mlp({ inputs: 3, hidden: [], outputs: 2 }).init(key)
    expect(params.layers.map(({ weight }) => weight.shape)).toEqual([[3, 2]])
  })

  it('drops hidden units only while training, by its key', () => {
    const model = mlp({ inputs: 3, hidden: [64], dropout: 0.5, norm: 'rmsNorm' })
    const params = model.init(key)
    const x = randomNormal(randomKey(3), [2, 3])
    const train = (seed: number) => model.apply(params, x, { train: true, key: randomKey(seed) }).toArray()
    expect(model.apply(params, x, { key }).toArray()).toEqual(model.apply(params, x).toArray())
    expect(train(1)).toEqual(train(1))
    expect(train(1)).not.toEqual(train(2))
    expect(() => model.apply(params, x, { train: true })).toThrow(badOption(/^key: /))
  })

  it('refuses a norm it does not know', () => {
    const norm = 'batchNorm' as 'layerNorm'
    expect(() => mlp({ inputs: 3, hidden: [4], norm })).toThrow(
      badOption(/^norm: expected layerNorm or rmsNorm, got the string "batchNorm"$/),
    )
  })
})
