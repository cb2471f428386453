import type { GpuInstance, GpuKernel } from './runtime'

/**
 * Keeps the vertices that every kernel of a WebGL context draws. gpu.js points the context at those of the kernel that was
 * built last and takes them away with it: once that one is destroyed, the others draw nothing. A small kernel that is built
 * anew after each destruction leaves its own in their place.
 */
export function createAnchor(gpu: GpuInstance): { renew(): Promise<void> } {
  let anchor: GpuKernel | undefined
  return {
    async renew() {
      anchor?.destroy()
      anchor = gpu.createKernel('function (a) { return a[0]; }', { output: [1], precision: 'single' })
      await anchor(Float32Array.of(1))
    },
  }
}
