import { opError } from '../core/errors'
import { bind, type Primitive } from '../core/primitive'
import { formatShape, requireShape, type Shape, sizeOf } from '../core/shape'
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

export const randomBitsPrimitive: Primitive<{ shape: Shape; stream: number }> = {
  name: 'randomBits',
  infer([key], { shape }) {
    if (key!.dtype !== 'i32' || key!.shape.length !== 1 || key!.shape[0] !== 2) {
      const got = `${key!.dtype} ${formatShape(key!.shape)}`
      throw opError(
        'INVALID_ARGUMENT',
        'randomBits',
        `key: expected i32 [2] as made by randomKey, got ${got}`,
      )
    }
    requireShape('randomBits', shape)
    return { shape, dtype: 'i32' }
  },
  vjp: () => [null],
  reference(out, [key], { stream }) {
    for (let i = 0; i < out.data.length; i++) {
      out.data[i] = threefry2x32(key!.data[0]!, key!.data[1]!, i, stream)[0]
    }
  },
  gpu: {
    element() {
      throw opError(
        'BACKEND_UNSUPPORTED',
        'randomBits',
        'a kernel has no words of 32 bits; the key must be known to the host',
      )
    },
  },
  native(builder, [key], { shape, stream }) {
    const word = (at: number) => builder.op('Gather', [key!.name, builder.scalar(at, 'i32')])
    const range = [builder.scalar(0, 'i64'), builder.dim(sizeOf(shape)), builder.scalar(1, 'i64')]
    const counter = builder.cast(builder.op('Range', range), 'i32')
    const bits = threefryNative(builder, [word(0), word(1)], counter, builder.scalar(stream, 'i32'))
    return builder.op('Reshape', [bits, builder.dims(shape)], { allowzero: 1 })
  },
}

/** The first word of Threefry; sums wrap in i32, but only unsigned words can be shifted. */
function threefryNative(
  b: OnnxBuilder,
  [k0, k1]: readonly [ValueName, ValueName],
  c0: ValueName,
  c1: ValueName,
): ValueName {
  const add = (x: ValueName, y: ValueName) => b.op('Add', [x, y])
  const xor = (x: ValueName, y: ValueName) => b.op('BitwiseXor', [x, y])
  const shift = (x: ValueName, by: number, direction: string) =>
    b.op('BitShift', [x, b.scalar(by, 'u32')], { direction })
  const rotate = (x: ValueName, by: number) => {
    const word = b.cast(x, 'u32')
    return b.cast(b.op('BitwiseOr', [shift(word, by, 'LEFT'), shift(word, 32 - by, 'RIGHT')]), 'i32')
  }
  const key = [k0, k1, xor(xor(k0, k1), b.scalar(parity, 'i32'))]
  let x0 = add(c0, k0)
  let x1 = add(c1, k1)
  for (let group = 0; group < 5; group++) {
    for (const r of rotations[group % 2]!) {
      x0 = add(x0, x1)
      x1 = xor(rotate(x1, r), x0)
    }
    x0 = add(x0, key[(group + 1) % 3]!)
    x1 = add(x1, add(key[(group + 2) % 3]!, b.scalar(group + 1, 'i32')))
  }
  return x0
}

/**
 * Uniform random 32-bit words (as i32) that depend only on the key, their position and the stream:
 * Threefry-2x32-20 of the counter (position, stream) (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * 2011). Use one key once: the same key and stream give the same words.
 * @param key as made by `randomKey` or `splitKey`: i32 [2].
 */
export const randomBits = (key: Tensor, shape: Shape, stream = 0): Tensor =>
  bind(randomBitsPrimitive, [key], { shape, stream })
