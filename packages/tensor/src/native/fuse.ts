import type { Graph, Node } from '../core/graph'
import type { Params } from '../core/primitive'
import { equalShapes } from '../core/shape'
import type { NativeForm, NativeValue, OnnxBuilder, ValueName } from './builder'
import { any, as, kept, nothing, op, type Pattern, scalar } from './pattern'

/** One op for what was composed of several. */
interface Fusion {
  readonly pattern: Pattern
  /** What the pattern does not say: axes, sizes. */
  holds?(named: Named): boolean
  /** Which of the pattern's nodes it reads. */
  readonly operands: readonly string[]
  readonly native: (builder: OnnxBuilder, inputs: readonly NativeValue[], named: Named) => ValueName
}

type Named = Readonly<Record<string, Node>>

const [x, cotangent, weight, bias] = [any('x'), any('cotangent'), any('weight'), any('bias')]
const [count, epsilon] = [scalar('count'), scalar('epsilon')]

// e^(x − max) / Σ, as `softmax` composes it.
const exponentials = as('exponentials', op('exp', op('sub', x, as('max', op('reduceMax', x)))))
const total = as('total', op('reduceSum', exponentials))
const softmaxOf = op('div', exponentials, total)

const share = as('share', op('reduceSum', op('mul', cotangent, as('softmax', softmaxOf))))

/** √(mean of squares + ε). */
const deviationOf = (values: Pattern): Pattern =>
  op('sqrt', op('add', op('div', as('squares', op('reduceSum', op('mul', values, values))), count), epsilon))
const rootMeanSquared = op('div', x, deviationOf(x))
const centred = as('centred', op('sub', x, op('div', as('sum', op('reduceSum', x)), count)))
const standardised = op('div', centred, deviationOf(centred))

const cubic = op('mul', scalar('cubic', 0.044715), op('mul', x, op('mul', x, x)))
const inner = op('mul', scalar('rate', Math.sqrt(2 / Math.PI)), op('add', x, cubic))

/** The one axis that all of these reduce; `undefined` where they differ or reduce several. */
function axisOf(...reductions: readonly (Node | undefined)[]): number | undefined {
  const axes = new Set(reductions.flatMap((node) => (node ? [`${node.params.axes}`] : [])))
  const [axis] = axes
  return axes.size === 1 && !axis!.includes(',') ? Number(axis) : undefined
}

/** Over the last axis, whose size is known, with as many numbers in each of the parameters. */
function normalisesLast({ x, squares, sum, count, weight, bias }: Named): boolean {
  const size = x!.shape.slice(-1)
  return (
    axisOf(squares, sum) === x!.shape.length - 1 &&
    size[0] === count!.value!.data[0] &&
    [weight, bias].every((node) => !node || equalShapes(node.shape, size))
  )
}

/** A normalisation over the last axis; scaled by ones where it has no weight, which the op must have. */
const normalisation =
  (type: string): Fusion['native'] =>
  (builder, [values, ...parameters], { x, epsilon }) => {
    const size = x!.shape.at(-1) as number // `normalisesLast` has seen that it is a number.
    const scales = parameters.map(({ name }) => name)
    if (scales.length === 0) scales.push(builder.constant(new Float32Array(size).fill(1), [size], 'f32'))
    const attributes = { axis: -1, epsilon: { float: epsilon!.value!.data[0]! } }
    return builder.op(type, [values!.name, ...scales], attributes)
  }

const rmsNorm = { holds: normalisesLast, native: normalisation('SimplifiedLayerNormalization') }
const layerNorm = { holds: normalisesLast, native: normalisation('LayerNormalization') }

