import { randomKey, type TypedArray } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import {
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  normal,
  ones,
  torchLinear,
  uniform,
  xavierNormal,
  xavierUniform,
  zeros,
} from './initializers'
import { orthogonal } from './orthogonal'
import { truncatedNormal } from './truncated-normal'

const key = randomKey(11)
const [inputs, outputs] = [300, 200]

const momentsOf = (drawn: TypedArray) => {
  const data = Array.from(drawn)
  const mean = data.reduce((a, b) => a + b, 0) / data.length
  const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length
  return { mean, variance, largest: data.reduce((a, b) => Math.max(a, Math.abs(b)), 0) }
}

// Variance of a normal cut off at ±2σ: 1 − 2·2φ(2)/(2Φ(2) − 1).
const cut = 1 - (4 * Math.exp(-2)) / Math.sqrt(2 * Math.PI) / 0.954499736103642

const rows: [name: string, initializer: Initializer, variance: number, bound?: number][] = [
  ['normal', normal(0.3), 0.09],
  ['uniform', uniform(0.3), 0.03, 0.3],
  ['truncatedNormal', truncatedNormal(0.3), 0.09 * cut, 0.6],
  ['heNormal', heNormal, 2 / inputs],
  ['heUniform', heUniform, 2 / inputs, Math.sqrt(6 / inputs)],
  ['xavierNormal', xavierNormal, 2 / (inputs + outputs)],
  ['xavierUniform', xavierUniform, 2 / (inputs + outputs), Math.sqrt(6 / (inputs + outputs))],
  ['lecunNormal', lecunNormal, 1 / inputs],
  ['torchLinear', torchLinear, 1 / (3 * inputs), 1 / Math.sqrt(inputs)],
]

describe.each(rows)('%s', (_, initializer, variance, bound = Number.POSITIVE_INFINITY) => {
  const { mean, variance: drawn, largest } = momentsOf(initializer(key, [inputs, outputs]).data)

  it('has mean 0 and its variance', () => {
    const count = inputs * outputs
    // Five standard deviations of the mean, and of the variance (whose own variance is at most 2σ⁴/n).
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / count))
    expect(Math.abs(drawn / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
  })

  it('stays within its bound, and comes near it', () => {
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6))
    if (Number.isFinite(bound)) expect(largest).toBeGreaterThan(0.99 * bound)
  })

  it('depends on the key alone', () => {
    const draw = (seed: number) => initializer(randomKey(seed), [3, 2]).toArray()
    expect(draw(11)).toEqual(draw(11))
    expect(draw(11)).not.toEqual(draw(12))
  })
})

describe('truncatedNormal', () => {
  it('has the quantiles of a normal cut off at two deviations', () => {
    const sorted = truncatedNormal(1)(key, [400, 500]).data.toSorted()
    // P(|x| < 1) = 0.6826894921 / 0.9544997361 of what is left, within five standard deviations of a share.
    const inner = sorted.filter((x) => Math.abs(x) < 1).length / sorted.length
    expect(Math.abs(inner - 0.7152328)).toBeLessThan(5 * Math.sqrt(0.25 / sorted.length))
  })
})

describe('fans', () => {
  it('count the receptive field of a kernel', () => {
    const { variance } = momentsOf(lecunNormal(key, [5, 5, 40, 30]).data)
    expect(Math.abs(variance * 1000 - 1)).toBeLessThan(5 * Math.sqrt(2 / 30_000))
  })

  it('need two axes', () => {
    expect(() => heNormal(key, [5])).toThrow(/^shape: expected \[inputs, outputs\] for fans, got \[5\]$/)
  })
})

describe('orthogonal', () => {
  it.each([
    [4, 7],
    [7, 4],
    [5, 5],
    [1, 3],
  ])('%i × %i has orthonormal rows or columns', (m, n) => {
    const { data } = orthogonal(2)(key, [m, n])
    const at = m < n ? (i: number, k: number) => data[i * n + k]! : (i: number, k: number) => data[k * n + i]!
    const [count, length] = m < n ? [m, n] : [n, m]
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let dot = 0
        for (let k = 0; k < length; k++) dot += at(i, k) * at(j, k)
        // f32 rounds each of at most 7 products of numbers below 2.
        expect(Math.abs(dot - (i === j ? 4 : 0))).toBeLessThan(2e-6)
      }
    }
  })

  it('takes matrices only', () => {
    expect(() => orthogonal()(key, [2, 2, 2])).toThrow(/^shape: expected a matrix, got \[2, 2, 2\]$/)
  })
})

it('zeros and ones', () => {
  expect(zeros(key, [2]).toArray()).toEqual([0, 0])
  expect(ones(key, [2]).toArray()).toEqual([1, 1])
})
