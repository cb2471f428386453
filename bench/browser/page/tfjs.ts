import '@tensorflow/tfjs-backend-webgpu'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { tfjsLibrary } from '../../libraries/tfjs.ts'

setWasmPaths('/')
const threads = crossOriginIsolated ? navigator.hardwareConcurrency : 1
setThreadsCount(threads)

const notes: Readonly<Record<string, string>> = { wasm: `wasm, ${threads} thread(s)` }

/** tfjs on `webgpu`, `webgl` or `wasm`. */
export const library = (mode: string) => tfjsLibrary(mode, notes[mode] ?? mode)
