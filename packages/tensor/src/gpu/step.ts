import { lengthOf } from '../core/shape'
import type { GpuInstance, KernelResult } from './runtime'
import type { KernelSource } from './writer'

/** One kernel of a chain, or the few that one op takes. */
export interface Step {
  /** @param args numbers and results of other steps, each a row-major tensor. */
  run(args: readonly unknown[]): Promise<KernelResult>
  destroy(): void
}

/** The result of threads that give out several numbers each, as the row of numbers that it is in WebGPU's memory. */
export function asNumbers(result: KernelResult, length: number): KernelResult {
  return Object.assign(result, { componentCount: 1, output: [length] })
}

/** A kernel as it was written. With `immutable` each result has memory of its own, else all share one. */
export function createStep(
  gpu: GpuInstance,
  { source, output, results }: KernelSource,
  immutable: boolean,
): Step {
  const kernel = gpu.createKernel(source, {
    output: [...output],
    precision: 'single',
    pipeline: true,
    immutable,
  })
  return {
    async run(args) {
      const result = (await kernel(...args)) as KernelResult
      return results === 1 ? result : asNumbers(result, results * lengthOf(output))
    },
    destroy: () => kernel.destroy(),
  }
}
