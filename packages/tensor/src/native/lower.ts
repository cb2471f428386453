import { type Dim, SymbolicDim } from '../core/dim'
import type { DType, TypedArray } from '../core/dtype'
import { TensorError } from '../core/errors'
import type { Graph, Node } from '../core/graph'
import { isConcrete, type Shape } from '../core/shape'
import type { Tensor } from '../core/tensor'
import type { OnnxAttribute, OnnxBuilder, OnnxType, ValueName } from './builder'
import { fuse } from './fuse'
import { encodeOnnxModel, type OnnxInitializer, type OnnxNode, onnxTypes } from './onnx'

/** The memory of a large constant, under the name by which the model refers to it. */
export interface ConstantFile {
  readonly path: string
  readonly data: Uint8Array
}

/** A graph as an ONNX model, with the names under which its inputs and outputs are found. */
export interface LoweredGraph {
  readonly model: Uint8Array
  readonly files: readonly ConstantFile[]
  readonly inputs: readonly string[]
  readonly outputs: readonly { readonly name: string; readonly dtype: DType }[]
  /** Constants that are inputs too, to be handed over where they are. */
  readonly shared: readonly { readonly name: string; readonly value: Tensor }[]
}

const arrays = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  bool: Uint8Array,
} as const

function scalarBytes(values: readonly number[], type: OnnxType): Uint8Array {
  const array = type === 'i64' ? BigInt64Array.from(values, BigInt) : arrays[type].from(values)
  return new Uint8Array(array.buffer)
}

/**
 * Bytes from which a constant stays outside the model: a model ends at 2 GiB, and writing weights into it would hold
 * them two or three times over.
 */
const outsideFrom = 1024

/** Where a symbolic dimension can be read from: an axis of an input. */
type DimSource = { readonly input: ValueName; readonly axis: number }

function dimSources(graph: Graph, nameOf: (node: Node) => string): Map<string, DimSource> {
  const sources = new Map<string, DimSource>()
  for (const node of graph.inputs) {
    node.shape.forEach((dim, axis) => {
      if (dim instanceof SymbolicDim && !sources.has(`${dim}`))
        sources.set(`${dim}`, { input: nameOf(node), axis })
    })
  }
  return sources
}

/** Collects ONNX nodes; equal constants and dimensions are made once. */
function createOnnxBuilder(sources: ReadonlyMap<string, DimSource>) {
  const nodes: OnnxNode[] = []
  const initializers: OnnxInitializer[] = []
  const interned = new Map<string, ValueName>()
  let counter = 0
  const fresh = () => `v${counter++}`

  const once = (key: string, make: () => ValueName): ValueName => {
    const known = interned.get(key)
    if (known !== undefined) return known
    const name = make()
    interned.set(key, name)
    return name
  }
  const initializer = (type: OnnxType, shape: readonly number[], bytes: Uint8Array): ValueName => {
    const name = fresh()
    initializers.push({ name, type, shape, bytes, ...(bytes.length < outsideFrom ? {} : { file: name }) })
    return name
  }
  const emit = (
    type: string,
    inputs: readonly ValueName[],
    outputs: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = '',
  ): ValueName[] => {
    const names = Array.from({ length: outputs }, fresh)
    nodes.push({ type, domain, inputs, outputs: names, attributes })
    return names
  }

  const ints = (values: readonly number[]): ValueName =>
    once(`ints ${values}`, () => initializer('i64', [values.length], scalarBytes(values, 'i64')))

  /** A dimension as a list of one. */
  const dimList = (dim: Dim): ValueName => {
    if (typeof dim === 'number') return ints([dim])
    return once(`dim ${dim}`, () => {
      const terms = [...dim.terms].map(([monomial, coefficient]) => {
        const factors = monomial.split('*').filter(Boolean).map(namedDim)
        const scaled = coefficient === 1 && factors.length > 0 ? factors : [ints([coefficient]), ...factors]
        return scaled.reduce((a, b) => emit('Mul', [a, b], 1)[0]!)
      })
      return terms.reduce((a, b) => emit('Add', [a, b], 1)[0]!)
    })
  }
  const namedDim = (name: string): ValueName =>
    once(`named ${name}`, () => {
      const source = sources.get(name)
      if (!source) throw new TensorError('BACKEND_UNSUPPORTED', `native: no input has the dimension ${name}`)
      return emit('Shape', [source.input], 1, { start: source.axis, end: source.axis + 1 })[0]!
    })

  const builder: OnnxBuilder = {
    op: (type, inputs, attributes, options) => emit(type, inputs, 1, attributes, options?.domain)[0]!,
    multi: (type, inputs, outputs, attributes) => emit(type, inputs, outputs, attributes),
    scalar: (value, type) =>
      once(`scalar ${type} ${Object.is(value, -0) ? '-0' : value}`, () =>
        initializer(type, [], scalarBytes([value], type)),
      ),
    ints,
    constant: (data, shape, dtype) => initializer(dtype, shape, bytesOf(data)),
    dims(shape: Shape) {
      if (isConcrete(shape)) return ints(shape)
      return once(`dims ${shape}`, () =>
        shape.length === 1 ? dimList(shape[0]!) : emit('Concat', shape.map(dimList), 1, { axis: 0 })[0]!,
      )
    },
    dim: (dim) =>
      typeof dim === 'number'
        ? builder.scalar(dim, 'i64')
        : once(`scalar dim ${dim}`, () => emit('Squeeze', [dimList(dim), ints([0])], 1)[0]!),
    cast: (value, type) => emit('Cast', [value], 1, { to: onnxTypes[type] })[0]!,
  }
  return { builder, nodes, initializers }
}

