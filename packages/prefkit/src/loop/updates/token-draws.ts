import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Random numbers in [0, 1), one for each token of each row, that depend on the seed alone. */
export function tokenDraws(rows: readonly ArrayLike<number>[], seed: number): Float32Array[] {
  const random = xoroshiro128plus(Math.imul(seed, 0x9e3779b1) ^ Math.floor(seed / 2 ** 32))
  return rows.map(({ length }) => Float32Array.from({ length }, () => uniformFloat32(random)))
}
