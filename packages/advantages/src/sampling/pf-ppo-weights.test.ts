import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { type PfPpoMethod, pfPpoWeights } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('pfPpoWeights', () => {
  interface Row extends GoldenRow {
    method: PfPpoMethod
    power: number
    scores: number[]
    weights: number[]
  }
  const { pfPpo } = readGoldens<{ pfPpo: Row[] }>('papers')
  it.each(pfPpo)('against $reference, $method', ({ functions, scores, method, power, weights }) =>
    evidenceFor(functions, ({ pfPpoWeights }) => {
      expectClose([pfPpoWeights(scores, { method, power })], [weights])
    }),
  )

  it('has no weight without scores, and refuses what overflows', () => {
    expect(pfPpoWeights([], { method: 'max-min' })).toEqual([])
    expect(() => pfPpoWeights([1e200])).toThrow(refusing('OVERFLOW', 'result[0]'))
    expect(() => pfPpoWeights([1], { power: -1 })).toThrow(refusing('INVALID_OPTION', 'power is -1'))
    expect(() => pfPpoWeights([1], { method: 'max' as 'pow' })).toThrow(
      refusing('INVALID_OPTION', 'max-random'),
    )
  })
})
