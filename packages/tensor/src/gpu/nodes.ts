import type { DimBindings } from '../core/dim'
import { TensorError } from '../core/errors'
import type { Graph, Node } from '../core/graph'
import { resolveParams } from '../core/primitive'
import { type ConcreteShape, lengthOf } from '../core/shape'
import type { GpuNode, Params } from './graph'
import { splitConcat } from './split-concat'
import { splitReduction } from './split-reduction'

/** The values of a graph at certain sizes, as kernels know them. */
export interface NodesOfGraph {
  /** In an order in which they can be computed. */
  readonly all: readonly GpuNode[]
  /** What each value of the graph became. */
  readonly made: ReadonlyMap<Node, GpuNode>
  /** Those that no kernel computes, with what they are in the graph. */
  readonly memory: ReadonlyMap<GpuNode, Node>
}

/**
 * The graph's values as kernels know them.
 * @param uploaded what the host computes.
 * @param arrays most arrays that a kernel reads.
 */
export function nodesOfGraph(
  graph: Graph,
  shapeOf: (node: Node) => ConcreteShape,
  uploaded: ReadonlySet<Node>,
  bindings: DimBindings,
  arrays: number,
): NodesOfGraph {
  const all: GpuNode[] = []
  const made = new Map<Node, GpuNode>()
  const memory = new Map<GpuNode, Node>()
  for (const node of graph.nodes) {
    const shape = shapeOf(node)
    const steps =
      lengthOf(shape) === 0
        ? [{ ...plain(node, shape, node.kind), data: new Float32Array(0) }]
        : node.kind === 'op' && !uploaded.has(node)
          ? stepsOf(
              node,
              shape,
              resolveParams(node.params, bindings),
              node.inputs.map((input) => made.get(input)!),
              arrays,
            )
          : [stored(node, shape)]
    const own = steps.at(-1)!
    all.push(...steps)
    made.set(node, own)
    if (!own.form && !own.data) memory.set(own, node)
  }
  return { all, made, memory }
}

const plain = ({ dtype }: Node, shape: ConcreteShape, name: string): GpuNode => ({
  name,
  shape,
  dtype,
  inputs: [],
  params: {},
})

/** An input, a constant or a result of the host; a constant of one element is a number in the kernels' source. */
function stored(node: Node, shape: ConcreteShape): GpuNode {
  if (node.kind !== 'constant') {
    const own = plain(node, shape, node.primitive?.name ?? 'an argument')
    // An argument in f32 may be on the device.
    const onHost = node.kind === 'op' || node.dtype !== 'f32'
    return onHost && lengthOf(shape) === 1 ? { ...own, isNumber: true } : own
  }
  const { data, dtype } = node.value!
  if (dtype === 'f64') throw new TensorError('BACKEND_UNSUPPORTED', 'gpu: f64 runs on the reference only')
  const own = plain(node, shape, 'a constant')
  return data.length === 1 ? { ...own, data } : own
}

/** The steps an op is computed in, the last of which gives its result. */
function stepsOf(
  { primitive, dtype }: Node,
  shape: ConcreteShape,
  params: Params,
  inputs: readonly GpuNode[],
  arrays: number,
): GpuNode[] {
  const { name, gpu } = primitive!
  const base = { name, shape, dtype, params, inputs }
  if (name === 'concat') return splitConcat({ ...base, form: gpu }, arrays)
  if (!gpu.before) return splitReduction({ ...base, form: gpu })
  const before: GpuNode = { ...base, form: { ...gpu, element: gpu.before }, name: `${name}, before` }
  return [before, { ...base, inputs: [...inputs, before], form: gpu }]
}
