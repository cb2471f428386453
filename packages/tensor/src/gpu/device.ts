import type { DeviceMemory } from '../core/device-memory'
import type { DType } from '../core/dtype'
import type { Tensor } from '../core/tensor'
import { fromDevice } from './elements'
import type { KernelResult } from './runtime'

/** The results of kernels behind the tensors that are on a device. */
const handles = new WeakMap<DeviceMemory, KernelResult>()

/** Frees what nobody can reach any longer; until then, `donate` and `release` do it at once. */
const unreachable = new FinalizationRegistry<KernelResult>((handle) => handle.delete())

/** Wraps the result of a kernel, which nothing else may free. */
export function createDeviceMemory(
  handle: KernelResult,
  { length, dtype, place }: { readonly length: number; readonly dtype: DType; readonly place: string },
): DeviceMemory {
  let gone: DeviceMemory['gone']
  const memory: DeviceMemory = {
    place,
    get gone() {
      return gone
    },
    read: async () => fromDevice(await readNumbers(handle, length), dtype),
    release(how) {
      if (gone) return
      gone = how
      unreachable.unregister(memory)
      handle.delete()
    },
  }
  handles.set(memory, handle)
  unreachable.register(memory, handle, memory)
  return memory
}

/** The result of a kernel that holds the tensor's elements, if one does. */
export const handleOf = ({ device }: Tensor): KernelResult | undefined => device && handles.get(device)

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
