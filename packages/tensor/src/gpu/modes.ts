import type { Dialect } from './writer'

/** A mode of gpu.js. */
export type GpuMode = 'webgpu' | 'webgl2' | 'webasm' | 'cpu'

/** What is particular to a mode. */
export interface Mode {
  readonly dialect: Dialect
  /** Tensors can stay on the device from call to call. */
  readonly keepsTensors: boolean
  /** Kernels share the vertices that they draw. */
  readonly sharesVertices?: boolean
}

/** Every mode that graphs can run on. */
export const modes: Readonly<Record<GpuMode, Mode>> = {
  webgpu: {
    // Eight storage buffers a kernel are what every WebGPU device has; one is the result.
    dialect: { integers: true, exactDivision: false, precise: false, spatial: true, arrays: 7 },
    keepsTensors: true,
  },
  webgl2: {
    // Sixteen textures a fragment shader are what every WebGL2 device has.
    dialect: { integers: false, exactDivision: false, precise: false, spatial: true, arrays: 14 },
    keepsTensors: true,
    sharesVertices: true,
  },
  webasm: {
    dialect: { integers: false, exactDivision: true, precise: true, spatial: false, arrays: 64 },
    keepsTensors: false,
  },
  cpu: {
    dialect: { integers: true, exactDivision: true, precise: true, spatial: false, arrays: 64 },
    keepsTensors: false,
  },
}
