import { describe, expect, it } from 'vitest'
import {
  AdvantageError,
  discountedReturns,
  type FlatMatrix,
  type Matrix,
  type MatrixTensor,
  rlooAdvantages,
  tokenAdvantages,
  whiten,
  winProbabilityRewards,
} from './index'

/** Declared as `@prefkit/tensor` declares its class: of any rank, of any numbers, with dimensions that may be symbolic. */
class Tensor {
  readonly shape: readonly (number | { readonly terms: object })[]
  readonly dtype: 'f32' | 'f64' | 'i32' | 'bool'
  readonly #data: Float32Array | Float64Array | Int32Array | Uint8Array

  constructor(data: MatrixTensor['data'], shape: Tensor['shape'], dtype: Tensor['dtype']) {
    this.#data = data
    this.shape = shape
    this.dtype = dtype
  }

  get data() {
    return this.#data
  }
}

const rows = [
  [1, 2, 4],
  [0, 3, -1],
]
const kinds = { f32: Float32Array, f64: Float64Array, i32: Int32Array }
const tensors = Object.entries(kinds).map(
  ([dtype, kind]) => [dtype, new Tensor(kind.from(rows.flat()), [2, 3], dtype as Tensor['dtype'])] as const,
)
const mask = new Tensor(Uint8Array.of(1, 1, 1, 1, 1, 0), [2, 3], 'bool')
const plainMask = [
  [1, 1, 1],
  [1, 1, 0],
]

describe.each(tensors)('a tensor of %s', (dtype, tensor) => {
  const Kind = dtype === 'f32' ? Float32Array : Float64Array
  const flat = (matrix: readonly (readonly number[])[]) => ({ data: Kind.from(matrix.flat()), shape: [2, 3] })

  it('is a matrix, whose results are flat', () => {
    const white: FlatMatrix = whiten(tensor, { mask })
    expect(white).toEqual(flat(whiten(rows, { mask: plainMask })))
    const returns: FlatMatrix = discountedReturns({ rewards: tensor, mask }, { gamma: 0.5 })
    expect(returns).toEqual(flat(discountedReturns({ rewards: rows, mask: plainMask }, { gamma: 0.5 })))
    const advantages: FlatMatrix = rlooAdvantages(tensor)
    expect(advantages).toEqual(flat(rlooAdvantages(rows)))
  })

  it('has results of one number a row in its precision', () => {
    const ones = new Tensor(
      tensor.data.map(() => 1),
      [2, 3],
      tensor.dtype,
    )
    const zeros = rows.map((row) => row.map(() => 0))
    const rewards: Float32Array | Float64Array = winProbabilityRewards({
      shownFirst: ones,
      shownSecond: zeros,
    })
    const plain = rows.map((row) => row.map(() => 1))
    expect(rewards).toEqual(Kind.from(winProbabilityRewards({ shownFirst: plain, shownSecond: zeros })))
  })
})

it('a tensor of booleans is a mask', () => {
  const spread: FlatMatrix = tokenAdvantages([2, -1], mask)
  expect(spread).toEqual({ data: Float64Array.of(2, 2, 2, -1, -1, 0), shape: [2, 3] })
})

it('a tensor of another rank is refused', () => {
  const vector: Matrix = new Tensor(Float32Array.of(1, 2), [2], 'f32')
  expect(() => whiten(vector)).toThrow(AdvantageError)
  expect(() => whiten(vector)).toThrow('values.shape is [2]; expected two numbers whose product is 2')
})

it('integers without a dtype are no matrix', () => {
  // @ts-expect-error Whoever gives integers by themselves may have taken the wrong array.
  expect(whiten({ data: Int32Array.of(1, 3), shape: [1, 2] }).shape).toEqual([1, 2])
})
