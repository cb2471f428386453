import type { Product } from './products/product'
import { createWebGl2Product } from './products/webgl2'
import { createWebGpuProduct } from './products/webgpu'
import type { GpuInstance } from './runtime'
import type { Step } from './step'
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
  /** The kernels of a product, where the mode has its own. */
  readonly createProduct?: (gpu: GpuInstance, product: Product, immutable: boolean) => Step
}

/** Every mode that graphs can run on. */
export const modes: Readonly<Record<GpuMode, Mode>> = {
  webgpu: {
    // Eight storage buffers a kernel are what every WebGPU device has; one is the result.
    dialect: {
      integers: true,
      exactDivision: false,
      precise: false,
      arrays: 7,
      products: true,
      vectors: true,
    },
    keepsTensors: true,
    createProduct: createWebGpuProduct,
  },
  webgl2: {
    // Sixteen textures a fragment shader are what every WebGL2 device has. A kernel of gpu.js takes only textures of as
    // many dimensions as those of its first call, and results take the place of uploads: so all have one.
    dialect: {
      integers: false,
      exactDivision: false,
      precise: false,
      arrays: 14,
      products: true,
      vectors: false,
    },
    keepsTensors: true,
    createProduct: createWebGl2Product,
    sharesVertices: true,
  },
  webasm: {
    dialect: {
      integers: false,
      exactDivision: true,
      precise: true,
      arrays: 64,
      products: false,
      vectors: false,
    },
    keepsTensors: false,
  },
  cpu: {
    dialect: {
      integers: true,
      exactDivision: true,
      precise: true,
      arrays: 64,
      products: false,
      vectors: false,
    },
    keepsTensors: false,
  },
}
