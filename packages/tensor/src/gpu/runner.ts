import type { DeviceMemory } from '../core/device-memory'
import type { TypedArray } from '../core/dtype'
import type { Tensor } from '../core/tensor'
import type { GpuNode } from './graph'

/** What kernels give for an output: its elements, or the device's memory that they stay in. */
export type Computed = TypedArray | DeviceMemory

/** What runs the kernels of a plan. */
export interface KernelRunner {
  /** The outputs that kernels compute, from the tensors that they read; `undefined` for those that the host has. */
  run(memory: ReadonlyMap<GpuNode, Tensor>): Promise<readonly (Computed | undefined)[]>
  release(): Promise<void>
}
