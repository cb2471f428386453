import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectClose } from '../conformance/expect-op'
import { SymbolicDim } from '../core/dim'
import { type Aval, type Graph, traceGraph } from '../core/graph'
import { Tensor, tensor } from '../core/tensor'
import { add } from '../primitives/add'
import { broadcastTo } from '../primitives/broadcast-to'
import { div } from '../primitives/div'
import { less } from '../primitives/less'
import { matmul } from '../primitives/matmul'
import { maximum } from '../primitives/maximum'
import { mul } from '../primitives/mul'
import { neg } from '../primitives/neg'
import { pad } from '../primitives/pad'
import { reduceSum } from '../primitives/reduce-sum'
import { reshape } from '../primitives/reshape'
import { stopGradient } from '../primitives/stop-gradient'
import { sub } from '../primitives/sub'
import { swapAxes, transpose } from '../primitives/transpose'
import { where } from '../primitives/where'
import { referenceBackend } from '../reference/backend'
import { grad } from './grad'
import { simplify } from './simplify'

const f64 = (...shape: Aval['shape']): Aval => ({ shape, dtype: 'f64' })
const B = SymbolicDim.named('B')

const simplified = (avals: Aval[], fn: (...xs: Tensor[]) => Tensor | Tensor[]): Graph =>
  simplify(traceGraph(avals, (xs) => [fn(...xs)].flat()))

/** Names of the ops left, in order. */
const opsOf = (avals: Aval[], fn: (...xs: Tensor[]) => Tensor | Tensor[]): string[] =>
  simplified(avals, fn).nodes.flatMap((node) => (node.primitive ? [node.primitive.name] : []))

describe('simplify', () => {
  it.each<[string, Aval[], (...xs: Tensor[]) => Tensor | Tensor[], string[]]>([
    ['x + 0 is x', [f64(2, 3)], (x) => add(x!, 0), []],
    ['0 + x is x', [f64(B, 3)], (x) => add(0, x!), []],
    ['x − 0 is x', [f64(3)], (x) => sub(x!, 0), []],
    ['0 − x is not', [f64(3)], (x) => sub(0, x!), ['sub']],
    ['x · 1 and 1 · x are x', [f64(3)], (x) => mul(1, mul(x!, 1)), []],
    ['x / 1 is x, 1 / x is not', [f64(3)], (x) => div(1, div(x!, 1)), ['div']],
    [
      'x + 0 that broadcasts is kept',
      [f64(1)],
      (x) => add(x!, tensor(new Float64Array(3))),
      ['broadcastTo', 'add'],
    ],
    ['−−x is x', [f64(3)], (x) => neg(neg(x!)), []],
    ['−−−x is −x', [f64(3)], (x) => neg(neg(neg(x!))), ['neg']],
    ['reshapes are done once', [f64(2, 3)], (x) => reshape(reshape(x!, [6]), [3, 2]), ['reshape']],
    ['a reshape back is none', [f64(B, 6)], (x) => reshape(reshape(x!, [B, 2, 3]), [B, 6]), []],
    ['stopGradient leaves nothing to run', [f64(3)], (x) => neg(stopGradient(x!)), ['neg']],
    ['equal subexpressions are computed once', [f64(3)], (x) => mul(add(x!, 2), add(x!, 2)), ['add', 'mul']],
    ['dead code is dropped', [f64(3)], (x) => [neg(mul(x!, 3)), add(x!, 2)].slice(1), ['add']],
    [
      'a broadcast that the next op does by itself is dropped',
      [f64(3), f64(B, 3)],
      (x, y) => [add(broadcastTo(x!, [B, 3]), y!), where(less(x!, 0), broadcastTo(x!, [B, 3]), y!)],
      ['add', 'less', 'where'],
    ],
    [
      'a broadcast that gives the result its shape is kept',
      [f64(3)],
      (x) => maximum(broadcastTo(x!, [B, 3]), 0.5),
      ['broadcastTo', 'maximum'],
    ],
    [
      'a product reads its operands transposed',
      [f64(2, 3), f64(4, 3)],
      (x, y) => matmul(x!, swapAxes(y!)),
      ['matmul'],
    ],
    [
      'of batches too',
      [f64(B, 3, 2), f64(B, 3, 4)],
      (x, y) => matmul(transpose(x!, [0, 2, 1]), y!),
      ['matmul'],
    ],
    [
      'but not other permutations',
      [f64(3, B, 2), f64(3, 4)],
      (x, y) => matmul(transpose(x!, [1, 2, 0]), y!),
      ['transpose', 'matmul'],
    ],
  ])('%s', (_name, avals, fn, want) => {
    expect(opsOf(avals, fn)).toEqual(want)
  })

  it('reduces constants that repeat one number to it', () => {
    const ones = tensor(new Float64Array(6).fill(1), { shape: [2, 3] })
    const twos = tensor(new Float64Array(6).fill(2), { shape: [2, 3] })
    expect(opsOf([f64(2, 3)], (x) => mul(x!, ones))).toEqual([])
    expect(opsOf([f64(2, 3)], (x) => mul(x!, twos))).toEqual(['mul'])
    const gradient = simplified(
      [f64(500, 300)],
      (w) => grad((x: Tensor) => reduceSum(mul(x, x)))(w!) as Tensor,
    )
    const constants = gradient.nodes.flatMap(({ value }) => (value ? [value.data.length] : []))
    expect(constants.every((length) => length === 1)).toBe(true)
    expect(gradient.nodes.length).toBeLessThan(6)
  })

  it('keeps the inputs that are not used, and outputs that are inputs', () => {
    const graph = simplified([f64(2), f64(3)], (_x, y) => [y!, y!])
    expect(graph.inputs).toHaveLength(2)
    expect(graph.outputs).toEqual([graph.inputs[1], graph.inputs[1]])
  })

  it('tells −0 from 0 and NaN from both', () => {
    const fills = [0, -0, Number.NaN, Number.NaN]
    expect(opsOf([f64(B)], (x) => fills.map((fill) => pad(x!, [[1, 0]], fill)))).toHaveLength(3)
  })
})

