import { type Dim, equalDims, mulDims } from './dim'
import { opError } from './errors'
import { formatValue } from './format-tensor'

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly Dim[]

/** A shape without symbolic dimensions. */
export type ConcreteShape = readonly number[]

/** `[2, B, 3]`, for messages. */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** Number of elements. */
export const sizeOf = (shape: Shape): Dim => shape.reduce<Dim>(mulDims, 1)

/** Number of elements of a concrete shape. */
export const lengthOf = (shape: ConcreteShape): number => shape.reduce((a, b) => a * b, 1)

/** Same rank and the same size on every axis. */
export const equalShapes = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, axis) => equalDims(dim, b[axis]!))

/** True when no dimension is symbolic. */
export const isConcrete = (shape: Shape): shape is ConcreteShape =>
  shape.every((dim) => typeof dim === 'number')

/** @throws TensorError `INVALID_ARGUMENT` unless every size is symbolic or a whole number of at least 0. */
export function requireShape(op: string, shape: Shape): void {
  // A size that is no number is a symbolic one, an object.
  const isSize = (dim: Dim) => typeof dim === 'object' || (Number.isSafeInteger(dim) && dim >= 0)
  if (Array.isArray(shape) && shape.every(isSize)) return
  throw opError(
    'INVALID_ARGUMENT',
    op,
    `shape ${formatValue(shape)}: expected whole numbers of at least 0 for its sizes`,
  )
}

/** Row-major strides, in elements. */
export function stridesOf(shape: ConcreteShape): number[] {
  const strides = new Array<number>(shape.length)
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= shape[axis]!
  }
  return strides
}

/** NumPy's rule: align at the right, sizes must be equal or 1. */
export function broadcastShapes(op: string, ...shapes: Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const result: Dim[] = new Array<Dim>(rank).fill(1)
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i
      const dim = shape[i]!
      if (dim === 1 || equalDims(result[axis]!, dim)) continue
      if (result[axis] !== 1) {
        throw opError(
          'SHAPE_MISMATCH',
          op,
          `shapes ${shapes.map(formatShape).join(' and ')} do not broadcast`,
        )
      }
      result[axis] = dim
    }
  }
  return result
}

/** An axis counted from the front; negative ones count from the back. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw opError('INVALID_ARGUMENT', op, `axis ${axis} is out of range for a tensor of rank ${rank}`)
  }
  return positive
}

/** Distinct axes in ascending order; `undefined` means all of them. */
export function normalizeAxes(
  op: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis)
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) => normalizeAxis(op, axis, rank))
  const distinct = [...new Set(list)].sort((a, b) => a - b)
  if (distinct.length !== list.length) {
    throw opError('INVALID_ARGUMENT', op, `axes [${axes}] name one axis twice`)
  }
  return distinct
}
