import type { GpuForm } from '../gpu/form'
import type { NativeForm } from '../native/builder'
import { type DimBindings, evaluateDim, SymbolicDim } from './dim'
import type { DType, TypedArray } from './dtype'
import { allocate } from './dtype'
import { type Aval, addOp, currentGraph, type Graph, requireActive } from './graph'
import { type ConcreteShape, isConcrete, lengthOf } from './shape'
import { Tensor } from './tensor'

/** Static arguments of an op: numbers, flags, axes, dimensions. */
export type Params = Readonly<Record<string, unknown>>

/** A value of the reference lowering. */
export interface Concrete {
  readonly shape: ConcreteShape
  readonly dtype: DType
  readonly data: TypedArray
}

/** What a vjp rule may use: the operands and the result of the forward op. */
export interface VjpContext<P> {
  readonly inputs: readonly Tensor[]
  readonly output: Tensor
  readonly params: P
}

/** The cotangent of one operand, computed only when it is asked for; `null` where no gradient flows. */
export type VjpThunk = (() => Tensor) | null

/**
 * One of the few ops a graph is made of; everything else composes them. A primitive is one file: its shape rule,
 * its vjp, its reference loop, its native form and its gpu form.
 */
export interface Primitive<P extends Params = Params> {
  readonly name: string
  /** Shape rule: what applying it gives. Throws a `TensorError` naming the op when the operands do not fit. */
  infer(inputs: readonly Aval[], params: P): Aval
  /** Reverse-mode rule: the cotangent of each operand from the result's. */
  vjp(cotangent: Tensor, context: VjpContext<P>): readonly VjpThunk[]
  /** Reference loop: fills `out` (zeroed, of the inferred shape). */
  reference(out: Concrete, inputs: readonly Concrete[], params: P): void
  /** ONNX form. */
  readonly native: NativeForm<P>
  /** Its form in kernels of gpu.js. */
  readonly gpu: GpuForm<P>
}

/** Applies a primitive: records it when an operand is traced, else computes it at once on the reference. */
export function bind<P extends Params>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
): Tensor {
  const result = primitive.infer(inputs, params)
  const graph =
    innermost(inputs) ?? (isConcrete(result.shape) && !hasSymbols(params) ? undefined : currentGraph())
  inputs.forEach(requireActive)
  // A graph holds primitives of all kinds of params, and gives each only those it was recorded with.
  if (graph) return addOp(graph, primitive as unknown as Primitive, inputs, params, result)
  return evaluate(primitive, inputs, params, result)
}

function innermost(inputs: readonly Tensor[]): Graph | undefined {
  let graph: Graph | undefined
  for (const { node } of inputs) {
    if (node && (graph === undefined || node.graph.level > graph.level)) graph = node.graph
  }
  return graph
}

/** Runs the reference loop on concrete operands. */
export function evaluate<P extends Params>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
  result: Aval,
): Tensor {
  const shape = result.shape as ConcreteShape
  const data = allocate(result.dtype, lengthOf(shape))
  const operands = inputs.map(({ dims, dtype, data }) => ({ shape: dims, dtype, data }))
  primitive.reference({ shape, dtype: result.dtype, data }, operands, params)
  return Tensor.fromData(data, shape, result.dtype)
}

const hasSymbols = (value: unknown): boolean =>
  value instanceof SymbolicDim ||
  (Array.isArray(value) && value.some(hasSymbols)) ||
  (isPlain(value) && Object.values(value).some(hasSymbols))

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** The params with every symbolic dimension replaced by its size in this call. */
export function resolveParams<T>(value: T, bindings: DimBindings): T {
  if (value instanceof SymbolicDim) return evaluateDim(value, bindings) as T
  if (Array.isArray(value)) return value.map((item) => resolveParams(item, bindings)) as T
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolveParams(v, bindings)])) as T
}
