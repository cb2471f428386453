import { TreesError } from '../trees-error'

/** Makes an array, or throws `OUT_OF_MEMORY` with its size. */
export function allocate<T>(length: number, make: (length: number) => T, what: string): T {
  try {
    return make(length)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const message = `${what}: an array of ${length} numbers does not fit into memory; predict fewer rows at a time`
    throw new TreesError('OUT_OF_MEMORY', message, { cause })
  }
}
