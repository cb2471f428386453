import { type Tensor, type TensorLike, type TypedArray, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { grpoLoss } from './policy/grpo-loss'
import { ppoLoss } from './policy/ppo-loss'

const logprobs = [
  [-0.1, -1.7, -0.3],
  [-2.2, -0.4, -0.9],
]
const oldLogprobs = [
  [-0.4, -1.1, -0.3],
  [-2, -0.9, -1.3],
]
const advantages = [
  [0.7, -0.2, 1.1],
  [-1.3, 0.4, -0.6],
]
const mask = [
  [1, 1, 1],
  [1, 1, 0],
]

interface ArrayKind {
  from: (row: readonly number[]) => TypedArray
}

/** What `@prefkit/advantages` returns, besides plain arrays: a typed array for each row, or one with its shape. */
const forms: [string, (rows: number[][], kind: ArrayKind) => TensorLike][] = [
  ['rows of typed arrays', (rows, kind) => rows.map((row) => kind.from(row))],
  ['a typed array and its shape', (rows, kind) => ({ data: kind.from(rows.flat()), shape: [2, 3] })],
]
const losses = { ppoLoss, grpoLoss }
const precisions = [
  ['f32', Float32Array],
  ['f64', Float64Array],
] as const
const cases = Object.entries(losses).flatMap(([name, loss]) =>
  forms.flatMap(([form, give]) =>
    precisions.map(([dtype, kind]) => [`${name}: ${form}, ${dtype}`, { loss, give, dtype, kind }] as const),
  ),
)

const numbersOf = (losses: Tensor, metrics: object) => [
  losses.dtype,
  losses.toArray(),
  Object.entries<Tensor>({ ...metrics }).map(([name, value]) => [name, value.item()]),
]

describe('losses of typed arrays are those of tensors of their dtype', () => {
  it.each(cases)('%s', (_case, { loss, give, dtype, kind }) => {
    const got = loss({
      logprobs: give(logprobs, kind),
      oldLogprobs: give(oldLogprobs, kind),
      advantages: give(advantages, kind),
      mask: give(mask, Uint8Array),
    })
    const as = (rows: number[][]) => tensor(rows, { dtype })
    const want = loss({
      logprobs: as(logprobs),
      oldLogprobs: as(oldLogprobs),
      advantages: as(advantages),
      mask: tensor(mask, { dtype: 'bool' }),
    })
    expect(numbersOf(got.losses, got.metrics)).toEqual(numbersOf(want.losses, want.metrics))
    expect(got.losses.dtype).toBe(dtype)
  })

  it.each(precisions)('advantages of %s say how precise plain numbers beside them are', (dtype, kind) => {
    const { losses } = ppoLoss({ logprobs, oldLogprobs, advantages: advantages.map((row) => kind.from(row)) })
    expect(losses.dtype).toBe(dtype)
  })

  it.each(Object.entries(losses))('%s: rows of two lengths are named', (_name, loss) => {
    const ragged = [Float32Array.of(1, 2, 3), Float32Array.of(1, 2)]
    expect(() => loss({ logprobs, advantages: ragged })).toThrow(/row 1 has 2 elements; expected 3, as row 0/)
  })
})
