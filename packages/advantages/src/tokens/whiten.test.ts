import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { whiten } from '../index'

interface Row extends GoldenRow {
  convention: 'verl' | 'trl'
  name: string
  values: number[][]
  mask: number[][]
  shiftMean: boolean
  whitened: number[][]
}

const { whitening } = readGoldens<{ whitening: Row[] }>('shaping')

describe('whiten', () => {
  it.each(whitening)(
    'against $reference, $name',
    ({ functions, values, mask, shiftMean, convention, whitened }) =>
      evidenceFor(functions, ({ whiten }) => {
        expectClose(whiten(values, { mask, shiftMean, convention }), whitened)
      }),
  )

  it('gives mean 0 and variance 1, and keeps the mean on request', () => {
    const values = [[1, 2, 3, 99], [4]]
    const mask = [[1, 1, 1, 0], [1]]
    const white = whiten(values, { mask })
    expect(white[0]![3]).toBe(0)
    const kept = [...white[0]!.slice(0, 3), white[1]![0]!]
    expect(kept.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 7)
    expect(kept.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 7)
    const shifted = whiten(values, { mask, shiftMean: false })
    shifted.flat().forEach((value, i) => {
      expect(value).toBeCloseTo([...kept.slice(0, 3), 0, kept[3]!][i]! + (i === 3 ? 0 : 2.5), 7)
    })
    expect(whiten([[1, 3]], { scale: false, convention: 'openrlhf' })).toEqual([[-1, 1]])
  })

  it.each(['verl', 'trl', 'openrlhf'] as const)('%s: equal values, and too few of them', (convention) => {
    // verl divides by n + 1e-8, so its mean of equal values is a little less than they are.
    for (const value of whiten([[2, 2, 2]], { convention })[0]!) expect(Math.abs(value)).toBeLessThan(1e-4)
    const none = { code: 'TOO_FEW', message: expect.stringContaining('mask keeps 0 values') }
    expect(() => whiten([[2, 2]], { convention, mask: [[0, 0]] })).toThrow(expect.objectContaining(none))
    const one = () => whiten([[2]], { convention })
    if (convention === 'openrlhf') expect(one()).toEqual([[0]])
    else expect(one).toThrow(expect.objectContaining({ code: 'TOO_FEW' }))
  })

  it('refuses overflow', () => {
    const refusal = expect.objectContaining({ code: 'OVERFLOW' })
    expect(() => whiten([[1e200, -1e200]])).toThrow(refusal)
  })
})
