import type { Tensor } from '../core/tensor'
import { abs } from '../primitives/abs'
import { add } from '../primitives/add'
import { cast } from '../primitives/cast'
import { cos } from '../primitives/cos'
import { div } from '../primitives/div'
import { equal } from '../primitives/equal'
import { erf } from '../primitives/erf'
import { exp } from '../primitives/exp'
import { floor } from '../primitives/floor'
import { less } from '../primitives/less'
import { lessEqual } from '../primitives/less-equal'
import { log } from '../primitives/log'
import { log1p } from '../primitives/log1p'
import { maximum } from '../primitives/maximum'
import { minimum } from '../primitives/minimum'
import { mul } from '../primitives/mul'
import { neg } from '../primitives/neg'
import { pow } from '../primitives/pow'
import { relu } from '../primitives/relu'
import { sigmoid } from '../primitives/sigmoid'
import { sign } from '../primitives/sign'
import { sin } from '../primitives/sin'
import { softplus } from '../primitives/softplus'
import { sqrt } from '../primitives/sqrt'
import { stopGradient } from '../primitives/stop-gradient'
import { sub } from '../primitives/sub'
import { tanh } from '../primitives/tanh'
import { where } from '../primitives/where'
import {
  awayFromZero,
  booleans,
  distinct,
  type InputSpec,
  integers,
  listed,
  specials,
  uniform,
} from './inputs'
import type { OpRow } from './op-row'

type Domain = (shape: readonly number[]) => InputSpec

const positive: Domain = (shape) => uniform(shape, 0.1, 3)

/** f32's sin and cos of huge numbers are whatever argument reduction makes of them. */
const moderate = specials.map((x) => (Math.abs(x) === 3e38 ? 3 * Math.sign(x) : x))

/** One op of one operand: odd, scalar, empty and batched shapes, and the special values. */
function unaryRows(
  primitive: string,
  op: (x: Tensor) => Tensor,
  domain: Domain,
  values: readonly number[] = specials,
): OpRow[] {
  return [
    { name: `${primitive} [5, 3]`, primitive, op, inputs: [domain([5, 3])], batched: [true] },
    { name: `${primitive} scalar`, primitive, op, inputs: [domain([])] },
    { name: `${primitive} [0, 3]`, primitive, op, inputs: [domain([0, 3])] },
    { name: `${primitive} of special values`, primitive, op, inputs: [listed([23], values)], smooth: false },
  ]
}

/** Every pair of two lists, as two operands. */
const pairs = (list: readonly number[]): InputSpec[] => [
  listed(
    [list.length ** 2],
    list.flatMap((a) => list.map(() => a)),
  ),
  listed([list.length ** 2], list),
]

const few = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1, -1, 2, -2.5, 1e-30]

type Binary = (a: Tensor, b: Tensor) => Tensor

/** One broadcasting op of two operands. */
function binaryRows(primitive: string, op: Binary, left: Domain, right: Domain): OpRow[] {
  return [
    {
      name: `${primitive} [5, 3] [5, 3]`,
      primitive,
      op,
      inputs: [left([5, 3]), right([5, 3])],
      batched: [true, true],
    },
    {
      name: `${primitive} [4, 3] with [3]`,
      primitive,
      op,
      inputs: [left([4, 3]), right([3])],
      batched: [true, false],
    },
    { name: `${primitive} [4, 1, 3] with [2, 1]`, primitive, op, inputs: [left([4, 1, 3]), right([2, 1])] },
    { name: `${primitive} scalar with [1, 7]`, primitive, op, inputs: [left([]), right([1, 7])] },
    { name: `${primitive} [0, 3] with [1, 3]`, primitive, op, inputs: [left([0, 3]), right([1, 3])] },
    { name: `${primitive} of special values`, primitive, op, inputs: pairs(few), smooth: false },
  ]
}

/** The same for whole numbers, which wrap around at 32 bits. */
const integerRow = (primitive: string, op: Binary): OpRow => ({
  name: `${primitive} i32`,
  primitive,
  op,
  inputs: [integers([5, 3], -9, 9), listed([3], [3, -4, 1], 'i32')],
})

const wrapping = (primitive: string, op: Binary): OpRow => ({
  name: `${primitive} i32 wraps`,
  primitive,
  op: (a, b) => {
    const big = add(mul(a, 1 << 24), 12345)
    return op(big, add(mul(b, 1 << 16), 77))
  },
  inputs: [listed([3], [127, -127, 101], 'i32'), listed([3], [32000, 32001, -31000], 'i32')],
})

const unary: OpRow[] = [
  unaryRows('abs', abs, awayFromZero),
  unaryRows('cos', cos, uniform, moderate),
  unaryRows('erf', erf, uniform),
  unaryRows('exp', exp, uniform),
  unaryRows('floor', floor, (shape) => uniform(shape, 0.1, 0.9)),
  unaryRows('log', log, positive),
  unaryRows('log1p', log1p, (shape) => uniform(shape, -0.9, 3)),
  unaryRows('neg', neg, uniform),
  unaryRows('relu', relu, awayFromZero),
  unaryRows('sigmoid', sigmoid, uniform),
  unaryRows('sign', sign, awayFromZero),
  unaryRows('sin', sin, uniform, moderate),
  unaryRows('softplus', softplus, uniform),
  unaryRows('sqrt', sqrt, positive),
  unaryRows('tanh', tanh, uniform),
].flat()

