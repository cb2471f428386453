import { lengthOf } from '../core/shape'
import type { Tensor } from '../core/tensor'
import { toDevice } from './elements'
import type { GpuInstance, GpuKernel, KernelResult } from './runtime'

/** How tensors of the host come to the device. */
export interface Uploads {
  /** What an earlier call brought there, for a tensor that is passed again and again. */
  kept(tensor: Tensor): KernelResult | undefined
  upload(tensor: Tensor): Promise<KernelResult>
  /** Frees what {@link upload} gave, unless it is kept for the next call. */
  done(handle: KernelResult): void
  release(): void
}

/** Most lengths of tensors whose copying kernels are kept. */
const mostKernels = 64

/**
 * gpu.js copies an array to the device whenever it is an argument of a kernel; a kernel that gives it out again does it once
 * for all that read it. A tensor that comes a second time (weights that do not change, a table of features) stays there
 * until it is collected.
 */
export function createUploads(gpu: GpuInstance, afterDestroy: () => Promise<void>): Uploads {
  const kernels = new Map<number, GpuKernel>()
  const seen = new WeakSet<Tensor>()
  const kept = new WeakMap<Tensor, KernelResult>()
  const keeping = new Set<KernelResult>()
  const unreachable = new FinalizationRegistry<KernelResult>((handle) => {
    if (keeping.delete(handle)) handle.delete()
  })

  const kernelFor = async (length: number): Promise<GpuKernel> => {
    const known = kernels.get(length)
    const kernel =
      known ??
      gpu.createKernel('function (a) { return a[this.thread.x]; }', {
        output: [length],
        precision: 'single',
        pipeline: true,
        immutable: true,
      })
    kernels.delete(length)
    kernels.set(length, kernel)
    const [[oldest, unused]] = kernels as unknown as [[number, GpuKernel]]
    if (kernels.size > mostKernels) {
      unused.destroy()
      kernels.delete(oldest)
      await afterDestroy()
    }
    return kernel
  }

  return {
    kept: (tensor) => kept.get(tensor),
    async upload(tensor) {
      const handle = (await (await kernelFor(lengthOf(tensor.dims)))(toDevice(tensor))) as KernelResult
      if (seen.has(tensor)) {
        kept.set(tensor, handle)
        keeping.add(handle)
        unreachable.register(tensor, handle)
      }
      seen.add(tensor)
      return handle
    },
    done(handle) {
      if (!keeping.has(handle)) handle.delete()
    },
    release() {
      for (const kernel of kernels.values()) kernel.destroy()
      for (const handle of keeping) handle.delete()
      kernels.clear()
      keeping.clear()
    },
  }
}
