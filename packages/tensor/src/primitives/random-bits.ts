import type { Dim } from '../core/dim'
import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, type Shape, sizeOf } from '../core/shape'
import type { Tensor } from '../core/tensor'
import type { OnnxBuilder, ValueName } from '../native/builder'

/** Rotation distances of Threefry-2x32, in two groups of four rounds (Salmon et al. 2011, table 2). */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

/** Parity constant of the key schedule for 32-bit words. */
const parity = 0x1bd11bda

/** Threefry-2x32 with 20 rounds of the counter (c0, c1) under the key (k0, k1). */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number): [number, number] {
  const key = [k0, k1, k0 ^ k1 ^ parity]
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  for (let group = 0; group < 5; group++) {
    for (const r of rotations[group % 2]!) {
      x0 = (x0 + x1) | 0
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0
    }
    x0 = (x0 + key[(group + 1) % 3]!) | 0
    x1 = (x1 + key[(group + 2) % 3]! + group + 1) | 0
  }
  return [x0, x1]
}

export const randomBitsPrimitive: Primitive<{ shape: Shape }> = {
  name: 'randomBits',
  infer([key], { shape }) {
    if (key!.dtype !== 'i32' || key!.shape.length !== 1 || key!.shape[0] !== 2) {
      const got = `${key!.dtype} ${formatShape(key!.shape)}`
      throw opError(
        'invalid-argument',
        'randomBits',
        `key: expected i32 [2] as made by randomKey, got ${got}`,
      )
    }
    return { shape, dtype: 'i32' }
  },
  vjp: () => [null],
  reference(out, [key]) {
    for (let i = 0; i < out.data.length; i++) {
      out.data[i] = threefry2x32(key!.data[0]!, key!.data[1]!, i, 0)[0]
    }
  },
  native(builder, [key], { shape }) {
    const words = builder.cast(key!.name, 'i64')
    const key0 = unsigned(builder, builder.op('Gather', [words, builder.scalar(0, 'i64')]))
    const key1 = unsigned(builder, builder.op('Gather', [words, builder.scalar(1, 'i64')]))
    const size: Dim = sizeOf(shape)
    const counter = builder.op('Range', [
      builder.scalar(0, 'i64'),
      builder.dim(size),
      builder.scalar(1, 'i64'),
    ])
    const bits = threefryNative(builder, key0, key1, counter)
    return builder.op('Reshape', [builder.cast(signed(builder, bits), 'i32'), builder.dims(shape)], {
      allowzero: 1,
    })
  },
}

const mask = 0xffffffff

const unsigned = (b: OnnxBuilder, x: ValueName): ValueName => b.op('BitwiseAnd', [x, b.scalar(mask, 'i64')])

const signed = (b: OnnxBuilder, x: ValueName): ValueName => {
  const wraps = b.op('Less', [b.scalar(0x7fffffff, 'i64'), x])
  return b.op('Where', [wraps, b.op('Sub', [x, b.scalar(2 ** 32, 'i64')]), x])
}

/** Threefry on 32-bit words held in int64, since ONNX has no 32-bit shifts of signed integers. */
function threefryNative(b: OnnxBuilder, k0: ValueName, k1: ValueName, counter: ValueName): ValueName {
  const add = (x: ValueName, y: ValueName) => unsigned(b, b.op('Add', [x, y]))
  const xor = (x: ValueName, y: ValueName) => b.op('BitwiseXor', [x, y])
  const key = [k0, k1, xor(xor(k0, k1), b.scalar(parity, 'i64'))]
  let x0 = add(counter, k0)
  let x1 = k1
  for (let group = 0; group < 5; group++) {
    for (const r of rotations[group % 2]!) {
      x0 = add(x0, x1)
      const high = unsigned(b, b.op('Mul', [x1, b.scalar(2 ** r, 'i64')]))
      const low = b.op('Div', [x1, b.scalar(2 ** (32 - r), 'i64')])
      x1 = xor(b.op('Add', [high, low]), x0)
    }
    x0 = add(x0, key[(group + 1) % 3]!)
    x1 = add(b.op('Add', [x1, key[(group + 2) % 3]!]), b.scalar(group + 1, 'i64'))
  }
  return x0
}

/**
 * Uniform random 32-bit words (as i32) that depend only on the key and their position: Threefry-2x32-20
 * (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
 */
export const randomBits = (key: Tensor, shape: Shape): Tensor => bind(randomBitsPrimitive, [key], { shape })
