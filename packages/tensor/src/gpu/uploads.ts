import type { Tensor } from '../core/tensor'
import type { Anchor } from './anchor'
import { shareResult } from './device'
import { toDevice } from './elements'
import type { GpuInstance, GpuKernel, KernelResult } from './runtime'
import { type Hold, type Shared, share } from './share'

/** How tensors of the host come to the device. */
export interface Uploads {
  /** Brings a tensor there, unless an earlier call did; one that comes again and again stays when it is let go of. */
  hold(tensor: Tensor): Promise<Hold<KernelResult>>
  /** Frees what stays there for a tensor that may not come again. */
  forget(tensor: Tensor): void
  release(): void
}

/** Something with a hold of its own on it, which keeps it from being freed. */
interface Kept<T> {
  readonly shared: Shared<T>
  readonly own: Hold<T>
}

const keep = <T>(shared: Shared<T>): Kept<T> => ({ shared, own: shared() })

/** Most lengths of tensors whose copying kernels are kept. */
const mostKernels = 64

/**
 * gpu.js copies an array to the device whenever it is an argument of a kernel; a kernel that gives it out again does it once
 * for all that read it. A tensor that comes a second time (weights that do not change, a table of features) stays there
 * until it is collected or forgotten.
 */
export function createUploads(gpu: GpuInstance, anchor: Anchor | undefined): Uploads {
  const kernels = new Map<number, Kept<GpuKernel>>()
  const seen = new WeakSet<Tensor>()
  const kept = new WeakMap<Tensor, Kept<KernelResult>>()
  const keeping = new Set<Hold<KernelResult>>()
  const drop = (own: Hold<KernelResult>) => {
    keeping.delete(own)
    own.letGo()
  }
  const unreachable = new FinalizationRegistry(drop)

  const createCopying = (length: number): Kept<GpuKernel> => {
    const kernel = gpu.createKernel('function (a) { return a[this.thread.x]; }', {
      output: [length],
      precision: 'single',
      pipeline: true,
      immutable: true,
    })
    const destroy = () => {
      kernel.destroy()
      anchor?.lose()
    }
    return keep(share(kernel, destroy))
  }

  const kernelFor = (length: number): Kept<GpuKernel> => {
    const kernel = kernels.get(length) ?? createCopying(length)
    kernels.delete(length)
    kernels.set(length, kernel)
    // There is one at least: the kernel that was just put in.
    const [[oldest, unused]] = kernels as unknown as [[number, Kept<GpuKernel>]]
    if (kernels.size > mostKernels) {
      kernels.delete(oldest)
      unused.own.letGo()
    }
    return kernel
  }

  return {
    async hold(tensor) {
      const known = kept.get(tensor)
      if (known) return known.shared()
      const numbers = toDevice(tensor)
      const kernel = kernelFor(numbers.length)
      anchor?.restore()
      const result = shareResult((await kernel.own.value(numbers)) as KernelResult, kernel.shared())
      if (seen.has(tensor)) {
        const again = keep(result)
        kept.set(tensor, again)
        keeping.add(again.own)
        unreachable.register(tensor, again.own)
      }
      seen.add(tensor)
      return result()
    },
    forget(tensor) {
      const known = kept.get(tensor)
      kept.delete(tensor)
      if (known) drop(known.own)
    },
    release() {
      keeping.forEach(drop)
      for (const { own } of kernels.values()) own.letGo()
      kernels.clear()
    },
  }
}
