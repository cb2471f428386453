import type { Answers, Probabilities } from './recording.ts'

/** How far fresh probabilities may be from the pinned ones; README.md says why. */
export const TOLERANCE = { largest: 0.12, mean: 0.05 }

/** Which share of the written answers may differ; README.md says why. */
export const DIFFERING = 0.15

/** How a fresh run differs from the pinned one. */
export interface Difference {
  readonly judge: string
  /** Pairs and orders compared. */
  readonly answers: number
  /** The largest distance of two probabilities; a missing one counts as ½. */
  readonly largest: number
  /** Their mean distance. */
  readonly mean: number
  /** The share of answers whose side of ½ differs, or that only one of the two has. */
  readonly differing: number
  readonly agrees: boolean
}

const isWritten = (answers: readonly Probabilities[]) =>
  answers.flat().every((probability) => probability === null || [0, 0.5, 1].includes(probability))

const sideOf = (probability: number | null | undefined) =>
  probability === null || probability === undefined ? undefined : Math.sign(probability - 0.5)

/**
 * Compares the answers of a fresh run with the pinned ones to the same pairs, judge by judge: probabilities of tokens by
 * their distance, and written answers, which are 0, ½ or 1, by their sides.
 */
export function differences(fresh: Answers, pinned: Answers): Difference[] {
  return Object.entries(pinned).map(([judge, expected]) => {
    const flat = expected.flat()
    const found = (fresh[judge] ?? []).flat()
    if (found.length !== flat.length)
      throw new Error(`${judge}: ${found.length} answers; the pinned run has ${flat.length}`)
    const distances = flat.map((probability, index) => Math.abs((probability ?? 0.5) - (found[index] ?? 0.5)))
    const apart = flat.filter((probability, index) => sideOf(probability) !== sideOf(found[index]))
    const largest = Math.max(...distances)
    const mean = distances.reduce((sum, distance) => sum + distance, 0) / flat.length
    const differing = apart.length / flat.length
    const isNear = largest <= TOLERANCE.largest && mean <= TOLERANCE.mean
    const agrees = isWritten(expected) ? differing <= DIFFERING : isNear
    return { judge, answers: flat.length, largest, mean, differing, agrees }
  })
}

/** A difference in words. */
export const describe = ({ judge, answers, largest, mean, differing, agrees }: Difference): string =>
  `${agrees ? 'as pinned ' : 'NOT PINNED'}  ${judge}: ${answers} answers, ${mean.toFixed(4)} apart, ` +
  `at most ${largest.toFixed(4)}; ${(100 * differing).toFixed(1)} % on the other side of ½`
