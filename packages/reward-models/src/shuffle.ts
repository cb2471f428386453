import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A generator for one purpose: equal seeds and streams give equal numbers, other streams other ones. */
export const generator = (seed: number, stream: number) =>
  xoroshiro128plus((Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) | 0)

/** 0 … size − 1 in a random order that depends only on the seed and the stream (Fisher–Yates). */
export function permutation(size: number, seed: number, stream: number): Int32Array {
  const random = generator(seed, stream)
  const order = Int32Array.from({ length: size }, (_, i) => i)
  for (let i = size - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}
