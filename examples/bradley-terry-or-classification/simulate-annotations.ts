import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

type Random = ReturnType<typeof xoroshiro128plus>

/** How the two responses of a comparison are drawn: `same` prompt, or `cross`, of two prompts. */
export type Pairing = 'same' | 'cross'

/** Golden rewards of a table of responses, and which prompts may be compared. */
export interface Annotatable {
  /** Reward r of each row, in units of its standard deviation; row = prompt · responses + response. */
  readonly rewards: ArrayLike<number>
  /** Responses to each prompt. */
  readonly responses: number
  /** Prompts dealt into blocks of at least two. A comparison stays within one block, so that holding out whole blocks leaks nothing. */
  readonly blocks: readonly (readonly number[])[]
}

/** Who annotates what. */
export interface AnnotationDesign {
  readonly pairing: Pairing
  /** β of ξ, ≥ 0: 0 guesses, ∞ never errs. */
  readonly beta: number
  /** Number of comparisons, ≥ 1. */
  readonly count: number
  /** Whole number. Equal seeds draw the same pairs for every β, and the pairs of a smaller count come first in a larger one. */
  readonly seed: number
}

/** Comparisons as simulated annotators decided them. */
export interface Annotations {
  /** Row of the preferred response of each comparison. */
  readonly chosen: Int32Array
  readonly rejected: Int32Array
  /** Block of each comparison. */
  readonly blocks: Int32Array
  /** Share of comparisons decided against the golden order, among those that have one. */
  readonly errorRate: number
  /** Mean |Δr|. */
  readonly meanGap: number
}

/** ξ(Δr) = σ(β |Δr|): how likely an annotator agrees with the golden order (2411.04991, section 5). In [½, 1]. */
const annotatorAccuracy = (gap: number, beta: number): number => 1 / (1 + Math.exp(-beta * Math.abs(gap)))

const other = (size: number, not: number, random: Random): number => {
  const drawn = uniformInt(random, 0, size - 2)
  return drawn < not ? drawn : drawn + 1
}

const pairings: Readonly<
  Record<
    Pairing,
    (block: readonly number[], at: number, responses: number, random: Random) => [number, number]
  >
> = {
  same: (block, at, responses, random) => {
    const first = uniformInt(random, 0, responses - 1)
    const start = block[at]! * responses
    return [start + first, start + other(responses, first, random)]
  },
  cross: (block, at, responses, random) => {
    const partner = block[other(block.length, at, random)]!
    const response = () => uniformInt(random, 0, responses - 1)
    return [block[at]! * responses + response(), partner * responses + response()]
  },
}

/** The names of the pairings. */
export const pairingNames = Object.keys(pairings) as readonly Pairing[]

/**
 * Draws comparisons, each prompt first in equally many on average, and decides each as an annotator would who is right
 * with probability ξ(Δr). Comparisons are drawn with replacement; equal rewards are decided by a coin.
 */
export function simulateAnnotations(
  { rewards, responses, blocks }: Annotatable,
  { pairing, beta, count, seed }: AnnotationDesign,
): Annotations {
  const places = blocks.flatMap((block, index) => block.map((_, at) => ({ index, at })))
  const pairs = xoroshiro128plus(2 * seed)
  const coins = xoroshiro128plus(2 * seed + 1)
  const columns = () => new Int32Array(count)
  const [chosen, rejected, blockOf] = [columns(), columns(), columns()]
  let [wrong, ordered, gaps] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const { index, at } = places[uniformInt(pairs, 0, places.length - 1)]!
    const [a, b] = pairings[pairing](blocks[index]!, at, responses, pairs)
    const gap = rewards[a]! - rewards[b]!
    const right = uniformFloat64(coins) < annotatorAccuracy(gap, beta)
    const [better, worse] = gap >= 0 ? [a, b] : [b, a]
    chosen[i] = right ? better : worse
    rejected[i] = right ? worse : better
    blockOf[i] = index
    gaps += Math.abs(gap)
    if (gap === 0) continue
    ordered++
    if (!right) wrong++
  }
  return { chosen, rejected, blocks: blockOf, errorRate: wrong / Math.max(1, ordered), meanGap: gaps / count }
}
