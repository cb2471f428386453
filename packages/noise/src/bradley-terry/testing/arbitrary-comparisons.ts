import fc from 'fast-check'
import type { PairedComparisons } from '../paired-comparisons'

/** Comparisons that are sure to have plain arrays, outcomes and weights. */
export type Columns = Required<Record<'first' | 'second' | 'outcomes' | 'weights', number[]>> &
  PairedComparisons

interface Row {
  readonly first: number
  readonly second: number
  readonly outcome: number
  readonly weight: number
}

const columnsOf = (rows: readonly Row[]): Columns => ({
  first: rows.map(({ first }) => first),
  second: rows.map(({ second }) => second),
  outcomes: rows.map(({ outcome }) => outcome),
  weights: rows.map(({ weight }) => weight),
})

/** Rows between players from 0, as they may come: any pairs, outcomes and weights. */
export const arbitraryRows = (players: number, maxLength = 40): fc.Arbitrary<Row[]> =>
  fc.array(
    fc
      .record({
        first: fc.nat(players - 1),
        step: fc.integer({ min: 1, max: players - 1 }),
        outcome: fc.constantFrom(0, 0.5, 1),
        weight: fc.integer({ min: 1, max: 4 }),
      })
      .map(({ first, step, outcome, weight }) => ({
        first,
        second: (first + step) % players,
        outcome,
        weight,
      })),
    { minLength: 1, maxLength },
  )

/** Comparisons of 3 to 6 players that have a finite estimate: beside any rows, a circle of wins and one tie. */
export const connectedComparisons: fc.Arbitrary<Columns> = fc.integer({ min: 3, max: 6 }).chain((players) =>
  arbitraryRows(players).map((rows) => {
    const circle = Array.from({ length: players }, (_, first) => ({
      first,
      second: (first + 1) % players,
      outcome: 1,
      weight: 1,
    }))
    // Each of two players wins and loses in either position, else some order effect may decide everything.
    const settled = [0, 1].flatMap((first) =>
      [0, 1].map((outcome) => ({ first, second: 1 - first, outcome, weight: 1 })),
    )
    const tie = { first: 0, second: 1, outcome: 0.5, weight: 1 }
    return columnsOf([...circle, ...settled, tie, ...rows])
  }),
)

/** Any comparisons, linked or not. */
export const anyComparisons: fc.Arbitrary<Columns> = fc
  .integer({ min: 2, max: 7 })
  .chain((players) => arbitraryRows(players, 14).map(columnsOf))

/** Strengths by player's number. */
export const byNumber = (fit: {
  players: readonly unknown[]
  strengths: Float64Array
}): Map<unknown, number> => new Map(fit.players.map((player, i) => [player, fit.strengths[i]!]))
