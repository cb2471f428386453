import type { Backend } from '../backend'
import { TensorError } from '../core/errors'
import { formatValue } from '../core/format-tensor'
import type { Graph } from '../core/graph'
import { requireOptions } from '../core/require-options'
import { formatShape, isConcrete, lengthOf } from '../core/shape'
import { type Device, webgl2Device, webgpuDevice } from './adapter'
import { createAnchor } from './anchor'
import { createChainRunner } from './chain'
import { createMemories } from './device'
import { createExecutable } from './executable'
import { wordsOfDevice } from './host'
import { type GpuMode, type Mode, modes } from './modes'
import { createPipelineRunner } from './pipeline'
import type { Plan } from './plan'
import type { KernelRunner } from './runner'
import type { GpuInstance, GpuRuntime } from './runtime'
import { createUploads } from './uploads'
import { type Dialect, mostElements } from './writer'

export type { GpuMode } from './modes'
export type { GpuInstance, GpuKernel, GpuPipeline, GpuRuntime } from './runtime'

/** Options of {@link createGpuBackend}. */
export interface GpuOptions {
  /**
   * What kernels run on. Default: `auto`, the first that is there of a real GPU through `webgpu`, one through `webgl2`,
   * `webasm`, and `cpu`. Imitations of a GPU on the CPU are only taken when asked for by name.
   */
  mode?: GpuMode | 'auto'
  /** gpu.js's class `GPU`. Default: that of the installed `gpu.js`. */
  runtime?: abstract new (
    ...args: never
  ) => object
}

/** A backend of gpu.js, with what was found for its mode. */
export interface GpuBackend extends Backend {
  readonly mode: GpuMode
  /** The GPU that kernels run on, where they run on one; `software` where it is imitated on the CPU. */
  readonly device: Device | undefined
  /** Why the modes that come before this one were not taken. */
  readonly against: readonly string[]
  /**
   * Frees everything on the device: what was compiled, and tensors that stayed there. Calls made before still run; later
   * ones throw `BACKEND_UNAVAILABLE`.
   */
  release(): Promise<void>
}

/** How each mode is looked for: its device, or why it cannot run. Modes that need none have neither. */
const probes: Readonly<Record<GpuMode, (runtime: GpuRuntime) => Promise<Device | string | undefined>>> = {
  webgpu: () => webgpuDevice(),
  webgl2: async () => webgl2Device(),
  webasm: async ({ isWebAssemblySupported }) =>
    isWebAssemblySupported === false ? 'there is no WebAssembly here' : undefined,
  cpu: async () => undefined,
}

interface Found {
  readonly mode: GpuMode
  readonly device: Device | undefined
  readonly against: readonly string[]
}

/** The first mode that is there; `auto` passes over what only imitates a GPU. */
async function findMode(wanted: GpuMode | 'auto', runtime: GpuRuntime): Promise<Found> {
  const candidates = wanted === 'auto' ? (Object.keys(modes) as GpuMode[]) : [wanted]
  const against: string[] = []
  for (const mode of candidates) {
    const device = await probes[mode](runtime)
    if (typeof device === 'string') against.push(device)
    else if (wanted === 'auto' && device?.software) against.push(`${device.name} is no GPU`)
    else return { mode, device, against }
  }
  throw new TensorError('BACKEND_UNAVAILABLE', `gpu: ${wanted}: ${against.join('; ')}`)
}

/**
 * The lowering to gpu.js: a graph becomes kernels, each computing as much as can be computed together.
 * @throws TensorError `BACKEND_UNAVAILABLE` when gpu.js is not installed or the mode cannot run here.
 */
export async function createGpuBackend(options: GpuOptions = {}): Promise<GpuBackend> {
  requireOptions('createGpuBackend', options, { mode: true, runtime: true })
  const { mode: wanted = 'auto' } = options
  if (wanted !== 'auto' && !Object.hasOwn(modes, wanted)) {
    throw new TensorError(
      'INVALID_ARGUMENT',
      `createGpuBackend: mode: expected auto, ${Object.keys(modes).join(', ')}, got ${JSON.stringify(wanted)}`,
    )
  }
  const runtime = (options.runtime ?? (await loadRuntime())) as GpuRuntime
  if (typeof runtime !== 'function') {
    throw new TensorError(
      'INVALID_ARGUMENT',
      `createGpuBackend: runtime: expected gpu.js's class GPU, got ${formatValue(runtime)}`,
    )
  }
  const { mode, device, against } = await findMode(wanted, runtime)
  const gpu = new runtime({ mode })
  const { compile, release, isLost } = createCompiler(gpu, modes[mode], `gpu (${mode})`)
  return {
    name: `gpu-${mode}`,
    description: `gpu.js, ${mode}${device ? ` on ${device.name}` : ''}${device?.software ? ', imitated on the CPU' : ''}`,
    mode,
    device,
    against,
    refuses: (graph) => refuses(graph, modes[mode].dialect),
    compile,
    release,
    get lost() {
      return isLost()
    },
  }
}