/** The number that a constant scalar is. */
const literalOf = ({ kind, shape, value }: Node): number | undefined =>
  kind === 'constant' && shape.length === 0 ? value!.data[0] : undefined

const bytesOf = (data: TypedArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/** Bytes from which a constant may be shared: below, what ONNX Runtime makes of constants is worth more than their memory. */
const sharedFrom = 2 ** 16

const isLarge = ({ kind, value }: Node): boolean =>
  kind === 'constant' && value!.data.byteLength >= sharedFrom

/**
 * Writes the graph as one ONNX model.
 * @param options `shared`: large constants are inputs of it, and not copied.
 */
export function lowerToOnnx(graph: Graph, { shared = false }: { shared?: boolean } = {}): LoweredGraph {
  const names = new Map<Node, string>(graph.inputs.map((node, i) => [node, `in${i}`]))
  const { builder, nodes, initializers } = createOnnxBuilder(dimSources(graph, (node) => names.get(node)!))
  const fused = fuse(graph)
  const apart = shared ? graph.nodes.filter(isLarge) : []
  for (const node of graph.nodes) {
    const fusion = fused.get(node)
    if (fusion === null) continue
    if (node.kind === 'constant') {
      const at = apart.indexOf(node)
      names.set(node, at < 0 ? lowerConstant(builder, node) : `shared${at}`)
    }
    if (node.kind !== 'op') continue
    if (node.shape.includes(0)) {
      names.set(node, lowerEmpty(builder, node))
      continue
    }
    const inputs = (fusion ?? node).inputs.map((input) => ({
      name: names.get(input)!,
      shape: input.shape,
      dtype: input.dtype,
      literal: literalOf(input),
    }))
    const { native } = fusion ?? node.primitive!
    names.set(node, native(builder, inputs, node.params, node))
  }
  // An output must have a name of its own, even where it is an input, a constant or another output.
  const unclaimed = new Set(nodes.flatMap((node) => node.outputs))
  const outputs = graph.outputs.map((node) => {
    const name = names.get(node)!
    return unclaimed.delete(name) ? name : builder.op('Identity', [name])
  })
  const info = (name: string, node: Node) => ({ name, type: node.dtype, shape: node.shape.map(describeDim) })
  const model = encodeOnnxModel({
    nodes,
    initializers,
    inputs: [...graph.inputs, ...apart].map((node) => info(names.get(node)!, node)),
    outputs: graph.outputs.map((node, i) => info(outputs[i]!, node)),
  })
  const files = initializers.flatMap(({ file, bytes }) => (file ? [{ path: file, data: bytes }] : []))
  return {
    model,
    files,
    inputs: graph.inputs.map((node) => names.get(node)!),
    outputs: graph.outputs.map(({ dtype }, i) => ({ name: outputs[i]!, dtype })),
    shared: apart.map((node) => ({ name: names.get(node)!, value: node.value! })),
  }
}

const describeDim = (dim: Dim): number | string => (typeof dim === 'number' ? dim : `${dim}`)

/** What has no elements needs no op; some of ONNX Runtime's kernels fail on it, or end the process. */
function lowerEmpty(builder: OnnxBuilder, { shape, dtype }: Node): ValueName {
  const nothing = builder.constant(new Uint8Array(0), [0], dtype)
  return builder.op('Reshape', [nothing, builder.dims(shape)], { allowzero: 1 })
}

function lowerConstant(builder: OnnxBuilder, node: Node): ValueName {
  const { data, dims, dtype } = node.value!
  return dims.length === 0 ? builder.scalar(data[0]!, dtype) : builder.constant(data, dims, dtype)
}
