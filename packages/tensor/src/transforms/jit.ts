import { type BackendChoice, type BackendReport, type Executable, resolveBackend } from '../backend'
import { type Dim, type DimBindings, SymbolicDim } from '../core/dim'
import { TensorError } from '../core/errors'
import { type Aval, type Graph, traceGraph } from '../core/graph'
import { requireOptions } from '../core/require-options'
import { formatShape } from '../core/shape'
import { Tensor } from '../core/tensor'
import { treeLeaves, treeMap, treeStructure, treeUnflatten } from '../core/tree'
import { referenceBackend } from '../reference/backend'
import { checkSizes, shapeRules } from './check-sizes'
import { type Parts, requireDonated, requirePlacement, residentLeaves } from './placement'
import { simplify } from './simplify'

/** Options of {@link jit}. */
export interface JitOptions {
  /** Where to run. Default: `auto`. */
  backend?: BackendChoice
  /**
   * For each argument, names for the leading axes of all its tensors (`null` leaves an axis fixed). One compiled
   * graph then serves every size: `symbolicDims: [[], ['B']]` for `step(params, batch)`. A named axis broadcasts
   * only against the same name and 1. Default: every size is compiled for itself.
   */
  symbolicDims?: readonly (readonly (string | null)[])[]
  /**
   * The parts of the result, by key or position, whose f32 tensors stay in the memory of the device that computed them,
   * where it has its own: parameters and an optimiser's state are then never copied from step to step. They can be
   * passed to further calls; `await tensor.read()` copies one here. `true`: all of it. Default: none.
   */
  resident?: Parts
  /**
   * Positions of the arguments that a call uses up: what they hold on a device is freed once the call has read it, and
   * they cannot be used again. Default: none.
   */
  donate?: readonly number[]
  /**
   * How large constants, such as weights that do not change, are held where the backend computes in this process's memory: `packed`,
   * in copies of their own that are laid out for products, or `shared`, where they are: then several functions of the same weights
   * hold them once, and only products of few rows are slower. Other memory is saved too, where that costs little time. Default: `packed`.
   */
  constants?: 'packed' | 'shared'
}

/** One compilation of a jitted function. */
export interface Compilation {
  /** Shapes and dtypes of the arguments it serves. */
  readonly signature: string
  readonly backend: string
  /** What that runs on: library, version, threads or device. */
  readonly description: string
  /** Why this backend. */
  readonly reason: string
  /** Number of ops after simplification. */
  readonly ops: number
}

/** A compiled function: takes and returns trees of concrete tensors. */
export interface Jitted<Args extends unknown[], Result> {
  (...args: Args): Promise<Result>
  /** What has been compiled so far, and for which backend. */
  compilations(): Promise<Compilation[]>
  /** Frees everything compiled; calling the function again compiles anew. */
  release(): Promise<void>
}

interface Compiled {
  readonly executable: Executable
  /** Throws when a shape rule fails at these sizes. */
  check(bindings: DimBindings): void
  /** Of the structure of what `fn` gives. */
  readonly result: unknown
  readonly info: Compilation
}

/**
 * `fn` compiled: the first call with arguments of some structure, dtypes and shapes traces `fn` and compiles the
 * graph for a backend; later calls only run it. `fn` must be pure and may not look at its arguments' elements.
 * @throws TensorError from tracing (shapes), from the backend, and `SHAPE_MISMATCH` when two axes of one name
 *   differ in size.
 */
export function jit<Args extends unknown[], Result>(
  fn: (...args: Args) => Result,
  options: JitOptions = {},
): Jitted<Args, Result> {
  requireOptions('jit', options, {
    backend: true,
    symbolicDims: true,
    resident: true,
    donate: true,
    constants: true,
  })
  requireConstants(options.constants)
  requirePlacement(options.resident, options.donate)
  const cache = new Map<string, Promise<Compiled>>()
  const names = options.symbolicDims ?? []

  const call = async (...args: Args): Promise<Result> => {
    requireDonated(options.donate ?? [], args.length)
    const leaves = args.map(treeLeaves)
    const inputs = leaves.flat()
    const avals = leaves.flatMap((list, i) => list.map((leaf) => symbolicAval(leaf, names[i] ?? [])))
    const signature = signatureOf(args, avals)
    let compiled = cache.get(signature)
    if (!compiled) {
      compiled = compile(fn, args, avals, signature, options)
      cache.set(signature, compiled)
      compiled.catch(() => cache.delete(signature))
    }
    const { executable, result, check } = await compiled
    const bindings = names.length > 0 ? bindDims(inputs, avals) : noBindings
    check(bindings)
    const outputs = await executable.run(await reachable(inputs, executable), bindings).catch((error) => {
      // Where the device went, what was compiled went with it; another may answer the next call.
      if (TensorError.isInstance(error) && error.code === 'DEVICE_LOST') cache.delete(signature)
      throw error
    })
    const given = new Set(outputs.map(({ device }) => device))
    for (const position of options.donate ?? []) {
      for (const { device } of leaves[position] ?? []) {
        if (!given.has(device)) device?.release('donated')
      }
    }
    return treeUnflatten(result, outputs) as Result
  }

  return Object.assign(call, {
    async compilations() {
      return (await succeeded(cache.values())).map(({ info }) => info)
    },
    async release() {
      const all = [...cache.values()]
      cache.clear()
      await Promise.all((await succeeded(all)).map(({ executable }) => executable.release()))
    },
  })
}

