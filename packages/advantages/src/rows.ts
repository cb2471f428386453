import { AdvantageError } from './advantage-error'
import type { Flags, FlagVector, FlatMatrix, Matrix, MatrixLike, Vector, VectorLike } from './arrays'
import { formatValue } from './check-options'

/** A matrix as every function here reads it: row i is data[starts[i]] up to data[starts[i + 1]]. */
export interface Rows {
  /** The numbers, row after row; never written to, because they may be the caller's. */
  readonly data: Float64Array
  /** Where each row starts, and the end of the last. */
  readonly starts: Int32Array
  /** The name to put in messages. */
  readonly parameter: string
}

export const isFlat = (value: unknown): value is { data: ArrayLike<unknown>; shape: readonly number[] } =>
  typeof value === 'object' && value !== null && 'data' in value && 'shape' in value

export const isTyped = (value: unknown): value is Float32Array | Float64Array =>
  value instanceof Float32Array || value instanceof Float64Array

const mismatch = (parameter: string, got: string, expected: string) =>
  new AdvantageError('SHAPE_MISMATCH', parameter, `${parameter} is ${got}; expected ${expected}`)

/** The error for a value that is not an array at all: `MISSING_INPUT` where there is none. */
const noArray = (parameter: string, value: unknown, expected: string) =>
  value === undefined
    ? new AdvantageError('MISSING_INPUT', parameter, `${parameter} is undefined; expected ${expected}`)
    : mismatch(parameter, formatValue(value), expected)

/** Throws unless `value` is an array or a typed array. */
function checkRow(parameter: string, value: unknown): void {
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return
  throw noArray(parameter, value, 'an array of numbers')
}

/** Copies numbers; anything else is refused, because a typed array would convert it to a number. */
function copyNumbers(parameter: string, from: Vector, to: Float64Array, at: number): void {
  if (isTyped(from)) {
    to.set(from, at)
    return
  }
  for (let i = 0; i < from.length; i++) {
    const value: unknown = from[i]
    if (typeof value !== 'number') {
      const message = `${parameter}[${i}] is ${formatValue(value)}; expected a number`
      throw new AdvantageError('NOT_FINITE', `${parameter}[${i}]`, message)
    }
    to[at + i] = value
  }
}

function startsOf(parameter: string, rows: readonly ArrayLike<unknown>[]): Int32Array {
  const starts = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    checkRow(`${parameter}[${i}]`, rows[i])
    starts[i + 1] = starts[i]! + rows[i]!.length
  }
  return starts
}

function flatStarts(parameter: string, data: ArrayLike<unknown>, shape: readonly number[]): Int32Array {
  const [rows = -1, columns = -1] = shape
  if (shape.length !== 2 || rows * columns !== data.length || rows < 0 || columns < 0) {
    throw mismatch(`${parameter}.shape`, `[${shape}]`, `two numbers whose product is ${data.length}`)
  }
  const starts = new Int32Array(rows + 1)
  for (let row = 1; row <= rows; row++) starts[row] = row * columns
  return starts
}

const toFloat64 = (parameter: string, data: Vector): Float64Array => {
  if (data instanceof Float64Array) return data
  const copy = new Float64Array(data.length)
  copyNumbers(parameter, data, copy, 0)
  return copy
}

/**
 * Reads a matrix in any of its forms. Throws `SHAPE_MISMATCH`, `MISSING_INPUT` for undefined, and `NOT_FINITE` for what is
 * not a number.
 */
export function readMatrix(parameter: string, matrix: Matrix): Rows {
  if (isFlat(matrix)) {
    const { data, shape } = matrix as FlatMatrix
    checkRow(`${parameter}.data`, data)
    return { data: toFloat64(parameter, data), starts: flatStarts(parameter, data, shape), parameter }
  }
  if (!Array.isArray(matrix)) throw noArray(parameter, matrix, 'rows, or {data, shape}')
  const starts = startsOf(parameter, matrix)
  const data = new Float64Array(starts.at(-1)!)
  matrix.forEach((row: Vector, i: number) => {
    copyNumbers(`${parameter}[${i}]`, row, data, starts[i]!)
  })
  return { data, starts, parameter }
}

