import GpuModule from 'gpu.js'
import type { GpuRuntime } from '../../../packages/tensor/dist/gpu/index.js'
import { gpuLibrary } from '../../libraries/prefkit-gpu.ts'

// gpu.js's declarations list its modes, where the backend's leave the mode a string.
const runtime = GpuModule.GPU as unknown as GpuRuntime

/** prefkit on gpu.js, in mode `webgpu`, `webgl2` or `webasm`. */
export const library = (mode: 'webgpu' | 'webgl2' | 'webasm') => gpuLibrary(mode, runtime)
