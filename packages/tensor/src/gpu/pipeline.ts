import { lengthOf } from '../core/shape'
import { fromDevice, toArgument } from './elements'
import type { GpuNode } from './graph'
import type { Plan } from './plan'
import type { KernelRunner } from './runner'
import type { GpuInstance } from './runtime'
import { specials } from './specials'
import type { KernelSource } from './writer'

/**
 * The plan as one pipeline of gpu.js: its steps run over one WebAssembly memory, and what is wanted is read back once at the
 * end.
 */
export function createPipelineRunner(gpu: GpuInstance, plan: Plan): KernelRunner {
  const memory = [...plan.memory.keys()]
  const wanted = [...new Set(plan.outputs.flatMap((output) => ('device' in output ? [output.device] : [])))]
  const kernels = plan.kernels.map(({ work }) => {
    const { source, output } = (work as { kernel: KernelSource }).kernel
    return gpu.createKernel(source, { output: [...output], precision: 'single' })
  })
  const orchestrate = (...args: unknown[]): unknown[] => {
    const values = new Map<GpuNode, unknown>(memory.map((node, i) => [node, args[i]]))
    plan.kernels.forEach(({ node, args: operands }, i) => {
      const own = operands.map((arg) => (typeof arg === 'string' ? specials[arg] : values.get(arg)))
      values.set(node, kernels[i]!(...own))
    })
    return wanted.map((node) => values.get(node))
  }
  // gpu.js counts the arguments of a plan by its length, which a rest parameter does not add to.
  Object.defineProperty(orchestrate, 'length', { value: memory.length })
  const pipeline = gpu.createPipeline(orchestrate)
  return {
    async run(given) {
      const results = (await pipeline(
        ...memory.map((node) => toArgument(node, given.get(node)!)),
      )) as Float32Array[]
      const elements = wanted.map(({ shape, dtype }, i) =>
        fromDevice(Float32Array.from(results[i]!).subarray(0, lengthOf(shape)), dtype),
      )
      return plan.outputs.map((output) =>
        'device' in output ? elements[wanted.indexOf(output.device)] : undefined,
      )
    },
    async release() {
      await pipeline.destroy()
      for (const kernel of kernels) kernel.destroy()
    },
  }
}
