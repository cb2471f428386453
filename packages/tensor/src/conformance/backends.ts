import { type Backend, resolveBackend } from '../backend'
import { createGpuBackend } from '../gpu/index'
import type { Tolerance } from './op-row'

/** A backend as the conformance table runs it. A new lowering joins by one entry here. */
export interface ConformanceBackend {
  readonly name: string
  load(): Promise<Backend>
  /** How far its f32 results may lie from the reference's. */
  readonly f32: Tolerance
}

/** Every backend the table runs on. */
export const conformanceBackends: readonly ConformanceBackend[] = [
  {
    name: 'reference',
    load: async () => (await resolveBackend('reference')).backend,
    // The same loops, but simplification may leave out roundings, one ulp (2⁻²³ ≈ 1.2e-7) each.
    f32: { relative: 2.5e-7, absolute: 1e-7 },
  },
  {
    name: 'native',
    load: async () => (await resolveBackend('native')).backend,
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
