import { LmError } from '../lm-error'

/** Reads values one after another from the beginning of a file. */
export interface ByteReader {
  /** Bytes read so far. */
  position(): number
  /** Bytes of the file, read or not, from here on. */
  remaining(): number
  u8(): number
  i8(): number
  u16(): number
  i16(): number
  u32(): number
  i32(): number
  f32(): number
  f64(): number
  /** 64-bit integers are numbers where a number holds them exactly. */
  u64(): number | bigint
  i64(): number | bigint
  /** A 64-bit length or count that a number holds. */
  size(what: string): number
  /** Text of a length that stands before it. */
  text(what: string): string
}

/** Thrown when the bytes at hand end before those of the file do: more of them have to be read first. */
export class PrefixTooShort extends Error {
  override readonly name = 'PrefixTooShort'
  /** Bytes from the beginning that were asked for. */
  readonly needed: number

  constructor(needed: number) {
    super(`${needed} bytes are needed`)
    this.needed = needed
  }
}

const narrow = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/**
 * @param prefix the first bytes of the file.
 * @param fileSize how many it has in all; a length beyond that is an error before anything is allocated.
 */
export function byteReader(prefix: Uint8Array, fileSize: number, file: string): ByteReader {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let place = 0

  /** The place of the next `length` bytes, which are passed over. */
  function take(length: number, what: string): number {
    if (length > fileSize - place) {
      const problem = `${what} at byte ${place} takes ${length} bytes, but ${fileSize - place} follow: truncated`
      throw new LmError('INVALID_FILE', `${file}: ${problem}, or no GGUF file`)
    }
    if (place + length > prefix.byteLength) throw new PrefixTooShort(place + length)
    place += length
    return place - length
  }

  const size = (what: string): number => {
    const value = view.getBigUint64(take(8, what), true)
    if (value <= BigInt(fileSize)) return Number(value)
    throw new LmError(
      'INVALID_FILE',
      `${file}: ${what}: expected at most ${fileSize}, the file's size, got ${value}`,
    )
  }

  return {
    position: () => place,
    remaining: () => fileSize - place,
    u8: () => view.getUint8(take(1, 'a value')),
    i8: () => view.getInt8(take(1, 'a value')),
    u16: () => view.getUint16(take(2, 'a value'), true),
    i16: () => view.getInt16(take(2, 'a value'), true),
    u32: () => view.getUint32(take(4, 'a value'), true),
    i32: () => view.getInt32(take(4, 'a value'), true),
    f32: () => view.getFloat32(take(4, 'a value'), true),
    f64: () => view.getFloat64(take(8, 'a value'), true),
    u64: () => narrow(view.getBigUint64(take(8, 'a value'), true)),
    i64: () => narrow(view.getBigInt64(take(8, 'a value'), true)),
    size,
    text: (what) => {
      const length = size(`the length of ${what}`)
      const begin = take(length, what)
      return decoder.decode(prefix.subarray(begin, begin + length))
    },
  }
}
