/// <reference lib="dom" />
/** Pages of 64 KiB that a memory can have: 4 GiB less one, so that no end of anything is address 2³², which is 0. */
export const MAXIMUM_PAGES = 65535
/** Bytes that threads agree by; see layout.ts. */
const CONTROL_BYTES = 1024

/**
 * The memory of the last engine that was disposed, until it is collected. Collectors take their time with what is outside of
 * their heap: trainings that follow each other would each have their own for a while.
 */
let idle: WeakRef<WebAssembly.Memory> | undefined

/** A memory that no engine has. What is in it, but for the threads' words, is not cleared. */
export function takeMemory(): WebAssembly.Memory {
  const memory =
    idle?.deref() ?? new WebAssembly.Memory({ initial: 16, maximum: MAXIMUM_PAGES, shared: true })
  idle = undefined
  new Uint8Array(memory.buffer, 0, CONTROL_BYTES).fill(0)
  return memory
}

/** Says that nobody works on a memory any more. */
export function returnMemory(memory: WebAssembly.Memory): void {
  idle = new WeakRef(memory)
}
