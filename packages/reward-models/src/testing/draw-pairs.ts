import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { PairData } from '../pair-data'

/** What {@link drawPairs} draws. */
interface Design {
  pairs: number
  columns: number
  seed: number
  /** Seed of a draw whose true reward these pairs have, too. Default: a true reward of their own. */
  truth?: number
  /** Share of the labels that are exchanged. */
  flipped?: number
  /** Pairs of one prompt. */
  perGroup?: number
}

/** Pairs of responses whose true reward is a linear function of their features, from −1 to 1 each. */
export function drawPairs({
  pairs,
  columns,
  seed,
  truth = seed,
  flipped = 0,
  perGroup = 1,
}: Design): PairData {
  const random = xoroshiro128plus(seed)
  const draw = () => 2 * uniformFloat32(random) - 1
  // Drawn in any case, so that the features of a seed are the same for every truth.
  const own = Float32Array.from({ length: columns }, draw)
  const direction = truth === seed ? own : directionOf(truth, columns)
  const features = Float32Array.from({ length: 2 * pairs * columns }, draw)
  const reward = (row: number) => direction.reduce((sum, w, i) => sum + w * features[row * columns + i]!, 0)
  const chosen = new Int32Array(pairs)
  const rejected = new Int32Array(pairs)
  for (let i = 0; i < pairs; i++) {
    const firstWins = reward(2 * i) > reward(2 * i + 1) !== uniformFloat32(random) < flipped
    chosen[i] = firstWins ? 2 * i : 2 * i + 1
    rejected[i] = firstWins ? 2 * i + 1 : 2 * i
  }
  return {
    features: { data: features, rows: 2 * pairs, columns },
    chosen,
    rejected,
    groups: Int32Array.from({ length: pairs }, (_, i) => Math.floor(i / perGroup)),
  }
}

function directionOf(seed: number, columns: number): Float32Array {
  const random = xoroshiro128plus(seed)
  return Float32Array.from({ length: columns }, () => 2 * uniformFloat32(random) - 1)
}
