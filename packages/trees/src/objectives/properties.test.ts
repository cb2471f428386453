import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TrainingData } from '../data/training-data'
import type { ParameterOptions } from '../parameters/parameters'
import { gradientsAt } from '../testing/objective-data'

/** No denormal numbers, which floats round. */
const score = fc.integer({ min: -400, max: 400 }).map((step) => step / 64)
const weight = fc.integer({ min: 1, max: 8 }).map((w) => w / 4)

/** Rows, each with all that one could ask for. */
const rows = fc.array(fc.record({ score, label: fc.integer({ min: 0, max: 4 }), weight, order: fc.nat() }), {
  minLength: 2,
  maxLength: 40,
})

const pointwise: ParameterOptions[] = [
  { objective: 'binary' },
  { objective: 'regression' },
  { objective: 'regression_l1' },
  { objective: 'huber' },
  { objective: 'fair' },
  { objective: 'poisson' },
  { objective: 'quantile' },
  { objective: 'mape' },
  { objective: 'gamma' },
  { objective: 'tweedie' },
]

describe.each(pointwise)('$objective', (options) => {
  it('gradients go with their rows, and with the weights', () => {
    fc.assert(
      fc.property(rows, (given) => {
        fc.pre(given.some(({ label }) => label > 0))
        const of = (list: typeof given, factor = 1) =>
          gradientsAt(
            options,
            { label: list.map((row) => row.label), weight: list.map((row) => row.weight * factor) },
            list.map((row) => row.score),
          )
        const order = given.map((_, i) => i).sort((a, b) => given[a]!.order - given[b]!.order)
        const [plain, permuted] = [of(given), of(order.map((i) => given[i]!))]
        expect(permuted.gradients).toEqual(Float32Array.from(order, (i) => plain.gradients[i]!))
        expect(permuted.hessians).toEqual(Float32Array.from(order, (i) => plain.hessians[i]!))
        // Twice a float is a float.
        expect(of(given, 2).gradients).toEqual(plain.gradients.map((g) => 2 * g))
        expect(plain.hessians.every((h) => h >= 0)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

const queries = fc.array(
  fc.array(fc.record({ score, label: fc.integer({ min: 0, max: 4 }) }), { minLength: 1, maxLength: 9 }),
  {
    minLength: 1,
    maxLength: 5,
  },
)

describe('lambdarank', () => {
  const of = (given: { score: number; label: number }[][], options: ParameterOptions = {}) => {
    const all = given.flat()
    const columns: Omit<TrainingData, 'features'> = {
      label: all.map((row) => row.label),
      group: given.map((query) => query.length),
    }
    return gradientsAt(
      { objective: 'lambdarank', ...options },
      columns,
      all.map((row) => row.score),
    )
  }

  it('gradients of a query sum to zero, and better rows are not pushed below worse ones', () => {
    fc.assert(
      fc.property(queries, fc.boolean(), (given, lambdarank_norm) => {
        const { gradients, hessians } = of(given, { lambdarank_norm })
        let start = 0
        for (const query of given) {
          const own = [...gradients.subarray(start, start + query.length)]
          const size = own.reduce((sum, g) => sum + Math.abs(g), 0)
          // Each of the pairs' lambdas is rounded to a float before it is added and drawn.
          expect(Math.abs(own.reduce((sum, g) => sum + g, 0))).toBeLessThanOrEqual(1e-5 * size)
          const labels = query.map((row) => row.label)
          const best = Math.max(...labels)
          own.forEach((g, i) => {
            if (labels[i] === best) expect(g).toBeLessThanOrEqual(0)
          })
          start += query.length
        }
        expect(hessians.every((h) => h >= 0)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('a query does not depend on the others, nor on the order of rows whose scores differ', () => {
    fc.assert(
      fc.property(queries, (given) => {
        const together = of(given).gradients
        let start = 0
        for (const query of given) {
          const alone = of([query]).gradients
          expect(alone).toEqual(together.slice(start, start + query.length))
          if (new Set(query.map((row) => row.score)).size === query.length) {
            expect(of([[...query].reverse()]).gradients).toEqual(Float32Array.from([...alone].reverse()))
          }
          start += query.length
        }
      }),
      { numRuns: 25 },
    )
  })

  it('rank_xendcg: queries of one row have no gradients', () => {
    const { gradients, hessians } = gradientsAt(
      { objective: 'rank_xendcg' },
      { label: [3, 0], group: [1, 1] },
      [1, 2],
    )
    expect([...gradients, ...hessians]).toEqual([0, 0, 0, 0])
  })
})
