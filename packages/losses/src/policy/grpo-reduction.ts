import type { Tensor, TensorLike } from '@prefkit/tensor'
import { LossError, requireChoice, requireNames } from '../loss-error'
import { sequenceMeanTokenMean, sequenceMeanTokenSum, tokenMean } from '../reductions/reductions'

/** The reductions of TRL's GRPO trainer, by its names of losses. */
export type GrpoReduction = 'grpo' | 'bnpo' | 'dr_grpo' | 'dapo' | 'luspo'

/** Options of {@link grpoReduction}. */
export interface GrpoReductionOptions {
  /** Which one. Default: `dapo`, as in TRL. */
  lossType?: GrpoReduction
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
  /** For `dr_grpo`: the longest completion there can be, in tokens, which it divides by. */
  maxCompletionLength?: number
  /** For `dapo`: tokens of the whole batch, when this is a part of it. Default: the tokens here. */
  tokens?: number
}

const reductions: Record<GrpoReduction, (losses: TensorLike, options: GrpoReductionOptions) => Tensor> = {
  grpo: (losses, { mask }) => sequenceMeanTokenMean(losses, { ...given({ mask }), convention: 'trl' }),
  bnpo: (losses, { mask }) => tokenMean(losses, given({ mask })),
  dr_grpo: (losses, { mask, maxCompletionLength: length }) => {
    if (length === undefined) {
      throw new LossError('MISSING_INPUT', 'grpoReduction: dr_grpo divides by maxCompletionLength, got none')
    }
    return sequenceMeanTokenSum(losses, { ...given({ mask }), length, convention: 'trl' })
  },
  dapo: (losses, { mask, tokens }) => tokenMean(losses, { ...given({ mask }), ...given({ tokens }) }),
  luspo: (losses, { mask }) => sequenceMeanTokenSum(losses, { ...given({ mask }), convention: 'trl' }),
}

/**
 * The losses of `grpoLoss` as one number, as TRL's GRPO trainer reduces them. `grpo`: the mean over sequences of means over
 * tokens; `bnpo`, `dapo`: the mean over tokens, of this batch or of the whole one; `dr_grpo`: the sum by B·maxCompletionLength,
 * which does not favour long or short completions; `luspo`: the mean over sequences of sums.
 *
 * Source: 2402.03300, equation 3; 2503.20783 (`dr_grpo`); 2503.14476, section 3.3 (`dapo`); 2602.05261 (`luspo`).
 * Proven against TRL 1.16.0 (`GRPOTrainer._compute_loss`).
 *
 * @param losses `[B, T]`.
 * @throws LossError `SHAPE_MISMATCH`, `EMPTY`, `INVALID_OPTION`; `MISSING_INPUT` for `dr_grpo` without its length.
 */
export function grpoReduction(losses: TensorLike, options: GrpoReductionOptions = {}): Tensor {
  const names = { lossType: true, mask: true, maxCompletionLength: true, tokens: true }
  requireNames('grpoReduction', options, names)
  const { lossType = 'dapo' } = options
  requireChoice('grpoReduction', 'lossType', lossType, Object.keys(reductions))
  requireOnlyFor('dr_grpo', 'maxCompletionLength', options)
  requireOnlyFor('dapo', 'tokens', options)
  return reductions[lossType](losses, options)
}

/** @throws LossError `INVALID_OPTION` for an option that the chosen reduction does not use. */
function requireOnlyFor(
  user: GrpoReduction,
  name: 'maxCompletionLength' | 'tokens',
  { lossType = 'dapo', ...options }: GrpoReductionOptions,
): void {
  if (lossType === user || options[name] === undefined) return
  const got = `${options[name]} for ${lossType}`
  throw new LossError('INVALID_OPTION', `grpoReduction: ${name}: only ${user} uses one, got ${got}`)
}

/** The one option, unless it was not given. */
const given = <T extends object>(option: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(Object.entries(option).filter(([, value]) => value !== undefined)) as never
