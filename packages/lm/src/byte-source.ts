/** Bytes that are read piece by piece: a file, a part of one, or anything else with a length. */
export interface ByteSource {
  /** What messages call it, such as its path. */
  readonly name: string
  /** Length in bytes. */
  readonly size: number
  /** The bytes from `at` on, all `length` of them; throws when they are not there. The result is the caller's own. */
  read(at: number, length: number): Promise<Uint8Array>
}

/** Bytes in memory as a source. */
export const bytesSource = (bytes: Uint8Array, name: string): ByteSource => ({
  name,
  size: bytes.byteLength,
  // The constructor copies, which `slice` of a Node Buffer does not: so every piece is aligned.
  read: async (at, length) => new Uint8Array(bytes.subarray(at, at + length)),
})
