/**
 * LightGBM's random numbers: the linear congruential generator x ← 214013 x + 2531011 (mod 2³²) of its `Random`, so that
 * a seed draws the rows and columns here that it draws there. Fast and poor; for nothing else.
 *
 * Source: LightGBM, include/LightGBM/utils/random.h. Proven against LightGBM's header compiled
 * (`random/lightgbm-random.test.ts`).
 */
export class LightGbmRandom {
  #state: number

  /** @param seed a 32-bit integer; of others the low 32 bits count. */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  #advance(): number {
    this.#state = (Math.imul(214013, this.#state) + 2531011) | 0
    return this.#state
  }

  /** An integer in [lower, upper), from 15 bits: no more than 32,768 values. `upper` > `lower`. */
  nextShort(lower: number, upper: number): number {
    return (((this.#advance() >>> 16) & 0x7fff) % (upper - lower)) + lower
  }

  /** An integer in [lower, upper), from 31 bits. `upper` > `lower`. */
  nextInt(lower: number, upper: number): number {
    return ((this.#advance() & 0x7fffffff) % (upper - lower)) + lower
  }

  /** A number in [0, 1), a multiple of 2⁻¹⁵. */
  nextFloat(): number {
    return ((this.#advance() >>> 16) & 0x7fff) / 32768
  }

  /** `count` of the integers 0 … total − 1 without replacement, ascending; none where `count` is above `total`. */
  sample(total: number, count: number): Int32Array {
    if (count > total || count <= 0) return new Int32Array(0)
    if (count === total) return Int32Array.from({ length: total }, (_, i) => i)
    return count > 1 && count > total / Math.log2(count) ? this.#pass(total, count) : this.#draw(total, count)
  }

  #pass(total: number, count: number): Int32Array {
    const drawn = new Int32Array(count)
    let found = 0
    // On to the end even when all are found: what is drawn next depends on it.
    for (let i = 0; i < total; i++) {
      if (this.nextFloat() < (count - found) / (total - i)) drawn[found++] = i
    }
    return drawn.subarray(0, found)
  }

  #draw(total: number, count: number): Int32Array {
    const drawn = new Set<number>()
    for (let last = total - count; last < total; last++) {
      const value = this.nextInt(0, last + 1)
      drawn.add(drawn.has(value) ? last : value)
    }
    return Int32Array.from(drawn).sort()
  }
}
