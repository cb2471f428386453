import type { Backend, Executable } from '../backend'
import type { DType, TypedArray } from '../core/dtype'
import { TensorError } from '../core/errors'
import { requireOptions } from '../core/require-options'
import { Tensor } from '../core/tensor'
import { keepFreedMemory } from './keep-freed-memory'
import { type LoweredGraph, lowerToOnnx } from './lower'

/** A tensor of ONNX Runtime, as far as it is used. */
export interface OnnxTensor {
  readonly data: unknown
  readonly dims: readonly number[]
}

/** A compiled model of ONNX Runtime, as far as it is used. */
export interface OnnxSession {
  run(feeds: Record<string, OnnxTensor>): Promise<Readonly<Record<string, OnnxTensor>>>
  release(): Promise<void>
}

/**
 * The part of `onnxruntime-node` or `onnxruntime-web` that is used, spelled out so that the declarations need
 * neither of them.
 */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: object): Promise<OnnxSession>
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims?: readonly number[]) => OnnxTensor
  readonly env: { readonly versions: Readonly<Record<string, string | undefined>> }
}

/** Options of {@link createNativeBackend}. */
export interface NativeOptions {
  /** Threads within an op. Default: ONNX Runtime's, one for each physical core. */
  threads?: number
  /** Where to run, most wanted first: `cpu`, `cuda`, `dml`, `coreml`, … Default: `['cpu']`. */
  executionProviders?: readonly string[]
  /** The ONNX Runtime to use. Default: `onnxruntime-node` in Node, `onnxruntime-web` elsewhere. */
  runtime?: OnnxRuntime
}

const ortTypes: Readonly<Record<DType, 'float32' | 'float64' | 'int32' | 'bool'>> = {
  f32: 'float32',
  f64: 'float64',
  i32: 'int32',
  bool: 'bool',
}

/**
 * The lowering to ONNX Runtime: a graph becomes one ONNX model, forward, backward and optimiser included, and a
 * call is one run of it.
 * @throws TensorError `BACKEND_UNAVAILABLE` when no ONNX Runtime is installed.
 */
export async function createNativeBackend(options: NativeOptions = {}): Promise<Backend> {
  requireOptions('createNativeBackend', options, { threads: true, executionProviders: true, runtime: true })
  const runtime = options.runtime ?? (await loadRuntime())
  const providers = options.executionProviders ?? ['cpu']
  const session = {
    executionProviders: [...providers],
    graphOptimizationLevel: 'all' as const,
    // Nothing goes to stderr unasked: errors come back as exceptions.
    logSeverityLevel: 4,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
  }
  const threads = options.threads === undefined ? 'all cores' : `${options.threads} thread(s)`
  return {
    name: 'native',
    description: `ONNX Runtime ${runtime.env.versions.common ?? ''} on ${providers.join(', ')}, ${threads}`,
    refuses(graph) {
      const wide = graph.nodes.find((node) => node.dtype === 'f64')
      return wide && `f64 runs on the reference only, and ${wide.primitive?.name ?? 'an argument'} is f64`
    },
    async compile(graph, _, { shared = false } = {}) {
      // A block planned for one set of sizes is held beside what runs of other sizes took: fast for small graphs, dear for large ones.
      const settings = { ...session, enableMemPattern: !shared }
      return executableOf(runtime, await createSession(runtime, lowerToOnnx(graph, { shared }), settings))
    },
  }
}

/** A compiled graph: what it is run with, and none of its constants but those that are shared: ONNX Runtime has copied the others. */
interface Session {
  readonly compiled: OnnxSession
  readonly inputs: readonly string[]
  /** What is handed over at each run beside the inputs. */
  readonly shared: Readonly<Record<string, OnnxTensor>>
  readonly outputs: readonly { readonly name: string; readonly dtype: DType }[]
}

async function createSession(
  runtime: OnnxRuntime,
  { model, files, inputs, outputs, shared }: LoweredGraph,
  options: object,
): Promise<Session> {
  const create = () => runtime.InferenceSession.create(model, { ...options, externalData: files })
  return {
    compiled: await guard('compile', create),
    inputs,
    outputs,
    shared: Object.fromEntries(shared.map(({ name, value }) => [name, toOrt(runtime, value)])),
  }
}

// Not within the function that has the graph: what closures there see would live as long as they do.
const executableOf = (
  runtime: OnnxRuntime,
  { compiled, inputs: names, outputs, shared }: Session,
): Executable => ({
  async run(inputs) {
    const feeds: Record<string, OnnxTensor> = { ...shared }
    inputs.forEach((input, i) => {
      feeds[names[i]!] = toOrt(runtime, input)
    })
    const results = await guard('run', () => compiled.run(feeds))
    return outputs.map(({ name, dtype }) => fromOrt(results[name]!, dtype))
  },
  release: () => compiled.release(),
})

/** What ONNX Runtime says of an index that points outside, op by op. */
const outOfRange = /out of data bounds|Out of range value in index|invalid indice/

async function guard<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const code = outOfRange.test(message) ? 'INDEX_OUT_OF_RANGE' : 'BACKEND_FAILURE'
    throw new TensorError(code, `native: ONNX Runtime could not ${what} the graph: ${message}`, {
      cause,
    })
  }
}

/** What helps where a package's files cannot all be fetched. */
const offline = {
  'onnxruntime-node': ' (offline: set ONNXRUNTIME_NODE_INSTALL=skip, the CPU library is inside the package)',
  'onnxruntime-web': '',
} as const

async function loadRuntime(): Promise<OnnxRuntime> {
  const name = globalThis.process?.versions?.node ? 'onnxruntime-node' : 'onnxruntime-web'
  try {
    if (name === 'onnxruntime-node') keepFreedMemory()
    return (await (name === 'onnxruntime-node'
      ? import('onnxruntime-node')
      : import('onnxruntime-web'))) as OnnxRuntime
  } catch (cause) {
    throw new TensorError(
      'BACKEND_UNAVAILABLE',
      `native: ${name} is not installed or does not load here; \`npm install ${name}\` adds it${offline[name]}`,
      { cause },
    )
  }
}

const known = new WeakMap<Tensor, OnnxTensor>()

function toOrt(runtime: OnnxRuntime, input: Tensor): OnnxTensor {
  const before = known.get(input)
  if (before) return before
  const made = new runtime.Tensor(ortTypes[input.dtype] as 'float32', input.data as Float32Array, input.dims)
  known.set(input, made)
  return made
}

function fromOrt(result: OnnxTensor, dtype: DType): Tensor {
  const made = Tensor.fromData(result.data as TypedArray, result.dims, dtype)
  known.set(made, result)
  return made
}
