import { add, less, mul, randomBits, slice, splitKey, squeeze, type Tensor, where } from '@prefkit/tensor'

/** Dropout of what goes into each of some modules, which are told apart by their places. */
export interface ModuleDropoutOptions {
  /** Probability with which an element is set to 0, in (0, 1). */
  readonly rate: number
  readonly key: Tensor
  /** How many modules there are. */
  readonly modules: number
  /** The most inputs that one has. */
  readonly widest: number
}

/**
 * x [N, inputs] with elements dropped at random and the rest scaled by 1 / (1 − rate), for each module for itself.
 *
 * Random words are drawn once for all modules, as drawing is dear; a module has its own hash of them, a·w + b mod 2³² with a
 * odd (multiply-shift, Dietzfelbinger et al. 1997): uniform for each, and for two of them as good as independent.
 */
export function moduleDropout({ rate, key, modules, widest }: ModuleDropoutOptions) {
  // Two keys, as splitKey makes unless it is told how many.
  const [words, hashes] = splitKey(key) as [Tensor, Tensor]
  const factors = randomBits(hashes, [modules, 2])
  // Words are uniform in [−2³¹, 2³¹).
  const threshold = Math.floor(2 ** 32 * (1 - rate) - 2 ** 31)
  return (x: Tensor, module: number): Tensor => {
    const own = squeeze(slice(factors, 0, module, module + 1), 0)
    const factor = add(mul(slice(own, 0, 0, 1), 2), 1)
    const drawn = slice(randomBits(words, [x.shape[0]!, widest]), 1, 0, x.shape[1]!)
    const hashed = add(mul(drawn, factor), slice(own, 0, 1, 2))
    return mul(x, where(less(hashed, threshold), 1 / (1 - rate), 0))
  }
}
