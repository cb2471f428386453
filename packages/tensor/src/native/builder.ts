import type { Dim } from '../core/dim'
import type { DType, TypedArray } from '../core/dtype'
import type { Aval } from '../core/graph'
import type { Shape } from '../core/shape'

/** Name of a value inside the ONNX graph. */
export type ValueName = string

/** An operand of a native form: its ONNX name, and what is known of it. */
export interface NativeValue extends Aval {
  readonly name: ValueName
  /** The number that it is, where it is a constant scalar. */
  readonly literal?: number | undefined
}

/** ONNX attribute: whole numbers are INT(S), `{ float }` is FLOAT, strings are STRING. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number }

/** Element types of ONNX values: ours, the int64 of shapes and axes, and the words that can be shifted. */
export type OnnxType = DType | 'i64' | 'u32'

/** What a primitive's native form writes ONNX with. */
export interface OnnxBuilder {
  /** Adds a node and returns its (first) output. `domain` defaults to the standard operators. */
  op(
    type: string,
    inputs: readonly ValueName[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: { readonly domain?: string },
  ): ValueName
  /** Adds a node with several outputs. */
  multi(
    type: string,
    inputs: readonly ValueName[],
    outputs: number,
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): ValueName[]
  /** A constant scalar. */
  scalar(value: number, type: OnnxType): ValueName
  /** A constant one-dimensional int64 list, for axes and the like. */
  ints(values: readonly number[]): ValueName
  /** A constant tensor. */
  constant(data: TypedArray, shape: readonly number[], dtype: DType): ValueName
  /** An int64 list of dimensions, computed from the inputs' shapes where one is symbolic. */
  dims(shape: Shape): ValueName
  /** An int64 scalar holding a dimension. */
  dim(dim: Dim): ValueName
  /** The value in another element type. */
  cast(value: ValueName, type: OnnxType): ValueName
}

/** How a primitive is said in ONNX: adds nodes for it and returns the name of its result. */
export type NativeForm<P> = (
  builder: OnnxBuilder,
  inputs: readonly NativeValue[],
  params: P,
  result: Aval,
) => ValueName
