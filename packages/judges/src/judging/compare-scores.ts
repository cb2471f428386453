import { winProbability } from '@prefkit/evals'
import { checkRange } from '../check-options'

/** How scores become a win probability. */
export interface ScoreComparisonOptions {
  /**
   * τ > 0 of P(a is better) = σ((score of a − score of b) / τ), in units of the scores. Default: none; the higher score
   * wins with the probability 1, and equal scores are a tie.
   */
  readonly scoreTemperature?: number
}

/** Throws `OUT_OF_RANGE` for a temperature that is not above 0. */
export function checkScoreTemperature(parameter: string, temperature: number | undefined): void {
  if (temperature !== undefined) checkRange(parameter, temperature, Number.MIN_VALUE)
}

/** P(a is better) from both scores. */
export function winOfScores(a: number, b: number, temperature?: number): number {
  if (temperature !== undefined) return winProbability((a - b) / temperature)
  return (Math.sign(a - b) + 1) / 2
}

/** Share of pairs of one score of a and one of b in which a's is higher, equal ones counting half. */
export function winOfPairs(a: readonly number[], b: readonly number[]): number {
  const wins = a.flatMap((x) => b.map((y) => winOfScores(x, y)))
  return wins.reduce((sum, win) => sum + win, 0) / wins.length
}
