import { TensorError } from '../core/errors'
import { type ConcreteShape, lengthOf } from '../core/shape'
import {
  addInt,
  type GpuOperand,
  type Index,
  type Int,
  type KernelWriter,
  largestExact,
  mulInt,
} from './form'
import { type GpuNode, literalOf, sameOrder } from './graph'

/** What the language of a mode can say. */
export interface Dialect {
  /** Variables can hold whole numbers; elsewhere they are f32, and exact up to 2²⁴. */
  readonly integers: boolean
  /** A quotient of f32 is the one nearest to the true one. */
  readonly exactDivision: boolean
  /** `Math`'s functions are JavaScript's own, not those of a shading language. */
  readonly precise: boolean
  /** A thread may return four numbers, which other kernels can read one by one. */
  readonly vectors: boolean
  /** Products of matrices have a kernel of their own. */
  readonly products: boolean
  /** Most arrays that a kernel reads. */
  readonly arrays: number
}

/** Arguments of a kernel that are no array: numbers that no literal can say. */
export type Special = 'inf' | 'nan' | 'zero'

/** A kernel of gpu.js. */
export interface KernelSource {
  readonly source: string
  /** How many threads there are, along one dimension. */
  readonly output: readonly [number]
  /** Elements that a thread returns: the result's are in row-major order all the same. */
  readonly results: 1 | 4
  readonly args: readonly (GpuNode | Special)[]
}

interface Scope {
  readonly lines: string[]
  readonly parent: Scope | undefined
  /** Values that have been computed here. */
  readonly values: Map<Index, Map<GpuNode, string>>
}

/** True where a node's elements are in memory when the kernel runs. */
export type InMemory = (node: GpuNode) => boolean

/**
 * The source of the kernel that computes `root`, and with it whatever it needs that is not in memory. A thread computes four
 * results in a row where the mode can give out as many, and nothing loops.
 */
export function writeKernel(root: GpuNode, inMemory: InMemory, dialect: Dialect): KernelSource {
  const size = lengthOf(root.shape)
  const single = new ElementWriter(root, inMemory, dialect)
  const source = single.write([single.indexOfFlat(root.shape, thread)])
  requireIndexable(root, single.largest, dialect)
  const row = single.divided ? root.shape[innermost(root.shape)]! : size
  if (!dialect.vectors || single.loops || row % 4 !== 0) {
    return { source, output: [size], results: 1, args: single.args }
  }
  const four = new ElementWriter(root, inMemory, dialect)
  return { source: four.write(neighbours(four, root.shape)), output: [size / 4], results: 4, args: four.args }
}

const thread = 'this.thread.x'

/** The axis along which neighbours lie: the last that has any. */
const innermost = (shape: ConcreteShape): number => shape.findLastIndex((size) => size !== 1)

/** The positions of the four elements that a thread computes. */
function neighbours(w: KernelWriter, shape: ConcreteShape): Index[] {
  const first = w.indexOfFlat(shape, w.int(`${thread} * 4`))
  const along = innermost(shape)
  return [0, 1, 2, 3].map((i) => ({
    shape,
    flat: () => addInt(first.flat(), i),
    axes: () => first.axes().map((position, axis) => (axis === along ? addInt(position, i) : position)),
  }))
}

/** Writes one kernel: the lines, which values they have computed, and what they read. */
class ElementWriter implements KernelWriter {
  readonly args: (GpuNode | Special)[] = []
  /** A coordinate had to be computed by a division. */
  divided = false
  /** Something is computed in a loop. */
  loops = false
  /** The shape with most elements among those that positions are computed in. */
  largest: ConcreteShape = []
  #scope: Scope = { lines: [], parent: undefined, values: new Map() }
  #counter = 0
  readonly #root: GpuNode
  readonly #inMemory: InMemory
  readonly #dialect: Dialect

  constructor(root: GpuNode, inMemory: InMemory, dialect: Dialect) {
    this.#root = root
    this.#inMemory = inMemory
    this.#dialect = dialect
  }

