import { AdvantageError } from '../advantage-error'
import type { Matrix, Vector } from '../arrays'
import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { checkLengths } from '../lengths'
import { momentsOf } from '../moments'
import { type RowOf, rowLike } from '../row-of'
import { checkFinite, type Rows, readMatrix, readVector } from '../rows'
import { whiteningRules, whitenWeighted } from '../tokens/whiten'
import { groupRelativeAdvantages, type MissingRewards } from './group-relative-advantages'
import type { Groups } from './groups'

/**
 * Whose ε, singletons and last step. `trl`: (A − mean)/(σ + 1e-4) over responses. `verl`: whitened over tokens, so that
 * a response counts once for each of its tokens.
 */
export type GdpoConvention = Convention<'gdpoAdvantages'>

/** What GDPO reads. */
export interface GdpoInput<M extends Matrix = Matrix> {
  /** `[K, B]`: a row for each reward function, with a number for each response. */
  rewards: M
  /** The groups of the responses: `[B]` labels, or a size. */
  groups: Groups
  /** w, `[K]`: weights of the reward functions. Default: 1 each. */
  weights?: Vector
  /** `[B]`: tokens of each response, 0 or more; for `verl`, and for it alone. */
  lengths?: Vector
}

/** Options of {@link gdpoAdvantages}. */
export interface GdpoOptions {
  /** Whose ε, singletons and last step. Default: `trl`. */
  convention?: GdpoConvention
  /**
   * `exclude` takes NaN for a reward that a function did not give: it is left out, as in TRL, and a response with none
   * at all has advantage 0. For `trl` alone. Default: `error`.
   */
  missing?: MissingRewards
}

/** What the conventions make of Σ w·A, in the end. */
const lastSteps: Readonly<
  Record<GdpoConvention, (sums: Float64Array, input: GdpoInput, rows: Rows) => Float64Array>
> = {
  trl: (sums, { lengths }, { data }) => {
    if (lengths !== undefined) {
      throw new AdvantageError(
        'INVALID_OPTION',
        'lengths',
        'lengths is given; expected none with convention trl',
      )
    }
    const scored = Int32Array.from(sums.keys()).filter((response) => {
      for (let i = response; i < data.length; i += sums.length) if (!Number.isNaN(data[i])) return true
      return false
    })
    const result = new Float64Array(sums.length)
    if (scored.length === 0) return result
    const { mean, deviation } = momentsOf(sums, scored)
    for (const i of scored) result[i] = (sums[i]! - mean) / (deviation + 1e-4)
    return result
  },
  verl: (sums, { lengths }) => {
    if (lengths === undefined) {
      const message = 'lengths is undefined; expected the tokens of each response, with convention verl'
      throw new AdvantageError('INVALID_OPTION', 'lengths', message)
    }
    const weights = readVector('lengths', lengths, sums.length)
    checkLengths(weights)
    return whitenWeighted(sums, weights, { rule: whiteningRules.verl, shiftMean: true, scale: true })
  },
}

function readWeights(weights: Vector | undefined, count: number): Float64Array {
  if (weights === undefined) return new Float64Array(count).fill(1)
  const read = readVector('weights', weights, count)
  checkFinite('weights', read)
  return read
}

/** Throws unless all functions rate as many responses. */
function checkWidth({ starts }: Rows): number {
  const [, width = 0] = starts
  const at = starts.findIndex((start, row) => start !== row * width)
  if (at === -1) return width
  const message = `rewards[${at - 1}] is of ${starts[at]! - starts[at - 1]!} numbers; expected ${width}, as rewards[0]`
  throw new AdvantageError('SHAPE_MISMATCH', `rewards[${at - 1}]`, message)
}

/**
 * GDPO, for several rewards: each is made group-relative on its own, so that none drowns the others, and their weighted
 * sum is normalised over the batch: A_k = (R_k − μ_k)/(σ_k + ε), then Σ w_k·A_k.
 *
 * Source: 2601.05242. Proven against TRL 1.16.0 (`grpo_trainer.py`, `normalize_then_sum`), verl 0.9.1
 * (`compute_gdpo_outcome_advantage`).
 *
 * @returns one advantage for each response, `[B]`, typed as the rows of `rewards`.
 * @throws AdvantageError `TOO_FEW` for fewer than 2 tokens in all (`verl`); `SHAPE_MISMATCH`, `NOT_FINITE`,
 *   `OUT_OF_RANGE` for lengths, `INVALID_OPTION`, `OVERFLOW`.
 */
export function gdpoAdvantages<M extends Matrix>(input: GdpoInput<M>, options: GdpoOptions = {}): RowOf<M> {
  checkNames('gdpoAdvantages', input, { rewards: true, groups: true, weights: true, lengths: true })
  checkNames('gdpoAdvantages', options, { convention: true, missing: true })
  const convention = conventionOf('gdpoAdvantages', options)
  const { missing = 'error' } = options
  if (convention === 'verl' && missing !== 'error') {
    throw new AdvantageError(
      'INVALID_OPTION',
      'missing',
      `missing is ${missing}; expected error with convention verl`,
    )
  }
  const rows = readMatrix('rewards', input.rewards)
  const width = checkWidth(rows)
  const weights = readWeights(input.weights, rows.starts.length - 1)
  const sums = new Float64Array(width)
  for (let k = 0; k < weights.length; k++) {
    const one = rows.data.subarray(k * width, (k + 1) * width)
    const relative = groupRelativeAdvantages(one, { groups: input.groups, convention, missing })
    for (let i = 0; i < width; i++) sums[i]! += weights[k]! * relative[i]!
  }
  return rowLike(input.rewards, lastSteps[convention](sums, input, rows))
}
