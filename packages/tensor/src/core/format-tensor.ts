import type { DType, TypedArray } from './dtype'
import type { ConcreteShape } from './shape'

/** More elements than this are shown in part: the first and last few of each long axis. */
const shownWhole = 1000
const edge = 3

const formatters: Readonly<Record<DType, (value: number) => string>> = {
  f32: (value) => String(Number(value.toPrecision(6))),
  f64: (value) => String(Number(value.toPrecision(9))),
  i32: String,
  bool: (value) => String(value !== 0),
}

const quoted: Readonly<Record<string, (value: unknown) => string>> = {
  string: (value) => `the string ${JSON.stringify(value)}`,
  bigint: (value) => `the bigint ${value}n`,
}

/** A value for messages; strings, bigints and lists, which may print as numbers do, are told apart from them. */
export const formatValue = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(formatValue).join(', ')}]` : (quoted[typeof value] ?? String)(value)

/** The elements as nested brackets, a row a line, the middle of long axes left out when there are many. */
export function formatElements(data: TypedArray, dims: ConcreteShape, dtype: DType): string {
  const format = formatters[dtype]
  const isShort = data.length <= shownWhole
  const level = (axis: number, offset: number, step: number): string => {
    if (axis === dims.length) return format(data[offset]!)
    const length = dims[axis]!
    const inner = step / length
    const at = (i: number) => level(axis + 1, offset + i * inner, inner)
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => at(from + i))
    const parts =
      isShort || length <= 2 * edge
        ? range(0, length)
        : [...range(0, edge), '…', ...range(length - edge, length)]
    const separator = axis === dims.length - 1 ? ', ' : `,\n${' '.repeat(axis + 1)}`
    return `[${parts.join(separator)}]`
  }
  return level(0, 0, data.length)
}
