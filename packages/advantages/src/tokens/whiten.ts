import type { Flags, Matrix, MatrixLike } from '../arrays'
import { checkNames } from '../check-options'
import { conventionOf } from '../conventions'
import { checkFinite, matrixLike, readFlags, readMatrix } from '../rows'
import { type WhiteningConvention, whiteningRules, whitenWeighted } from '../whitening'

/** Options of {@link whiten}. */
export interface WhitenOptions {
  /** m, `[B, T]`: 1 for the values that count. Default: 1 everywhere. */
  mask?: Flags
  /** False adds the mean back after scaling, as TRL does for rewards. Default: true. */
  shiftMean?: boolean
  /** False subtracts the mean only, as OpenRLHF's `no_std_norm`. Default: true. */
  scale?: boolean
  /** Which variance, and how a variance of 0 is handled. Default: `trl`. */
  convention?: WhiteningConvention
}

/**
 * Whitens over the whole batch: (x − mean)/√(var + ε) over the values with mask 1, and 0 where the mask is 0.
 *
 * Equal values give 0 (or the mean, with `shiftMean: false`), because ε is never 0.
 *
 * Source: 2006.05990, advantage normalisation. Proven against verl 0.9.1 (`masked_whiten`), TRL 0.23.1 (`masked_whiten`),
 * OpenRLHF 0.11.2 (`compute_advantages_and_returns`).
 *
 * @param values `[B, T]`, such as advantages.
 * @returns `[B, T]`, in the form of `values`.
 * @throws AdvantageError `TOO_FEW` when the mask keeps fewer than 2 values (1 for `openrlhf`); `OVERFLOW` for a
 *   variance beyond double precision; `SHAPE_MISMATCH`, `NOT_FINITE` for a kept value, `OUT_OF_RANGE` for flags,
 *   `MISSING_INPUT`, `INVALID_OPTION`.
 */
export function whiten<M extends Matrix>(values: M, options: WhitenOptions = {}): MatrixLike<M> {
  checkNames('whiten', options, { mask: true, shiftMean: true, scale: true, convention: true })
  const rule = whiteningRules[conventionOf('whiten', options)]
  const { shiftMean = true, scale = true } = options
  const rows = readMatrix('values', values)
  const mask = readFlags('mask', options.mask, rows, 1)
  checkFinite('values', rows.data, { where: mask, starts: rows.starts })
  const from = { values: 'values', weights: 'mask' } as const
  return matrixLike(values, whitenWeighted(rows.data, mask, { rule, from, shiftMean, scale }), rows)
}
