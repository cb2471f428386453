import type { Backend } from '../backend'
import type { DeviceMemory } from '../core/device-memory'
import { TensorError } from '../core/errors'
import { requireOptions } from '../core/require-options'
import { createAnchor } from './anchor'
import { createChainRunner } from './chain'
import { createExecutable } from './executable'
import { type GpuMode, modes } from './modes'
import { createPipelineRunner } from './pipeline'
import type { GpuRuntime } from './runtime'
import { createUploads } from './uploads'

export type { GpuMode } from './modes'
export type { GpuInstance, GpuKernel, GpuPipeline, GpuRuntime } from './runtime'

/** Options of {@link createGpuBackend}. */
export interface GpuOptions {
  /** What kernels run on. Default: `auto`, the first of `webgpu`, `webgl2`, `webasm` and `cpu` that can. */
  mode?: GpuMode | 'auto'
  /** gpu.js's class `GPU`. Default: that of the installed `gpu.js`. */
  runtime?: GpuRuntime
}

/**
 * The lowering to gpu.js: a graph becomes kernels, each computing as much as can be computed together.
 * @throws TensorError `BACKEND_UNAVAILABLE` when gpu.js is not installed or the mode cannot run here.
 */
export async function createGpuBackend(options: GpuOptions = {}): Promise<Backend> {
  requireOptions('createGpuBackend', options, { mode: true, runtime: true })
  const runtime = options.runtime ?? (await loadRuntime())
  const mode = options.mode === undefined || options.mode === 'auto' ? 'webasm' : options.mode
  const gpu = new runtime({ mode })
  const { dialect, keepsTensors, sharesVertices } = modes[mode]
  const anchor = sharesVertices ? createAnchor(gpu) : undefined
  const uploads = createUploads(gpu)
  const place = `gpu (${mode})`
  const own = new WeakSet<DeviceMemory>()
  let last: Promise<unknown> = Promise.resolve()
  return {
    name: 'gpu',
    description: `gpu.js, ${mode}`,
    refuses(graph) {
      const wide = graph.nodes.find((node) => node.dtype === 'f64')
      return wide && `f64 runs on the reference only, and ${wide.primitive?.name ?? 'an argument'} is f64`
    },
    compile: async (graph, resident = []) =>
      createExecutable(graph, resident, {
        dialect,
        createRunner: (plan, staying) =>
          keepsTensors
            ? createChainRunner(plan, {
                gpu,
                uploads,
                resident: staying,
                place,
                own,
                afterDestroy: async () => anchor?.renew(),
              })
            : createPipelineRunner(gpu, plan),
        exclusively(action) {
          const run = last.then(action)
          last = run.catch(() => {})
          return run
        },
        owns: (memory) => own.has(memory),
      }),
  }
}

async function loadRuntime(): Promise<GpuRuntime> {
  try {
    const module = await import('gpu.js')
    return (module.GPU ?? module.default) as unknown as GpuRuntime
  } catch (cause) {
    throw new TensorError(
      'BACKEND_UNAVAILABLE',
      'gpu: gpu.js is not installed or does not load here; `npm install gpu.js` adds it',
      { cause },
    )
  }
}
