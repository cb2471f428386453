import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { type PfPpoMethod, pfPpoSample, pfPpoWeights } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

interface Row extends GoldenRow {
  method: PfPpoMethod
  power: number
  scores: number[]
  uniforms: number[]
  drawn: number[]
}

const goldens = readGoldens<{ pfPpo: Row[] }>('responses')

describe('pfPpoSample', () => {
  it.each(goldens.pfPpo)(
    'against verl, $method of $scores.length',
    ({ reference: _, functions, scores, uniforms, drawn, ...options }) =>
      evidenceFor(functions, ({ pfPpoSample }) => {
        expect(pfPpoSample(scores, uniforms, options)).toEqual(drawn)
      }),
  )

  it('draws by weight, and only indices of responses', () => {
    const scores = [0, 1, -3]
    const count = 4000
    const evenly = Array.from({ length: count }, (_, i) => (i + 0.5) / count)
    const drawn = pfPpoSample(scores, evenly, { method: 'pow', power: 1 })
    const weights = pfPpoWeights(scores, { method: 'pow', power: 1 })
    const total = weights.reduce((a, b) => a + b)
    weights.forEach((weight, i) => {
      const share = drawn.filter((place) => place === i).length / count
      expect(Math.abs(share - weight / total)).toBeLessThan(1 / count)
    })
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 9 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 9 }),
        (given, uniforms) => {
          for (const place of pfPpoSample(given, uniforms)) expect(given[place]).toBeDefined()
        },
      ),
    )
  })

  it('refuses invalid input', () => {
    expect(pfPpoSample([], [])).toEqual([])
    expect(() => pfPpoSample([], [0.5])).toThrow(refusing('TOO_FEW', 'to draw 1 from'))
    expect(() => pfPpoSample([1], [1])).toThrow(refusing('OUT_OF_RANGE', 'uniforms[0] is 1'))
    expect(() => pfPpoSample([1], [Number.NaN])).toThrow(refusing('NOT_FINITE', 'uniforms[0]'))
    expect(() => pfPpoSample([1e154, 1e154, 1e154], [0])).toThrow(
      refusing('OVERFLOW', 'the sum of the weights'),
    )
    expect(() => pfPpoSample([1], [0], { powers: 1 } as never)).toThrow(
      refusing('INVALID_OPTION', 'pfPpoSample: no powers'),
    )
    expect(() => pfPpoSample([1e200], [0])).toThrow(refusing('OVERFLOW', 'Infinity'))
  })
})
