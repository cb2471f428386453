/** What the header of a `.npy` file says, as far as it is used. */
export interface NpyHeader {
  /** Element type of NumPy without byte order: `f4`, `i1`, … */
  readonly type: string
  readonly shape: readonly number[]
}

/** First bytes of a `.npy` file, then two of the version and two or four of the header's length. */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
/** Bytes before the header, at most. */
export const npyPrefixBytes = 12

/**
 * Where the header begins and ends, from the first {@link npyPrefixBytes} bytes of a file.
 * @throws Error saying what is wrong.
 */
export function npyHeaderRange(prefix: Uint8Array): { start: number; end: number } {
  if (prefix.length < npyPrefixBytes) throw new Error(`it is cut off: it has only ${prefix.length} bytes`)
  if (magic.some((byte, i) => prefix[i] !== byte)) throw new Error('it does not begin with \\x93NUMPY')
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength)
  const version = prefix[6]!
  if (version < 1 || version > 3) throw new Error(`expected version 1, 2 or 3 of the format, got ${version}`)
  const start = version === 1 ? 10 : 12
  return { start, end: start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)) }
}

/**
 * The header, which is a Python dictionary as NumPy writes it (NEP 1).
 * @throws Error saying what is wrong: a field that is missing, Fortran order, or big-endian numbers.
 */
export function parseNpyHeader(text: string): NpyHeader {
  const field = (name: string, value: string): string => {
    const found = new RegExp(`'${name}': ${value}[,}]`).exec(text)?.[1]
    if (found === undefined)
      throw new Error(`its header has no ${name} that can be read: ${text.trim().slice(0, 200)}`)
    return found
  }
  const descr = field('descr', `'([^']*)'`)
  const isFortran = field('fortran_order', '(True|False)') === 'True'
  const shape = field('shape', '\\(([0-9, ]*)\\)')
  if (isFortran) throw new Error('it is in Fortran order; save numpy.ascontiguousarray(x)')
  if (descr.startsWith('>')) throw new Error(`its numbers are big-endian (${descr}); save x.astype("<f4")`)
  return {
    type: descr.replace(/^[<|=]/, ''),
    shape: shape
      .split(',')
      .filter((size) => size.trim() !== '')
      .map(Number),
  }
}
