import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type BestOfNInput, checkBestOfN } from './best-of-n'
import { checkInteger, checkOptions } from './check-input'

/** Options of {@link bestOfNByPermutation}. */
export interface BestOfNByPermutationOptions {
  /** Number of permutations, ≥ 1. Default 100, the authors'. */
  permutations?: number
  /** Integer that makes the estimate repeat exactly. Default 0. */
  seed?: number
}

/** One n of {@link bestOfNByPermutation}. */
export interface PermutedPoint {
  n: number
  /** Golden score of the picked response: mean over prompts, then over permutations. */
  mean: number
  /** `mean` less the mean golden score of all responses. */
  improvement: number
  /** Standard deviation over permutations of the mean over prompts (n − 1 in the divisor; 0 for one). */
  standardDeviation: number
}

type Random = ReturnType<typeof xoroshiro128plus>

/** Fisher–Yates, in place. */
function shuffle(values: Uint32Array, random: Random) {
  for (let i = values.length - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i)
    ;[values[i], values[j]] = [values[j]!, values[i]!]
  }
}

/** Golden score of the best-scored response of each prefix length in `sizes` (ascending). */
function prefixWinners(
  order: Uint32Array,
  scores: ArrayLike<number>,
  golden: ArrayLike<number>,
  sizes: number[],
) {
  let best = order[0]!
  let seen = 1
  return sizes.map((size) => {
    for (; seen < size; seen++) if (scores[order[seen]!]! > scores[best]!) best = order[seen]!
    return golden[best]!
  })
}

/**
 * The estimator of 2411.04991's authors: permute each prompt's responses, take nested prefixes of length n, and
 * average the golden score of each prefix's best-scored response.
 *
 * Kept to compare with {@link bestOfN}, which it approaches as permutations grow and which needs none. A tie of
 * scores goes to the response drawn first. Points of different n share permutations, so they are correlated.
 *
 * @throws EvalsError `EMPTY`, `LENGTH_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE`, `INVALID_OPTION`
 */
export function bestOfNByPermutation(
  input: BestOfNInput,
  options: BestOfNByPermutationOptions = {},
): PermutedPoint[] {
  checkOptions('bestOfNByPermutation', options, { permutations: true, seed: true })
  const { permutations = 100, seed = 0 } = options
  checkBestOfN('bestOfNByPermutation', input)
  checkInteger('permutations', permutations, 1)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  const { scores, golden, n } = input
  const prompts = scores.length
  const sizes = [...new Set(n)].sort((a, b) => a - b)
  const random = xoroshiro128plus(seed)
  const means = sizes.map(() => new Float64Array(permutations))
  let base = 0
  for (let prompt = 0; prompt < prompts; prompt++) {
    const [s, g] = [scores[prompt]!, golden[prompt]!]
    const order = Uint32Array.from(s, (_, i) => i)
    base += Array.from(g).reduce((sum, value) => sum + value, 0) / g.length / prompts
    for (let permutation = 0; permutation < permutations; permutation++) {
      shuffle(order, random)
      for (const [i, value] of prefixWinners(order, s, g, sizes).entries())
        means[i]![permutation]! += value / prompts
    }
  }
  const points = new Map(
    sizes.map((size, i) => {
      const mean = means[i]!.reduce((sum, value) => sum + value, 0) / permutations
      const squares = means[i]!.reduce((sum, value) => sum + (value - mean) ** 2, 0)
      const standardDeviation = Math.sqrt(squares / Math.max(1, permutations - 1))
      return [size, { n: size, mean, improvement: mean - base, standardDeviation }]
    }),
  )
  return n.map((size) => points.get(size)!)
}
