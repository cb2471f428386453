import type { DeviceMemory } from './core/device-memory'
import type { DimBindings } from './core/dim'
import { TensorError } from './core/errors'
import type { Graph } from './core/graph'
import type { Tensor } from './core/tensor'
import type { GpuBackend, GpuMode } from './gpu/index'
import { referenceBackend } from './reference/backend'

/** A graph made ready to run. */
export interface Executable {
  /** Runs on concrete inputs, in the graph's order; `bindings` gives the symbolic dimensions their sizes. */
  run(inputs: readonly Tensor[], bindings: DimBindings): Promise<Tensor[]>
  /** True for memory that `run` takes as it is; tensors elsewhere are read first. */
  owns?(memory: DeviceMemory): boolean
  /** Frees what was compiled; the executable cannot run afterwards. */
  release(): Promise<void>
}

/** A way of running graphs. */
export interface Backend {
  /** Short name: `reference`, `native`, `gpu-webgpu`, … */
  readonly name: string
  /** What it runs on, for people: library, version, threads or device. */
  readonly description: string
  /** It can run nothing any longer: its device was lost, or it was released. */
  readonly lost?: boolean
  /** Why this graph cannot run here, or `undefined` when it can. */
  refuses(graph: Graph): string | undefined
  /**
   * @param resident for each output, whether it may stay on the device; default: none.
   * @param options `shared`: large constants may be read where they are, at each run, and not be copied.
   */
  compile(
    graph: Graph,
    resident?: readonly boolean[],
    options?: { readonly shared?: boolean },
  ): Promise<Executable>
}

/** A backend, or how to choose one. */
export type BackendChoice =
  | 'auto'
  | 'reference'
  | 'native'
  | 'gpu'
  | 'gpu-webgpu'
  | 'gpu-webgl2'
  | 'gpu-webasm'
  | 'gpu-cpu'
  | Backend

/** Which backend was chosen, and why. */
export interface BackendReport {
  readonly backend: Backend
  readonly reason: string
}

type Loader = () => Promise<BackendReport>

/** Made once: what a backend holds is shared by all that use it. What could not be made, or was lost, is made again. */
const made = new Map<string, Promise<Backend>>()

async function once(name: string, make: () => Promise<Backend>): Promise<Backend> {
  const known = await made.get(name)
  if (known && !known.lost) return known
  const making = make()
  made.set(name, making)
  making.catch(() => made.delete(name))
  return making
}

const loadNative = () => once('native', async () => (await import('./native/index')).createNativeBackend())

const loadGpu = (mode: 'auto' | GpuMode): Promise<GpuBackend> =>
  once(mode, async () => (await import('./gpu/index')).createGpuBackend({ mode })) as Promise<GpuBackend>

/** A backend that `auto` may take, and why; or why not. */
type Candidate = () => Promise<BackendReport | string>

/** What `auto` takes, the first that is there. */
const candidates: readonly Candidate[] = [
  async () => {
    const backend = await loadGpu('auto')
    if (backend.device) return { backend, reason: `${backend.device.name} answers` }
    return `no GPU (${backend.against.join('; ')})`
  },
  async () => ({ backend: await loadNative(), reason: 'ONNX Runtime is installed' }),
  async () => ({ backend: await loadGpu('webasm'), reason: 'gpu.js is installed' }),
  async () => ({ backend: referenceBackend, reason: 'it is always there' }),
]

async function firstOf(list: readonly Candidate[]): Promise<BackendReport> {
  const against: string[] = []
  for (const candidate of list) {
    try {
      const found = await candidate()
      if (typeof found === 'object')
        return { ...found, reason: `auto: ${[...against, found.reason].join('; ')}` }
      against.push(found)
    } catch (error) {
      if (!TensorError.isInstance(error)) throw error
      against.push(error.message)
    }
  }
  throw new TensorError('BACKEND_UNAVAILABLE', against.join('; '))
}

const asked =
  (load: () => Promise<Backend>): Loader =>
  async () => ({ backend: await load(), reason: 'asked for' })

const loaders: Readonly<Record<string, Loader>> = {
  auto: () => firstOf(candidates),
  reference: asked(async () => referenceBackend),
  native: asked(loadNative),
  gpu: asked(() => loadGpu('auto')),
  'gpu-webgpu': asked(() => loadGpu('webgpu')),
  'gpu-webgl2': asked(() => loadGpu('webgl2')),
  'gpu-webasm': asked(() => loadGpu('webasm')),
  'gpu-cpu': asked(() => loadGpu('cpu')),
}

/**
 * The backend that a choice stands for. `auto` takes a real GPU through gpu.js when one answers, else native when ONNX
 * Runtime can be loaded, else gpu.js on WebAssembly, else the reference. `gpu` takes the best mode of gpu.js, and
 * `gpu-webgpu` and the like one of them. The environment variable `PREFKIT_BACKEND`, one of these names, replaces `auto`.
 * @throws TensorError `BACKEND_UNAVAILABLE` when the named backend cannot be had, `INVALID_ARGUMENT` for an
 *   unknown name.
 */
export async function resolveBackend(choice: BackendChoice = 'auto'): Promise<BackendReport> {
  if (typeof choice !== 'string') return { backend: choice, reason: 'given' }
  const fromEnvironment = choice === 'auto' ? globalThis.process?.env?.PREFKIT_BACKEND : undefined
  const name = fromEnvironment || choice
  const loader = Object.hasOwn(loaders, name) ? loaders[name] : undefined
  if (!loader) {
    const where = fromEnvironment ? 'PREFKIT_BACKEND' : 'backend'
    throw new TensorError(
      'INVALID_ARGUMENT',
      `${where}: expected ${Object.keys(loaders).join(', ')}, got ${JSON.stringify(name)}`,
    )
  }
  const report = await loader()
  if (!fromEnvironment) return report
  const reason = name === 'auto' ? report.reason : `PREFKIT_BACKEND=${name}`
  return { ...report, reason }
}

/** One line saying what a choice of backend runs on, and why. */
export async function describeBackend(choice: BackendChoice = 'auto'): Promise<string> {
  const { backend, reason } = await resolveBackend(choice)
  return `${backend.name} (${backend.description}); ${reason}`
}
