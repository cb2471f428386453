import { any, logSumExp, mean, variance } from '../ops/reduce'
import { sort } from '../ops/select'
import { argMax, argMin } from '../primitives/arg-max'
import { argSort } from '../primitives/arg-sort'
import { cumsum } from '../primitives/cumsum'
import { reduceMax, reduceMin } from '../primitives/reduce-max'
import { reduceSum } from '../primitives/reduce-sum'
import { booleans, distinct, integers, listed, uniform } from './inputs'
import type { OpRow } from './op-row'

const inf = Number.POSITIVE_INFINITY
const holes = [3, Number.NaN, 1, 2, inf, -inf, 1, 1, 0, -0, Number.NaN, -inf, -inf, -inf, -inf]

/** Ops that fold, scan or order an axis. */
export const reductionRows: readonly OpRow[] = [
  {
    name: 'reduceSum',
    primitive: 'reduceSum',
    op: (x) => [
      reduceSum(x),
      reduceSum(x, { axis: 0 }),
      reduceSum(x, { axis: [0, -1], keepDims: true }),
      reduceSum(x, { axis: [] }),
    ],
    inputs: [uniform([5, 3, 2])],
    batched: [true],
  },
  {
    name: 'reduceSum of nothing',
    primitive: 'reduceSum',
    op: (x) => [
      reduceSum(x),
      reduceSum(x, { axis: 0 }),
      reduceSum(x, { axis: 1 }),
      reduceSum(x, { axis: [0, 1] }),
    ],
    inputs: [uniform([0, 3])],
  },
  {
    name: 'reduceSum and reduceMax of many elements',
    primitive: 'reduceSum',
    op: (x) => [
      reduceSum(x),
      reduceSum(x, { axis: 0 }),
      reduceSum(x, { axis: 1 }),
      reduceMax(x),
      reduceMax(x, { axis: 1 }),
    ],
    // Of one sign, so that sums do not cancel: an f32 sum of 3,300 numbers, in order, is off by some 20 ulp.
    inputs: [uniform([3, 1100], 0.5, 1.5)],
    tolerance: { relative: 1e-5, absolute: 1e-6 },
    smooth: false,
  },
  {
    name: 'reduceSum of integers and booleans',
    primitive: 'reduceSum',
    op: (x, c) => [reduceSum(x), reduceSum(c, { axis: 0 }), reduceSum(c), any(c, { axis: -1 }), any(x)],
    inputs: [integers([5, 3], -9, 9), booleans([5, 3])],
    batched: [true, true],
  },
  {
    name: 'reduceSum of special values',
    op: (x) => [reduceSum(x, { axis: 1 }), reduceSum(x)],
    inputs: [listed([5, 3], holes)],
    smooth: false,
  },
  {
    name: 'reduceMax',
    primitive: 'reduceMax',
    op: (x) => [reduceMax(x), reduceMax(x, { axis: 0 }), reduceMin(x, { axis: [0, -1], keepDims: true })],
    inputs: [distinct([5, 3, 2])],
  },
  {
    name: 'reduceMax within the batch',
    primitive: 'reduceMax',
    op: (x) => [reduceMax(x, { axis: 1 }), reduceMin(x, { axis: -1 })],
    inputs: [distinct([5, 3])],
    batched: [true],
  },
  {
    name: 'reduceMax shares ties',
    op: (x) => [reduceMax(x, { axis: 1 }), reduceMin(x)],
    inputs: [listed([2, 4], [1, 3, 3, 0, -2, -2, -2, -2])],
    smooth: false,
  },
  {
    name: 'reduceMax of special values',
    primitive: 'reduceMax',
    op: (x) => [reduceMax(x, { axis: 1 }), reduceMin(x, { axis: 1 }), reduceMax(x)],
    inputs: [listed([5, 3], holes)],
    smooth: false,
  },
  {
    name: 'reduceMax of integers',
    op: (x, c) => [reduceMax(x, { axis: 0 }), reduceMin(x), reduceMax(c)],
    inputs: [listed([4], [3, -(2 ** 31), 2 ** 30, 5], 'i32'), booleans([3])],
  },
  {
    name: 'reduceMax over no element of nothing',
    op: (x) => reduceMax(x, { axis: 1 }),
    inputs: [uniform([0, 3])],
  },
  {
    name: 'argMax',
    primitive: 'argMax',
    op: (x) => [argMax(x), argMax(x, 0), argMin(x, -1)],
    inputs: [distinct([5, 3])],
  },
  {
    name: 'argMax within the batch',
    primitive: 'argMax',
    op: (x) => [argMax(x, -1), argMin(x, 1)],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'argMax of ties and special values',
    primitive: 'argMax',
    op: (x) => [argMax(x, 1), argMax(x, 0), argMin(x, 1)],
    inputs: [listed([5, 3], holes)],
  },
  {
    name: 'argMax of integers and booleans',
    op: (x, c) => [argMax(x), argMin(x), argMax(c)],
    inputs: [integers([5, 3], -3, 3), booleans([5, 3])],
  },
  {
    name: 'cumsum',
    primitive: 'cumsum',
    op: (x) => [cumsum(x), cumsum(x, 0), cumsum(x, 1, { reverse: true })],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'cumsum of nothing, integers and booleans',
    op: (x, i, c) => [cumsum(x, 0), cumsum(x, 1), cumsum(i), cumsum(c, 0, { reverse: true })],
    inputs: [uniform([0, 3]), integers([2, 3], -9, 9), booleans([4, 2])],
  },
  {
    name: 'cumsum of special values',
    op: (x) => [cumsum(x, 1), cumsum(x, 0, { reverse: true })],
    inputs: [listed([5, 3], holes)],
    smooth: false,
  },
  {
    name: 'argSort and sort',
    primitive: 'argSort',
    op: (x) => [argSort(x), argSort(x, 0, { descending: true }), sort(x), sort(x, 0, { descending: true })],
    inputs: [distinct([5, 3])],
    batched: [true],
  },
  {
    name: 'argSort is stable, with NaN largest',
    primitive: 'argSort',
    op: (x) => [
      argSort(x),
      argSort(x, 0),
      argSort(x, 1, { descending: true }),
      argSort(x, 0, { descending: true }),
    ],
    inputs: [listed([5, 6], holes)],
  },
  {
    name: 'argSort of nothing, one, integers and booleans',
    op: (x, one, i, c) => [
      argSort(x, 0),
      argSort(x, 1),
      sort(x, 0),
      argSort(one, 1),
      argSort(i),
      argSort(i, 0, { descending: true }),
      argSort(c),
    ],
    inputs: [uniform([0, 3]), uniform([3, 1]), integers([4, 9], -3, 3), booleans([2, 5])],
  },
  {
    name: 'mean and variance',
    op: (x) => [
      mean(x),
      mean(x, { axis: 0 }),
      variance(x, { axis: -1, keepDims: true }),
      variance(x, { correction: 1 }),
    ],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'mean of integers and booleans',
    op: (x, c) => [mean(x, { axis: 0 }), mean(c)],
    inputs: [integers([5, 3], -9, 9), booleans([5, 3])],
    batched: [true, true],
  },
  {
    name: 'logSumExp',
    op: (x) => [logSumExp(x), logSumExp(x, { axis: 0 }), logSumExp(x, { axis: -1, keepDims: true })],
    inputs: [uniform([5, 3], -30, 30)],
  },
  {
    name: 'logSumExp of special values',
    op: (x) => logSumExp(x, { axis: 1 }),
    inputs: [listed([5, 3], holes)],
    smooth: false,
  },
]
