import { lengthOf } from '../core/shape'
import type { GpuInstance, GpuKernel, KernelResult } from './runtime'
import type { KernelSource } from './writer'

/** One kernel of a chain, or the few that one op takes. */
export interface Step {
  /** @param args numbers and results of other steps, each a row-major tensor. */
  run(args: readonly unknown[]): Promise<KernelResult>
  destroy(): void
}

/** Settings of every kernel whose result stays on the device. */
export const stayingThere = { precision: 'single', pipeline: true } as const

/** A kernel as it was written. With `immutable` each result has memory of its own, else all share one. */
export function createStep(
  gpu: GpuInstance,
  { source, output, results }: KernelSource,
  immutable: boolean,
): Step {
  const kernel = gpu.createKernel(source, { ...stayingThere, output: [...output], immutable })
  return stepOf(kernel, immutable, results === 1 ? undefined : results * lengthOf(output))
}

/**
 * A step that is one kernel.
 * @param length of a result whose threads give out several numbers each: WebGPU's memory holds them in a row, and so they are
 *   read from then on.
 */
export function stepOf(kernel: GpuKernel, immutable: boolean, length?: number): Step {
  let kept: KernelResult | undefined
  const once = (result: KernelResult): KernelResult => {
    if (length !== undefined) Object.assign(result, { componentCount: 1, output: [length] })
    if (immutable) return result
    // gpu.js counts who holds the memory that all results share; one is enough.
    if (kept && kept !== result) result.delete()
    kept ??= result
    return kept
  }
  return {
    run: async (args) => once((await kernel(...args)) as KernelResult),
    destroy() {
      kernel.destroy()
      if (kept && 'buffer' in kept) kept.delete()
    },
  }
}
