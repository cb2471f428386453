import type { Executable } from '../backend'
import type { DimBindings } from '../core/dim'
import { opError } from '../core/errors'
import type { Graph, Node } from '../core/graph'
import { evaluate, resolveParams } from '../core/primitive'
import { lengthOf } from '../core/shape'
import { Tensor } from '../core/tensor'
import { fromDevice, toDevice } from './elements'
import type { GpuNode } from './graph'
import { createPipelineRunner, type KernelRunner } from './pipeline'
import { type Plan, planGraph } from './plan'
import type { GpuInstance } from './runtime'
import type { Dialect } from './writer'

/** A plan with what runs its kernels. */
interface Prepared {
  readonly plan: Plan
  readonly runner: KernelRunner
}

/** Most sizes of the symbolic dimensions whose kernels are kept. */
const mostPlans = 16

/** The graph as plans of kernels, one for each combination of sizes it is called with. */
export function createExecutable(gpu: GpuInstance, dialect: Dialect, graph: Graph): Executable {
  const prepared = new Map<string, Prepared>()

  const prepare = async (bindings: DimBindings): Promise<Prepared> => {
    const key = JSON.stringify([...bindings])
    const known = prepared.get(key)
    prepared.delete(key)
    const plan = known?.plan ?? planGraph(graph, bindings, dialect)
    const made = known ?? { plan, runner: createPipelineRunner(gpu, plan) }
    prepared.set(key, made)
    const [oldest] = prepared.keys()
    if (prepared.size > mostPlans) {
      await prepared.get(oldest!)!.runner.release()
      prepared.delete(oldest!)
    }
    return made
  }

  return {
    async run(inputs, bindings) {
      const { plan, runner } = await prepare(bindings)
      const host = runHost(graph, plan, inputs, bindings)
      const memory = new Map<GpuNode, Float32Array>()
      for (const [own, node] of plan.memory) memory.set(own, toDevice(host.get(node)!))
      const results = await runner.run(memory)
      return graph.outputs.map((node, i): Tensor => {
        const output = plan.outputs[i]!
        const shape = plan.shapeOf(node)
        if ('host' in output) return host.get(node) ?? emptyOf(node, shape)
        return Tensor.fromData(fromDevice(results.get(output.device)!, node.dtype), shape, node.dtype)
      })
    },
    async release() {
      await Promise.all([...prepared.values()].map(({ runner }) => runner.release()))
      prepared.clear()
    },
  }
}

const emptyOf = ({ dtype }: Node, shape: readonly number[]): Tensor =>
  Tensor.fromData(fromDevice(new Float32Array(lengthOf(shape)), dtype), shape, dtype)

/** Inputs, constants and what the reference computes of them. */
function runHost(
  graph: Graph,
  plan: Plan,
  inputs: readonly Tensor[],
  bindings: DimBindings,
): ReadonlyMap<Node, Tensor> {
  const values = new Map<Node, Tensor>(graph.inputs.map((node, i) => [node, inputs[i]!]))
  for (const node of graph.nodes) if (node.kind === 'constant') values.set(node, node.value!)
  for (const node of plan.host) {
    const operands = node.inputs.map((input) => values.get(input) ?? emptyOf(input, plan.shapeOf(input)))
    const result = { shape: plan.shapeOf(node), dtype: node.dtype }
    values.set(node, evaluate(node.primitive!, operands, resolveParams(node.params, bindings), result))
  }
  for (const { op, node, size } of plan.indices) checkIndices(op, values.get(node)!, size)
  return values
}

/** @throws TensorError `INDEX_OUT_OF_RANGE` for an index outside [−size, size). */
function checkIndices(op: string, { data }: Tensor, size: number): void {
  const wrong = data.find((index) => index < -size || index >= size)
  if (wrong === undefined) return
  throw opError('INDEX_OUT_OF_RANGE', op, `index ${wrong} is out of range for an axis of size ${size}`)
}
