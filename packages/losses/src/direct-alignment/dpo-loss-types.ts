import {
  abs,
  add,
  clip,
  exp,
  less,
  maximum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sort,
  sub,
  type Tensor,
  where,
} from '@prefkit/tensor'
import { logistic } from '../pair-loss'
import { smoothedLogistic } from './smoothed-logistic'

/** What the losses of the DPO family are functions of; `[B]` each. */
export interface PairTerms {
  /** log π/π_ref of the chosen completion. */
  readonly chosen: Tensor
  /** log π/π_ref of the rejected one. */
  readonly rejected: Tensor
  /** Difference of the scores f′ of the two, δ. */
  readonly delta: Tensor
  /** The same of scores divided by lengths. */
  readonly normalisedDelta: () => Tensor
  /** The one of the two that `ipo` holds to its target. */
  readonly ipoDelta: () => Tensor
  /** log π(chosen) − log π(rejected). */
  readonly policyMargin: Tensor
  /** The same under the reference policy. */
  readonly refMargin: Tensor
  /** −log π of the chosen tokens, the mean over the batch. */
  readonly negativeLogLikelihood: () => Tensor
}

/** Hyperparameters of the losses of the DPO family, all set. */
export interface PairSettings {
  readonly beta: number
  readonly labelSmoothing: number
  /** ε of `sigmoid`; 0 under TRL's convention. */
  readonly sigmoidSmoothing: number
  readonly discopopTau: number
}

const square = (x: Tensor): Tensor => mul(x, x)

/** σ(z)·(log σ(z) − log p). Below −10⁴ σ is 0 in double precision; holding z there keeps 0·∞ away. */
const relativeTo = (z: Tensor, logP: number): Tensor =>
  mul(sigmoid(z), sub(neg(logistic(maximum(z, -1e4))), logP))

/** e^(−z)·σ(z/τ) with the exponents joined, so that neither factor overflows where the other one vanishes. */
function temperedExponential(z: Tensor, tau: number): Tensor {
  const exponent = where(less(z, 0), mul(1 / tau - 1, z), neg(z))
  return exp(sub(exponent, softplus(mul(-1 / tau, abs(z)))))
}

/** The losses of TRL's DPO trainer, `[B]` each, under its names; z = βδ. */
export const dpoLossTypes = {
  /** −log σ(z): DPO, 2305.18290. */
  sigmoid: ({ delta }, { beta, sigmoidSmoothing }) => smoothedLogistic(mul(beta, delta), sigmoidSmoothing),
  /** max(0, 1 − z): RSO, 2309.06657. */
  hinge: ({ delta }, { beta }) => relu(sub(1, mul(beta, delta))),
  /** (s_c/L_c − s_r/L_r − 1/(2β))², or (δ − 1/(2β))² as in the paper: IPO, 2310.12036. */
  ipo: ({ ipoDelta }, { beta }) => square(sub(ipoDelta(), 0.5 / beta)),
  /** KL((σ(z), σ(−z)) ‖ (1 − ε, ε)): EXO, 2402.00856. */
  exo_pair: ({ delta }, { beta, labelSmoothing }) => {
    const z = mul(beta, delta)
    return add(relativeTo(z, Math.log1p(-labelSmoothing)), relativeTo(neg(z), Math.log(labelSmoothing)))
  },
  /** −log σ(βc) − ½ log σ(−βc) − ½ log σ(−βr): NCA, 2402.05369. */
  nca_pair: ({ chosen, rejected }, { beta }) => {
    const [c, r] = [mul(beta, chosen), mul(beta, rejected)]
    return add(logistic(c), mul(0.5, add(softplus(c), softplus(r))))
  },
  /** [−(1 − ε) log σ(z) + ε log σ(−z)]/(1 − 2ε), unbiased under flipped labels: 2403.00409. */
  robust: ({ delta }, { beta, labelSmoothing: epsilon }) => {
    const z = mul(beta, delta)
    if (epsilon === 0) return logistic(z)
    const scale = 1 / (1 - 2 * epsilon)
    return sub(mul((1 - epsilon) * scale, logistic(z)), mul(epsilon * scale, softplus(z)))
  },
  /** −log σ(βc) − log σ(−βr): BCO without its shift, 2404.04656. */
  bco_pair: ({ chosen, rejected }, { beta }) =>
    add(logistic(mul(beta, chosen)), softplus(mul(beta, rejected))),
  /** (c − 1/(2β))² + (r + 1/(2β))²: SPPO with hard labels, 2405.00675. */
  sppo_hard: ({ chosen, rejected }, { beta }) =>
    add(square(sub(chosen, 0.5 / beta)), square(add(rejected, 0.5 / beta))),
  /** Smoothed −log σ(β·d), d the difference of the batch's sorted margins: AOT, 2406.05882. Row i is of rank i. */
  aot: ({ policyMargin, refMargin }, { beta, labelSmoothing }) =>
    smoothedLogistic(mul(beta, sub(sort(policyMargin, 0), sort(refMargin, 0))), labelSmoothing),
  /** The same with d the difference of the sorted log-ratios of chosen and rejected completions. */
  aot_unpaired: ({ chosen, rejected }, { beta, labelSmoothing }) =>
    smoothedLogistic(mul(beta, sub(sort(chosen, 0), sort(rejected, 0))), labelSmoothing),
  /** 1 − σ(βc) + σ(βr): APO-zero, 2408.06266, equation 7. */
  apo_zero: ({ chosen, rejected }, { beta }) =>
    add(sigmoid(mul(-beta, chosen)), sigmoid(mul(beta, rejected))),
  /** σ(βc) + 1 − σ(β(c − r)): APO-down, equation 8. */
  apo_down: ({ chosen, rejected }, { beta }) =>
    add(sigmoid(mul(beta, chosen)), sigmoid(mul(beta, sub(rejected, chosen)))),
  /** (1 − g)(−log σ(z)) + g·e^(−z), g = σ(z/τ): DiscoPOP, 2406.08414. */
  discopop: ({ delta }, { beta, discopopTau: tau }) => {
    const z = mul(beta, delta)
    // Beyond 10⁴ σ is 0 or 1 in double precision; holding it there keeps its gradient, 0, away from ∞.
    const share = sigmoid(clip(mul(-1 / tau, z), -1e4, 1e4))
    return add(mul(share, logistic(z)), temperedExponential(z, tau))
  },
  /** −log π of the chosen tokens, the mean over the batch's tokens, for each pair. */
  sft: ({ negativeLogLikelihood }) => negativeLogLikelihood(),
  /** −log σ(β(s_c/L_c − s_r/L_r)). */
  sigmoid_norm: ({ normalisedDelta }, { beta }) => logistic(mul(beta, normalisedDelta())),
} satisfies Record<string, (terms: PairTerms, settings: PairSettings) => Tensor>
