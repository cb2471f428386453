import { EvalsError } from '../../evals-error'
import { mean, sampleDeviation } from '../../mean'
import { winProbability } from '../../win-probability'
import { type CrossValidatedFit, crossValidatedFit, type WeightedRow } from './cross-validated-fit'

/** AlpacaEval's names of its models of length; see {@link LengthControlledOptions.glm}. */
export type LengthControlledGlm =
  | 'length_controlled_v1'
  | 'length_controlled_noreg'
  | 'length_controlled_minimal'

/** A row of AlpacaEval's `df_gamed.csv`: how a baseline told to be concise or verbose fares against itself. */
export interface GamedRow {
  /** Which instruction, from 0. */
  readonly index: number
  /** How far the gamed answer is preferred, in [0, 1]. */
  readonly preference: number
  /** Difference of lengths, in standard deviations. */
  readonly lengthDifference: number
  readonly instructionDifficulty: number
}

/** An instruction that was judged; preference is P(the model's output is better), null where nobody judged. */
export interface LengthControlledRow {
  readonly preference: number | null
  /** Characters of the baseline's output. */
  readonly baselineLength: number
  /** Characters of the model's output. */
  readonly length: number
  /** How hard the instruction is; needed by all but `length_controlled_minimal`. */
  readonly instructionDifficulty?: number
}

/** Options of the length-controlled win rate. */
export interface LengthControlledOptions {
  /**
   * `length_controlled_v1`: length, difficulty and the model, held to what `gamed` says at a weight of 0.2; this is what
   * the leaderboard has. `length_controlled_noreg`: without `gamed`. `length_controlled_minimal`: without difficulty too.
   * Default: the first of them that the data allow.
   */
  glm?: LengthControlledGlm
  /** AlpacaEval's `df_gamed.csv`, which is not part of this package. */
  gamed?: readonly GamedRow[]
}

/** The win rate had all outputs the same length. */
export interface LengthControlledWinRate extends CrossValidatedFit {
  readonly glm: LengthControlledGlm
  /** In [0, 1]. */
  readonly winRate: number
  /** Standard error of the mean of the predictions, as in the original. */
  readonly standardError: number
}

/** The weight of both gamed baselines together. */
const GAMED_WEIGHT = 0.2

function chooseGlm(rows: readonly LengthControlledRow[], { glm, gamed }: LengthControlledOptions) {
  const difficult = rows.every(({ instructionDifficulty }) => instructionDifficulty !== undefined)
  const best: LengthControlledGlm =
    difficult && gamed
      ? 'length_controlled_v1'
      : difficult
        ? 'length_controlled_noreg'
        : 'length_controlled_minimal'
  const wanted = glm ?? best
  if (wanted === 'length_controlled_v1' && !gamed) {
    const message = 'gamed is missing; expected the rows of df_gamed.csv for length_controlled_v1'
    throw new EvalsError('INVALID_OPTION', 'gamed', message)
  }
  if (wanted !== 'length_controlled_minimal' && !difficult) {
    const message = `glm is ${wanted}; expected an instructionDifficulty of every row for it`
    throw new EvalsError('INVALID_OPTION', 'glm', message)
  }
  return wanted
}

/**
 * AlpacaEval 2's length-controlled win rate (2404.04475).
 *
 * P(model wins) = σ(θ₁ tanh(Δlength/sd) + θ₂ difficulty + θ₃), fitted with an L1 penalty that cross-validation chooses;
 * then the mean of the predictions at Δlength = 0. Undefined where all outputs differ in length by the same, or fewer
 * than five rows were judged.
 *
 * The original's solver, liblinear, stops at a tolerance of 1e-4; this one goes on to 1e-10. Win rates of the goldens
 * differ by up to 0.0008 percentage points, and by less than 1e-8 from those of liblinear at a tolerance of 1e-12.
 */
export function lengthControlledWinRate(
  rows: readonly LengthControlledRow[],
  options: LengthControlledOptions,
): LengthControlledWinRate | undefined {
  const glm = chooseGlm(rows, options)
  const differences = rows.map(({ baselineLength, length }) => baselineLength - length)
  const unit = sampleDeviation(differences)
  if (rows.filter(({ preference }) => preference !== null).length < 5 || !(unit > 0)) return undefined
  const features = (difference: number, difficulty: number | undefined, model: number) =>
    glm === 'length_controlled_minimal'
      ? [Math.tanh(difference), model]
      : [Math.tanh(difference), difficulty!, model]
  const ofGamed = glm === 'length_controlled_v1' ? options.gamed! : []
  const train: WeightedRow[] = [
    ...ofGamed.map((row) => ({
      features: features(row.lengthDifference, row.instructionDifficulty, 0),
      label: row.preference,
      weight: GAMED_WEIGHT / 2,
    })),
    ...rows.flatMap(({ preference, instructionDifficulty }, i) =>
      preference === null
        ? []
        : [
            {
              features: features(differences[i]! / unit, instructionDifficulty, 1),
              label: preference,
              weight: 1,
            },
          ],
    ),
  ]
  const fit = crossValidatedFit(train)
  const predictions = rows.map(({ instructionDifficulty }) =>
    winProbability(
      features(0, instructionDifficulty, 1).reduce((sum, x, j) => sum + x * fit.coefficients[j]!, 0),
    ),
  )
  return {
    glm,
    winRate: mean(predictions),
    standardError: sampleDeviation(predictions) / Math.sqrt(predictions.length),
    ...fit,
  }
}
