import type { DeviceMemory } from '../core/device-memory'
import type { DType } from '../core/dtype'
import { TensorError } from '../core/errors'
import type { Tensor } from '../core/tensor'
import { fromDevice } from './elements'
import type { KernelResult } from './runtime'
import { type Hold, type Shared, share } from './share'

/**
 * The result of a kernel that gives each run's away. gpu.js reads a result through the kernel that computed it, and may free
 * it with that kernel: so the result holds the kernel.
 */
export const shareResult = (handle: KernelResult, kernel: Hold<unknown>): Shared<KernelResult> =>
  share(handle, () => {
    handle.delete()
    kernel.letGo()
  })

/** What a backend's device holds for tensors. */
export interface Memories {
  /** Memory for a tensor that takes hold of the result of a kernel. */
  create(result: Shared<KernelResult>, elements: { length: number; dtype: DType }): DeviceMemory
  owns(memory: DeviceMemory): boolean
  /**
   * Takes hold of what is behind a tensor that is on this device; `undefined` for one that is not.
   * @throws TensorError `ON_DEVICE` when it has been released or donated.
   */
  hold(tensor: Tensor): Hold<KernelResult> | undefined
  /** Releases all of it. */
  release(): void
}

/** What is known of a tensor's memory besides it, so that it can be collected. */
interface Entry {
  readonly result: Shared<KernelResult>
  gone: DeviceMemory['gone']
  release(how: 'released' | 'donated'): void
}

/** Releases what nobody can reach any longer; until then, `donate` and `release` do it at once. */
const unreachable = new FinalizationRegistry<Entry>((entry) => entry.release('released'))

/**
 * @param place where it is, for messages.
 * @param onDevice does something there, and tells what goes wrong.
 */
export function createMemories(
  place: string,
  onDevice: <T>(action: () => Promise<T>) => Promise<T>,
): Memories {
  const entries = new WeakMap<DeviceMemory, Entry>()
  const live = new Set<Entry>()

  const createEntry = (result: Shared<KernelResult>): Entry => {
    const { letGo } = result()
    const entry: Entry = {
      result,
      gone: undefined,
      release(how) {
        entry.gone ??= how
        live.delete(entry)
        letGo()
      },
    }
    live.add(entry)
    return entry
  }

  return {
    create(result, { length, dtype }) {
      const entry = createEntry(result)
      const memory: DeviceMemory = {
        place,
        get gone() {
          return entry.gone
        },
        async read() {
          const { value, letGo } = result()
          try {
            return fromDevice(await onDevice(() => readNumbers(value, length)), dtype)
          } finally {
            letGo()
          }
        },
        release: entry.release,
      }
      entries.set(memory, entry)
      unreachable.register(memory, entry)
      return memory
    },
    owns: (memory) => entries.has(memory),
    hold(tensor) {
      const entry = tensor.device && entries.get(tensor.device)
      if (!entry?.gone) return entry?.result()
      throw new TensorError(
        'ON_DEVICE',
        `gpu: an argument, ${tensor}, was ${entry.gone} before its turn came; its elements are gone`,
      )
    },
    release() {
      for (const entry of live) entry.release('released')
    },
  }
}

/** Copies the first `length` numbers of a kernel's result, which gpu.js gives in rows. */
export async function readNumbers(handle: KernelResult, length: number): Promise<Float32Array> {
  const numbers = new Float32Array(length)
  const rows = [(await handle.toArray()) as Float32Array[]].flat(2) as Float32Array[]
  let at = 0
  for (const row of rows) {
    numbers.set(at + row.length > length ? row.subarray(0, length - at) : row, at)
    at += row.length
  }
  return numbers
}
