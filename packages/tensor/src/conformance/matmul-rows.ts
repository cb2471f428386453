import { matmul } from '../primitives/matmul'
import { transpose } from '../primitives/transpose'
import { integers, listed, uniform } from './inputs'
import type { OpRow } from './op-row'

const flags = [false, true]

/** Each combination of transposed operands, in shapes that make all of them the same product. */
const transposedRows = (batchA: readonly number[], batchB: readonly number[]): OpRow[] =>
  flags.flatMap((transposeA) =>
    flags.map(
      (transposeB): OpRow => ({
        name: `matmul [${batchA}](4×3${transposeA ? ', transposed' : ''}) [${batchB}](3×2${transposeB ? ', transposed' : ''})`,
        primitive: 'matmul',
        op: (a, b) => matmul(a, b, { transposeA, transposeB }),
        inputs: [
          uniform([...batchA, ...(transposeA ? [3, 4] : [4, 3])]),
          uniform([...batchB, ...(transposeB ? [2, 3] : [3, 2])]),
        ],
      }),
    ),
  )

/** Matrix products. */
export const matmulRows: readonly OpRow[] = [
  ...transposedRows([], []),
  ...transposedRows([5], [5]),
  ...transposedRows([], [5]),
  ...transposedRows([5], []),
  ...transposedRows([2, 1], [3]),
  ...transposedRows([0], [1]),
  {
    name: 'matmul of a batch of rows with weights',
    primitive: 'matmul',
    op: (x, w) => matmul(x, w),
    inputs: [uniform([5, 3]), uniform([3, 4])],
    batched: [true, false],
  },
  {
    name: 'matmul of a batch of matrices',
    primitive: 'matmul',
    op: (x, y) => [matmul(x, y), matmul(x, transpose(y, [0, 2, 1]), { transposeB: true })],
    inputs: [uniform([5, 2, 3]), uniform([5, 3, 2])],
    batched: [true, true],
  },
  {
    name: 'matmul over the batch',
    primitive: 'matmul',
    op: (x, y) => matmul(transpose(x), y),
    inputs: [uniform([5, 3]), uniform([5, 2])],
    batched: [true, true],
  },
  { name: 'matmul of vectors', op: (a, b) => matmul(a, b), inputs: [uniform([5]), uniform([5])] },
  {
    name: 'matmul vector with matrix',
    op: (a, b) => matmul(a, b),
    inputs: [uniform([3]), uniform([2, 3, 4])],
  },
  {
    name: 'matmul matrix with vector',
    op: (a, b) => matmul(a, b),
    inputs: [uniform([2, 4, 3]), uniform([3])],
  },
  {
    name: 'matmul over no inner dimension is 0',
    op: (a, b) => [
      matmul(a, b),
      matmul(a, transpose(b), { transposeB: true }),
      matmul(transpose(a), b, { transposeA: true }),
    ],
    inputs: [uniform([4, 0]), uniform([0, 2])],
  },
  {
    name: 'matmul over no inner dimension, batched',
    op: (a, b) => [matmul(a, b), matmul(a, transpose(b, [0, 2, 1]), { transposeB: true })],
    inputs: [uniform([3, 4, 0]), uniform([3, 0, 2])],
  },
  {
    name: 'matmul without rows or columns',
    op: (a, b) => [matmul(a, b), matmul(transpose(b), transpose(a))],
    inputs: [uniform([0, 3]), uniform([3, 2])],
  },
  {
    name: 'matmul of integers, in real numbers',
    op: (a, b) => matmul(a, b),
    inputs: [integers([4, 3], -9, 9), integers([3, 2], -9, 9)],
  },
  {
    name: 'matmul of NaN and infinities',
    op: (a, b) => matmul(a, b),
    inputs: [
      listed([3, 2], [Number.NaN, 1, Number.POSITIVE_INFINITY, 1, 1, 1]),
      listed([2, 2], [1, 0, Number.NEGATIVE_INFINITY, 1]),
    ],
    smooth: false,
  },
]
