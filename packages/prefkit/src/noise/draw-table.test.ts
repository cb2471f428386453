import { describe, expect, it } from 'vitest'
import { drawTable } from './draw-table'

describe('drawTable', () => {
  const population = { prompts: 300, responses: 20, between: 2, features: 3 } as const

  it.each(['normal', 'logistic', 'gumbel', 'laplace', 'uniform'] as const)(
    '%s utilities have deviation 1 within prompts, and prompts the one asked for',
    (utilities) => {
      const { scores } = drawTable({ ...population, utilities }, 1)
      const groups = Array.from({ length: 300 }, (_, g) => scores.slice(20 * g, 20 * g + 20))
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length
      const variance = (values: readonly number[]) => {
        const centre = mean(values)
        return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1)
      }
      // Of 5,700 degrees of freedom; a kurtosis of 6 at most gives a standard error of 0.03.
      expect(Math.abs(mean(groups.map(variance)) - 1)).toBeLessThan(0.15)
      // 299 degrees of freedom: a standard error of 0.33; a twentieth is of the responses themselves.
      expect(Math.abs(variance(groups.map(mean)) - 4.05)).toBeLessThan(1.3)
    },
  )

  it('repeats with the seed, and not with another', () => {
    const draw = (seed: number) => drawTable({ ...population, utilities: 'normal' }, seed).scores
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})
