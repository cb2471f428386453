import type { DeviceMemory } from './core/device-memory'
import type { DimBindings } from './core/dim'
import { TensorError } from './core/errors'
import type { Graph } from './core/graph'
import type { Tensor } from './core/tensor'
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
  /** Short name: `reference`, `native`. */
  readonly name: string
  /** What it runs on, for people: library, version, threads or device. */
  readonly description: string
  /** Why this graph cannot run here, or `undefined` when it can. */
  refuses(graph: Graph): string | undefined
  /** @param resident for each output, whether it may stay on the device; default: none. */
  compile(graph: Graph, resident?: readonly boolean[]): Promise<Executable>
}

/** A backend, or how to choose one. */
export type BackendChoice = 'auto' | 'reference' | 'native' | Backend

/** Which backend was chosen, and why. */
export interface BackendReport {
  readonly backend: Backend
  readonly reason: string
}

type Loader = () => Promise<BackendReport>

let native: Promise<Backend> | undefined

const loadNative = async (): Promise<Backend> => {
  native ??= import('./native/index').then((module) => module.createNativeBackend())
  return native
}

const loaders: Readonly<Record<string, Loader>> = {
  reference: async () => ({ backend: referenceBackend, reason: 'asked for' }),
  native: async () => ({ backend: await loadNative(), reason: 'asked for' }),
  auto: async () => {
    try {
      return { backend: await loadNative(), reason: 'auto: ONNX Runtime is installed' }
    } catch (error) {
      if (!TensorError.isInstance(error)) throw error
      return { backend: referenceBackend, reason: `auto: ${error.message}` }
    }
  },
}

/**
 * The backend that a choice stands for. `auto` takes native when ONNX Runtime can be loaded, else the reference;
 * the environment variable `PREFKIT_BACKEND` (`auto`, `reference`, `native`) replaces `auto`.
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
