import { clip, oneHot } from '../ops/select'
import { take } from '../primitives/gather'
import { takeAlongAxis } from '../primitives/gather-elements'
import { scatterAdd } from '../primitives/scatter-add'
import { distinct, integers, listed, uniform } from './inputs'
import type { OpRow } from './op-row'

/** Ops that look elements up, and add them up where they belong. */
export const indexingRows: readonly OpRow[] = [
  {
    name: 'take rows (an embedding), repeated and negative ones included',
    primitive: 'gather',
    op: (table, ids) => take(table, ids),
    inputs: [uniform([7, 3]), listed([5, 2], [0, 3, 3, -1, 6, -7, 3, 2, 1, 0], 'i32')],
    batched: [false, true],
  },
  {
    name: 'take along other axes, by a scalar, by nothing',
    primitive: 'gather',
    op: (x, i, one, none) => [take(x, i, 1), take(x, i, -1), take(x, one, 1), take(x, none, 0)],
    inputs: [uniform([4, 3, 5]), integers([2, 2], -3, 3), listed([], [2], 'i32'), integers([0], 0, 1)],
  },
  {
    name: 'take from the batch',
    op: (x) => [take(x, [2, 0, 2], 1), take(x, -1, 1)],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'take of integers and booleans',
    op: (x, i) => [take(x, i), take(i, [0, 1]), take(clip(x, 0, 1), i)],
    inputs: [integers([7, 2], 0, 9), integers([4], 0, 7)],
  },
  {
    name: 'takeAlongAxis',
    primitive: 'gatherElements',
    op: (x, i) => takeAlongAxis(x, i, -1),
    inputs: [uniform([5, 3]), listed([5, 2], [0, 2, -1, 1, 1, 1, 2, -3, 0, 0], 'i32')],
    batched: [true, true],
  },
  {
    name: 'takeAlongAxis over the front',
    primitive: 'gatherElements',
    op: (x, i) => takeAlongAxis(x, i, 0),
    inputs: [uniform([4, 3]), integers([6, 3], -4, 4)],
  },
  {
    name: 'takeAlongAxis broadcasts outside the axis',
    op: (x, i) => [takeAlongAxis(x, i, 1), takeAlongAxis(x, [[[1], [0]]], 1)],
    inputs: [uniform([4, 3, 2]), integers([1, 5, 1], 0, 3)],
    plainOnly: true,
  },
  {
    name: 'takeAlongAxis of nothing',
    op: (x, i) => takeAlongAxis(x, i, 0),
    inputs: [uniform([4, 3]), integers([0, 3], 0, 4)],
  },
  {
    name: 'scatterAddElements, as the gradient of takeAlongAxis',
    primitive: 'scatterAddElements',
    op: (x, i) => takeAlongAxis(x, i, 1),
    inputs: [uniform([3, 4]), listed([3, 6], [1, 1, 1, 0, -1, 3], 'i32')],
    batched: [true, true],
  },
  {
    name: 'scatterAdd',
    primitive: 'scatterAdd',
    op: (i, x) => scatterAdd(i, x, 7),
    inputs: [listed([5], [0, 3, 3, -1, 3], 'i32'), uniform([5, 3])],
    batched: [true, true],
  },
  {
    name: 'scatterAdd along another axis, with indices of two axes',
    primitive: 'scatterAdd',
    op: (i, x) => [scatterAdd(i, x, 6, 1), scatterAdd(i, x, 4, -2)],
    inputs: [integers([2, 2], -4, 4), uniform([3, 2, 2])],
    plainOnly: true,
  },
  {
    name: 'scatterAdd of nothing, of integers and booleans',
    op: (none, x, i, y) => [scatterAdd(none, x, 4), scatterAdd(i, y, 4), scatterAdd(i, clip(y, 0, 1), 4)],
    inputs: [integers([0], 0, 1), uniform([0, 3]), integers([5], 0, 4), integers([5, 2], -9, 9)],
  },
  {
    name: 'scatterAdd keeps NaN and infinities where they are put',
    op: (i, x) => scatterAdd(i, x, 4),
    inputs: [
      listed([4], [0, 1, 1, 3], 'i32'),
      listed([4], [Number.NaN, Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY]),
    ],
    smooth: false,
    plainOnly: true,
  },
  {
    name: 'oneHot',
    op: (i) => [oneHot(i, 4), oneHot(i, 4, 'bool')],
    inputs: [listed([5, 2], [0, 3, 4, -1, 2], 'i32')],
    batched: [true],
  },
  {
    name: 'clip',
    op: (x) => [clip(x, -2.03, 3.03), clip(x, [0.03, -1.03, 1.03], 2.03)],
    inputs: [distinct([5, 3])],
    batched: [true],
  },
]
