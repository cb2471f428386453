import type { Executable } from '../backend'
import type { DeviceMemory } from '../core/device-memory'
import type { DimBindings } from '../core/dim'
import type { DType } from '../core/dtype'
import { opError, TensorError } from '../core/errors'
import type { Graph, Node } from '../core/graph'
import { evaluate, resolveParams } from '../core/primitive'
import { type ConcreteShape, lengthOf } from '../core/shape'
import { Tensor } from '../core/tensor'
import { fromDevice } from './elements'
import { type Plan, planGraph } from './plan'
import type { Computed, KernelRunner } from './runner'
import type { Dialect } from './writer'

/** A plan with what runs its kernels. */
interface Prepared {
  readonly plan: Plan
  readonly runner: KernelRunner
}

/** Most sizes of the symbolic dimensions whose kernels are kept. */
const mostPlans = 16

/** What a graph is made to run with. */
export interface ExecutableSettings {
  readonly dialect: Dialect
  /** Runs the kernels of a plan; `stays` tells of each output whether it stays on the device. */
  createRunner(plan: Plan, stays: readonly boolean[]): KernelRunner
  /** One action at a time: the kernels of a plan write into the same memory at each run. */
  exclusively<T>(action: () => Promise<T>): Promise<T>
  owns(memory: DeviceMemory): boolean
}

/** The graph as plans of kernels, one for each combination of sizes it is called with. */
export function createExecutable(
  graph: Graph,
  resident: readonly boolean[],
  { dialect, createRunner, exclusively, owns }: ExecutableSettings,
): Executable {
  const prepared = new Map<string, Prepared>()
  let released = false

  const prepare = async (bindings: DimBindings): Promise<Prepared> => {
    const key = JSON.stringify([...bindings])
    const known = prepared.get(key)
    prepared.delete(key)
    const plan = known?.plan ?? planGraph(graph, bindings, dialect)
    const made = known ?? { plan, runner: createRunner(plan, stays(plan)) }
    prepared.set(key, made)
    const [oldest] = prepared.keys()
    if (prepared.size > mostPlans) {
      await prepared.get(oldest!)!.runner.release()
      prepared.delete(oldest!)
    }
    return made
  }

  /** Results that stay on the device: what is no f32 is small, and whole numbers are checked when they are read. */
  const stays = ({ outputs }: Plan): boolean[] =>
    outputs.map((output, i) => 'device' in output && resident[i] === true && output.device.dtype === 'f32')

  /** What the host has of the outputs; of a tensor on the device a copy, unless it may stay there. */
  const hostOutputs = (plan: Plan, values: ReadonlyMap<Node, Tensor>): Promise<(Tensor | undefined)[]> =>
    Promise.all(
      plan.outputs.map(async (output, i) => {
        if ('device' in output) return undefined
        const node = graph.outputs[i]!
        const tensor = values.get(node) ?? emptyOf(node, plan.shapeOf(node))
        return resident[i] ? tensor : tensor.read()
      }),
    )

  return {
    owns,
    run: (inputs, bindings) =>
      exclusively(async () => {
        if (released) {
          throw new TensorError(
            'BACKEND_UNAVAILABLE',
            'gpu: this graph was released; compile it again to run it',
          )
        }
        const { plan, runner } = await prepare(bindings)
        const host = runHost(graph, plan, inputs, bindings)
        const given = await hostOutputs(plan, host)
        const memory = new Map([...plan.memory].map(([own, node]) => [own, host.get(node)!] as const))
        const computed = await runner.run(memory)
        return graph.outputs.map(
          (node, i) => given[i] ?? tensorOf(computed[i]!, plan.shapeOf(node), node.dtype),
        )
      }),
    release: () =>
      exclusively(async () => {
        released = true
        for (const { runner } of prepared.values()) await runner.release()
        prepared.clear()
      }),
  }
}

const tensorOf = (computed: Computed, shape: ConcreteShape, dtype: DType): Tensor =>
  'place' in computed ? Tensor.onDevice(computed, shape, dtype) : Tensor.fromData(computed, shape, dtype)

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
