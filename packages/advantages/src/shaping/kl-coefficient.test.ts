import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceFor, expectClose, readGoldens } from '../goldens/load-goldens'
import { nextKlCoefficient } from '../index'

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

const { klCoefficients } = readGoldens<{
  klCoefficients: {
    reference: string
    functions: string[]
    kl: number
    steps: number
    target: number
    horizon: number
    from: number
    to: number
  }[]
}>('shaping')

describe('nextKlCoefficient', () => {
  it.each(klCoefficients)('against $reference, KL $kl', ({ kl, steps, target, horizon, ...row }) =>
    evidenceFor(row.functions, ({ nextKlCoefficient }) => {
      const next = nextKlCoefficient(row.from, { kl, steps }, { type: 'adaptive', target, horizon })
      expectClose([[next]], [[row.to]])
      expect(nextKlCoefficient(row.from, { kl, steps }, { type: 'fixed' })).toBe(row.from)
    }),
  )

  it('rises above the target, falls below it, and stays on it', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (kl) => {
        // A difference from the target below 2⁻⁵³ of it is none.
        fc.pre(Math.abs(kl - 6) > 1e-9)
        const controller = { type: 'adaptive', target: 6, horizon: 1000 } as const
        const next = nextKlCoefficient(0.2, { kl, steps: 100 }, controller)
        expect(Math.sign(next - 0.2)).toBe(Math.sign(kl - 6))
        expect(Math.abs(next / 0.2 - 1)).toBeLessThanOrEqual(0.02 + 1e-15)
      }),
    )
    expect(
      nextKlCoefficient(0.2, { kl: 6, steps: 100 }, { type: 'adaptive', target: 6, horizon: 1000 }),
    ).toBe(0.2)
  })

  it('refuses invalid input', () => {
    const adaptive = { type: 'adaptive', target: 6, horizon: 10 } as const
    const next = (kl: number, controller: object) => () =>
      nextKlCoefficient(0.2, { kl, steps: 100 }, controller as typeof adaptive)
    expect(next(Number.NaN, adaptive)).toThrow(
      refusing('OUT_OF_RANGE', 'kl is NaN; expected a finite number'),
    )
    expect(next(1, adaptive)).toThrow(refusing('INVALID_OPTION', 'controller.horizon is 10'))
    expect(next(1, { ...adaptive, target: 0 })).toThrow(refusing('INVALID_OPTION', 'controller.target is 0'))
    expect(next(1, { type: 'pid' })).toThrow(refusing('INVALID_OPTION', 'expected one of fixed, adaptive'))
    expect(next(1, { ...adaptive, goal: 1 })).toThrow(refusing('INVALID_OPTION', 'no goal'))
  })
})
