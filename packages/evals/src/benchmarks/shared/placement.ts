import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Where the right answer of each row stands among `positions`, at random and the same under a seed. */
export function placements(rows: number, positions: number, seed: number): number[] {
  const random = xoroshiro128plus(seed)
  return Array.from({ length: rows }, () => uniformInt(random, 0, positions - 1))
}

/** What the right answer of a pair is called at its place. */
export const placeName = (place: number): 'a' | 'b' => (place === 0 ? 'a' : 'b')
