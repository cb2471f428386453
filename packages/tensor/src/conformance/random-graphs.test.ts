import fc from 'fast-check'
import { describe, it } from 'vitest'
import { type ConcreteShape, lengthOf } from '../core/shape'
import { Tensor } from '../core/tensor'
import { clip } from '../ops/select'
import { abs } from '../primitives/abs'
import { add } from '../primitives/add'
import { argMax } from '../primitives/arg-max'
import { argSort } from '../primitives/arg-sort'
import { broadcastTo } from '../primitives/broadcast-to'
import { cast } from '../primitives/cast'
import { concat } from '../primitives/concat'
import { cumsum } from '../primitives/cumsum'
import { flip } from '../primitives/flip'
import { take } from '../primitives/gather'
import { less } from '../primitives/less'
import { matmul } from '../primitives/matmul'
import { maximum } from '../primitives/maximum'
import { mul } from '../primitives/mul'
import { pad } from '../primitives/pad'
import { reduceMax } from '../primitives/reduce-max'
import { reduceSum } from '../primitives/reduce-sum'
import { relu } from '../primitives/relu'
import { reshape } from '../primitives/reshape'
import { slice } from '../primitives/slice'
import { sub } from '../primitives/sub'
import { transpose } from '../primitives/transpose'
import { where } from '../primitives/where'
import { jit } from '../transforms/jit'
import { conformanceBackends, isPage } from './backends'
import { differentiated } from './differentiated'
import { expectEvaluated } from './expect-op'

/** One op of a random graph: which, on which of the values so far, and a number that it may use. */
interface Choice {
  readonly op: string
  readonly a: number
  readonly b: number
  readonly k: number
}

type Make = (x: Tensor, y: Tensor, k: number) => Tensor

/** The axis that a choice names, of a tensor that has one. */
const axisOf = (x: Tensor, k: number): number => k % x.rank

/** Whole numbers near 0, so that every backend's arithmetic is exact. */
const small = (x: Tensor): Tensor => clip(x, -50, 50)

const ops: Readonly<Record<string, Make>> = {
  add: (x, y) => small(add(x, y)),
  sub: (x, y) => small(sub(x, y)),
  mul: (x, y) => small(mul(x, y)),
  maximum: (x, y) => maximum(x, y),
  where: (x, y) => where(less(x, y), add(x, 1), y),
  abs: (x) => abs(x),
  relu: (x) => relu(x),
  reduceSum: (x, _y, k) => small(reduceSum(x, { axis: axisOf(x, k), keepDims: k % 2 === 0 })),
  reduceMax: (x, _y, k) => reduceMax(x, { axis: axisOf(x, k), keepDims: k % 2 === 0 }),
  sumOfAll: (x) => small(reduceSum(x)),
  cumsum: (x, _y, k) => small(cumsum(x, axisOf(x, k), { reverse: k % 2 === 0 })),
  argSort: (x, _y, k) => cast(argSort(x, axisOf(x, k), { descending: k % 2 === 0 }), 'f32'),
  take: (x, y, k) => take(x, argMax(broadcastTo(y, x.shape), axisOf(x, k)), axisOf(x, k)),
  transpose: (x) => transpose(x),
  flatten: (x, _y, k) => reshape(x, [[-1], [1, -1], [-1, 1]][k % 3]!),
  stretch: (x, _y, k) => broadcastTo(x, [1 + (k % 3), ...x.shape]),
  slice: (x, _y, k) => slice(x, axisOf(x, k), Math.min(1, x.dims[axisOf(x, k)]! - 1)),
  pad: (x, _y, k) =>
    pad(
      x,
      x.dims.map((_, i) => (i === axisOf(x, k) ? [1, k % 3] : [0, 0])),
      2,
    ),
  flip: (x, _y, k) => flip(x, axisOf(x, k)),
  concat: (x, _y, k) => concat([x, add(x, 1), flip(x, axisOf(x, k))], axisOf(x, k)),
  matmul: (x) => small(matmul(x, x, { transposeB: true })),
}

/** The last values of a graph of random ops; those that do not fit their operands are left out. */
const graphOf =
  (choices: readonly Choice[]) =>
  (...inputs: Tensor[]): Tensor[] => {
    const values = [...inputs]
    for (const { op, a, b, k } of choices) {
      const [x, y] = [values.at(-1 - (a % values.length))!, values.at(-1 - (b % values.length))!]
      const made = tryOp(() => ops[op]!(x, y, k))
      if (made && lengthOf(made.dims) <= 3000) values.push(made)
    }
    return values.slice(-3)
  }

function tryOp(make: () => Tensor): Tensor | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

const input = fc
  .constantFrom<ConcreteShape[]>([], [1], [4], [3, 1], [1, 4], [4, 3], [2, 3, 4], [8, 1, 1], [40, 33])
  .chain((shape) =>
    fc
      .array(fc.integer({ min: -3, max: 3 }), { minLength: lengthOf(shape), maxLength: lengthOf(shape) })
      .map((values) => Tensor.fromData(Float32Array.from(values), shape)),
  )

const choice: fc.Arbitrary<Choice> = fc.record({
  op: fc.constantFrom(...Object.keys(ops)),
  // Mostly what was made last, so that graphs are deep.
  a: fc.nat(2),
  b: fc.nat(6),
  k: fc.nat(5),
})

describe.each(conformanceBackends.map((b) => [b.name, b] as const))(
  'random graphs on %s',
  (_name, backend) => {
    it('give what the reference gives, with their gradients', async () => {
      const loaded = await backend.load()
      const graphs = fc.asyncProperty(
        fc.array(input, { minLength: 1, maxLength: 3 }),
        fc.array(choice, { minLength: 1, maxLength: 14 }),
        async (inputs, choices) => {
          const program = differentiated(graphOf(choices))
          const compiled = jit(program, { backend: loaded })
          // Values are whole; gradients are sums of uneven weights, shared by what ties.
          expectEvaluated(await compiled(...inputs), program(...inputs), { relative: 1e-5, absolute: 1e-3 })
          await compiled.release()
        },
      )
      await fc.assert(graphs, { numRuns: isPage ? 60 : 300, seed: 7, endOnFailure: false })
    })
  },
)
