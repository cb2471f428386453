import { describe, expect, it } from 'vitest'
import { expectClose } from '../conformance/expect-op'
import { type Tensor, tensor } from '../core/tensor'
import { jit } from '../transforms/jit'
import { einsum } from './einsum'

const a = [
  [1, 2, 3],
  [4, 5, 6],
]
const b = [
  [1, 0],
  [0, 1],
  [1, 1],
]

describe('einsum', () => {
  // Values and gradients beside PyTorch's are in conformance/pytorch-goldens.test.ts.
  it.each([
    [
      'ij,jk->ik',
      [a, b],
      [
        [4, 5],
        [10, 11],
      ],
    ],
    [
      'ij , jk -> ki',
      [a, b],
      [
        [4, 10],
        [5, 11],
      ],
    ],
    ['ij,ij->', [a, a], 91],
    ['ij->j', [a], [5, 7, 9]],
    ['ij->', [a], 21],
    ['i,->i', [[1, 2], 3], [3, 6]],
    [
      'ij,k->ik',
      [a, [1, 2]],
      [
        [6, 12],
        [15, 30],
      ],
    ],
  ])('%s', (equation, operands, want) => {
    expect(einsum(equation, ...(operands as number[][])).toArray()).toEqual(want)
  })

  it('keeps batch sizes symbolic', async () => {
    const attend = (q: Tensor, k: Tensor) => einsum('bqhd,bkhd->bhqk', q, k)
    const compiled = jit(attend, {
      backend: 'native',
      symbolicDims: [
        ['B', 'Q'],
        ['B', 'K'],
      ],
    })
    for (const [batch, q, k] of [
      [2, 3, 4],
      [1, 1, 5],
      [0, 2, 2],
    ] as const) {
      const make = (n: number) =>
        tensor(
          Float32Array.from({ length: batch * n * 8 }, (_, i) => Math.sin(i)),
          { shape: [batch, n, 2, 4] },
        )
      const inputs = [make(q), make(k)] as const
      // Sums of four products near 1 in f32.
      expectClose(await compiled(...inputs), attend(...inputs), { relative: 1e-6, absolute: 1e-6 })
    }
    expect(await compiled.compilations()).toHaveLength(1)
    await compiled.release()
  })

  it.each([
    ['ij,jk', [a, b], /expected one or two operands named like/],
    ['ii->i', [a], /no letter twice in one/],
    ['ij->ik', [a], /got 'ij->ik' for 1/],
    ['...ij->ij', [a], /got '\.\.\.ij->ij' for 1/],
    ['ij,jk->ik', [a], /got 'ij,jk->ik' for 1/],
    ['ij,jk->ik', [a, a], /shapes \[2, 3\] and \[2, 3\] do not fit 'ij,jk->ik'/],
    ['ijk->k', [a], /shapes \[2, 3\] do not fit 'ijk->k'/],
  ])('refuses %s', (equation, operands, message) => {
    expect(() => einsum(equation, ...operands)).toThrow(message)
  })
})
