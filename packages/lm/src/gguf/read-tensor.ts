import type { ByteSource } from '../byte-source'
import type { GgufTensor } from './parse-gguf'

/** About as many bytes are in memory at a time, besides the result. */
const pieceBytes = 2 ** 20

/** The elements of a tensor, as f32, read and dequantised a piece at a time. */
export async function readGgufTensor(source: ByteSource, tensor: GgufTensor): Promise<Float32Array> {
  const { shape, type, begin, end } = tensor
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1))
  const step = Math.floor(pieceBytes / type.blockBytes) * type.blockBytes
  for (let at = begin; at < end; at += step) {
    const blocks = await source.read(at, Math.min(step, end - at))
    const first = ((at - begin) / type.blockBytes) * type.blockElements
    const count = (blocks.byteLength / type.blockBytes) * type.blockElements
    type.dequantize(blocks, data.subarray(first, first + count))
  }
  return data
}
