import { AdvantageError } from '../advantage-error'
import type { Flags, Matrix, MatrixLike } from '../arrays'
import { checkNames } from '../check-options'
import { type Convention, conventionOf } from '../conventions'
import { checkFinite, matrixLike, readFlags, readMatrix } from '../rows'

/**
 * How the trainers whiten. `verl`: sample variance, mean and variance over n + 1e-8, 1/√(var + 1e-8). `trl`: the same
 * over n. `openrlhf`: population variance, 1/√max(var, 1e-8).
 */
export type WhiteningConvention = Convention<'whiten'>

/** What a whitening convention comes to. */
interface WhiteningRule {
  /** Added to the number of values that mean and variance are divided by. */
  readonly countEpsilon: number
  /** True for the sample variance, which needs two values. */
  readonly sample: boolean
  /** 1/√ of the variance, kept from dividing by 0. */
  readonly inverseDeviation: (variance: number) => number
}

const byAdding = (variance: number) => 1 / Math.sqrt(variance + 1e-8)

/** The whitening of each convention. */
export const whiteningRules: Readonly<Record<WhiteningConvention, WhiteningRule>> = {
  verl: { countEpsilon: 1e-8, sample: true, inverseDeviation: byAdding },
  trl: { countEpsilon: 0, sample: true, inverseDeviation: byAdding },
  openrlhf: {
    countEpsilon: 0,
    sample: false,
    inverseDeviation: (variance) => 1 / Math.sqrt(Math.max(variance, 1e-8)),
  },
}

/** How {@link whitenWeighted} goes about it. */
export interface WhiteningParts {
  readonly rule: WhiteningRule
  readonly shiftMean: boolean
  readonly scale: boolean
}

/**
 * Whitens values of which each counts `weights[i]` times; 0 where that is 0. Throws `TOO_FEW`, `OVERFLOW`.
 */
export function whitenWeighted(
  values: Float64Array,
  weights: Float64Array | Uint8Array,
  { rule, shiftMean, scale }: WhiteningParts,
): Float64Array {
  let [count, sum, squares] = [0, 0, 0]
  for (let i = 0; i < values.length; i++) {
    // A value that does not count may be anything, NaN included.
    if (weights[i] === 0) continue
    count += weights[i]!
    sum += weights[i]! * values[i]!
  }
  const least = rule.sample ? 2 : 1
  if (count < least) {
    const message = `mask keeps ${count} values; expected at least ${least}, for a variance`
    throw new AdvantageError('TOO_FEW', 'mask', message)
  }
  const mean = sum / (count + rule.countEpsilon)
  for (let i = 0; i < values.length; i++) {
    if (weights[i] === 0) continue
    const difference = values[i]! - mean
    squares += weights[i]! * difference * difference
  }
  const bessel = rule.sample ? count / (count - 1) : 1
  const variance = (squares / (count + rule.countEpsilon)) * bessel
  if (!Number.isFinite(variance)) {
    const message = `the variance of the values is ${variance}; expected values whose squares are finite`
    throw new AdvantageError('OVERFLOW', 'values', message)
  }
  const factor = scale ? rule.inverseDeviation(variance) : 1
  const back = shiftMean ? 0 : mean
  const result = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    if (weights[i] !== 0) result[i] = (values[i]! - mean) * factor + back
  }
  return result
}

/** Options of {@link whiten}. */
export interface WhitenOptions {
  /** m, `[B, T]`: 1 for the values that count. Default: 1 everywhere. */
  mask?: Flags
  /** False adds the mean again after scaling, as TRL does to rewards. Default: true. */
  shiftMean?: boolean
  /** False subtracts the mean only, as OpenRLHF's `no_std_norm`. Default: true. */
  scale?: boolean
  /** Whose variance, and what keeps it from 0. Default: `verl`. */
  convention?: WhiteningConvention
}

/**
 * Whitens over the whole batch: (x − mean)/√(var + ε) over the values with mask 1, and 0 where it is 0.
 *
 * Equal values give 0 (or the mean, with `shiftMean: false`), for ε is never 0.
 *
 * Source: 2006.05990, advantage normalisation. Proven against verl 0.9.1 (`masked_whiten`), TRL 0.23.1 (`masked_whiten`),
 * OpenRLHF 0.11.2 (`compute_advantages_and_returns`).
 *
 * @param values `[B, T]`, such as advantages.
 * @returns `[B, T]`, in the form of `values`.
 * @throws AdvantageError `TOO_FEW` when the mask keeps fewer than 2 values (1 for `openrlhf`); `OVERFLOW` for a
 *   variance beyond double precision; `SHAPE_MISMATCH`, `NOT_FINITE` for a kept value, `OUT_OF_RANGE` for flags,
 *   `INVALID_OPTION`.
 */
export function whiten<M extends Matrix>(values: M, options: WhitenOptions = {}): MatrixLike<M> {
  checkNames('whiten', options, { mask: true, shiftMean: true, scale: true, convention: true })
  const rule = whiteningRules[conventionOf('whiten', options)]
  const { shiftMean = true, scale = true } = options
  const rows = readMatrix('values', values)
  const mask = readFlags('mask', options.mask, rows, 1)
  checkFinite('values', rows.data, { where: mask, starts: rows.starts })
  return matrixLike(values, whitenWeighted(rows.data, mask, { rule, shiftMean, scale }), rows)
}
