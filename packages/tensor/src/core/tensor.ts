import type { DeviceMemory } from './device-memory'
import type { Dim } from './dim'
import { allocate, conversionTo, type DType, dtypeOf, type TypedArray } from './dtype'
import { opError, TensorError } from './errors'
import { formatElements } from './format-tensor'
import type { Node } from './graph'
import {
  flatten,
  isBoolean,
  isShaped,
  meet,
  type NestedArray,
  type NestedValues,
  nestedShape,
  type ShapedArray,
  typedDtype,
} from './nested-values'
import { requireOptions } from './require-options'
import {
  type ConcreteShape,
  formatShape,
  isConcrete,
  lengthOf,
  requireShape,
  type Shape,
  sizeOf,
} from './shape'

const marker = Symbol.for('prefkit.tensor')

/**
 * An n-dimensional array: concrete (with data, here or on a device) or traced (a node of the graph being recorded).
 * Tensors are immutable; the functions of this package take and return them. Data is row-major and contiguous.
 */
export class Tensor {
  readonly shape: Shape
  readonly dtype: DType
  /** The graph node this tensor stands for while its function is traced; `undefined` for concrete tensors. */
  readonly node: Node | undefined
  /** Where the elements are, when that is the memory of a device; {@link read} brings them here. */
  readonly device: DeviceMemory | undefined
  readonly #data: TypedArray | undefined

  private constructor(
    shape: Shape,
    dtype: DType,
    { data, node, device }: { data?: TypedArray; node?: Node; device?: DeviceMemory },
  ) {
    this.shape = shape
    this.dtype = dtype
    this.#data = data
    this.node = node
    this.device = device
    Object.defineProperty(this, marker, { value: true })
  }

  /** A concrete tensor over `data`, which is not copied and must not be changed afterwards. */
  static fromData(data: TypedArray, shape: ConcreteShape, dtype: DType = dtypeOf(data)): Tensor {
    requireShape('tensor', shape)
    if (data.length !== lengthOf(shape)) {
      throw opError(
        'SHAPE_MISMATCH',
        'tensor',
        `shape ${formatShape(shape)} holds ${lengthOf(shape)} elements, the data has ${data.length}`,
      )
    }
    return new Tensor(Object.freeze([...shape]), dtype, { data })
  }

  /** The tensor that stands for a graph node. */
  static fromNode(node: Node): Tensor {
    return new Tensor(node.shape, node.dtype, { node })
  }

  /** A concrete tensor whose elements are on a device. */
  static onDevice(device: DeviceMemory, shape: ConcreteShape, dtype: DType): Tensor {
    return new Tensor(Object.freeze([...shape]), dtype, { device })
  }

  /** True for tensors of this or another copy of the package. */
  static isTensor(value: unknown): value is Tensor {
    return typeof value === 'object' && value !== null && marker in value
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length
  }

  /** Number of elements; symbolic while tracing with symbolic dimensions. */
  get size(): Dim {
    return sizeOf(this.shape)
  }

  /**
   * The elements, row-major, without a copy: read only.
   * @throws TensorError `ABSTRACT_VALUE` for a traced tensor, which has no elements yet, `ON_DEVICE` for one on a device.
   */
  get data(): TypedArray {
    if (this.#data) return this.#data
    this.#requireThere('data')
    if (this.device) {
      throw opError(
        'ON_DEVICE',
        'data',
        `${this} is in the memory of ${this.device.place}; \`await tensor.read()\` gives one with its elements here`,
      )
    }
    throw opError(
      'ABSTRACT_VALUE',
      'data',
      `a traced ${this.dtype} tensor of shape ${formatShape(this.shape)} has no values yet; ` +
        'a function given to jit or grad may not look at the elements of its arguments',
    )
  }

  /**
   * This tensor with its elements here: itself, or a copy from the device.
   * @throws TensorError `ON_DEVICE` when they have been released or donated.
   */
  async read(): Promise<Tensor> {
    if (!this.device) return this
    this.#requireThere('read')
    return Tensor.fromData(await this.device.read(), this.dims, this.dtype)
  }

  #requireThere(what: string): void {
    const { gone } = this.device ?? {}
    if (gone) throw opError('ON_DEVICE', what, `${this} was ${gone}; its elements are gone`)
  }

  /** Frees the elements on the device; does nothing for a tensor that is not on one. */
  release(): void {
    this.device?.release('released')
  }

  /** The shape as numbers. @throws TensorError `ABSTRACT_VALUE` when a dimension is symbolic. */
  get dims(): ConcreteShape {
    if (isConcrete(this.shape)) return this.shape
    throw opError('ABSTRACT_VALUE', 'dims', `shape ${formatShape(this.shape)} has a symbolic dimension`)
  }

