import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { generator } from '../shuffle'

/** Stream of a member's seed that its bootstrap uses; splits use −1, folds −2. */
const bootstrapStream = -3

/**
 * How often each pair is drawn, where as many groups as there are are drawn with replacement. Pairs of a group are drawn
 * together: they are not independent of each other.
 */
export function bootstrapCounts(groups: ArrayLike<number>, seed: number): Int32Array {
  const names = [...new Set(Array.from(groups))]
  const random = generator(seed, bootstrapStream)
  const drawn = new Map<number, number>()
  for (let i = 0; i < names.length; i++) {
    const name = names[uniformInt(random, 0, names.length - 1)]!
    drawn.set(name, (drawn.get(name) ?? 0) + 1)
  }
  return Int32Array.from({ length: groups.length }, (_, i) => drawn.get(groups[i]!) ?? 0)
}
