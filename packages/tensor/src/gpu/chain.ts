import { lengthOf } from '../core/shape'
import type { Tensor } from '../core/tensor'
import type { Anchor } from './anchor'
import { type Memories, readNumbers, shareResult } from './device'
import { fromDevice, toDevice } from './elements'
import type { GpuNode } from './graph'
import type { Mode } from './modes'
import type { Plan, PlannedKernel } from './plan'
import type { KernelRunner } from './runner'
import type { GpuInstance, KernelResult } from './runtime'
import { type Hold, type Shared, share } from './share'
import { specials } from './specials'
import { createStep, type Step } from './step'
import type { Uploads } from './uploads'
import type { Special } from './writer'

/** What a chain of kernels runs with. */
export interface ChainSettings {
  readonly gpu: GpuInstance
  /** The kernels of a product. */
  readonly createProduct: Mode['createProduct']
  readonly uploads: Uploads
  readonly memories: Memories
  readonly anchor: Anchor | undefined
}

/** A kernel of the plan with the runner's own hold on it. */
interface ChainStep extends PlannedKernel {
  readonly shared: Shared<Step>
  readonly own: Hold<Step>
}

function createSteps(
  { kernels }: Plan,
  given: ReadonlySet<GpuNode>,
  { gpu, createProduct, anchor }: ChainSettings,
): ChainStep[] {
  return kernels.map((kernel) => {
    const { node, work } = kernel
    // A kernel writes into the same memory at each run, unless its result is given away.
    const immutable = given.has(node)
    const step =
      'product' in work
        ? createProduct!(gpu, work.product, immutable)
        : createStep(gpu, work.kernel, immutable)
    const shared = share(step, () => {
      step.destroy()
      anchor?.lose()
    })
    return { ...kernel, shared, own: shared() }
  })
}

/**
 * The plan as kernels called one after another, each handed the results of others as they lie on the device. A pipeline of
 * gpu.js would read every result back at each call and take no tensor that is on the device already; a chain reads only
 * what is wanted here.
 * @param stays for each output, whether it stays on the device.
 */
export function createChainRunner(
  plan: Plan,
  stays: readonly boolean[],
  settings: ChainSettings,
): KernelRunner {
  const { uploads, memories, anchor } = settings
  const outputs = plan.outputs.map((output, i) =>
    'device' in output ? { node: output.device, stays: stays[i]! } : undefined,
  )
  const nodesThat = (stay: boolean) =>
    new Set(outputs.flatMap((output) => (output?.stays === stay ? [output.node] : [])))
  const [given, read] = [nodesThat(true), nodesThat(false)]
  const steps = createSteps(plan, given, settings)

  const compute = async (memory: ReadonlyMap<GpuNode, Tensor>, holds: Hold<KernelResult>[]) => {
    const values = new Map<GpuNode | Special, KernelResult | number>(
      Object.entries(specials) as [Special, number][],
    )
    const results = new Map<GpuNode, Shared<KernelResult>>()
    for (const [node, tensor] of memory) {
      if (!node.isNumber) holds.push(memories.hold(tensor) ?? (await uploads.hold(tensor)))
      values.set(node, node.isNumber ? toDevice(tensor)[0]! : holds.at(-1)!.value)
    }
    for (const { node, args, shared, own } of steps) {
      anchor?.restore()
      const value = await own.value.run(args.map((arg) => values.get(arg)))
      values.set(node, value)
      if (!given.has(node)) continue
      const result = shareResult(value, shared())
      results.set(node, result)
      holds.push(result())
    }
    return { values, results }
  }

  return {
    async run(memory) {
      // What a run reads nobody frees meanwhile; what it computes is freed at its end, unless tensors hold it by then.
      const holds: Hold<KernelResult>[] = []
      try {
        const { values, results } = await compute(memory, holds)
        const reading = [...read].map(async (node) => {
          const numbers = await readNumbers(values.get(node) as KernelResult, lengthOf(node.shape))
          return [node, fromDevice(numbers, node.dtype)] as const
        })
        const elements = new Map(await Promise.all(reading))
        return outputs.map((output) => {
          if (!output?.stays) return output && elements.get(output.node)
          const { node } = output
          return memories.create(results.get(node)!, { length: lengthOf(node.shape), dtype: node.dtype })
        })
      } finally {
        for (const { letGo } of holds) letGo()
      }
    },
    async release() {
      for (const { own } of steps) own.letGo()
      for (const { kind, value } of plan.memory.values()) if (kind === 'constant') uploads.forget(value!)
    },
  }
}
