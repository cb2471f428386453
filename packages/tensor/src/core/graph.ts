import type { DType } from './dtype'
import { TensorError } from './errors'
import type { Params, Primitive } from './primitive'
import { formatShape, type Shape } from './shape'
import { Tensor } from './tensor'

/** A value of a graph: one of its inputs, a constant, or the result of a primitive. */
export interface Node {
  readonly graph: Graph
  readonly shape: Shape
  readonly dtype: DType
  readonly kind: 'input' | 'constant' | 'op'
  /** Of an op: what is applied to `inputs`. */
  readonly primitive?: Primitive
  readonly inputs: readonly Node[]
  readonly params: Params
  /** Of a constant: a concrete tensor, or one traced by an enclosing graph. */
  readonly value?: Tensor
}

/** A recorded function: its nodes in an order in which they can be computed. */
export interface Graph {
  /** Depth of nesting: a graph traced while another is being traced has a higher level. */
  readonly level: number
  readonly nodes: Node[]
  readonly inputs: Node[]
  outputs: readonly Node[]
}

/** Graphs being recorded, outermost first. */
const active: Graph[] = []

/** The innermost graph being recorded. */
export const currentGraph = (): Graph | undefined => active.at(-1)

/** Adds an input of this shape to the graph and returns the tensor that stands for it. */
function addInput(graph: Graph, shape: Shape, dtype: DType): Tensor {
  const node: Node = { graph, shape, dtype, kind: 'input', inputs: [], params: {} }
  graph.nodes.push(node)
  graph.inputs.push(node)
  return Tensor.fromNode(node)
}

/** @throws TensorError `ABSTRACT_VALUE` for a tensor of a graph that is no longer being recorded. */
export function requireActive({ node, shape, dtype }: Tensor): void {
  if (!node || active.includes(node.graph)) return
  throw new TensorError(
    'ABSTRACT_VALUE',
    `a traced ${dtype} tensor of shape ${formatShape(shape)} was used outside the function it belongs to; ` +
      'return it from that function instead',
  )
}

/** The node that stands for `value` inside `graph`: its own, or a constant for a value from outside. */
function nodeFor(graph: Graph, value: Tensor): Node {
  if (value.node?.graph === graph) return value.node
  requireActive(value)
  const known = constantsOf(graph).get(value)
  if (known) return known
  const node: Node = {
    graph,
    shape: value.shape,
    dtype: value.dtype,
    kind: 'constant',
    inputs: [],
    params: {},
    value,
  }
  graph.nodes.push(node)
  constantsOf(graph).set(value, node)
  return node
}

const constants = new WeakMap<Graph, WeakMap<Tensor, Node>>()

function constantsOf(graph: Graph): WeakMap<Tensor, Node> {
  const known = constants.get(graph) ?? new WeakMap<Tensor, Node>()
  constants.set(graph, known)
  return known
}

/** Appends an op. */
export function addOp(
  graph: Graph,
  primitive: Primitive,
  inputs: readonly Tensor[],
  params: Params,
  result: { shape: Shape; dtype: DType },
): Tensor {
  const node: Node = {
    graph,
    ...result,
    kind: 'op',
    primitive,
    inputs: inputs.map((input) => nodeFor(graph, input)),
    params,
  }
  graph.nodes.push(node)
  return Tensor.fromNode(node)
}

/** A shape and an element type: all that is known of a value while tracing. */
export interface Aval {
  readonly shape: Shape
  readonly dtype: DType
}

/** Records `fn` applied to inputs like `avals`. */
export function traceGraph(avals: readonly Aval[], fn: (inputs: Tensor[]) => readonly Tensor[]): Graph {
  const graph: Graph = { level: (currentGraph()?.level ?? 0) + 1, nodes: [], inputs: [], outputs: [] }
  active.push(graph)
  try {
    const inputs = avals.map(({ shape, dtype }) => addInput(graph, shape, dtype))
    graph.outputs = fn(inputs).map((output) => nodeFor(graph, output))
    return graph
  } finally {
    active.pop()
  }
}
