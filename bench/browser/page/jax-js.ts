import type { Device } from '@jax-js/jax'
import { jaxLibrary } from '../../libraries/jax-js.ts'

const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1

const notes: Readonly<Record<string, string>> = { wasm: `wasm, ${threads} thread(s)` }

/** jax-js on `webgpu` or `wasm`. */
export const library = (mode: string) => jaxLibrary(mode as Device, notes[mode] ?? mode)
