import { widenHalf } from '@prefkit/nn'

/** How the elements of a tensor are stored: in blocks of so many elements, each of so many bytes. */
export interface GgufTensorType {
  readonly name: string
  readonly blockElements: number
  readonly blockBytes: number
  /** Writes the f32 values of whole blocks. `blocks` may begin at any byte of its buffer. */
  dequantize(blocks: Uint8Array, into: Float32Array): void
}

const bits = new Uint32Array(1)
const asFloat = new Float32Array(bits.buffer)

/** The 16-bit float at a byte, as a number. */
function half(bytes: Uint8Array, at: number): number {
  bits[0] = widenHalf(bytes[at]! | (bytes[at + 1]! << 8))
  return asFloat[0]!
}

const signed = (byte: number): number => (byte << 24) >> 24

/*
 * Products of a 16-bit scale and few-bit integers are exact in f64, and mostly in f32; every value below is then
 * rounded once, when it is stored: the same f32 as llama.cpp gets.
 */

/** Sixteen bits, widened to the bits of an f32. */
const sixteenBits = (name: string, widen: (half: number) => number): GgufTensorType => ({
  name,
  blockElements: 1,
  blockBytes: 2,
  dequantize(blocks, into) {
    // Bits, and not numbers, so that the payload of a NaN is kept.
    const words = new Uint32Array(into.buffer, into.byteOffset, into.length)
    for (let i = 0; i < words.length; i++) words[i] = widen(blocks[2 * i]! | (blocks[2 * i + 1]! << 8))
  },
})

const f32: GgufTensorType = {
  name: 'F32',
  blockElements: 1,
  blockBytes: 4,
  dequantize: (blocks, into) => new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(blocks),
}

/** 32 elements of 4 bits: the first 16 in the low halves of the bytes, the others in the high ones. */
const q4With0: GgufTensorType = {
  name: 'Q4_0',
  blockElements: 32,
  blockBytes: 18,
  dequantize(blocks, into) {
    for (let at = 0, out = 0; at < blocks.length; at += 18, out += 32) {
      const d = half(blocks, at)
      for (let i = 0; i < 16; i++) {
        const byte = blocks[at + 2 + i]!
        into[out + i] = d * ((byte & 15) - 8)
        into[out + 16 + i] = d * ((byte >> 4) - 8)
      }
    }
  },
}

/** As Q4_0, with a minimum instead of a middle. */
const q4With1: GgufTensorType = {
  name: 'Q4_1',
  blockElements: 32,
  blockBytes: 20,
  dequantize(blocks, into) {
    for (let at = 0, out = 0; at < blocks.length; at += 20, out += 32) {
      const [d, m] = [half(blocks, at), half(blocks, at + 2)]
      for (let i = 0; i < 16; i++) {
        const byte = blocks[at + 4 + i]!
        into[out + i] = d * (byte & 15) + m
        into[out + 16 + i] = d * (byte >> 4) + m
      }
    }
  },
}

const q8With0: GgufTensorType = {
  name: 'Q8_0',
  blockElements: 32,
  blockBytes: 34,
  dequantize(blocks, into) {
    for (let at = 0, out = 0; at < blocks.length; at += 34, out += 32) {
      const d = half(blocks, at)
      for (let i = 0; i < 32; i++) into[out + i] = d * signed(blocks[at + 2 + i]!)
    }
  },
}

/** 256 elements: 8 groups of 32, each with a scale and a minimum of 6 bits, packed into 12 bytes. */
const q4K: GgufTensorType = {
  name: 'Q4_K',
  blockElements: 256,
  blockBytes: 144,
  dequantize(blocks, into) {
    for (let at = 0, out = 0; at < blocks.length; at += 144, out += 256) {
      const [d, dMin] = [half(blocks, at), half(blocks, at + 2)]
      for (let group = 0; group < 8; group++) {
        const [scale, minimum] = scaleAndMinimum(blocks, at + 4, group)
        const quants = at + 16 + 32 * (group >> 1)
        const shift = 4 * (group & 1)
        for (let i = 0; i < 32; i++) {
          const q = (blocks[quants + i]! >> shift) & 15
          into[out + 32 * group + i] = d * scale * q - dMin * minimum
        }
      }
    }
  },
}

function scaleAndMinimum(blocks: Uint8Array, at: number, group: number): readonly [number, number] {
  const low = (i: number) => blocks[at + i]! & 63
  if (group < 4) return [low(group), low(group + 4)]
  // The later four have their lower bits in the last bytes, and their upper two above the bits of the first four.
  const shared = blocks[at + group + 4]!
  const upper = (i: number) => (blocks[at + i]! >> 2) & 0x30
  return [(shared & 15) | upper(group - 4), (shared >> 4) | upper(group)]
}

/** 256 elements: 4 lower bits, 2 upper ones, and a signed scale for every 16. */
const q6K: GgufTensorType = {
  name: 'Q6_K',
  blockElements: 256,
  blockBytes: 210,
  dequantize(blocks, into) {
    for (let at = 0, out = 0; at < blocks.length; at += 210, out += 256) {
      const d = half(blocks, at + 208)
      for (let i = 0; i < 256; i++) {
        const [part, row, column] = [i >> 7, (i >> 5) & 3, i & 31]
        const lower = blocks[at + 64 * part + 32 * (row & 1) + column]! >> (4 * (row >> 1))
        const upper = blocks[at + 128 + 32 * part + column]! >> (2 * row)
        const q = ((lower & 15) | ((upper & 3) << 4)) - 32
        into[out + i] = d * signed(blocks[at + 192 + (i >> 4)]!) * q
      }
    }
  },
}

/** The types that are read, by their number in a file. */
export const tensorTypes: Readonly<Record<number, GgufTensorType>> = {
  0: f32,
  1: sixteenBits('F16', widenHalf),
  2: q4With0,
  3: q4With1,
  8: q8With0,
  12: q4K,
  14: q6K,
  // A brain float is the upper half of an f32.
  30: sixteenBits('BF16', (half) => half << 16),
}