const binary: OpRow[] = [
  binaryRows('add', add, uniform, uniform),
  binaryRows('sub', sub, uniform, uniform),
  binaryRows('mul', mul, uniform, uniform),
  binaryRows('div', div, uniform, awayFromZero),
  binaryRows('pow', pow, positive, uniform),
  binaryRows('maximum', maximum, distinct, (shape) => distinct(shape, 0.05)),
  binaryRows('minimum', minimum, distinct, (shape) => distinct(shape, 0.05)),
  binaryRows('less', less, uniform, uniform),
  binaryRows('lessEqual', lessEqual, uniform, uniform),
  binaryRows('equal', equal, uniform, uniform),
].flat()

const ties = [1, 1, 2, -0, 0, 3]

const other: OpRow[] = [
  ...([add, sub, mul, maximum, minimum, less, lessEqual, equal] as const).map((op) =>
    integerRow(op.name, op),
  ),
  ...([add, sub, mul] as const).map((op) => wrapping(op.name, op)),
  ...([abs, neg, sign] as const).map(
    (op): OpRow => ({
      name: `${op.name} i32`,
      primitive: op.name,
      op: (x) => op(x),
      inputs: [listed([6], [-3, -1, 0, 1, 7, -(2 ** 31)], 'i32')],
    }),
  ),
  {
    name: 'maximum and minimum of ties',
    op: (a, b) => [maximum(a, b), minimum(a, b)],
    inputs: [listed([6], ties), listed([6], [1, 2, 1, 0, -0, 3])],
    smooth: false,
  },
  {
    name: 'log1p of small numbers',
    primitive: 'log1p',
    op: (x) => log1p(x),
    inputs: [listed([8], [1e-3, -1e-3, 1e-5, -1e-5, 1e-7, -1e-7, 3e-8, 1e-20])],
    tolerance: { relative: 3e-7, absolute: 0 },
    smooth: false,
    plainOnly: true,
  },
  {
    // What a preference loss sees when it is nearly won: the tail itself must be right, not only near 0.
    name: 'softplus and sigmoid keep relative accuracy in the tail',
    op: (x) => [softplus(x), sigmoid(x)],
    inputs: [listed([6], [-5, -10, -17, -30, -60, -80])],
    tolerance: { relative: 2e-6, absolute: 0 },
    smooth: false,
    plainOnly: true,
  },
  {
    name: 'pow with whole exponents of negative bases',
    primitive: 'pow',
    op: (x) => [pow(x, 2), pow(x, 3), pow(x, -1), pow(x, 0)],
    inputs: [awayFromZero([7])],
  },
  {
    name: 'pow at 0',
    primitive: 'pow',
    op: (x) => [pow(x, 2), pow(x, 1), pow(x, 0)],
    inputs: [listed([2], [0, 1])],
    smooth: false,
  },
  {
    name: 'where',
    primitive: 'where',
    op: (c, a, b) => where(c, a, b),
    inputs: [booleans([5, 3]), uniform([5, 3]), uniform([5, 3])],
    batched: [true, true, true],
  },
  {
    name: 'where broadcasts all three',
    primitive: 'where',
    op: (c, a, b) => where(c, a, b),
    inputs: [booleans([4, 1]), uniform([3]), uniform([2, 1, 1])],
  },
  {
    name: 'where holds back what it does not take',
    primitive: 'where',
    op: (c, a, b) => where(c, a, b),
    inputs: [listed([6], [1, 0, 1, 0, 1, 0], 'bool'), listed([6], specials), listed([6], [1, 2, 3, 4, 5, 6])],
    smooth: false,
    plainOnly: true,
  },
  {
    name: 'where of integers and booleans',
    primitive: 'where',
    op: (c, a) => [where(c, a, -1), where(c, c, true), where(c, false, c)],
    inputs: [booleans([5, 3]), integers([5, 3], -9, 9)],
  },
  {
    name: 'stopGradient',
    primitive: 'stopGradient',
    op: (x) => [mul(x, stopGradient(x)), stopGradient(x)],
    inputs: [uniform([5, 3])],
    batched: [true],
    smooth: false,
  },
  ...castRows(),
]

function castRows(): OpRow[] {
  const edges = [0.9, -0.9, 1.5, -1.5, 2147483520, 2147483648, -2147483648, -2147483904, 1e20, -1e20]
  return [
    {
      name: 'cast of floats to i32 truncates, saturates, and makes NaN 0',
      primitive: 'cast',
      op: (x) => cast(x, 'i32'),
      inputs: [listed([13], [...edges, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])],
    },
    {
      name: 'cast of floats to bool',
      primitive: 'cast',
      op: (x) => cast(x, 'bool'),
      inputs: [listed([7], [0, -0, 1e-30, -2, 0.5, Number.NaN, Number.POSITIVE_INFINITY])],
    },
    {
      name: 'cast of i32',
      primitive: 'cast',
      op: (x) => [cast(x, 'f32'), cast(x, 'bool')],
      inputs: [listed([6], [0, 1, -1, 16777217, 2147483647, -2147483648], 'i32')],
      plainOnly: true,
    },
    {
      name: 'cast of bool',
      primitive: 'cast',
      op: (x) => [cast(x, 'f32'), cast(x, 'i32')],
      inputs: [booleans([5, 3])],
      batched: [true],
    },
  ]
}

/** Ops that work element by element. */
export const elementwiseRows: readonly OpRow[] = [...unary, ...binary, ...other]