function checkSameRows(parameter: string, starts: Int32Array, like: Rows): void {
  if (starts.length !== like.starts.length) {
    const rows = `as many rows as ${like.parameter} has, ${like.starts.length - 1}`
    throw mismatch(parameter, `of ${starts.length - 1} rows`, rows)
  }
  for (let i = 1; i < starts.length; i++) {
    if (starts[i] === like.starts[i]) continue
    const [got, expected] = [starts[i]! - starts[i - 1]!, like.starts[i]! - like.starts[i - 1]!]
    const wanted = `as many as ${like.parameter}[${i - 1}] has, ${expected}`
    throw mismatch(`${parameter}[${i - 1}]`, `of ${got} numbers`, wanted)
  }
}

/** Reads a matrix whose rows are as long as those of another. Throws as {@link readMatrix}. */
export function readMatrixLike(parameter: string, matrix: Matrix, like: Rows): Float64Array {
  const { data, starts } = readMatrix(parameter, matrix)
  checkSameRows(parameter, starts, like)
  return data
}

/** Reads a vector, of `length` numbers where that is given. Throws as {@link readMatrix}. */
export function readVector(parameter: string, vector: Vector, length?: number): Float64Array {
  checkRow(parameter, vector)
  if (length !== undefined && vector.length !== length) {
    throw mismatch(parameter, `of ${vector.length} numbers`, `${length} of them`)
  }
  return toFloat64(parameter, vector)
}

/** The same bytes four at a time, without a rest of up to three; none where they are not aligned in memory. */
export const wordsOf = ({ buffer, byteOffset, length }: Uint8Array): Uint32Array =>
  byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, length >> 2) : new Uint32Array(0)

function areBits(bytes: Uint8Array): boolean {
  const words = wordsOf(bytes)
  let all = 0
  for (let i = 0; i < words.length; i++) all |= words[i]!
  for (let i = 4 * words.length; i < bytes.length; i++) all |= bytes[i]!
  return (all & ~0x01010101) === 0
}

function copyFlags(parameter: string, from: FlagVector, to: Uint8Array, at: number): void {
  for (let i = 0; i < from.length; i++) {
    const flag = from[i]
    if (flag !== 0 && flag !== 1 && typeof flag !== 'boolean') {
      const message = `${parameter}[${i}] is ${formatValue(flag)}; expected 0, 1 or a truth value`
      throw new AdvantageError('OUT_OF_RANGE', `${parameter}[${i}]`, message)
    }
    to[at + i] = Number(flag)
  }
}

/** Flags as bytes; flags that are bytes already are not copied. */
function toBytes(parameter: string, flags: FlagVector): Uint8Array {
  if (flags instanceof Uint8Array && areBits(flags)) return flags
  const bytes = new Uint8Array(flags.length)
  copyFlags(parameter, flags, bytes, 0)
  return bytes
}

/**
 * Reads a vector of flags; never written to, because it may be the caller's. Throws `SHAPE_MISMATCH`, `MISSING_INPUT`, and
 * `OUT_OF_RANGE` for what is not a flag.
 */
export function readFlagVector(parameter: string, flags: FlagVector, length: number): Uint8Array {
  checkRow(parameter, flags)
  if (flags.length !== length) throw mismatch(parameter, `of ${flags.length} flags`, `${length} of them`)
  return toBytes(parameter, flags)
}

/** Flags in rows: row i is bytes[starts[i]] up to bytes[starts[i + 1]]. */
export interface FlagRows {
  /** The flags, row after row; never written to, because they may be the caller's. */
  readonly bytes: Uint8Array
  /** Where each row starts, and the end of the last. */
  readonly starts: Int32Array
}

