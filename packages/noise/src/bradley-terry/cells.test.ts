import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf, countRows, placesOfRows } from './cells'
import { rowsOf } from './paired-comparisons'
import { isLinked, winComponents } from './win-graph'

const outcome = fc.constantFrom(0, 0.5, 1)
const weight = fc.constantFrom(0, 0.25, 1, 3)

/** Comparisons of players far enough apart in number that a table of all pairs pays, or with `many` that it does not. */
const comparisons = (many: boolean) =>
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 5 }), outcome, weight), {
      minLength: 1,
      maxLength: 40,
    })
    .map((rows) => {
      const others = Array.from({ length: many ? 400 : 0 }, (_, i) => ({
        i: 100 + i,
        j: 101 + i,
        won: 1,
        of: 1,
      }))
      const some = rows.map(([i, step, won, of]) => ({ i, j: (i + step) % 6, won, of }))
      const all = [...some, ...others]
      return rowsOf({
        first: all.map(({ i }) => i),
        second: all.map(({ j }) => j),
        outcomes: all.map(({ won }) => won),
        weights: all.map(({ of }) => of),
      })
    })

test.each([false, true])('cells hold the weight of each outcome of each pair; many players: %s', (many) => {
  fc.assert(
    fc.property(comparisons(many), fc.constantFrom('pair', 'ordered-pair', 'row'), (rows, by) => {
      const cells = cellsOf(rows, by, [])
      const weightOf = (i: number, j: number, result: number) =>
        rows.weights
          .filter(
            (_, row) => rows.first[row] === i && rows.second[row] === j && rows.outcomes[row] === result,
          )
          .reduce((sum, one) => sum + one, 0)
      const sumOf = (counts: Float64Array, i: number, j: number) =>
        counts.reduce(
          (sum, one, cell) => (cells.first[cell] === i && cells.second[cell] === j ? sum + one : sum),
          0,
        )
      for (let i = 0; i < Math.min(7, rows.players.length); i++) {
        for (let j = by === 'pair' ? i + 1 : 0; j < Math.min(7, rows.players.length); j++) {
          const back = (result: number) => (by === 'pair' ? weightOf(j, i, result) : 0)
          expect(sumOf(cells.wins, i, j)).toBe(weightOf(i, j, 1) + back(0))
          expect(sumOf(cells.losses, i, j)).toBe(weightOf(i, j, 0) + back(1))
          expect(sumOf(cells.ties, i, j)).toBe(weightOf(i, j, 0.5) + back(0.5))
        }
      }
      const again = countRows(placesOfRows(cells, rows), cells.first.length, rows.weights)
      expect(again).toEqual({ wins: cells.wins, losses: cells.losses, ties: cells.ties })
      const players = rows.players.length
      expect(isLinked(players, cells, cells)).toBe(winComponents(players, cells, cells).count === 1)
    }),
    { numRuns: many ? 20 : 200 },
  )
})
