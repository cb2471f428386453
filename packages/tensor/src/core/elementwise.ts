import { exactOrNaN, type GpuCost, type KernelWriter } from '../gpu/form'
import type { GpuFunction } from '../gpu/functions'
import type { NativeForm } from '../native/builder'
import { add } from '../primitives/add'
import { cast } from '../primitives/cast'
import { equal } from '../primitives/equal'
import { reduceSum } from '../primitives/reduce-sum'
import { reshape } from '../primitives/reshape'
import { where } from '../primitives/where'
import { type DType, isFloat } from './dtype'
import { opError } from './errors'
import { bind, type Concrete, type Params, type Primitive, type VjpThunk } from './primitive'
import { broadcastShapes, type ConcreteShape, equalShapes, lengthOf, type Shape, stridesOf } from './shape'
import { asTensor, commonDtype, type Tensor, type TensorLike } from './tensor'

type None = Record<string, never>

/** What tells one elementwise op of one operand from another. */
export interface UnarySpec {
  readonly name: string
  /** The function, in double precision. */
  readonly compute: (x: number) => number
  /** The operand's cotangent; absent when the function is flat. */
  readonly vjp?: (cotangent: Tensor, x: Tensor, y: Tensor) => Tensor
  readonly native: string | NativeForm<None>
  /** The function in a kernel's code. */
  readonly gpu: GpuFunction
  /** Default: `cheap`. */
  readonly gpuCost?: GpuCost
  /** Integers are refused (their callers promote them first). */
  readonly floatOnly?: boolean
}

/** An elementwise primitive of one operand. */
export function unaryPrimitive(spec: UnarySpec): Primitive<None> {
  const { name, compute, vjp, native, gpu, gpuCost: cost, floatOnly } = spec
  return {
    name,
    infer([x]) {
      if (x!.dtype === 'bool' || (floatOnly && !isFloat(x!.dtype))) {
        throw opError('DTYPE_MISMATCH', name, `expected a float tensor, got ${x!.dtype}`)
      }
      return { shape: x!.shape, dtype: x!.dtype }
    },
    vjp: (ct, { inputs, output }) => [vjp ? () => vjp(ct, inputs[0]!, output) : null],
    reference(out, [x]) {
      for (let i = 0; i < out.data.length; i++) out.data[i] = compute(x!.data[i]!)
    },
    native: typeof native === 'string' ? (b, [x]) => b.op(native, [x!.name]) : native,
    gpu: { cost, element: (w, [x], _params, _result, index) => gpu(w, x!.at(index)) },
  }
}

/** What tells one elementwise op of two operands from another. */
export interface BinarySpec {
  readonly name: string
  /** The function, in double precision. */
  readonly compute: (a: number, b: number) => number
  /** The function of i32, where double precision does not hold its result. */
  readonly computeInteger?: (a: number, b: number) => number
  /** Cotangents before they are summed to the operands' shapes; `null` where flat. */
  readonly vjp?: (
    ct: Tensor,
    a: Tensor,
    b: Tensor,
    y: Tensor,
  ) => readonly [(() => Tensor) | null, (() => Tensor) | null]
  readonly native: string | NativeForm<None>
  /** The function in a kernel's code: a condition for comparisons. `exponent` is the second operand where it is known. */
  readonly gpu: (a: string, b: string, writer: KernelWriter, known: number | undefined) => string
  /** Default: `cheap`. */
  readonly gpuCost?: GpuCost
  /** `bool` for comparisons; default: the operands'. */
  readonly result?: 'bool'
}

/** A broadcasting elementwise primitive of two operands of one dtype. */
export function binaryPrimitive(spec: BinarySpec): Primitive<None> {
  const { name, vjp, native, gpu, gpuCost: cost, result } = spec
  return {
    name,
    infer([a, b]) {
      requireSameDType(name, a!.dtype, b!.dtype)
      if (a!.dtype === 'bool' && !result)
        throw opError('DTYPE_MISMATCH', name, 'bool operands have no arithmetic')
      return { shape: broadcastShapes(name, a!.shape, b!.shape), dtype: result ?? a!.dtype }
    },
    vjp(ct, { inputs, output }) {
      if (!vjp) return [null, null]
      const thunks = vjp(ct, inputs[0]!, inputs[1]!, output)
      return thunks.map((thunk, i): VjpThunk => thunk && (() => sumToShape(thunk(), inputs[i]!.shape)))
    },
    reference(out, [a, b]) {
      const compute = (a!.dtype === 'i32' && spec.computeInteger) || spec.compute
      forEachBroadcast(out.shape, [a!, b!], (i, [ia, ib]) => {
        out.data[i] = Number(compute(a!.data[ia!]!, b!.data[ib!]!))
      })
    },
    native: typeof native === 'string' ? (builder, [a, b]) => builder.op(native, [a!.name, b!.name]) : native,
    gpu: {
      cost,
      element(w, [a, b], _params, { dtype }, index) {
        const [left, right] = [a!, b!].map((operand) => operand.at(w.broadcast(index, operand.shape)))
        const code = gpu(left!, right!, w, b!.literal)
        return dtype === 'i32' ? exactOrNaN(w, code) : code
      },
    },
  }
}

