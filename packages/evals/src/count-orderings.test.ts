import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOrderings, kendallTau, type Orderings } from './count-orderings'
import { goldens } from './goldens/load-goldens'

function bruteForce(x: number[], y: number[]): Orderings {
  const counts = { pairs: 0, concordant: 0, discordant: 0, tiedX: 0, tiedY: 0, tiedBoth: 0 }
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [dx, dy] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)]
      counts.pairs++
      if (dx === 0 && dy === 0) counts.tiedBoth++
      else if (dx === 0) counts.tiedX++
      else if (dy === 0) counts.tiedY++
      else if (dx === dy) counts.concordant++
      else counts.discordant++
    }
  }
  return counts
}

test('counts every pair as the double loop does', () => {
  const small = fc.integer({ min: 0, max: 4 })
  fc.assert(
    fc.property(fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 40 }), (rows) => {
      const [x, y] = [rows.map(([a]) => a), rows.map(([, b]) => b)]
      expect(countOrderings(x, y)).toEqual(bruteForce(x, y))
    }),
  )
})

test.each(goldens.correlations)('Kendall’s τ-b is SciPy’s', ({ x, y, kendallTau: expected }) => {
  expect(kendallTau(x, y)).toBeCloseTo(expected, 13)
})

test('τ is null where a side does not vary, and the input is left alone', () => {
  expect(kendallTau([1, 1], [1, 2])).toBeNull()
  const y = Float64Array.of(3, 1, 2)
  countOrderings([1, 2, 3], y)
  expect([...y]).toEqual([3, 1, 2])
})
