import { type DType, isFloat } from '../core/dtype'
import { type ConcreteShape, lengthOf } from '../core/shape'
import { Tensor } from '../core/tensor'

/** What an operand of a conformance row is filled with. */
export interface InputSpec {
  readonly shape: ConcreteShape
  /** `float` becomes f32 or f64, whichever the row runs in. */
  readonly dtype: 'float' | 'i32' | 'bool'
  /** The element at flat index `i`; `random` is uniform in [0, 1). */
  sample(random: () => number, i: number): number
}

/** A seeded generator of uniform numbers in [0, 1) (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Real numbers in [low, high). */
export const uniform = (shape: ConcreteShape, low = -2, high = 2): InputSpec => ({
  shape,
  dtype: 'float',
  sample: (random) => low + (high - low) * random(),
})

/** Real numbers of either sign with magnitude in [0.25, 2.25): no kink at 0 is near. */
export const awayFromZero = (shape: ConcreteShape): InputSpec => ({
  shape,
  dtype: 'float',
  sample: (random) => (random() < 0.5 ? -1 : 1) * (0.25 + 2 * random()),
})

/** Distinct real numbers, at least 0.05 apart, in a scrambled order: no tie is near. */
export const distinct = (shape: ConcreteShape, offset = 0): InputSpec => ({
  shape,
  dtype: 'float',
  sample: (_random, i) => offset + 0.1 * ((i * 37) % 101) - 5,
})

/** Whole numbers in [low, high). */
export const integers = (shape: ConcreteShape, low: number, high: number): InputSpec => ({
  shape,
  dtype: 'i32',
  sample: (random) => low + Math.floor((high - low) * random()),
})

/** Fair coins. */
export const booleans = (shape: ConcreteShape): InputSpec => ({
  shape,
  dtype: 'bool',
  sample: (random) => Number(random() < 0.5),
})

/** These numbers, over and over. */
export const listed = (
  shape: ConcreteShape,
  list: readonly number[],
  dtype: InputSpec['dtype'] = 'float',
): InputSpec => ({
  shape,
  dtype,
  sample: (_random, i) => list[i % list.length]!,
})

/** What floating point has beside ordinary numbers, and the edges of f32's range. */
export const specials: readonly number[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  20,
  -20,
  80,
  -80,
  100,
  -100,
  1e-30,
  -1e-30,
  3e38,
  -3e38,
  1e-8,
  -1e-8,
  2.5,
  -2.5,
]

/** The operand: `float` in the given dtype, with numbers that f32 can hold in either. */
export function makeInput(spec: InputSpec, dtype: DType, seed: number): Tensor {
  const random = seededRandom(seed)
  const values = Float32Array.from({ length: lengthOf(spec.shape) }, (_, i) => spec.sample(random, i))
  if (spec.dtype === 'i32') return Tensor.fromData(Int32Array.from(values), spec.shape, 'i32')
  if (spec.dtype === 'bool') return Tensor.fromData(Uint8Array.from(values), spec.shape, 'bool')
  if (!isFloat(dtype)) throw new Error(`a float operand cannot be ${dtype}`)
  return Tensor.fromData(dtype === 'f64' ? Float64Array.from(values) : values, spec.shape, dtype)
}

/** The same operand with another size of its leading axis. */
export const withLeading = (spec: InputSpec, size: number): InputSpec => ({
  ...spec,
  shape: [size, ...spec.shape.slice(1)],
})