/** @throws TensorError `DTYPE_MISMATCH` unless both are the same. */
export function requireSameDType(op: string, a: DType, b: DType): void {
  if (a !== b) throw opError('DTYPE_MISMATCH', op, `operands are ${a} and ${b}; cast one of them`)
}

/** Visits the flat index of each element of `shape` with those of the operands broadcast to it. */
export function forEachBroadcast(
  shape: ConcreteShape,
  operands: readonly Concrete[],
  visit: (index: number, at: readonly number[]) => void,
): void {
  const length = lengthOf(shape)
  const strides = operands.map((operand) => broadcastStrides(operand.shape, shape))
  const counter = new Array<number>(shape.length).fill(0)
  const at = new Array<number>(operands.length).fill(0)
  for (let index = 0; index < length; index++) {
    visit(index, at)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      counter[axis]!++
      for (let k = 0; k < at.length; k++) at[k]! += strides[k]![axis]!
      if (counter[axis]! < shape[axis]!) break
      counter[axis] = 0
      for (let k = 0; k < at.length; k++) at[k]! -= strides[k]![axis]! * shape[axis]!
    }
  }
}

/** Strides with which `from` is read as if it had the shape `to`: 0 along broadcast axes. */
export function broadcastStrides(from: ConcreteShape, to: ConcreteShape): number[] {
  const own = stridesOf(from)
  const lead = to.length - from.length
  return to.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : own[axis - lead]!))
}

/** Undoes broadcasting: sums `x` over the axes along which a tensor of shape `shape` was repeated. */
export function sumToShape(x: Tensor, shape: Shape): Tensor {
  if (equalShapes(x.shape, shape)) return x
  const lead = x.rank - shape.length
  const axes = x.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1))
  return reshape(axes.length > 0 ? reduceSum(x, { axis: axes }) : x, shape)
}

/** The operand as a float tensor: integers, booleans and plain numbers become f32. */
export function toFloat(x: TensorLike): Tensor {
  const value = asTensor(x)
  return isFloat(value.dtype) ? value : cast(value, 'f32')
}

/** The operand in `dtype`. */
export function toDType(x: TensorLike, dtype: DType): Tensor {
  const value = asTensor(x, dtype)
  return value.dtype === dtype ? value : cast(value, dtype)
}

/** Applies a primitive of one operand that needs real numbers. */
export const applyFloat = (primitive: Primitive<None>, x: TensorLike): Tensor =>
  bind(primitive, [toFloat(x)], {})

/** Applies a primitive of two operands in their common dtype, at least `atLeast`. */
export function applyBinary<P extends Params>(
  primitive: Primitive<P>,
  a: TensorLike,
  b: TensorLike,
  params: P,
  map: (dtype: DType) => DType = (dtype) => dtype,
): Tensor {
  const dtype = map(commonDtype(a, b))
  return bind(primitive, [toDType(a, dtype), toDType(b, dtype)], params)
}

/** bool → i32, so that arithmetic on masks counts. */
export const arithmetic = (dtype: DType): DType => (dtype === 'bool' ? 'i32' : dtype)

/** Integers → f32. */
export const real = (dtype: DType): DType => (isFloat(dtype) ? dtype : 'f32')

/** 1 where `wins`, ½ where the operands tie, 0 elsewhere: how PyTorch and JAX share an extremum's gradient. */
export function shareOfTie(wins: Tensor, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const share = (flags: Tensor, number: number) => where(flags, toDType(number, dtype), toDType(0, dtype))
  // Never both: a sum, since choosing among numbers that are not constant is dear on ONNX Runtime.
  return add(share(wins, 1), share(equal(a, b), 0.5))
}