  /** The source of the kernel whose thread returns the root's elements at these positions. */
  write(indices: readonly Index[]): string {
    const elements = indices.map((index) => this.local(this.#compute(this.#root, index)))
    this.#line(`return ${elements.length === 1 ? elements[0] : `[${elements.join(', ')}]`};`)
    const names = this.args.map((arg) => this.#nameOf(arg))
    return `function (${names.join(', ')}) {\n${this.#scope.lines.join('\n')}\n}`
  }

  get precise(): boolean {
    return this.#dialect.precise
  }

  literal(value: number): string {
    if (Number.isNaN(value)) return this.#nameOf('nan')
    const rounded = Math.fround(value)
    const size = Math.abs(rounded)
    const infinite = size === Number.POSITIVE_INFINITY
    const digits = infinite
      ? this.#nameOf('inf')
      : Number.isInteger(size) && size < 1e21
        ? `${size}.0`
        : `${size}`
    return rounded < 0 || Object.is(rounded, -0) ? `(-${digits})` : digits
  }

  factor(code: string): string {
    return code === '0.0' ? this.#nameOf('zero') : code
  }

  local(code: string): string {
    if (/^(v\d+|\d+\.\d+)$/.test(code)) return code
    const name = this.#fresh('v')
    this.#line(`const ${name} = ${code};`)
    return name
  }

  variable(code: string): string {
    const name = this.#fresh('m')
    this.#line(`let ${name} = ${code};`)
    return name
  }

  assign(variable: string, code: string): void {
    this.#line(`${variable} = ${code};`)
  }

  int(code: Int): Int {
    return typeof code === 'number' || /^(i\d+|k\d+|this\.thread\.x)$/.test(code)
      ? code
      : this.#intVariable(code)
  }

  #intVariable(code: Int): string {
    const name = this.#fresh('i')
    // gpu.js gives a variable the type of whole numbers only where it starts as one and is counted up.
    const start = this.#dialect.integers ? `let ${name} = 0; ${name}++; ${name}` : `let ${name}`
    this.#line(`${start} = ${code};`)
    return name
  }

  divide(value: Int, by: number): readonly [Int, Int] {
    if (by === 1) return [value, 0]
    if (typeof value === 'number') return [Math.floor(value / by), value % by]
    this.divided = true
    const whole = this.int(value)
    const quotient = this.#intVariable(`Math.floor(${whole} / ${by})`)
    const remainder = this.#intVariable(`${whole} - ${quotient} * ${by}`)
    if (!this.#dialect.exactDivision) this.#correct(quotient, remainder, by)
    return [quotient, remainder]
  }

  hold(value: Int, size: number): Int {
    if (typeof value === 'number') return Math.min(Math.max(value, 0), size - 1)
    const held = this.#intVariable(value)
    this.#line(`if (${held} < 0) { ${held} = 0; }`)
    this.#line(`if (${held} > ${size - 1}) { ${held} = ${size - 1}; }`)
    return held
  }

  /**
   * Puts a quotient right that f32 could be off by: WGSL allows it 2.5 ulp, and counts beyond 2²⁴ are rounded before. What
   * remains tells by how much, itself within one.
   */
  #correct(quotient: string, remainder: string, by: number): void {
    const off = this.#intVariable(`Math.floor(${remainder} / ${by})`)
    this.#line(`${quotient} = ${quotient} + ${off}; ${remainder} = ${remainder} - ${off} * ${by};`)
    this.#line(
      `if (${remainder} < 0) { ${quotient} = ${quotient} - 1; ${remainder} = ${remainder} + ${by}; }`,
    )
    this.#line(
      `if (${remainder} > ${by - 1}) { ${quotient} = ${quotient} + 1; ${remainder} = ${remainder} - ${by}; }`,
    )
  }

  loop(size: number, body: (k: Int) => void): void {
    if (size === 0) return
    if (size === 1) {
      body(0)
      return
    }
    this.loops = true
    const k = this.#fresh('k')
    this.#nested(`for (let ${k} = 0; ${k} < ${size}; ${k}++) {`, () => body(k))
  }

  when(condition: string, body: () => void): void {
    this.#nested(`if (${condition}) {`, body)
  }

