import { allocate, conversionTo, type DType, dtypeOf, isFloat, promote, type TypedArray } from './dtype'
import { opError } from './errors'
import { formatValue } from './format-tensor'
import { type ConcreteShape, lengthOf } from './shape'

/** Numbers or booleans, nested to any depth. */
export type NestedArray = number | boolean | readonly NestedArray[]

/** Numbers, booleans and typed arrays, nested to any depth. */
export type NestedValues = number | boolean | TypedArray | readonly NestedValues[]

/** A typed array with its shape: all elements, row-major. */
export interface ShapedArray {
  /** All elements, row after row. */
  readonly data: TypedArray
  /** Sizes of the axes, outermost first; their product is the length of `data`. */
  readonly shape: ConcreteShape
}

/** True for elements that come with their shape; which the two are is not looked at. */
export const isShaped = (values: unknown): values is ShapedArray =>
  typeof values === 'object' && values !== null && 'data' in values && 'shape' in values

/** The sizes of the axes, as the first elements have them; a typed array is the last axis. */
export function nestedShape(values: NestedValues): number[] {
  const shape: number[] = []
  let level: NestedValues | undefined = values
  for (; Array.isArray(level); level = level[0]) shape.push(level.length)
  if (ArrayBuffer.isView(level)) shape.push(level.length)
  return shape
}

function firstLeaf(values: unknown): unknown {
  let leaf = values
  while (Array.isArray(leaf)) leaf = leaf[0]
  return leaf
}

/** True for plain values that are booleans, as the first one shows. */
export const isBoolean = (values: unknown): boolean => typeof firstLeaf(values) === 'boolean'

/** The arrays of the last axis, or the value itself where there is but one axis or none. */
function rowsOf(values: NestedValues): readonly NestedValues[] {
  const rank = nestedShape(values).length
  if (rank < 2) return [values]
  const arrays = values as readonly unknown[]
  return (rank === 2 ? arrays : arrays.flat(rank - 2)) as readonly NestedValues[]
}

/** The dtype that typed arrays among the values bring, in which plain numbers beside them are; `undefined` without any. */
export function typedDtype(values: NestedValues): DType | undefined {
  const rows = rowsOf(values)
  const typed = rows.filter((row) => ArrayBuffer.isView(row))
  if (typed.length === 0) return undefined
  const plain = rows.filter((row) => !ArrayBuffer.isView(row)) as NestedArray[]
  return meet(typed.map(dtypeOf), plain)
}

/** The dtype of values some of which bring their own; plain ones adopt it, at least f32 when they are not whole. */
export function meet(own: readonly DType[], plain: readonly NestedArray[]): DType {
  const base = own.reduce(promote)
  return isFloat(base) ? base : plain.map(weakDtype).reduce(promote, base)
}

function weakDtype(value: NestedArray): DType {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'i32' : 'f32'
  // What is no number at all is refused when it is made a tensor.
  return Array.isArray(value) ? value.map(weakDtype).reduce(promote, 'bool' as DType) : 'bool'
}

const isList = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) || ArrayBuffer.isView(value)

const pathOf = (at: readonly number[]): string => at.map((i) => `[${i}]`).join('')

/** `row 1`, or `[1][0]` further in. */
const placeOf = (at: readonly number[]): string => (at.length === 1 ? `row ${at[0]}` : pathOf(at))

function notANumber(value: unknown, at: readonly number[]): Error {
  const got = isList(value) ? 'a deeper array' : formatValue(value)
  const place = at.length > 0 ? `${pathOf(at)}: ` : ''
  return opError('INVALID_ARGUMENT', 'tensor', `${place}expected a number, got ${got}`)
}

function notARow(value: unknown, length: number, at: readonly number[]): Error {
  const place = placeOf(at)
  const model = placeOf(at.map(() => 0))
  const wrong = isList(value)
    ? `${place} has ${value.length} element${value.length === 1 ? '' : 's'}; expected ${length}, as ${model}`
    : `${place}: expected an array of length ${length}, as ${model}, got ${formatValue(value)}`
  return opError('INVALID_ARGUMENT', 'tensor', wrong)
}

/**
 * The values, one after the other. The walk itself checks that they have this shape.
 * @throws TensorError `INVALID_ARGUMENT` naming the row that is not as long as the first, or the element that is no number.
 */
export function flatten(values: NestedValues, shape: ConcreteShape, dtype: DType): TypedArray {
  const data = allocate(dtype, lengthOf(shape))
  const convert = conversionTo[dtype]
  /** The index on each axis of where the walk is. */
  const at = shape.map(() => 0)
  let next = 0
  const walk = (value: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof value !== 'number' && typeof value !== 'boolean') throw notANumber(value, at)
      data[next++] = convert(Number(value))
      return
    }
    if (!isList(value) || value.length !== shape[axis]) throw notARow(value, shape[axis]!, at.slice(0, axis))
    for (let i = 0; i < value.length; i++) {
      at[axis] = i
      walk(value[i], axis + 1)
    }
  }
  walk(values, 0)
  return data
}
