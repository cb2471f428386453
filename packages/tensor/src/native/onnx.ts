/** Writes the small part of protobuf that an ONNX model file needs. */
class ProtoWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + extra))
    grown.set(this.finish())
    this.#bytes = grown
  }

  #varint(value: bigint): void {
    this.#reserve(10)
    let rest = BigInt.asUintN(64, value)
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#length++] = Number(rest)
  }

  /** A whole number, as a varint. */
  int(field: number, value: number | bigint): this {
    this.#varint(BigInt(field << 3))
    this.#varint(BigInt(value))
    return this
  }

  /** A 32-bit float. */
  float(field: number, value: number): this {
    this.#varint(BigInt((field << 3) | 5))
    this.#reserve(4)
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true)
    this.#length += 4
    return this
  }

  /** Bytes with their length in front: raw data, strings and nested messages. */
  bytes(field: number, value: Uint8Array): this {
    this.#varint(BigInt((field << 3) | 2))
    this.#varint(BigInt(value.length))
    this.#reserve(value.length)
    this.#bytes.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** UTF-8 text. */
  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  /** A nested message. */
  message(field: number, write: (writer: ProtoWriter) => unknown): this {
    const inner = new ProtoWriter()
    write(inner)
    return this.bytes(field, inner.finish())
  }
}

/** ONNX's numbers for element types. */
export const onnxTypes = { f32: 1, i32: 6, i64: 7, bool: 9, f64: 11, u32: 12 } as const

/** Element type of an ONNX value. */
export type OnnxElement = keyof typeof onnxTypes

/** A node of an ONNX graph. */
export interface OnnxNode {
  readonly type: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<
    Record<string, number | readonly number[] | string | { readonly float: number }>
  >
}

/** A constant of an ONNX graph, little-endian. */
export interface OnnxInitializer {
  readonly name: string
  readonly type: OnnxElement
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
  /** The file that holds the bytes, where the model only refers to them. */
  readonly file?: string
}

/** An input or output; a dimension is a size or a name. */
export interface OnnxValueInfo {
  readonly name: string
  readonly type: OnnxElement
  readonly shape: readonly (number | string)[]
}

/** What {@link encodeOnnxModel} writes. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[]
  readonly initializers: readonly OnnxInitializer[]
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
}

const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 }

function writeAttribute(w: ProtoWriter, name: string, value: OnnxNode['attributes'][string]): void {
  w.text(1, name)
  if (typeof value === 'number') w.int(3, value).int(20, attributeTypes.int)
  else if (typeof value === 'string') w.text(4, value).int(20, attributeTypes.string)
  else if ('float' in value) w.float(2, value.float).int(20, attributeTypes.float)
  else {
    for (const item of value) w.int(8, item)
    w.int(20, attributeTypes.ints)
  }
}

function writeNode(w: ProtoWriter, node: OnnxNode, index: number): void {
  for (const input of node.inputs) w.text(1, input)
  for (const output of node.outputs) w.text(2, output)
  w.text(3, `${node.type}_${index}`).text(4, node.type)
  for (const [name, value] of Object.entries(node.attributes))
    w.message(5, (a) => writeAttribute(a, name, value))
  w.text(7, node.domain)
}

/** Where the bytes of a constant are, when that is not the model (`TensorProto.DataLocation`). */
const external = 1

function writeInitializer(w: ProtoWriter, { name, type, shape, bytes, file }: OnnxInitializer): void {
  for (const dim of shape) w.int(1, dim)
  w.int(2, onnxTypes[type]).text(8, name)
  if (file === undefined) return void w.bytes(9, bytes)
  const place = { location: file, offset: '0', length: `${bytes.length}` }
  for (const [key, value] of Object.entries(place)) w.message(13, (e) => e.text(1, key).text(2, value))
  w.int(14, external)
}

function writeValueInfo(w: ProtoWriter, { name, type, shape }: OnnxValueInfo): void {
  const writeShape = (s: ProtoWriter) => {
    for (const dim of shape) s.message(1, (d) => (typeof dim === 'number' ? d.int(1, dim) : d.text(2, dim)))
  }
  w.text(1, name).message(2, (t) =>
    t.message(1, (tensor) => tensor.int(1, onnxTypes[type]).message(2, writeShape)),
  )
}

/** Version of the standard operator set that the native forms are written for. */
const opset = 18

/** The model as the bytes of an `.onnx` file (ONNX IR version 9). */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  const writer = new ProtoWriter()
  writer.int(1, 9).text(2, 'prefkit')
  writer.message(7, (g) => {
    model.nodes.forEach((node, i) => {
      g.message(1, (w) => writeNode(w, node, i))
    })
    g.text(2, 'prefkit')
    for (const initializer of model.initializers) g.message(5, (w) => writeInitializer(w, initializer))
    for (const input of model.inputs) g.message(11, (w) => writeValueInfo(w, input))
    for (const output of model.outputs) g.message(12, (w) => writeValueInfo(w, output))
  })
  writer.message(8, (o) => o.text(1, '').int(2, opset))
  writer.message(8, (o) => o.text(1, 'com.microsoft').int(2, 1))
  return writer.finish()
}
