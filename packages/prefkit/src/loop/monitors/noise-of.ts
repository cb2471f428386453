import { medianOf } from './median-of'

/** The median of the square of a normal number of deviation 1. */
const medianSquare = 0.4549

/** Deviations beyond which a difference is a jump and no noise. */
const jump = 4

/** Mean of |xᵢ − 2 xᵢ₋ₖ + xᵢ₋₂ₖ|² without jumps: a linear trend adds nothing to it. */
function secondDifference(values: readonly number[], lag: number): number {
  const squares = values.slice(2 * lag).map((value, i) => (value - 2 * values[i + lag]! + values[i]!) ** 2)
  const bar = (jump ** 2 * medianOf(squares)) / medianSquare
  const usual = squares.filter((square) => square <= bar)
  return usual.reduce((sum, square) => sum + square, 0) / usual.length
}

/**
 * How a square of second differences of lag k = 1 and of lag 2 relate where each number is φ times the one before it
 * plus noise.
 */
const ratioAt = (phi: number): number => ((1 + phi) * (3 - phi * phi)) / (3 - phi)

/** φ in [0, 0.8] of that ratio, which rises with φ. */
function phiOf(ratio: number): number {
  let [low, high] = [0, 0.8]
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2
    if (ratioAt(middle) < ratio) low = middle
    else high = middle
  }
  return low
}

/** Fewer numbers do not tell how much they are like those before them. */
const fewest = { forNoise: 5, forWaves: 30 } as const

/**
 * What to divide by √n for the standard error of a mean of n neighbours, of numbers that scatter about a line, with a
 * few jumps: their deviation σ, from their squared second differences. Of 30 numbers and more it is σ √((1 + φ) / (1
 * − φ)), the φ of an autoregression of order 1 being found from second differences of lags 1 and 2, as noise that
 * comes in waves averages out more slowly. 0 for fewer than 5 numbers, or where most lie on a line.
 */
export function noiseOf(values: readonly number[]): number {
  if (values.length < fewest.forNoise) return 0
  const near = secondDifference(values, 1)
  if (near === 0) return 0
  const phi = values.length < fewest.forWaves ? 0 : phiOf(secondDifference(values, 2) / near)
  const variance = near / (6 - 8 * phi + 2 * phi * phi)
  return Math.sqrt((variance * (1 + phi)) / (1 - phi))
}