/** A step of a random program: applies an op to tensors made so far, picked by number. */
type Step = { op: number; picks: [number, number, number] }

const steps: readonly ((a: Tensor, b: Tensor, c: Tensor) => Tensor)[] = [
  (a, b) => add(a, b),
  (a, b) => sub(a, b),
  (a, b) => mul(a, b),
  (a) => add(a, 0),
  (a) => add(0, a),
  (a) => mul(a, 1),
  (a) => div(a, 1),
  (a) => neg(a),
  (a) => neg(neg(a)),
  (a, b, c) => where(less(a, b), c, a),
  (a, b) => maximum(a, b),
  (a) => broadcastTo(a, [2, 2, 3]),
  (a) => stopGradient(a),
  (a) => (a.rank >= 2 ? swapAxes(a) : a),
  (a) => reshape(a, [-1, 1]),
  (a) => reshape(reshape(a, [-1]), a.shape),
  (a) => reduceSum(a, { axis: 0 }),
  (a) => reduceSum(a, { axis: -1, keepDims: true }),
  (a, b) => matmul(a, b),
  (a, b) => matmul(swapAxes(a), b),
  (a, b) => matmul(a, swapAxes(b)),
]

/** Runs the program; a step whose operands do not fit is left out. */
function runProgram(program: readonly Step[], inputs: readonly Tensor[]): Tensor[] {
  const made = [...inputs]
  for (const { op, picks } of program) {
    const [a, b, c] = picks.map((pick) => made[pick % made.length]!) as [Tensor, Tensor, Tensor]
    try {
      made.push(steps[op]!(a, b, c))
    } catch {
      // Shapes that do not fit are no part of what is tested here.
    }
  }
  return made.slice(-4)
}

async function evaluate(graph: Graph, inputs: readonly Tensor[]): Promise<Tensor[]> {
  return (await referenceBackend.compile(graph)).run(inputs, new Map())
}

describe('a simplified random graph', () => {
  const step = fc.record({
    op: fc.nat(steps.length - 1),
    picks: fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40)),
  })
  const shapes = [[2, 3], [3], [3, 3], [1], [2, 1, 3]]
  const inputs = shapes.map((shape, k) => {
    const size = shape.reduce((a, b) => a * b, 1)
    return Tensor.fromData(
      Float64Array.from({ length: size }, (_, i) => Math.sin(5 * i + k)),
      shape,
    )
  })

  it('computes the same, and no more ops', async () => {
    let shortened = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (program) => {
        const graph = traceGraph(inputs, (xs) => runProgram(program, xs))
        const short = simplify(graph)
        expect(short.nodes.length).toBeLessThanOrEqual(graph.nodes.length)
        shortened += Number(short.nodes.length < graph.nodes.length)
        const [want, got] = [await evaluate(graph, inputs), await evaluate(short, inputs)]
        // The rules leave the order of every sum as it is, so nothing is rounded otherwise.
        want.forEach((value, i) => {
          expectClose(got[i]!, value, { relative: 0, absolute: 0 })
        })
      }),
      { numRuns: 300, seed: 11 },
    )
    expect(shortened).toBeGreaterThan(200)
  })
})