/** Reads flags in any of their forms. Throws as {@link readFlagVector}. */
export function readFlagRows(parameter: string, flags: Flags): FlagRows {
  if (isFlat(flags)) {
    checkRow(`${parameter}.data`, flags.data)
    const starts = flatStarts(parameter, flags.data, flags.shape)
    return { bytes: toBytes(parameter, flags.data as FlagVector), starts }
  }
  if (!Array.isArray(flags)) throw noArray(parameter, flags, 'rows, or {data, shape}')
  const starts = startsOf(parameter, flags)
  const bytes = new Uint8Array(starts.at(-1)!)
  flags.forEach((row: FlagVector, i: number) => {
    copyFlags(`${parameter}[${i}]`, row, bytes, starts[i]!)
  })
  return { bytes, starts }
}

/**
 * Reads flags laid out as `like`; `missing` everywhere when there are none. Never written to, because they may be the
 * caller's. Throws `SHAPE_MISMATCH`, `OUT_OF_RANGE`.
 */
export function readFlags(
  parameter: string,
  flags: Flags | undefined,
  like: Rows,
  missing: 0 | 1,
): Uint8Array {
  if (flags === undefined) return new Uint8Array(like.data.length).fill(missing)
  const { bytes, starts } = readFlagRows(parameter, flags)
  checkSameRows(parameter, starts, like)
  return bytes
}

/** The index of an element as the caller counts: `values[2][5]`. */
function place(parameter: string, at: number, starts: Int32Array | undefined): string {
  if (starts === undefined) return `${parameter}[${at}]`
  let row = 0
  while (starts[row + 1]! <= at) row++
  return `${parameter}[${row}][${at - starts[row]!}]`
}

/** Throws `NOT_FINITE`, naming the index, at the first number that is not finite where `where` is 1. */
export function checkFinite(
  parameter: string,
  data: Float64Array,
  { where, starts }: { where?: Uint8Array; starts?: Int32Array } = {},
): void {
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i]!) <= Number.MAX_VALUE || where?.[i] === 0) continue
    const name = place(parameter, i, starts)
    throw new AdvantageError('NOT_FINITE', name, `${name} is ${data[i]}; expected a finite number`)
  }
}

/** The largest finite number in single precision. */
const largestFloat32 = (2 - 2 ** -23) * 2 ** 127

/** Throws `OVERFLOW` where a result is not finite in the precision that it will have. */
function checkResult(result: Float64Array, form: Matrix | Vector, starts?: Int32Array): void {
  const limit = form instanceof Float32Array ? largestFloat32 : Number.MAX_VALUE
  for (let i = 0; i < result.length; i++) {
    if (Math.abs(result[i]!) <= limit) continue
    const name = place('result', i, starts)
    const message = `${name} is ${result[i]}; expected input whose result is a finite number`
    throw new AdvantageError('OVERFLOW', name, message)
  }
}

/** A result in the form of the argument it belongs to. Throws `OVERFLOW` where it is not finite. */
export function vectorLike<V extends Vector>(like: V, result: Float64Array): VectorLike<V> {
  checkResult(result, like)
  const form = like instanceof Float32Array ? new Float32Array(result) : result
  return (isTyped(like) ? form : Array.from(form)) as VectorLike<V>
}

/**
 * A result, laid out as `rows`, in the form of the argument it belongs to. Throws `OVERFLOW` where it is not finite.
 */
export function matrixLike<M extends Matrix>(like: M, result: Float64Array, rows: Rows): MatrixLike<M> {
  if (isFlat(like)) {
    checkResult(result, like.data as Vector, rows.starts)
    const form = like.data instanceof Float32Array ? new Float32Array(result) : result
    // The compiler does not infer the form of M from `isFlat`.
    return { data: form, shape: [...like.shape] } as unknown as MatrixLike<M>
  }
  checkResult(result, like, rows.starts)
  const given = like as readonly Vector[]
  return given.map((row, i) =>
    vectorLike(row, result.slice(rows.starts[i], rows.starts[i + 1])),
  ) as MatrixLike<M>
}
