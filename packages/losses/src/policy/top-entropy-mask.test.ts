import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LossError, topEntropyMask } from '../index'
import { f64 } from './testing'

const inf = Number.POSITIVE_INFINITY
const nan = Number.NaN

describe('topEntropyMask', () => {
  it('keeps the share of tokens with the largest entropies', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 12 }),
        (values) => {
          const n = values.length
          for (const share of [0.1, 0.25, 0.6, 1]) {
            const kept = topEntropyMask(f64([values]), { share }).data
            const sorted = [...values].sort((a, b) => a - b)
            // As many as lie at or above place (1 − ρ)(n − 1) of those in order.
            const place = Math.ceil((1 - share) * (n - 1) - 1e-12)
            values.forEach((value, i) => {
              expect(Boolean(kept[i])).toBe(value >= sorted[place]!)
            })
          }
        },
      ),
    )
  })

  it('over the whole batch, without what is masked or NaN; ties are kept together', () => {
    const entropies = f64([
      [9, 1, 2],
      [3, nan, 4],
    ])
    const mask = [
      [0, 1, 1],
      [1, 1, 1],
    ]
    expect(topEntropyMask(entropies, { mask, share: 0.5 }).toArray()).toEqual([
      [false, false, false],
      [true, false, true],
    ])
    expect(topEntropyMask(f64([[1, 2, 2, 2]]), { share: 0.2 }).toArray()).toEqual([[false, true, true, true]])
    expect(topEntropyMask(f64([[1, 2]]), { mask: [[0, 0]] }).toArray()).toEqual([[false, false]])
    expect(topEntropyMask(f64([[1, inf, inf, 0]]), { share: 0.34 }).toArray()).toEqual([
      [false, true, true, false],
    ])
  })

  it.each([
    ['a share of 0', () => topEntropyMask([[1]], { share: 0 }), /share: .* got 0/],
    ['a misspelt share', () => topEntropyMask([[1]], { quantile: 0.2 } as never), /no option quantile/],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })
})