/** @throws TensorError `INVALID_ARGUMENT`. */
function requireConstants(constants: unknown): void {
  if (constants === undefined || constants === 'packed' || constants === 'shared') return
  const got = JSON.stringify(constants)
  throw new TensorError('INVALID_ARGUMENT', `jit: constants: expected "packed" or "shared", got ${got}`)
}

/** What was compiled; a compilation that failed has told its caller. */
async function succeeded(all: Iterable<Promise<Compiled>>): Promise<Compiled[]> {
  const settled = await Promise.allSettled(all)
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

const noBindings: ReadonlyMap<string, number> = new Map()

function symbolicAval({ shape, dtype }: Tensor, names: readonly (string | null)[]): Aval {
  if (names.length === 0) return { shape, dtype }
  const dims = shape.map((dim, axis): Dim => (names[axis] ? SymbolicDim.named(names[axis]) : dim))
  return { shape: dims, dtype }
}

const signatureOf = (args: readonly unknown[], avals: readonly Aval[]): string =>
  `${treeStructure(args)} ${avals.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(' ')}`

async function compile<Args extends unknown[]>(
  fn: (...args: Args) => unknown,
  args: Args,
  avals: readonly Aval[],
  signature: string,
  options: JitOptions,
): Promise<Compiled> {
  let result: unknown
  const traced = traceGraph(avals, (inputs) => {
    result = fn(...treeUnflatten(args, inputs))
    return treeLeaves(result)
  })
  const graph = simplify(traced)
  const { backend, reason } = await chooseBackend(graph, options.backend)
  const executable = await backend.compile(graph, residentLeaves(result, options.resident), {
    shared: options.constants === 'shared',
  })
  const ops = graph.nodes.filter((node) => node.kind === 'op').length
  return {
    executable,
    result: structureOf(result),
    check: sizeCheck(graph),
    info: { signature, backend: backend.name, description: backend.description, reason, ops },
  }
}

/** The tree without what was traced, which leads to the graph and to every constant of it. */
function structureOf(tree: unknown): unknown {
  const leaf = Tensor.fromData(new Float32Array(1), [])
  return treeMap(() => leaf, tree)
}

/** The inputs as an executable takes them: what is on another device is read. */
const reachable = (
  inputs: readonly Tensor[],
  executable: Executable,
): Promise<Tensor[]> | readonly Tensor[] =>
  inputs.some(({ device }) => device)
    ? Promise.all(
        inputs.map((x) => (x.device && (x.device.gone || !executable.owns?.(x.device)) ? x.read() : x)),
      )
    : inputs

/** The backend asked for; under `auto`, the reference for a graph that the chosen backend refuses. */
async function chooseBackend(graph: Graph, choice: BackendChoice = 'auto'): Promise<BackendReport> {
  const report = await resolveBackend(choice)
  const refusal = report.backend.refuses(graph)
  if (refusal === undefined) return report
  if (choice !== 'auto') throw new TensorError('BACKEND_UNSUPPORTED', `${report.backend.name}: ${refusal}`)
  return {
    backend: referenceBackend,
    reason: `auto: ${report.backend.name} cannot run this graph: ${refusal}`,
  }
}

/** Checks each combination of sizes once. */
function sizeCheck(graph: Graph): (bindings: DimBindings) => void {
  const rules = shapeRules(graph)
  const checked = new Set<string>()
  return (bindings) => {
    if (bindings.size === 0) return
    const key = [...bindings.values()].join()
    if (checked.has(key)) return
    checkSizes(rules, bindings)
    checked.add(key)
  }
}

/** Reads the size of each named axis off the inputs. */
function bindDims(inputs: readonly Tensor[], avals: readonly Aval[]): ReadonlyMap<string, number> {
  const bindings = new Map<string, number>()
  avals.forEach(({ shape }, i) => {
    shape.forEach((dim, axis) => {
      if (typeof dim === 'number') return
      const size = inputs[i]!.dims[axis]!
      const name = String(dim)
      const before = bindings.get(name)
      if (before !== undefined && before !== size) {
        throw new TensorError(
          'SHAPE_MISMATCH',
          `jit: dimension ${name} is ${before} in one argument and ${size} in another of shape ${formatShape(inputs[i]!.shape)}`,
        )
      }
      bindings.set(name, size)
    })
  })
  return bindings
}
