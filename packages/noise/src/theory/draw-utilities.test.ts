import { expect, test } from 'vitest'
import { drawUtilities } from './draw-utilities'
import { utilityDistribution } from './utility-distribution'

const count = 40_000

// Location and scale with which a family has mean 0 and deviation 1.
const standard = [
  ['normal', 0, 1],
  ['logistic', 0, Math.sqrt(3) / Math.PI],
  ['gumbel', (-0.5772156649015329 * Math.sqrt(6)) / Math.PI, Math.sqrt(6) / Math.PI],
  ['laplace', 0, 1 / Math.SQRT2],
  ['uniform', 0, Math.sqrt(3)],
] as const

test.each(standard)(
  '%s draws have their mean, their deviation, and the density of the family',
  (family, location, scale) => {
    const drawn = drawUtilities(family, { count, seed: 3 })
    const mean = drawn.reduce((sum, value) => sum + value, 0) / count
    const squares = drawn.reduce((sum, value) => sum + value * value, 0) / count
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(count))
    // A kurtosis of 6 at most: variance of a square of 5.
    expect(Math.abs(squares - 1)).toBeLessThan(5 * Math.sqrt(5 / count))
    const { density } = utilityDistribution(family, { location, scale })
    for (const [low, high] of [
      [-1.5, -0.5],
      [-0.5, 0],
      [0, 1.2],
    ] as const) {
      let share = 0
      const steps = 2000
      for (let i = 0; i < steps; i++)
        share += (density(low + ((i + 0.5) * (high - low)) / steps) * (high - low)) / steps
      const found = drawn.filter((value) => value > low && value < high).length / count
      expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count) + 1e-6)
    }
  },
)

test('a seed repeats draws exactly, another is unrelated, and the deviation scales them', () => {
  const draw = (seed: number, deviation = 1) => drawUtilities('normal', { count, seed, deviation })
  expect(draw(1)).toEqual(draw(1))
  const [one, other] = [draw(1), draw(2)]
  const product = one.reduce((sum, value, i) => sum + value * other[i]!, 0) / count
  expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(count))
  expect(draw(1, 3)).toEqual(one.map((value) => 3 * value))
  expect(() => drawUtilities('student-t' as never, { count })).toThrow('family is the string "student-t"')
  expect(() => drawUtilities('normal', { count: -1 })).toThrow('count is -1')
})