/** Compositions for which ONNX Runtime is faster otherwise; one that contains another stands before it. */
const fusions: readonly Fusion[] = [
  {
    pattern: softmaxOf,
    operands: ['x'],
    holds: ({ max, total }) => axisOf(max, total) !== undefined,
    native: (builder, [values], { max }) => builder.op('Softmax', [values!.name], { axis: axisOf(max)! }),
  },
  {
    // Its gradient, (c / Σ − Σ c·y / Σ) · e^(x − max), by y alone: then neither e^(x − max) nor Σ is used outside.
    pattern: op(
      'mul',
      op('add', op('div', cotangent, kept(total)), op('neg', op('div', kept(share), kept(total)))),
      kept(exponentials),
    ),
    operands: ['cotangent', 'share', 'softmax'],
    holds: ({ max, total, share }) => axisOf(max, total, share) !== undefined,
    native: (builder, [cotangent, share, softmax]) =>
      builder.op('Mul', [builder.op('Sub', [cotangent!.name, share!.name]), softmax!.name]),
  },
  {
    pattern: op('add', op('mul', standardised, weight), bias),
    operands: ['x', 'weight', 'bias'],
    ...layerNorm,
  },
  { pattern: op('mul', standardised, weight), operands: ['x', 'weight'], ...layerNorm },
  { pattern: standardised, operands: ['x'], ...layerNorm },
  { pattern: op('mul', rootMeanSquared, weight), operands: ['x', 'weight'], ...rmsNorm },
  { pattern: rootMeanSquared, operands: ['x'], ...rmsNorm },
  {
    // x / (1 + e^(−x)). ONNX Runtime's own op for it stops at x = −18, as its Sigmoid does.
    pattern: op('mul', x, op('sigmoid', x)),
    operands: ['x'],
    native: (builder, [values]) => {
      const power = builder.op('Exp', [builder.op('Neg', [values!.name])])
      return builder.op('Div', [values!.name, builder.op('Add', [power, builder.scalar(1, 'f32')])])
    },
  },
  {
    pattern: op('mul', op('mul', scalar('half', 0.5), x), op('add', scalar('one', 1), op('tanh', inner))),
    operands: ['x'],
    native: (builder, [values]) => builder.op('FastGelu', [values!.name], {}, { domain: 'com.microsoft' }),
  },
]

/** How a node is written where its primitive does not say it: by `native` from `inputs`; `null`: not at all. */
export type Fused = { readonly native: NativeForm<Params>; readonly inputs: readonly Node[] } | null

/**
 * Finds the compositions of the table. What one is made of must be used nowhere else, so that nothing is computed twice:
 * what a gradient needs stays as it is.
 */
export function fuse(graph: Graph): ReadonlyMap<Node, Fused> {
  const fused = new Map<Node, Fused>()
  const users = usersOf(graph)
  const fuseAt = (root: Node, { pattern, operands, holds, native }: Fusion): boolean => {
    const found = pattern(root, nothing)
    if (!found || holds?.(found.named) === false) return false
    const inside = new Set<unknown>(found.inside)
    const inner = found.inside.filter((node) => node !== root)
    if (!inner.every((node) => [...users.get(node)!].every((user) => inside.has(user)))) return false
    const inputs = operands.map((name) => found.named[name]!)
    for (const node of inner) fused.set(node, null)
    for (const node of found.inside) for (const input of node.inputs) users.get(input)!.delete(node)
    for (const input of inputs) users.get(input)!.add(root)
    fused.set(root, { native: (builder, values) => native(builder, values, found.named), inputs })
    return true
  }
  // From the last: a gradient before what it is the gradient of, which is then used less.
  for (const node of graph.nodes.toReversed()) {
    if (node.dtype === 'f32' && !fused.has(node)) fusions.some((fusion) => fuseAt(node, fusion))
  }
  return fused
}

/** Where each node is used: by which others, and whether by the graph as a result. */
function usersOf({ nodes, outputs }: Graph): ReadonlyMap<Node, Set<Node | 'result'>> {
  const users = new Map(nodes.map((node) => [node, new Set<Node | 'result'>()]))
  for (const node of nodes) for (const input of node.inputs) users.get(input)!.add(node)
  for (const node of outputs) users.get(node)!.add('result')
  return users
}
