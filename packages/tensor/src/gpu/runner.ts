import type { DeviceMemory } from '../core/device-memory'
import type { Tensor } from '../core/tensor'
import type { GpuNode } from './graph'

/** What runs the kernels of a plan. */
export interface KernelRunner {
  /**
   * The wanted nodes, from the tensors that the plan's kernels read: as numbers, or in the device's memory where they
   * stay there.
   */
  run(memory: ReadonlyMap<GpuNode, Tensor>): Promise<ReadonlyMap<GpuNode, Float32Array | DeviceMemory>>
  release(): Promise<void>
}
