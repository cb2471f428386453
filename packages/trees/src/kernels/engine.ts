/// <reference lib="dom" />
import { TreesError } from '../trees-error'
import { kernelsWasm } from './kernels-wasm'
import { EPOCH, FAILED, HEAP, STOPPED } from './layout'
import { MAXIMUM_PAGES, returnMemory, takeMemory } from './memory'
import { isMainThreadOfPage, startThread, type Thread } from './thread'

/** What the kernels export; see assembly/. */
export interface Kernels {
  parallel(kernel: number, args: number, count: number, workers: number, maySleep: number): void
  sums(pairs: number, count: number, out: number): void
}

/** Memory that kernels work on, and threads that share it. */
export interface Engine {
  readonly memory: WebAssembly.Memory
  /** Threads that work, this one included. */
  readonly threads: number
  readonly kernels: Kernels
  /**
   * Bytes at an address divisible by 64, not cleared.
   * @throws TreesError `OUT_OF_MEMORY` beyond 4 GiB.
   */
  allocate(bytes: number): number
  /** Where the next allocation begins: for {@link Engine.free}. */
  mark(): number
  /** Gives back all that was allocated since the mark. */
  free(mark: number): void
  /** Runs items 0 … count − 1 of a kernel over all threads, and returns when all are done. This thread works too. */
  parallel(kernel: number, args: number, count: number): void
  /** Views of the memory; an allocation may grow it, after which old views still read, but their buffer is no longer the memory's. */
  u8(address: number, length: number): Uint8Array
  u16(address: number, length: number): Uint16Array
  i32(address: number, length: number): Int32Array
  u32(address: number, length: number): Uint32Array
  f32(address: number, length: number): Float32Array
  f64(address: number, length: number): Float64Array
  /** Ends the threads. The memory goes when nothing refers to it, or becomes the next engine's. Views must not be used any more. */
  dispose(): Promise<void>
}

const PAGE = 65536

let compiled: Promise<WebAssembly.Module> | undefined

const compile = (): Promise<WebAssembly.Module> => {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(kernelsWasm), (c) => c.charCodeAt(0)))
  return compiled
}

/**
 * An engine of its own memory.
 * @param threads threads that work, at least 1; more than one needs shared memory, which a page has when it is
 * cross-origin isolated.
 * @throws TreesError `UNSUPPORTED` where memory cannot be shared, or threads cannot be started.
 */
export async function createEngine(threads: number): Promise<Engine> {
  if (threads > 1 && typeof SharedArrayBuffer !== 'function') {
    const message = `threads is ${threads}; several need a page that is cross-origin isolated (the headers COOP and COEP); give 1`
    throw new TreesError('UNSUPPORTED', message)
  }
  const module = await compile()
  const memory = takeMemory()
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  // The types of exports are not known to TypeScript; assembly/index.ts has them.
  const kernels = exports as unknown as Kernels
  const workers = await startThreads(module, memory, threads - 1)
  return { ...allocator(memory), memory, threads, kernels, ...runner(kernels, memory, workers) }
}

/** All threads, or none where one of them cannot be started. */
async function startThreads(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
): Promise<Thread[]> {
  const starting = Array.from({ length: count }, (_, i) => startThread(module, memory, i + 1))
  try {
    return await Promise.all(starting)
  } catch (error) {
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.end() : undefined)))
    throw error
  }
}

function runner(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  workers: readonly Thread[],
): Pick<Engine, 'parallel' | 'dispose'> {
  const maySleep = isMainThreadOfPage() ? 0 : 1
  const control = new Int32Array(memory.buffer, 0, HEAP >> 2)
  let isDisposed = false
  return {
    parallel(kernel, args, count) {
      kernels.parallel(kernel, args, count, workers.length, maySleep)
      if (control[FAILED >> 2] !== 0) throw new Error(`a thread failed in kernel ${kernel}`)
    },
    async dispose() {
      // A second time, the memory may be another engine's.
      if (isDisposed) return
      isDisposed = true
      Atomics.store(control, STOPPED >> 2, 1)
      Atomics.add(control, EPOCH >> 2, 1)
      Atomics.notify(control, EPOCH >> 2)
      await Promise.all(workers.map((worker) => worker.end()))
      returnMemory(memory)
    },
  }
}

function allocator(
  memory: WebAssembly.Memory,
): Omit<Engine, 'memory' | 'threads' | 'kernels' | 'parallel' | 'dispose'> {
  let next = HEAP
  return {
    allocate(bytes) {
      const address = next
      const end = address + Math.ceil(bytes / 64) * 64
      growTo(memory, end)
      next = end
      return address
    },
    mark: () => next,
    free(mark) {
      next = mark
    },
    u8: (address, length) => new Uint8Array(memory.buffer, address, length),
    u16: (address, length) => new Uint16Array(memory.buffer, address, length),
    i32: (address, length) => new Int32Array(memory.buffer, address, length),
    u32: (address, length) => new Uint32Array(memory.buffer, address, length),
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
  }
}

function growTo(memory: WebAssembly.Memory, end: number): void {
  const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE)
  if (missing <= 0) return
  const tooMuch = (cause?: unknown) =>
    new TreesError(
      'OUT_OF_MEMORY',
      `${(end / 2 ** 30).toFixed(2)} GiB are needed, and 4 GiB can be had: fewer rows or columns, a smaller max_bin or fewer num_leaves take less`,
      { cause },
    )
  if (end > MAXIMUM_PAGES * PAGE) throw tooMuch()
  try {
    memory.grow(missing)
  } catch (cause) {
    throw tooMuch(cause)
  }
}
