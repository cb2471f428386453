import type { GpuInstance, KernelResult } from './runtime'
import type { KernelSource } from './writer'

/** One kernel of a chain, or the few that one op takes. */
export interface Step {
  /** @param args numbers and results of other steps, each a row-major tensor. */
  run(args: readonly unknown[]): Promise<KernelResult>
  destroy(): void
}

/** A kernel as it was written. With `immutable` each result has memory of its own, else all share one. */
export function createStep(gpu: GpuInstance, { source, output }: KernelSource, immutable: boolean): Step {
  const kernel = gpu.createKernel(source, {
    output: [...output],
    precision: 'single',
    pipeline: true,
    immutable,
  })
  return {
    run: async (args) => (await kernel(...args)) as KernelResult,
    destroy: () => kernel.destroy(),
  }
}
