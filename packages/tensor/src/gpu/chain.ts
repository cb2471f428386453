import type { DeviceMemory } from '../core/device-memory'
import { lengthOf } from '../core/shape'
import type { Tensor } from '../core/tensor'
import { createDeviceMemory, handleOf, readNumbers } from './device'
import { toDevice } from './elements'
import type { GpuNode } from './graph'
import type { Mode } from './modes'
import type { Plan } from './plan'
import type { KernelRunner } from './runner'
import type { GpuInstance, KernelResult } from './runtime'
import { specials } from './specials'
import { createStep } from './step'
import type { Uploads } from './uploads'
import type { Special } from './writer'

/** What a chain of kernels runs with. */
export interface ChainSettings {
  readonly gpu: GpuInstance
  /** The kernels of a product. */
  readonly createProduct: Mode['createProduct']
  readonly uploads: Uploads
  /** Nodes whose results stay on the device. */
  readonly resident: ReadonlySet<GpuNode>
  /** Where that is, for messages. */
  readonly place: string
  /** Called after kernels have been destroyed. */
  readonly afterDestroy: () => Promise<void>
  /** What was left there, which later calls may be given. */
  readonly own: WeakSet<DeviceMemory>
}

/**
 * The plan as kernels called one after another, each handed the results of others as they lie on the device. A pipeline of
 * gpu.js would read every result back at each call and take no tensor that is on the device already; a chain reads only
 * what is wanted here.
 */
export function createChainRunner(plan: Plan, settings: ChainSettings): KernelRunner {
  const { gpu, uploads, resident, place, own } = settings
  const wanted = [...new Set(plan.outputs.flatMap((output) => ('device' in output ? [output.device] : [])))]
  const steps = plan.kernels.map(({ node, args, work }) => {
    // A kernel writes into the same memory at each run, unless its result is given away.
    const immutable = resident.has(node)
    const step =
      'product' in work
        ? settings.createProduct!(gpu, work.product, immutable)
        : createStep(gpu, work.kernel, immutable)
    return { node, args, step }
  })

  const take = async (handle: KernelResult, node: GpuNode) => {
    const length = lengthOf(node.shape)
    if (!resident.has(node)) return readNumbers(handle, length)
    const memory = createDeviceMemory(handle, { length, dtype: node.dtype, place })
    own.add(memory)
    return memory
  }

  return {
    async run(memory: ReadonlyMap<GpuNode, Tensor>) {
      const values = new Map<GpuNode | Special, KernelResult | number>(
        Object.entries(specials) as [Special, number][],
      )
      const temporary: KernelResult[] = []
      try {
        for (const [node, tensor] of memory) {
          const known = node.isNumber ? toDevice(tensor)[0] : (handleOf(tensor) ?? uploads.kept(tensor))
          const value = known ?? (await uploads.upload(tensor))
          if (known === undefined) temporary.push(value as KernelResult)
          values.set(node, value)
        }
        for (const { node, args, step } of steps) {
          values.set(node, await step.run(args.map((arg) => values.get(arg))))
        }
        const results = await Promise.all(wanted.map((node) => take(values.get(node) as KernelResult, node)))
        return new Map<GpuNode, Float32Array | DeviceMemory>(wanted.map((node, i) => [node, results[i]!]))
      } finally {
        for (const handle of temporary) uploads.done(handle)
      }
    },
    async release() {
      for (const { step } of steps) step.destroy()
      await settings.afterDestroy()
    },
  }
}