  /** The only element, as a number (`bool` as 0 or 1). */
  item(): number {
    if (this.size !== 1) {
      throw opError('SHAPE_MISMATCH', 'item', `expected one element, got shape ${formatShape(this.shape)}`)
    }
    return this.data[0]!
  }

  /** Nested arrays of numbers (`bool` as true and false); a number for a scalar. */
  toArray(): NestedArray {
    const { data, dims } = this
    const read = this.dtype === 'bool' ? (i: number) => data[i] !== 0 : (i: number) => data[i]!
    const build = (axis: number, offset: number, step: number): NestedArray => {
      if (axis === dims.length) return read(offset)
      const inner = step / dims[axis]!
      return Array.from({ length: dims[axis]! }, (_, i) => build(axis + 1, offset + i * inner, inner))
    }
    return build(0, 0, data.length)
  }

  toString(): string {
    const where = this.node ? ', traced' : this.device ? `, on ${this.device.place}` : ''
    return `Tensor(${this.dtype}, ${formatShape(this.shape)}${where})`
  }

  /** What `console.log` shows in Node: dtype, shape and elements. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.#data ? `${this} ${formatElements(this.#data, this.dims, this.dtype)}` : `${this}`
  }
}

/**
 * What every function here accepts as a tensor: tensors, numbers, nested arrays, typed arrays (1-d) and arrays of them,
 * and a typed array with its shape.
 */
export type TensorLike = Tensor | NestedValues | ShapedArray

/** Options of {@link tensor}. */
export interface TensorOptions {
  /** Element type. Default: the typed arrays' own, `bool` for booleans, else `f32`. */
  dtype?: DType
  /** Shape to give flat data. Default: the nesting of the arrays, or the shape that came with the data. */
  shape?: ConcreteShape
}

/**
 * A tensor from numbers: a scalar, nested arrays of numbers or of typed arrays, or a typed array, with its shape as
 * `{ data, shape }` or without (not copied when the dtype stays).
 * @throws TensorError `INVALID_ARGUMENT` for rows that differ in length or values that are not numbers, naming them,
 *   `SHAPE_MISMATCH` when `shape` does not hold the data.
 */
export function tensor(values: TensorLike, options: TensorOptions = {}): Tensor {
  if (Tensor.isTensor(values)) {
    throw new TensorError('INVALID_ARGUMENT', 'tensor: the value is a tensor already; use cast or reshape')
  }
  requireOptions('tensor', options, { dtype: true, shape: true })
  const own = ownDtype(values)
  const dtype = options.dtype ?? own ?? (isBoolean(values) ? 'bool' : 'f32')
  const { data, shape } = isShaped(values) ? values : { data: values, shape: nestedShape(values) }
  const elements = ArrayBuffer.isView(data) ? convert(data, dtype, own!) : flatten(data, shape, dtype)
  return Tensor.fromData(elements, options.shape ?? shape, dtype)
}

function convert(values: TypedArray, dtype: DType, own: DType): TypedArray {
  // A byte other than 0 and 1 is no boolean; what computes on it could then tell it from true.
  if (dtype === own && !(own === 'bool' && values.some((value) => value > 1))) return values
  const data = allocate(dtype, values.length)
  const convertOne = conversionTo[dtype]
  for (let i = 0; i < values.length; i++) data[i] = convertOne(values[i]!)
  return data
}

/** The dtype that a value brings: a tensor's, or that of its typed arrays. Plain numbers and arrays have none. */
function ownDtype(value: TensorLike): DType | undefined {
  if (Tensor.isTensor(value)) return value.dtype
  return isShaped(value) ? dtypeOf(value.data) : typedDtype(value)
}

/** `value` as a tensor; plain numbers and arrays become `dtype` (`f32` when not given). */
export function asTensor(value: TensorLike, dtype?: DType): Tensor {
  if (Tensor.isTensor(value)) return value
  return tensor(value, dtype && !isBoolean(value) && ownDtype(value) === undefined ? { dtype } : {})
}

/**
 * The dtype in which operands meet. Tensors and typed arrays promote bool < i32 < f32 < f64; plain numbers and
 * arrays adopt the dtype of the others, at least f32 when they are not whole.
 */
export function commonDtype(...values: TensorLike[]): DType {
  const own = values.map(ownDtype)
  const strong = own.filter((dtype) => dtype !== undefined)
  const plain = values.filter((_, i) => own[i] === undefined) as NestedArray[]
  if (strong.length > 0) return meet(strong, plain)
  return plain.length > 0 && plain.every(isBoolean) ? 'bool' : 'f32'
}
