import type { GpuInstance, GpuKernel } from './runtime'

/** What kernels of a WebGL context need of one another. */
export interface Anchor {
  /** To be called when a kernel has been destroyed. */
  lose(): void
  /** To be called before a kernel runs. */
  restore(): void
}

/**
 * Keeps the vertices that every kernel of a WebGL context draws. gpu.js points the context at those of the kernel that was
 * built last and takes them away with it: once that one is destroyed, the others draw nothing. A small kernel that is built
 * anew after destructions leaves its own in their place.
 */
export function createAnchor(gpu: GpuInstance): Anchor {
  let anchor: GpuKernel | undefined
  let lost = false
  return {
    lose() {
      lost = true
    },
    restore() {
      if (!lost) return
      lost = false
      anchor?.destroy()
      anchor = gpu.createKernel('function (a) { return a[0]; }', { output: [1], precision: 'single' })
      anchor(Float32Array.of(1))
    },
  }
}
