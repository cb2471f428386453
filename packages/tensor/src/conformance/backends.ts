import { type Backend, type BackendChoice, resolveBackend } from '../backend'
import { createGpuBackend } from '../gpu/index'
import type { Tolerance } from './op-row'

/** A backend as the conformance table runs it. A new lowering joins by one entry here. */
export interface ConformanceBackend {
  readonly name: string
  load(): Promise<Backend>
  /** How far its f32 results may lie from the reference's. */
  readonly f32: Tolerance
}

const shared = async (choice: BackendChoice) => (await resolveBackend(choice)).backend

/** Every backend that runs in Node. */
const nodeBackends: readonly ConformanceBackend[] = [
  {
    name: 'reference',
    load: () => shared('reference'),
    // The same loops, but simplification may leave out roundings, one ulp (2⁻²³ ≈ 1.2e-7) each.
    f32: { relative: 2.5e-7, absolute: 1e-7 },
  },
  {
    name: 'native',
    load: () => shared('native'),
    // Polynomial exp, tanh and erf within 2 to 4 ulp, sums in f32 of up to a few dozen terms near 1 in another
    // order, and a vjp chains a few of them.
    f32: { relative: 3e-6, absolute: 1e-6 },
  },
  {
    name: 'gpu.js cpu',
    load: () => createGpuBackend({ mode: 'cpu' }),
    f32: { relative: 3e-6, absolute: 1e-6 },
  },
  {
    name: 'gpu.js webasm',
    load: () => createGpuBackend({ mode: 'webasm' }),
    f32: { relative: 3e-6, absolute: 1e-6 },
  },
]

/** Those that need a page. Each is made once: a page has only so many contexts of WebGL. */
const pageBackends: readonly ConformanceBackend[] = [
  {
    name: 'gpu.js webgpu',
    load: () => shared('gpu-webgpu'),
    // WGSL would allow exp 3 + 2|x| ulp, 5e-6 at the table's usual |x| ≤ 20; SwiftShader, on which the table runs, keeps
    // to a few ulp like native's, and adds in other orders.
    f32: { relative: 3e-6, absolute: 1e-6 },
  },
  {
    name: 'gpu.js webgl2',
    load: () => shared('gpu-webgl2'),
    // GLSL ES leaves exp as free as WGSL, and SwiftShader computes it with the same code.
    f32: { relative: 3e-6, absolute: 1e-6 },
  },
]

/** Whether these tests run in a page, not in Node. */
export const isPage = 'document' in globalThis

/** Every backend the table runs on: all that there are in Node, or all that need a page. */
export const conformanceBackends: readonly ConformanceBackend[] = isPage ? pageBackends : nodeBackends