  index(shape: ConcreteShape, axes: readonly Int[]): Index {
    this.#count(shape)
    return { shape, axes: () => axes, flat: this.#once(() => this.int(flatten(shape, axes))) }
  }

  indexOfFlat(shape: ConcreteShape, flat: Int): Index {
    this.#count(shape)
    return { shape, flat: () => flat, axes: this.#once(() => unflatten(this, shape, flat)) }
  }

  broadcast(index: Index, shape: ConcreteShape): Index {
    const lead = index.shape.length - shape.length
    if (lead === 0 && shape.every((size, i) => size === index.shape[i])) return index
    if (sameOrder(index.shape, shape)) return this.indexOfFlat(shape, index.flat())
    const isRepeated = lengthOf(shape) === 1
    return this.index(
      shape,
      shape.map((size, i) => (isRepeated || size === 1 ? 0 : index.axes()[lead + i]!)),
    )
  }

  #count(shape: ConcreteShape): void {
    if (lengthOf(shape) > lengthOf(this.largest)) this.largest = shape
  }

  #fresh(letter: string): string {
    return `${letter}${this.#counter++}`
  }

  #line(code: string): void {
    this.#scope.lines.push(code)
  }

  #nameOf(arg: GpuNode | Special): string {
    if (!this.args.includes(arg)) this.args.push(arg)
    return typeof arg === 'string' ? arg : `a${this.args.indexOf(arg)}`
  }

  #nested(head: string, body: () => void): void {
    const outer = this.#scope
    this.#scope = { lines: [], parent: outer, values: new Map() }
    body()
    outer.lines.push(head, ...this.#scope.lines, '}')
    this.#scope = outer
  }

  /** `make`, run when first asked for, its lines where it is made now: inner scopes can then share what it gives. */
  #once<T>(make: () => T): () => T {
    const here = this.#scope
    let known: T | undefined
    return () => {
      if (known !== undefined) return known
      const asked = this.#scope
      this.#scope = here
      known = make()
      this.#scope = asked
      return known
    }
  }

  #read(node: GpuNode, index: Index): string {
    const name = this.#nameOf(node)
    return node.isNumber ? name : `${name}[${index.flat()}]`
  }

  /** The element as a number, whatever its type. */
  #compute(node: GpuNode, index: Index): string {
    const operands = node.inputs.map(
      (input): GpuOperand => ({
        shape: input.shape,
        dtype: input.dtype,
        literal: literalOf(input),
        at: (position) => this.#valueAt(input, position),
      }),
    )
    const code = node.form!.element(this, operands, node.params, node, index)
    return node.dtype === 'bool' ? `(${code} ? 1.0 : 0.0)` : code
  }

  #valueAt(node: GpuNode, index: Index): string {
    const name = literalOf(node) === undefined ? this.#elementAt(node, index) : this.literal(literalOf(node)!)
    return node.dtype === 'bool' ? `(${name} > 0.5)` : name
  }

  #elementAt(node: GpuNode, index: Index): string {
    for (let scope: Scope | undefined = this.#scope; scope; scope = scope.parent) {
      const known = scope.values.get(index)?.get(node)
      if (known) return known
    }
    const stored = node !== this.#root && this.#inMemory(node)
    const name = this.local(stored ? this.#read(node, index) : this.#compute(node, index))
    const here = this.#scope.values.get(index) ?? new Map<GpuNode, string>()
    this.#scope.values.set(index, here.set(node, name))
    return name
  }
}

/** The place in row-major order, by Horner's rule. */
function flatten(shape: ConcreteShape, axes: readonly Int[]): Int {
  return axes.reduce<Int>((flat, position, axis) => addInt(mulInt(flat, shape[axis]!), position), 0)
}

/** The coordinates of a place in row-major order. */
function unflatten(w: KernelWriter, shape: ConcreteShape, flat: Int): Int[] {
  const axes: Int[] = shape.map(() => 0)
  let rest = flat
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (lengthOf(shape.slice(0, axis)) === 1) {
      axes[axis] = rest
      break
    }
    ;[rest, axes[axis]] = w.divide(rest, shape[axis]!) as [Int, Int]
  }
  return axes
}

/** Most elements of a tensor, each of which has a place that a mode can count exactly. */
export const mostElements = ({ integers }: Dialect): number => (integers ? 2 ** 31 - 1 : largestExact)

/** @throws TensorError `BACKEND_UNSUPPORTED` where places in a tensor are beyond what the mode can count exactly. */
function requireIndexable({ name }: GpuNode, shape: ConcreteShape, dialect: Dialect): void {
  const most = mostElements(dialect)
  if (lengthOf(shape) <= most) return
  throw new TensorError(
    'BACKEND_UNSUPPORTED',
    `gpu: ${name}: a tensor of shape [${shape.join(', ')}] has more than ${most} elements, ` +
      'which is the most that this mode of gpu.js can count',
  )
}
