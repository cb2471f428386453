import type { TypedArray } from './dtype'

/** A tensor's elements in the memory of a device. */
export interface DeviceMemory {
  /** Where that is, for messages: `gpu (webgpu)`. */
  readonly place: string
  /** Why the elements are there no longer; `undefined` while they are. */
  readonly gone: 'released' | 'donated' | undefined
  /** The elements, copied to the host. */
  read(): Promise<TypedArray>
  /** Frees them; `how` is what `gone` says from then on. */
  release(how: 'released' | 'donated'): void
}
