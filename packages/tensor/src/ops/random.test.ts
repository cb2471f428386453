import { describe, expect, it } from 'vitest'
import { TensorError } from '../core/errors'
import { type Tensor, tensor } from '../core/tensor'
import { randomBits, threefry2x32 } from '../primitives/random-bits'
import { reduceSum } from '../primitives/reduce-sum'
import { grad } from '../transforms/grad'
import { jit } from '../transforms/jit'
import { dropout, randomKey, randomNormal, randomUniform, splitKey } from './random'
import { mean } from './reduce'
import { ones } from './select'

const hex = (words: readonly number[]) => words.map((word) => (word >>> 0).toString(16).padStart(8, '0'))

describe('threefry2x32', () => {
  // kat_vectors of Random123, threefry2x32 with 20 rounds.
  it.each([
    [
      [0, 0],
      [0, 0],
      ['6b200159', '99ba4efe'],
    ],
    [
      [-1, -1],
      [-1, -1],
      ['1cb996fc', 'bb002be7'],
    ],
    [
      [0x243f6a88, 0x85a308d3],
      [0x13198a2e, 0x03707344],
      ['c4923a9c', '483df7a0'],
    ],
  ] as const)('counter %o under key %o', (counter, key, want) => {
    expect(hex(threefry2x32(key[0] | 0, key[1] | 0, counter[0] | 0, counter[1] | 0))).toEqual(want)
  })

  it.each(['reference', 'native'] as const)('gives the known first word on %s', async (backend) => {
    const run = jit((key: Tensor) => randomBits(key, [1]), { backend })
    expect(hex([...(await run(tensor(new Int32Array([0, 0])))).data])).toEqual(['6b200159'])
    await run.release()
  })
})

/** Largest distance between the sample's distribution function and the given one (Kolmogorov–Smirnov). */
function ksDistance(sample: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(sample).sort()
  return sorted.reduce((worst, x, i) => {
    const p = cdf(x)
    return Math.max(worst, Math.abs(p - i / sorted.length), Math.abs(p - (i + 1) / sorted.length))
  }, 0)
}

/** Φ by numerical integration: independent of the package's erf. */
function normalCdf(x: number): number {
  const steps = 200
  const h = x / steps
  let sum = 0
  for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 0.5 : 1) * Math.exp(-((i * h) ** 2) / 2)
  return 0.5 + (sum * h) / Math.sqrt(2 * Math.PI)
}

const moments = (data: ArrayLike<number>) => {
  const list = Array.from(data)
  const m = list.reduce((a, b) => a + b, 0) / list.length
  return { mean: m, variance: list.reduce((a, b) => a + (b - m) ** 2, 0) / list.length }
}

describe('distributions', () => {
  const n = 20_000
  // The numbers are fixed by the key; these bounds are what a fair sample misses once in 1,000 to 10,000 times.
  const ksBound = 1.95 / Math.sqrt(n)

  it('randomUniform is uniform on [0, 1)', () => {
    const { data } = randomUniform(randomKey(7), [n])
    expect(Math.min(...data)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...data)).toBeLessThan(1)
    const { mean, variance } = moments(data)
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n))
    expect(ksDistance(data, (x) => x)).toBeLessThan(ksBound)
  })

  it('randomNormal is standard normal', () => {
    const { data } = randomNormal(randomKey(7), [n])
    const { mean, variance } = moments(data)
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n))
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    expect(ksDistance(data, normalCdf)).toBeLessThan(ksBound)
  })

  it('neighbours and seeds are uncorrelated', () => {
    const a = randomUniform(randomKey(1), [n]).data
    const b = randomUniform(randomKey(2), [n]).data
    const correlation = (x: (i: number) => number, y: (i: number) => number) =>
      (12 / n) *
      Array.from({ length: n - 1 }, (_, i) => (x(i) - 0.5) * (y(i) - 0.5)).reduce((s, v) => s + v, 0)
    expect(
      Math.abs(
        correlation(
          (i) => a[i]!,
          (i) => b[i]!,
        ),
      ),
    ).toBeLessThan(4 / Math.sqrt(n))
    expect(
      Math.abs(
        correlation(
          (i) => a[i]!,
          (i) => a[i + 1]!,
        ),
      ),
    ).toBeLessThan(4 / Math.sqrt(n))
  })
})

describe('keys', () => {
  it('use the whole seed', () => {
    expect(randomKey(2 ** 40 + 3).data).toEqual(new Int32Array([256, 3]))
    expect(randomKey(2 ** 32 - 1).data).toEqual(new Int32Array([0, -1]))
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuse the seed %d', (seed) => {
    expect(() => randomKey(seed)).toThrow(/seed: expected a whole number in \[0, 2\^53\)/)
  })

  it('split into keys that share no word with each other or with draws from the parent', () => {
    const key = randomKey(5)
    const children = splitKey(key, 50).flatMap((child) => [...child.data])
    const drawn = [...randomBits(key, [100]).data]
    expect(new Set([...children, ...drawn]).size).toBe(200)
  })

  it('must be i32 [2]', () => {
    expect(() => randomUniform(tensor([1, 2]), [3])).toThrow(/key: expected i32 \[2\].*got f32 \[2\]/)
  })
})

describe('dropout', () => {
  const key = randomKey(11)

  it('drops at the rate, scales what stays, and keeps the mean', () => {
    const n = 40_000
    const y = dropout(ones([n]), { rate: 0.3, key })
    const dropped = y.data.filter((v) => v === 0).length
    expect(Math.abs(dropped / n - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / n))
    expect([...new Set(y.data)].sort()).toEqual([0, Math.fround(1 / (1 - 0.3))])
    expect(Math.abs(mean(y).item() - 1)).toBeLessThan(4 * Math.sqrt(0.3 / 0.7 / n))
  })

  it('lets the gradient through where it kept', () => {
    const x = ones([100])
    const g = grad((t: Tensor) => reduceSum(dropout(t, { rate: 0.5, key })))(x)
    expect(g.data).toEqual(dropout(x, { rate: 0.5, key }).data)
  })

  it('is nothing at rate 0 and refuses rates outside [0, 1)', () => {
    const x = ones([3])
    expect(dropout(x, { rate: 0, key })).toBe(x)
    for (const rate of [1, -0.1, Number.NaN]) {
      expect(() => dropout(x, { rate, key })).toThrow(TensorError)
    }
  })

  it('needs a new key for new zeros', () => {
    const [a, b] = splitKey(key).map((k) => dropout(ones([64]), { rate: 0.5, key: k }).data)
    expect(a).not.toEqual(b)
  })
})
