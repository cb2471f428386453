import type { LossFunction, LossInputs } from '@prefkit/lm'
import { importanceRatios, klLoss, type PolicyInputs, type TokenLoss } from '@prefkit/losses'
import {
  add,
  div,
  mul,
  reduceMax,
  reduceSum,
  stopGradient,
  type Tensor,
  type TensorLike,
} from '@prefkit/tensor'
import { type TokenReduction, tokenReductions } from './token-reductions'

/** What a loss of tokens sees. */
export interface PolicyLossInputs extends PolicyInputs {
  /** `[B, T]`: random numbers in [0, 1), for a loss that draws some of the tokens. */
  draws?: TensorLike
}

/** A loss of tokens, with its own options settled: such as `(inputs) => ppoLoss(inputs, { clipEpsilon: 0.1 })`. */
export interface PolicyLoss {
  readonly loss: (inputs: PolicyLossInputs) => TokenLoss
  /** Whether its metrics are means over tokens, or over sequences. Default: `token`. */
  readonly metricsOver?: 'token' | 'sequence'
  /**
   * True where it compares the tokens of a batch with each other, so that the data of an update are computed at once, never in
   * parts: a bound on memory that is too small for that is refused. Default: false.
   */
  readonly comparesBatch?: boolean
  /** True where it needs `draws`. Default: false. */
  readonly draws?: boolean
}

/** What is minimised, and how. */
export interface PolicyObjective {
  readonly policyLoss: PolicyLoss
  readonly reduction: TokenReduction
  /** β ≥ 0: weight of the `k3` estimate of KL(π ‖ π_ref), added to the loss of each token. */
  readonly klWeight: number
  /**
   * True multiplies that estimate by π/π_old, with its gradient, which is then that of KL(π ‖ π_ref); without, it is that of
   * KL(π_ref ‖ π) for tokens that π drew. TRL's `use_bias_correction_kl`. Default: true.
   */
  readonly klCorrection?: boolean | undefined
  /** Tokens of a response, at most: what `seq-mean-token-sum-norm` divides by. */
  readonly maxNewTokens: number
}

/** Names under which data hand their numbers over; those that are not there are not used. */
export interface PolicyDatumInputs {
  /** A of each token. */
  readonly advantages: ArrayLike<number>
  /** log π_old of each token. Default: log π, held constant. */
  readonly oldLogprobs?: ArrayLike<number>
  /** log π_ref of each token: needed for the KL, and logged as `kl` where given. */
  readonly refLogprobs?: ArrayLike<number>
  /** Weights of the losses, as of responses that another engine drew. */
  readonly weights?: ArrayLike<number>
  /** Random numbers of each token, for a loss that draws. */
  readonly draws?: ArrayLike<number>
  /** Of the responses that were drawn, the share that is learnt from: means over responses count all of them. Default: 1. */
  readonly rowShare?: number
}

type Sums = Readonly<Record<string, Tensor>>

/** Means over this part of a batch, as what they add to the means over all of it. */
function shareOf(
  metrics: Sums,
  { mask, totals }: Pick<LossInputs, 'mask' | 'totals'>,
  over: 'token' | 'sequence',
): Record<string, Tensor> {
  // Every row has a target.
  const share = {
    token: () => div(reduceSum(mask), totals.targets),
    sequence: () => div(reduceSum(reduceMax(mask, { axis: 1 })), totals.rows),
  }[over]()
  return Object.fromEntries(Object.entries(metrics).map(([name, mean]) => [name, mul(mean, share)]))
}

/** Numbers of rows and targets, those rows counted that were drawn and are not learnt from: the same share of each part. */
const allTotals = (
  { rows, targets }: LossInputs['totals'],
  rowShare: LossInputs['inputs'][string] | undefined,
): LossInputs['totals'] => (rowShare ? { rows: div(rows, reduceMax(rowShare)), targets } : { rows, targets })

/** The loss of an update, for {@link PolicyDatumInputs}. To be made once a run: it is compiled once. */
export function policyUpdateLoss({
  policyLoss: { loss, metricsOver = 'token' },
  reduction,
  klWeight,
  klCorrection = true,
  maxNewTokens,
}: PolicyObjective): LossFunction {
  const reduce = tokenReductions[reduction]
  return ({ logProbs: logprobs, mask, inputs, totals }) => {
    const { advantages, oldLogprobs, refLogprobs, weights, draws, rowShare } = inputs
    const given = { mask, totals: allTotals(totals, rowShare) }
    const tokens = { logprobs, mask, advantages: advantages!, ...(oldLogprobs && { oldLogprobs }) }
    const { losses, metrics } = loss({ ...tokens, ...(weights && { weights }), ...(draws && { draws }) })
    const shares = shareOf(metrics, given, metricsOver)
    if (!refLogprobs) return { loss: reduce(losses, given, maxNewTokens), metrics: shares }
    const estimates = klLoss({ logprobs, refLogprobs, mask }, { estimator: 'k3' }).losses
    const before = oldLogprobs ?? stopGradient(logprobs)
    const kl = klCorrection
      ? mul(estimates, importanceRatios({ logprobs, oldLogprobs: before, mask }))
      : estimates
    const total = klWeight === 0 ? losses : add(losses, mul(klWeight, kl))
    const metric = { kl: div(reduceSum(mul(kl, mask)), totals.targets) }
    return { loss: reduce(total, given, maxNewTokens), metrics: { ...shares, ...metric } }
  }
}
