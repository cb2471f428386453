import { type DimBindings, evaluateDim } from '../core/dim'
import { TensorError } from '../core/errors'
import type { Graph, Node } from '../core/graph'
import { resolveParams } from '../core/primitive'
import { type ConcreteShape, lengthOf } from '../core/shape'
import { chooseKernels } from './fuse'
import { type GpuNode, readsOf } from './graph'
import { hostNodes, indexSources } from './host'
import { splitReduction } from './split-reduction'
import { type Dialect, type KernelSource, writeKernel } from './writer'

/** Where an output of the graph comes from: memory of the device, or the host. */
export type PlannedOutput = { readonly device: GpuNode } | { readonly host: Node }

/** A graph at certain sizes, ready for gpu.js. */
export interface Plan {
  /** What the reference computes first, in this order. */
  readonly host: readonly Node[]
  /** What kernels read that none computes: inputs, constants, and results of the host. */
  readonly memory: ReadonlyMap<GpuNode, Node>
  readonly kernels: readonly { readonly node: GpuNode; readonly kernel: KernelSource }[]
  readonly outputs: readonly PlannedOutput[]
  /** Indices that the host checks: those along an axis of `size`. */
  readonly indices: readonly { readonly op: string; readonly node: Node; readonly size: number }[]
  readonly shapeOf: (node: Node) => ConcreteShape
}

/** Plans the kernels of a graph whose symbolic dimensions have these sizes. */
export function planGraph(graph: Graph, bindings: DimBindings, dialect: Dialect): Plan {
  const shapes = new Map(
    graph.nodes.map((node) => [node, node.shape.map((dim) => evaluateDim(dim, bindings))] as const),
  )
  const shapeOf = (node: Node): ConcreteShape => shapes.get(node)!
  const host = hostNodes(graph, shapeOf)
  const memory = new Map<GpuNode, Node>()
  const made = new Map<Node, GpuNode>()
  const all: GpuNode[] = []
  const add = (node: GpuNode): GpuNode => {
    all.push(node)
    return node
  }

  const inMemory = (node: Node): GpuNode => {
    const own = add({
      ...valueOf(node, shapeOf(node)),
      name: node.kind === 'op' ? node.primitive!.name : 'an argument',
    })
    memory.set(own, node)
    return own
  }

  const computed = (node: Node): GpuNode => {
    const shape = shapeOf(node)
    const params = resolveParams(node.params, bindings)
    const inputs = node.inputs.map((input) => made.get(input)!)
    const primitive = node.primitive!
    const base = { shape, dtype: node.dtype, params, name: primitive.name, reads: readsOf(primitive.name) }
    const first =
      primitive.gpuBefore &&
      add({ ...base, inputs, form: primitive.gpuBefore, name: `${primitive.name}, ranks` })
    const own: GpuNode = { ...base, inputs: first ? [...inputs, first] : inputs, form: primitive.gpu }
    return splitReduction(own).map(add).at(-1)!
  }

  const empty = (node: Node): GpuNode =>
    add({ ...valueOf(node, shapeOf(node)), name: node.kind, data: new Float32Array(0) })

  for (const node of graph.nodes) {
    const isEmpty = lengthOf(shapeOf(node)) === 0
    const make = isEmpty ? empty : node.kind === 'op' && !host.uploaded.has(node) ? computed : inMemory
    if (node.kind === 'constant' && !isEmpty) made.set(node, constant(node, add, memory))
    else made.set(node, make(node))
  }

  const outputs = graph.outputs.map((node): PlannedOutput => {
    const own = made.get(node)!
    return own.form ? { device: own } : { host: node }
  })
  const wanted = new Set(outputs.flatMap((output) => ('device' in output ? [output.device] : [])))
  const kernels = chooseKernels(all, wanted, dialect.arrays)
  const isRead = (node: GpuNode) => !node.form || kernels.has(node)
  const written = all
    .filter((node) => kernels.has(node))
    .map((node) => ({ node, kernel: writeKernel(node, isRead, dialect) }))
  const read = new Set(written.flatMap(({ kernel }) => kernel.args))
  return {
    host: host.order,
    memory: new Map([...memory].filter(([node]) => read.has(node))),
    kernels: written,
    outputs,
    indices: indexSources(graph, host, bindings, shapeOf),
    shapeOf,
  }
}

const valueOf = ({ dtype }: Node, shape: ConcreteShape) => ({
  shape,
  dtype,
  inputs: [],
  params: {},
  reads: 'each' as const,
})

/** A constant: a number in the kernels' source where it is one, else memory. */
function constant(node: Node, add: (node: GpuNode) => GpuNode, memory: Map<GpuNode, Node>): GpuNode {
  const { data, dims, dtype } = node.value!
  const base = { ...valueOf(node, dims), name: 'a constant' }
  if (data.length === 1) return add({ ...base, data })
  if (dtype === 'f64') throw new TensorError('BACKEND_UNSUPPORTED', 'gpu: f64 runs on the reference only')
  const own = add(base)
  memory.set(own, node)
  return own
}
