import type { DType } from '../core/dtype'
import type { ConcreteShape } from '../core/shape'

/** A whole number inside a kernel: known already, or code that computes it. */
export type Int = number | string

/** A position in a tensor, in code: its coordinates, or its place in row-major order, each computed when asked for. */
export interface Index {
  readonly shape: ConcreteShape
  axes(): readonly Int[]
  flat(): Int
}

/** What a value of a kernel is, its sizes known. */
export interface GpuValue {
  readonly shape: ConcreteShape
  readonly dtype: DType
}

/** An operand of a gpu form. */
export interface GpuOperand extends GpuValue {
  /** Its only element, when that is known while the kernel is written. */
  readonly literal: number | undefined
  /** Code for its element at a position: a number, or for `bool` a condition. */
  at(index: Index): string
}

/** What a primitive's gpu form writes kernels with. */
export interface KernelWriter {
  /** `Math`'s functions are JavaScript's own here, good to the last bits. */
  readonly precise: boolean
  /** This number, rounded to f32. */
  literal(value: number): string
  /** A factor that compilers know nothing about: they take 0 times anything for 0, also times NaN. */
  factor(code: string): string
  /** A constant that holds this number, so that it is computed once. */
  local(code: string): string
  /** A variable that starts with this number. */
  variable(code: string): string
  assign(variable: string, code: string): void
  /** A whole number that is computed once. */
  int(code: Int): Int
  /** Quotient and remainder of a whole number ≥ 0. */
  divide(value: Int, by: number): readonly [quotient: Int, remainder: Int]
  /** A whole number held within [0, size). */
  hold(value: Int, size: number): Int
  /** Runs the body with 0, 1, …, size − 1. */
  loop(size: number, body: (k: Int) => void): void
  /** Runs the body where the condition holds. */
  when(condition: string, body: () => void): void
  /** The position with these coordinates in a tensor of this shape. */
  index(shape: ConcreteShape, axes: readonly Int[]): Index
  /** The position at this place of a tensor of this shape in row-major order. */
  indexOfFlat(shape: ConcreteShape, flat: Int): Index
  /** The position in a tensor of this shape that is broadcast to the index. */
  broadcast(index: Index, shape: ConcreteShape): Index
}

/**
 * Code for one element of a result, at `index`. Numbers are f32, whole numbers and booleans included (of `bool` it is a
 * condition), so what is i32 is exact within ±(2²⁴ − 1).
 */
export type ElementCode<P> = (
  writer: KernelWriter,
  inputs: readonly GpuOperand[],
  params: P,
  result: GpuValue,
  index: Index,
) => string

/**
 * How an op reads its operands: `each` element at the place of the result it is for (broadcast at most), `moved` one
 * element elsewhere, `folded` several for a result but each for one only, `often` the same ones for many results.
 */
export type Reads = 'each' | 'moved' | 'folded' | 'often'

/** What an element costs: no more than reading it (`nothing`), about as much (`cheap`), or more (`dear`). */
export type GpuCost = 'nothing' | 'cheap' | 'dear'

/** How a primitive is said in kernels of gpu.js. Kernels of several ops are put together by what is said here. */
export interface GpuForm<P> {
  readonly element: ElementCode<P>
  /** What a kernel of its own computes first, in the result's shape; `element` gets it as a further operand. */
  readonly before?: ElementCode<P>
  /** Default: `each`. */
  readonly reads?: Reads | undefined
  /** Default: `cheap`. */
  readonly cost?: GpuCost | undefined
  /** The elements are the operand's, in the same order, and need not be moved. */
  readonly inPlace?: true
}

/** The sum of whole numbers. */
export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return a + b
  if (a === 0) return b
  if (b === 0) return a
  return `(${a} + ${b})`
}

/** The product of whole numbers. */
export function mulInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return a * b
  if (a === 0 || b === 0) return 0
  if (a === 1) return b
  return b === 1 ? a : `(${a} * ${b})`
}

/** The difference of whole numbers. */
export function subInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return b === 0 ? a : `(${a} - ${b})`
}

/** The indices with one coordinate replaced. */
export const withAxis = (axes: readonly Int[], axis: number, value: Int): Int[] =>
  axes.map((other, i) => (i === axis ? value : other))

/** The largest whole number that no other is rounded to in f32. */
export const largestExact = 2 ** 24 - 1

/** A whole number that was computed, or NaN where it left what f32 can hold exactly. */
export function exactOrNaN(writer: KernelWriter, code: string): string {
  const value = writer.local(code)
  return `(Math.abs(${value}) > ${largestExact} ? ${writer.literal(Number.NaN)} : ${value})`
}

/** The larger of two numbers, NaN if either is. */
export const maximumCode = (a: string, b: string): string =>
  `(${a} > ${b} ? ${a} : (${b} >= ${a} ? ${b} : ${a} + ${b}))`

/** 1 for NaN, else 0, without the comparison of x with itself that shader compilers fold to a constant. */
export const isNaNCode = (x: string): string => `(${x} <= 0.0 ? 0.0 : (${x} > 0.0 ? 0.0 : 1.0))`

/** Loops within loops, one for each size. */
export function loops(w: KernelWriter, sizes: readonly number[], body: (axes: readonly Int[]) => void): void {
  const nest = (axes: readonly Int[]): void => {
    if (axes.length === sizes.length) body(axes)
    else w.loop(sizes[axes.length]!, (k) => nest([...axes, k]))
  }
  nest([])
}

/** A position read from an index: counted from the front, held within the axis, and whether it was within it. */
export function readIndex(
  w: KernelWriter,
  code: string,
  size: number,
): { readonly position: Int; readonly within: string } {
  const positive = w.local(`(${code} < 0.0 ? ${code} + ${w.literal(size)} : ${code})`)
  const held = `(${positive} >= 0.0 ? (${positive} < ${w.literal(size)} ? ${positive} : 0.0) : 0.0)`
  return { position: w.int(held), within: `${positive} >= 0.0 && ${positive} < ${w.literal(size)}` }
}

/** The value read at an index that was computed in the kernel: NaN (false) where it points outside. */
export const valueWithin = (w: KernelWriter, { dtype }: GpuValue, value: string, within: string): string =>
  dtype === 'bool' ? `(${within} && ${value})` : `(${within} ? ${value} : ${w.literal(Number.NaN)})`
