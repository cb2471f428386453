import { expm1, gelu, logSigmoid, logSoftmax, silu, softmax } from '../ops/activations'
import { layerNorm, rmsNorm } from '../ops/normalise'
import { dropout, randomNormal, randomUniform, splitKey } from '../ops/random'
import { full, isFinite, logicalAnd, logicalNot, logicalOr, ones, zeros } from '../ops/select'
import { mul } from '../primitives/mul'
import { randomBits } from '../primitives/random-bits'
import { booleans, listed, specials, uniform } from './inputs'
import type { OpRow } from './op-row'

const inf = Number.POSITIVE_INFINITY
const key = listed([2], [123, -456], 'i32')
const lines = [1, 2, 3, -inf, -inf, -inf, inf, 1, 2, Number.NaN, 1, 2, -inf, 5, 1, 100, -100, 0]

const named = { gelu: gelu, silu, logSigmoid, expm1 } as const

/** Functions composed of primitives. */
export const composedRows: readonly OpRow[] = [
  ...Object.entries(named).flatMap(([name, op]): OpRow[] => [
    { name, op: (x) => op(x), inputs: [uniform([5, 3])], batched: [true] },
    { name: `${name} of special values`, op: (x) => op(x), inputs: [listed([23], specials)], smooth: false },
  ]),
  {
    name: "gelu, tanh's form",
    op: (x) => gelu(x, { approximate: 'tanh' }),
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'expm1 keeps its digits near 0 and far from it',
    op: (x) => expm1(x),
    inputs: [listed([8], [1e-6, -1e-6, 1e-3, 0.5, -3, 8, 20, -20])],
    tolerance: { relative: 1e-6, absolute: 0 },
    smooth: false,
    plainOnly: true,
  },
  {
    name: 'softmax and logSoftmax',
    op: (x) => [softmax(x), logSoftmax(x), softmax(x, 0), logSoftmax(x, -2)],
    inputs: [uniform([5, 3], -20, 20)],
  },
  {
    name: 'softmax within the batch',
    op: (x) => [softmax(x), logSoftmax(x)],
    inputs: [uniform([5, 3])],
    batched: [true],
  },
  {
    name: 'softmax of special rows',
    op: (x) => [softmax(x), logSoftmax(x)],
    inputs: [listed([6, 3], lines)],
    smooth: false,
  },
  {
    name: 'layerNorm and rmsNorm',
    op: (x) => [layerNorm(x), rmsNorm(x), layerNorm(x, { axis: 1, epsilon: 1e-3 })],
    inputs: [uniform([5, 4])],
    batched: [true],
  },
  {
    name: 'layerNorm of a constant row',
    op: (x) => [layerNorm(x), rmsNorm(x)],
    inputs: [listed([2, 3], [2, 2, 2, 0, 0, 0])],
    // At a variance of 0 the gradient is a rounding error divided by √ε.
    tolerance: { relative: 1e-5, absolute: 1e-3 },
    smooth: false,
  },
  {
    name: 'randomBits',
    primitive: 'randomBits',
    op: (k) => [randomBits(k, [5, 3]), randomBits(k, []), randomBits(k, [0, 2]), ...splitKey(k, 3)],
    inputs: [key],
    plainOnly: true,
  },
  {
    name: 'randomUniform and randomNormal',
    op: (k) => [randomUniform(k, [50, 3]), randomNormal(k, [50, 3])],
    inputs: [key],
    plainOnly: true,
  },
  {
    name: 'dropout of the batch',
    op: (x, k) => dropout(x, { rate: 0.3, key: k }),
    inputs: [uniform([5, 3]), key],
    batched: [true, false],
    plainOnly: true,
  },
  {
    name: 'isFinite and logic',
    op: (x, c) => [isFinite(x), logicalNot(c), logicalAnd(isFinite(x), c), logicalOr(c, x)],
    inputs: [listed([23], specials), booleans([23])],
  },
  {
    name: 'full, zeros, ones of the batch',
    op: (x) => [
      full(x.shape, 2.5),
      zeros(x.shape, 'i32'),
      ones(x.shape, 'bool'),
      mul(x, full(x.shape, 2, x.dtype)),
    ],
    inputs: [uniform([5, 3])],
    batched: [true],
    plainOnly: true,
  },
]
