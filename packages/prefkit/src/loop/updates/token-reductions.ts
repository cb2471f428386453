import type { LossInputs } from '@prefkit/lm'
import { div, maximum, mul, reduceSum, type Tensor } from '@prefkit/tensor'

type Reduce = (
  losses: Tensor,
  batch: Pick<LossInputs, 'mask' | 'totals'>,
  /** Tokens of a response, at most. */
  maxNewTokens: number,
) => Tensor

const sum = (losses: Tensor): Tensor => reduceSum(losses)

/**
 * From losses of tokens, [B, L] and 0 where masked, to one number, by verl's names: what a part of a batch adds to the number of the
 * whole batch, so that micro-batches add up to it exactly.
 */
export const tokenReductions = {
  /** Σ / tokens: TRL's `dapo` and `bnpo`. */
  'token-mean': (losses, { totals }) => div(sum(losses), totals.targets),
  /** Mean over sequences of means over tokens: TRL's `grpo`. */
  'seq-mean-token-mean': (losses, { mask, totals }) => {
    const lengths = maximum(reduceSum(mask, { axis: 1 }), 1)
    return div(sum(div(reduceSum(mul(losses, mask), { axis: 1 }), lengths)), totals.rows)
  },
  /** Mean over sequences of sums over tokens. */
  'seq-mean-token-sum': (losses, { totals }) => div(sum(losses), totals.rows),
  /** The same, divided by the longest possible response: TRL's `dr_grpo`. */
  'seq-mean-token-sum-norm': (losses, { totals }, maxNewTokens) =>
    div(sum(losses), mul(totals.rows, maxNewTokens)),
} as const satisfies Record<string, Reduce>

/** A way from losses of tokens to one number. */
export type TokenReduction = keyof typeof tokenReductions
