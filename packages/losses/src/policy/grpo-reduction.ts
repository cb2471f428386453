import type { Tensor, TensorLike } from '@prefkit/tensor'
import { batchOf, maskOf } from '../batch'
import { LossError, requireChoice, requireNames, requirePositive } from '../loss-error'
import { requireEffects } from '../option-effects'
import { sequenceMeanTokenMean, sequenceMeanTokenSum, tokenMean } from '../reductions/reductions'

/** The reductions of TRL's GRPO trainer, by its names of losses. */
export type GrpoReduction = 'grpo' | 'bnpo' | 'dr_grpo' | 'dapo' | 'luspo'

/** Options of {@link grpoReduction}. */
export interface GrpoReductionOptions {
  /** Which reduction. Default: `dapo`, as in TRL. */
  lossType?: GrpoReduction
  /** `[B, T]`, 1 = keep. Default: all. */
  mask?: TensorLike
  /** Only for `dr_grpo`, which divides by it: TRL's `max_completion_length`, in tokens. */
  maxCompletionLength?: number
  /** Only for `dapo`: the tokens of the whole batch, when this is a part of it. Default: the tokens here. */
  tokens?: number
}

/** The options of a reduction, checked. */
interface Settings {
  readonly mask: Tensor
  readonly length: number
  readonly tokens: number | undefined
}

const reductions: Record<GrpoReduction, (losses: Tensor, settings: Settings) => Tensor> = {
  grpo: (losses, { mask }) => sequenceMeanTokenMean(losses, { mask, convention: 'trl' }),
  bnpo: (losses, { mask }) => tokenMean(losses, { mask }),
  dr_grpo: (losses, { mask, length }) => sequenceMeanTokenSum(losses, { mask, length, convention: 'trl' }),
  dapo: (losses, { mask, tokens }) => tokenMean(losses, tokens === undefined ? { mask } : { mask, tokens }),
  luspo: (losses, { mask }) => sequenceMeanTokenSum(losses, { mask, convention: 'trl' }),
}

/**
 * Reduces the losses of `grpoLoss` to one number, as TRL's GRPO trainer does. `grpo`: the mean over sequences of means
 * over tokens; `bnpo`, `dapo`: the mean over tokens, of this batch or of the whole one; `dr_grpo`: the sum divided by
 * B·maxCompletionLength, which does not favour long or short completions; `luspo`: the mean over sequences of sums.
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
  const { lossType = 'dapo', maxCompletionLength, tokens } = options
  requireChoice('grpoReduction', 'lossType', lossType, Object.keys(reductions))
  requireEffects('grpoReduction', options, {
    maxCompletionLength: onlyWith('dr_grpo', lossType),
    tokens: onlyWith('dapo', lossType),
  })
  if (lossType === 'dr_grpo' && maxCompletionLength === undefined) {
    throw new LossError('MISSING_INPUT', 'grpoReduction: dr_grpo divides by maxCompletionLength, got none')
  }
  if (maxCompletionLength !== undefined) {
    requirePositive('grpoReduction', 'maxCompletionLength', maxCompletionLength)
  }
  if (tokens !== undefined) requirePositive('grpoReduction', 'tokens', tokens)
  const given = batchOf('grpoReduction', { losses }, ['B', 'T'])
  const mask = maskOf('grpoReduction', 'mask', options.mask, given.losses)
  return reductions[lossType](given.losses, { mask, length: maxCompletionLength ?? 1, tokens })
}

const onlyWith = (user: GrpoReduction, lossType: GrpoReduction) => ({
  preset: undefined,
  counts: lossType === user,
  only: `lossType: '${user}'`,
})
