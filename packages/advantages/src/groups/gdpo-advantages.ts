import { AdvantageError } from '../advantage-error'
import type { Matrix, Vector } from '../arrays'
import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { checkLengths } from '../lengths'
import type { MissingRewards } from '../missing-rewards'
import { momentsOf } from '../moments'
import { type RowOf, rowLike } from '../row-of'
import { checkFinite, type Rows, readMatrix, readVector } from '../rows'
import { whiteningRules, whitenWeighted } from '../whitening'
import { groupRelativeAdvantages } from './group-relative-advantages'
import type { Groups } from './groups'

/**
 * Sets ε and the treatment of groups of one, as in {@link groupRelativeAdvantages}, and the normalisation of the weighted
 * sum. `trl`: (A − mean)/(σ + 1e-4) over responses. `verl`: whitened over tokens, so that a response counts once for each of
 * its tokens.
 */
export type GdpoConvention = Convention<'gdpoAdvantages'>

/** Inputs of {@link gdpoAdvantages}. */
export interface GdpoInput<M extends Matrix = Matrix> {
  /** `[K, B]`: a row for each reward function, with a number for each response. */
  rewards: M
  /** The groups of the responses: `[B]` labels, or a size. */
  groups: Groups
  /** w, `[K]`: weights of the reward functions. Default: 1 each. */
  weights?: Vector
  /** `[B]`: tokens of each response, 0 or more; required for `verl`, and not accepted for `trl`. */
  lengths?: Vector
}

/** Options of {@link gdpoAdvantages}. */
export interface GdpoOptions {
  /** Sets ε, the treatment of groups of one, and the normalisation of the sum. Default: `trl`. */
  convention?: GdpoConvention
  /**
   * `exclude` accepts NaN for a reward that a function did not give: it is left out, as in TRL, and a response without any
   * reward has advantage 0. Only for `trl`. Default: `error`.
   */
  missing?: MissingRewards
}

/** The normalisation of Σ w·A in each convention. */
const normalisations: Readonly<
  Record<GdpoConvention, (sums: Float64Array, input: GdpoInput, rows: Rows) => Float64Array>
> = {
  trl: (sums, { lengths }, { data }) => {
    if (lengths !== undefined) {
      const message = 'lengths is given; expected none with convention trl'
      throw new AdvantageError('INVALID_OPTION', 'lengths', message)
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
      throw new AdvantageError('MISSING_INPUT', 'lengths', message)
    }
    const weights = readVector('lengths', lengths, sums.length)
    checkLengths(weights)
    const from = { values: 'rewards', weights: 'lengths' } as const
    return whitenWeighted(sums, weights, { rule: whiteningRules.verl, from })
  },
}

function readWeights(weights: Vector | undefined, count: number): Float64Array {
  if (weights === undefined) return new Float64Array(count).fill(1)
  const read = readVector('weights', weights, count)
  checkFinite('weights', read)
  return read
}

/** The number of responses. Throws unless it is the same for all reward functions. */
function checkWidth({ starts }: Rows): number {
  const [, width = 0] = starts
  const at = starts.findIndex((start, row) => start !== row * width)
  if (at === -1) return width
  const message = `rewards[${at - 1}] is of ${starts[at]! - starts[at - 1]!} numbers; expected ${width}, as rewards[0]`
  throw new AdvantageError('SHAPE_MISMATCH', `rewards[${at - 1}]`, message)
}

/**
 * GDPO, for several rewards: each is made group-relative on its own, so that none dominates the others, and their weighted
 * sum is normalised over the batch: A_k = (R_k − μ_k)/(σ_k + ε), then Σ w_k·A_k.
 *
 * Source: 2601.05242. Proven against TRL 1.16.0 (`grpo_trainer.py`, `normalize_then_sum`), verl 0.9.1
 * (`compute_gdpo_outcome_advantage`).
 *
 * @returns one advantage for each response, `[B]`, typed as the rows of `rewards`.
 * @throws AdvantageError `TOO_FEW` for a total of fewer than 2 tokens (`verl`); `MISSING_INPUT` for `verl` without lengths;
 *   `SHAPE_MISMATCH`, `NOT_FINITE`, `OUT_OF_RANGE` for lengths, `INVALID_OPTION`, `OVERFLOW`.
 */
export function gdpoAdvantages<M extends Matrix>(input: GdpoInput<M>, options: GdpoOptions = {}): RowOf<M> {
  checkNames('gdpoAdvantages', input, { rewards: true, groups: true, weights: true, lengths: true })
  checkNames('gdpoAdvantages', options, { convention: true, missing: true })
  const convention = conventionOf('gdpoAdvantages', options)
  const { missing = 'error' } = options
  if (convention === 'verl' && missing !== 'error') {
    const message = `missing is ${missing}; expected error with convention verl`
    throw new AdvantageError('INVALID_OPTION', 'missing', message)
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
  return rowLike(input.rewards, normalisations[convention](sums, input, rows))
}
