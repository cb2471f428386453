import { isFloat } from '../core/dtype'
import { TensorError } from '../core/errors'
import { type Graph, type Node, traceGraph } from '../core/graph'
import { bind, type VjpThunk } from '../core/primitive'
import { requireOptions } from '../core/require-options'
import { formatShape } from '../core/shape'
import { asTensor, type Tensor } from '../core/tensor'
import { treeEntries, treeLeaves, treeUnflatten } from '../core/tree'
import { zerosLike } from '../ops/select'
import { add } from '../primitives/add'

/** Options of {@link grad} and {@link valueAndGrad}. */
export interface GradOptions {
  /** Position of the argument to differentiate. Default: 0. */
  argument?: number
}

/** Options with which the function also returns something that is not differentiated. */
export interface AuxOptions extends GradOptions {
  /** The function returns `[loss, aux]`. */
  hasAux: true
}

/**
 * The function that returns `[fn(...args), gradient]`, the gradient in the structure of the differentiated
 * argument (a tree of float tensors). `fn` must return a scalar, or `[scalar, aux]` with `hasAux`, where `aux` is
 * a tree of tensors passed through.
 * @throws TensorError `NOT_DIFFERENTIABLE` when the result is no float scalar, or an argument is no float tensor.
 */
export function valueAndGrad<Args extends unknown[], Aux>(
  fn: (...args: Args) => [Tensor, Aux],
  options: AuxOptions,
): <G = Args[0]>(...args: Args) => [[Tensor, Aux], G]
export function valueAndGrad<Args extends unknown[]>(
  fn: (...args: Args) => Tensor,
  options?: GradOptions,
): <G = Args[0]>(...args: Args) => [Tensor, G]
export function valueAndGrad<Args extends unknown[]>(
  fn: (...args: Args) => unknown,
  options: GradOptions & { hasAux?: boolean } = {},
): (...args: Args) => [unknown, unknown] {
  requireOptions('valueAndGrad', options, { argument: true, hasAux: true })
  const position = options.argument ?? 0
  return (...args) => {
    const wrt = args[position]
    const leaves = treeLeaves(wrt)
    requireFloat(treeEntries(wrt))
    let result: unknown
    const graph = traceGraph(leaves, (inputs) => {
      const traced = [...args]
      traced[position] = treeUnflatten(wrt, inputs)
      result = fn(...(traced as Args))
      if (!options.hasAux) result = asTensor(result as Tensor)
      return treeLeaves(result)
    })
    requireScalar(graph)
    const env = replay(graph, leaves)
    const gradients = backward(graph, env)
    const outputs = graph.outputs.map((node) => env.get(node)!)
    return [treeUnflatten(result, outputs), treeUnflatten(wrt, gradients)]
  }
}

/** The gradient of a scalar function with respect to one argument; see {@link valueAndGrad}. */
export function grad<Args extends unknown[]>(
  fn: (...args: Args) => Tensor,
  options: GradOptions = {},
): <G = Args[0]>(...args: Args) => G {
  requireOptions('grad', options, { argument: true })
  const both = valueAndGrad(fn, options)
  return <G>(...args: Args) => both<G>(...args)[1]
}

function requireFloat(entries: readonly [string, Tensor][]): void {
  const bad = entries.find(([, leaf]) => !isFloat(leaf.dtype))
  if (bad) {
    const name = bad[0] || 'the argument'
    throw new TensorError(
      'NOT_DIFFERENTIABLE',
      `grad: ${name} is ${bad[1].dtype}; only float tensors have gradients`,
    )
  }
}

function requireScalar(graph: Graph): void {
  const loss = graph.outputs[0]
  if (loss && isFloat(loss.dtype) && loss.shape.length === 0) return
  const got = loss ? `${loss.dtype} ${formatShape(loss.shape)}` : 'nothing'
  throw new TensorError(
    'NOT_DIFFERENTIABLE',
    `grad: the function must return a float scalar, it returned ${got}`,
  )
}

/** The nodes that `roots` are computed from, themselves included. */
export function ancestors(roots: readonly Node[]): Set<Node> {
  const seen = new Set<Node>()
  const pending = [...roots]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    pending.push(...node.inputs)
  }
  return seen
}

/** Computes what the outputs need, by applying the primitives anew to `inputs`: at once, or into an outer graph. */
function replay(graph: Graph, inputs: readonly Tensor[]): Map<Node, Tensor> {
  const env = new Map<Node, Tensor>()
  graph.inputs.forEach((node, i) => {
    env.set(node, inputs[i]!)
  })
  const live = ancestors(graph.outputs)
  for (const node of graph.nodes) {
    if (!live.has(node) || env.has(node)) continue
    const operands = node.inputs.map((input) => env.get(input)!)
    env.set(node, node.kind === 'constant' ? node.value! : bind(node.primitive!, operands, node.params))
  }
  return env
}

/** Cotangents of the graph's inputs for a cotangent of 1 on its first output. */
function backward(graph: Graph, env: ReadonlyMap<Node, Tensor>): Tensor[] {
  const loss = graph.outputs[0]!
  const live = ancestors([loss])
  const varied = dependents(graph)
  const cotangents = new Map<Node, Tensor>([[loss, asTensor(1, loss.dtype)]])
  for (const node of [...graph.nodes].reverse()) {
    const cotangent = cotangents.get(node)
    if (node.kind !== 'op' || !cotangent || !live.has(node) || !varied.has(node)) continue
    const inputs = node.inputs.map((input) => env.get(input)!)
    const thunks = node.primitive!.vjp(cotangent, { inputs, output: env.get(node)!, params: node.params })
    node.inputs.forEach((input, i) => {
      accumulate(cotangents, varied, input, thunks[i] ?? null)
    })
    cotangents.delete(node)
  }
  return graph.inputs.map((node) => cotangents.get(node) ?? zerosLike(env.get(node)!))
}

function accumulate(cotangents: Map<Node, Tensor>, varied: Set<Node>, node: Node, thunk: VjpThunk): void {
  if (!thunk || !varied.has(node)) return
  const before = cotangents.get(node)
  cotangents.set(node, before ? add(before, thunk()) : thunk())
}

/** The float nodes through which an input can be reached. */
function dependents(graph: Graph): Set<Node> {
  const varied = new Set<Node>(graph.inputs)
  for (const node of graph.nodes) {
    if (isFloat(node.dtype) && node.inputs.some((input) => varied.has(input))) varied.add(node)
  }
  return varied
}