/** Why kernels cannot compute this graph. */
function refuses(graph: Graph, dialect: Dialect): string | undefined {
  const wide = graph.nodes.find((node) => node.dtype === 'f64')
  if (wide) return `f64 runs on the reference only, and ${wide.primitive?.name ?? 'an argument'} is f64`
  const large = graph.nodes.find(({ shape }) => isConcrete(shape) && lengthOf(shape) > mostElements(dialect))
  if (large) {
    const most = `a tensor has at most ${mostElements(dialect)} elements here`
    return `${most}, and ${large.primitive?.name ?? 'an argument'} has the shape ${formatShape(large.shape)}`
  }
  const random = wordsOfDevice(graph)
  return random && 'randomBits needs words of 32 bits, and its key is computed from floats on the device'
}

function createCompiler(
  gpu: GpuInstance,
  { dialect, keepsTensors, sharesVertices, createProduct }: Mode,
  place: string,
): Pick<GpuBackend, 'compile' | 'release'> & { isLost(): boolean } {
  const anchor = sharesVertices ? createAnchor(gpu) : undefined
  const uploads = createUploads(gpu, anchor)
  const runners = new Set<KernelRunner>()
  const exclusively = createQueue()
  let released = false
  let lost = false
  const requireBackend = () => {
    if (released) throw new TensorError('BACKEND_UNAVAILABLE', `${place}: the backend was released`)
    lost ||= gpu.context?.isContextLost?.() === true
    if (lost) {
      throw new TensorError(
        'DEVICE_LOST',
        `${place}: the device was lost, with what was on it; start again from tensors of the host, with a new backend`,
      )
    }
  }

  /** Does something on the device. One that is lost meanwhile may say so, or give zeros. */
  const onDevice = async <T>(action: () => Promise<T>): Promise<T> => {
    requireBackend()
    try {
      const result = await action()
      requireBackend()
      return result
    } catch (cause) {
      if (TensorError.isInstance(cause)) throw cause
      const message = cause instanceof Error ? cause.message : String(cause)
      lost ||= /device was lost|was unmapped|is destroyed|context lost/i.test(message)
      requireBackend()
      throw new TensorError('BACKEND_FAILURE', `${place}: gpu.js failed: ${message}`, { cause })
    }
  }

  const memories = createMemories(place, onDevice)

  /** A runner that the backend can release, and that does not outlive it. */
  const createRunner = (plan: Plan, stays: readonly boolean[]): KernelRunner => {
    requireBackend()
    const runner = keepsTensors
      ? createChainRunner(plan, stays, { gpu, createProduct, uploads, memories, anchor })
      : createPipelineRunner(gpu, plan)
    runners.add(runner)
    return {
      run: (memory) => onDevice(() => runner.run(memory)),
      async release() {
        if (runners.delete(runner)) await runner.release()
      },
    }
  }

  return {
    isLost: () => lost || released,
    async compile(graph, resident = []) {
      requireBackend()
      return createExecutable(graph, resident, { dialect, createRunner, exclusively, owns: memories.owns })
    },
    release: () =>
      exclusively(async () => {
        if (released) return
        released = true
        for (const runner of runners) await runner.release()
        runners.clear()
        memories.release()
        uploads.release()
        await gpu.destroy()
      }),
  }
}

/** Runs what it is given one after another, in the order of the calls. */
function createQueue(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (action) => {
    const run = last.then(action)
    last = run.catch(() => {})
    return run
  }
}

async function loadRuntime(): Promise<GpuRuntime> {
  try {
    type Module = { GPU?: GpuRuntime; default?: { GPU?: GpuRuntime } & GpuRuntime }
    const module = (await import('gpu.js')) as unknown as Module
    // A bundler may hand over the module of CommonJS, and the browser's build is the class with itself as a property.
    const { GPU = module.default?.GPU ?? module.default } = module
    return GPU as GpuRuntime
  } catch (cause) {
    throw new TensorError(
      'BACKEND_UNAVAILABLE',
      'gpu: gpu.js is not installed or does not load here; `npm install gpu.js` adds it',
      { cause },
    )
  }
}
