import { sizeOf } from '../core/shape'
import { broadcastTo } from '../primitives/broadcast-to'
import { concat, stack } from '../primitives/concat'
import { dimSize } from '../primitives/dim-size'
import { flip } from '../primitives/flip'
import { iota } from '../primitives/iota'
import { less } from '../primitives/less'
import { mul } from '../primitives/mul'
import { pad } from '../primitives/pad'
import { expandDims, reshape, squeeze } from '../primitives/reshape'
import { slice, split } from '../primitives/slice'
import { swapAxes, transpose } from '../primitives/transpose'
import { booleans, integers, uniform } from './inputs'
import type { OpRow } from './op-row'

/** Ops that move elements about. */
export const shapeRows: readonly OpRow[] = [
  {
    name: 'moves of shapes that end in ones',
    op: (x, y) => [
      flip(x, 0),
      flip(y, 0),
      slice(x, 1, 1, 2),
      concat([y, y, y, y], 0),
      mul(flip(y, 0), reshape(transpose(x), [3, 8, 1])),
    ],
    inputs: [uniform([8, 3, 1]), uniform([8, 1])],
  },
  {
    name: 'broadcastTo new and stretched axes',
    primitive: 'broadcastTo',
    op: (x) => broadcastTo(x, [2, 4, 3]),
    inputs: [uniform([4, 1])],
  },
  {
    name: 'broadcastTo the batch',
    primitive: 'broadcastTo',
    op: (x, like) => mul(broadcastTo(x, like.shape), like),
    inputs: [uniform([3]), uniform([5, 3])],
    batched: [false, true],
  },
  { name: 'broadcastTo empty', op: (x) => broadcastTo(x, [0, 3]), inputs: [uniform([1, 3])] },
  {
    name: 'broadcastTo of integers and booleans',
    op: (x, c) => [broadcastTo(x, [2, 3]), broadcastTo(c, [2, 3])],
    inputs: [integers([3], 0, 9), booleans([3])],
  },
  {
    name: 'reshape',
    primitive: 'reshape',
    op: (x) => [reshape(x, [6, -1]), reshape(x, [2, 2, 3, 1])],
    inputs: [uniform([4, 3])],
  },
  {
    name: 'reshape of the batch',
    primitive: 'reshape',
    op: (x) => [reshape(x, [-1, 2]), reshape(x, [-1]), reshape(x, [x.shape[0]!, 2, 2])],
    inputs: [uniform([5, 4])],
    batched: [true],
  },
  {
    name: 'reshape of nothing',
    op: (x) => [reshape(x, [3, 0]), reshape(x, [-1]), reshape(x, [2, 0, 5])],
    inputs: [uniform([0, 4])],
  },
  {
    name: 'expandDims and squeeze',
    op: (x) => [expandDims(x, 0), expandDims(x, -1), expandDims(x, 1), squeeze(expandDims(x, -1), -1)],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'transpose',
    primitive: 'transpose',
    op: (x) => [transpose(x), transpose(x, [1, 0, 2]), transpose(x, [-1, 0, 1]), swapAxes(x)],
    inputs: [uniform([4, 3, 2])],
    batched: [true],
  },
  {
    name: 'transpose of nothing, integers and booleans',
    op: (x, i, c) => [transpose(x), transpose(i), transpose(c)],
    inputs: [uniform([0, 3]), integers([2, 3], 0, 9), booleans([2, 3])],
  },
  {
    name: 'slice',
    primitive: 'slice',
    op: (x) => [slice(x, 0, 1, 3), slice(x, -1, -2), slice(x, 1, 0, -1), slice(x, 0, 2, 2)],
    inputs: [uniform([5, 3])],
  },
  {
    name: 'slice of the batch, counted from both ends',
    primitive: 'slice',
    op: (x) => {
      const padded = pad(x, [
        [2, 1],
        [0, 0],
      ])
      return [slice(padded, 0, 1), slice(padded, 0, 0, -1), slice(padded, 0, -1), slice(x, 1, 1, 3)]
    },
    inputs: [uniform([5, 4])],
    batched: [true],
  },
  {
    name: 'slice of integers and booleans',
    op: (x, c) => [slice(x, 0, 1, 3), slice(c, 0, 1, 3)],
    inputs: [integers([4], 0, 9), booleans([4])],
  },
  {
    name: 'split',
    op: (x) => split(x, 3, -1),
    inputs: [uniform([5, 6])],
    batched: [true],
  },
  {
    name: 'pad',
    primitive: 'pad',
    op: (x) =>
      pad(
        x,
        [
          [1, 0],
          [2, 3],
        ],
        -1.5,
      ),
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'pad of nothing',
    op: (x) =>
      pad(x, [
        [1, 1],
        [0, 2],
      ]),
    inputs: [uniform([0, 3])],
  },
  {
    name: 'pad by the batch',
    op: (x, y) => pad(x, [[0, y.shape[0]!]]),
    inputs: [uniform([3]), uniform([5, 2])],
    batched: [false, true],
  },
  {
    name: 'pad of integers and booleans',
    op: (x, c) => [pad(x, [[1, 2]], 5), pad(c, [[1, 2]], 1)],
    inputs: [integers([4], 0, 9), booleans([4])],
  },
  {
    name: 'concat',
    primitive: 'concat',
    op: (a, b, c) => concat([a, b, c], 1),
    inputs: [uniform([4, 3]), uniform([4, 1]), uniform([4, 0])],
    batched: [true, true, true],
  },
  {
    name: 'concat of batches along the batch',
    primitive: 'concat',
    op: (a, b) => concat([a, b, a], 0),
    inputs: [uniform([4, 3]), uniform([4, 3])],
    batched: [true, true],
  },
  {
    name: 'concat of integers and booleans, negative axis',
    op: (x, c) => [concat([x, x], -1), concat([c, c], -2), concat([x, c], 0)],
    inputs: [integers([2, 3], 0, 9), booleans([2, 3])],
  },
  {
    name: 'stack',
    op: (a, b) => [stack([a, b]), stack([a, b], -1)],
    inputs: [uniform([4, 3]), uniform([4, 3])],
    batched: [true, true],
  },
  {
    name: 'flip',
    primitive: 'flip',
    op: (x) => [flip(x, 0), flip(x, -1)],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'flip of nothing, integers and booleans',
    op: (x, i, c) => [flip(x, 0), flip(i, 0), flip(c, -1)],
    inputs: [uniform([0, 3]), integers([5], 0, 9), booleans([2, 3])],
  },
  {
    name: 'iota',
    primitive: 'iota',
    op: (x) => [mul(x, iota(x.shape[0]!, x.dtype)), iota(x.shape[0]!), less(iota(x.shape[0]!), 2)],
    inputs: [uniform([5])],
    batched: [true],
    plainOnly: true,
  },
  {
    name: 'dimSize',
    primitive: 'dimSize',
    op: (x) => [dimSize(x.shape[0]!), dimSize(sizeOf(x.shape), 'i32'), mul(x, dimSize(x.shape[0]!, x.dtype))],
    inputs: [uniform([5, 3])],
    batched: [true],
    plainOnly: true,
  },
]
