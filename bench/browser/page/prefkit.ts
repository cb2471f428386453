import GpuModule from 'gpu.js'
import { gpuLibrary } from '../../libraries/prefkit-gpu.ts'

/** prefkit on gpu.js, in mode `webgpu`, `webgl2` or `webasm`. */
export const library = (mode: 'webgpu' | 'webgl2' | 'webasm') => gpuLibrary(mode, GpuModule.GPU)
