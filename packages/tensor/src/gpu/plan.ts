import { type DimBindings, evaluateDim } from '../core/dim'
import type { Graph, Node } from '../core/graph'
import type { ConcreteShape } from '../core/shape'
import { chooseKernels } from './fuse'
import { type GpuNode, storageOf } from './graph'
import { hostNodes, indexSources } from './host'
import { nodesOfGraph } from './nodes'
import { type Product, productOf } from './products/product'
import { type Dialect, type KernelSource, type Special, writeKernel } from './writer'

/** Where an output of the graph comes from: memory of the device, or the host. */
export type PlannedOutput = { readonly device: GpuNode } | { readonly host: Node }

/** What computes one node from others: a kernel as it was written, or those that a mode has for products. */
export interface PlannedKernel {
  readonly node: GpuNode
  readonly args: readonly (GpuNode | Special)[]
  readonly work: { readonly kernel: KernelSource } | { readonly product: Product }
}

/** A graph at certain sizes, ready for gpu.js. */
export interface Plan {
  /** What the reference computes first, in this order. */
  readonly host: readonly Node[]
  /** What kernels read that none computes: inputs, constants, and results of the host. */
  readonly memory: ReadonlyMap<GpuNode, Node>
  readonly kernels: readonly PlannedKernel[]
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
  const { all, made, memory } = nodesOfGraph(graph, shapeOf, host.uploaded, bindings, dialect.arrays)
  const outputs = graph.outputs.map((node): PlannedOutput => {
    const own = made.get(node)!
    return own.form ? { device: own } : { host: node }
  })
  const wanted = outputs.flatMap((output) => ('device' in output ? [output.device] : []))
  const kernels = planKernels(all, wanted, dialect)
  const read = new Set(kernels.flatMap(({ args }) => args))
  return {
    host: host.order,
    memory: new Map([...memory].filter(([node]) => read.has(node))),
    kernels,
    outputs,
    indices: indexSources(graph, host, bindings, shapeOf),
    shapeOf,
  }
}

function planKernels(all: readonly GpuNode[], wanted: readonly GpuNode[], dialect: Dialect): PlannedKernel[] {
  const products = new Map<GpuNode, Product>()
  for (const node of dialect.products ? all : []) {
    const product = productOf(node)
    if (product) products.set(node, product)
  }
  const operands = [...products.keys()].flatMap(({ inputs }) => inputs.map(storageOf))
  const standing = new Set([...wanted, ...products.keys(), ...operands])
  const kernels = chooseKernels(all, standing, dialect.arrays)
  const inMemory = (node: GpuNode) => !node.form || kernels.has(node)
  return all
    .filter((node) => node.form && kernels.has(node))
    .map((node) => {
      const product = products.get(node)
      if (product) return { node, args: node.inputs.map(storageOf), work: { product } }
      const kernel = writeKernel(node, inMemory, dialect)
      return { node, args: kernel.args, work: { kernel } }
    })
}
