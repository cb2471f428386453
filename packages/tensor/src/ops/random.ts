import { opError } from '../core/errors'
import { requireOptions } from '../core/require-options'
import type { Shape } from '../core/shape'
import { asTensor, type Tensor, type TensorLike, tensor } from '../core/tensor'
import { add } from '../primitives/add'
import { cast } from '../primitives/cast'
import { cos } from '../primitives/cos'
import { div } from '../primitives/div'
import { less } from '../primitives/less'
import { log } from '../primitives/log'
import { minimum } from '../primitives/minimum'
import { mul } from '../primitives/mul'
import { neg } from '../primitives/neg'
import { randomBits } from '../primitives/random-bits'
import { squeeze } from '../primitives/reshape'
import { slice } from '../primitives/slice'
import { sqrt } from '../primitives/sqrt'
import { where } from '../primitives/where'

/**
 * A key: all the state random numbers have. Give each use its own, by {@link splitKey}: the same key gives the
 * same numbers again, on every backend.
 * @param seed whole number in [0, 2⁵³).
 */
export function randomKey(seed: number): Tensor {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw opError('INVALID_ARGUMENT', 'randomKey', `seed: expected a whole number in [0, 2^53), got ${seed}`)
  }
  return tensor(new Int32Array([Math.floor(seed / 2 ** 32), seed | 0]))
}

/** `count` keys independent of each other and of the one they come from. */
export function splitKey(key: Tensor, count = 2): Tensor[] {
  // A stream of its own, so that children share no word with what is drawn from the key itself.
  const words = randomBits(key, [count, 2], 1)
  return Array.from({ length: count }, (_, i) => squeeze(slice(words, 0, i, i + 1), 0))
}

/** Uniform f32 numbers in [0, 1), multiples of 2⁻²⁴ near 1; the same on every backend, bit for bit. */
export function randomUniform(key: Tensor, shape: Shape): Tensor {
  const unit = add(mul(cast(randomBits(key, shape), 'f32'), 2 ** -32), 0.5)
  return minimum(unit, 1 - 2 ** -24)
}

/** Standard normal f32 numbers (Box & Muller 1958), within ±5.8; equal on every backend but for the rounding of log and cos. */
export function randomNormal(key: Tensor, shape: Shape): Tensor {
  const [radius, angle] = splitKey(key) as [Tensor, Tensor]
  // 1 − u lies in (0, 1], so its logarithm is finite.
  const r = sqrt(mul(-2, log(add(1, neg(randomUniform(radius, shape))))))
  return mul(r, cos(mul(2 * Math.PI, randomUniform(angle, shape))))
}

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Probability with which an element is set to 0, in [0, 1). */
  rate: number
  /** Decides which: a new one for each use, by {@link splitKey}. */
  key: Tensor
}

/** x with elements dropped at random and the rest scaled by 1 / (1 − rate), so that the mean stays. */
export function dropout(x: TensorLike, options: DropoutOptions): Tensor {
  requireOptions('dropout', options, { rate: true, key: true })
  const { rate, key } = options
  if (!(rate >= 0 && rate < 1)) {
    throw opError('INVALID_ARGUMENT', 'dropout', `rate: expected a number in [0, 1), got ${rate}`)
  }
  const value = asTensor(x)
  if (rate === 0) return value
  const keep = less(randomUniform(key, value.shape), 1 - rate)
  return where(keep, div(value, 1 - rate), 0)
}
