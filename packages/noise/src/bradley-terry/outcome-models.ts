import { sigmoid } from '@prefkit/expressions'
import { logOneMore, softplus } from '../mathematics/softplus'

/** Derivatives of one cell's log-likelihood, in this order. */
export const SCORE = 0
export const TIE_SCORE = 1
export const CURVATURE = 2
export const CROSS_CURVATURE = 3
export const TIE_CURVATURE = 4

/**
 * How likely each outcome is, given the difference d of strengths and, in models that have it, a tie parameter τ on the
 * scale it is estimated on. Log-likelihoods are of sums of weights: won, lost and tied by the first player.
 */
export interface OutcomeModel {
  /** Whether it has a tie parameter. */
  readonly estimatesTies: boolean
  /** τ is above this. */
  readonly lowestTie: number
  /** τ where all players are alike and this share of the comparisons are ties. */
  readonly start: (tieShare: number) => number
  /** The tie parameter as it is reported, and its derivative by τ. */
  readonly report: (tau: number) => number
  readonly reportSlope: (tau: number) => number
  readonly logLikelihood: (d: number, tau: number, won: number, lost: number, tied: number) => number
  /** Writes the gradient by d and τ, and minus the second derivatives by d, by d and τ, and by τ. */
  readonly derivatives: (
    d: number,
    tau: number,
    won: number,
    lost: number,
    tied: number,
    into: Float64Array,
  ) => void
}

/** Bradley–Terry; a tie is half a win for each. */
const half: OutcomeModel = {
  estimatesTies: false,
  lowestTie: Number.NEGATIVE_INFINITY,
  start: () => 0,
  report: () => Number.NaN,
  reportSlope: () => Number.NaN,
  logLikelihood: (d, _tau, won, lost, tied) => {
    const unlikely = (d >= 0 ? lost : won) + tied / 2
    return -unlikely * Math.abs(d) - (won + lost + tied) * logOneMore(Math.exp(-Math.abs(d)))
  },
  derivatives: (d, _tau, won, lost, tied, into) => {
    const small = Math.exp(-Math.abs(d))
    const likely = 1 / (1 + small)
    const first = d >= 0 ? likely : small * likely
    const second = d >= 0 ? small * likely : likely
    // As a difference of products it keeps its digits where one outcome is all but certain.
    into[SCORE] = (won + tied / 2) * second - (lost + tied / 2) * first
    into[CURVATURE] = (won + lost + tied) * first * second
  },
}

/** Davidson, τ = log ν: first, second and tie are as e^(d/2) to e^(−d/2) to ν. */
const davidson: OutcomeModel = {
  estimatesTies: true,
  lowestTie: Number.NEGATIVE_INFINITY,
  start: (share) => Math.log((2 * share) / (1 - share)),
  report: Math.exp,
  reportSlope: Math.exp,
  logLikelihood: (d, tau, won, lost, tied) => {
    const logZ = softplus(-Math.abs(d)) + Math.abs(d) / 2
    const total = logZ + softplus(tau - logZ)
    return ((won - lost) * d) / 2 + tied * tau - (won + lost + tied) * total
  },
  derivatives: (d, tau, won, lost, tied, into) => {
    const logZ = softplus(-Math.abs(d)) + Math.abs(d) / 2
    const total = logZ + softplus(tau - logZ)
    const first = Math.exp(d / 2 - total)
    const second = Math.exp(-d / 2 - total)
    const tie = Math.exp(tau - total)
    const all = won + lost + tied
    into[SCORE] = won * (second + tie / 2) - lost * (first + tie / 2) + (tied * (second - first)) / 2
    into[TIE_SCORE] = tied * (first + second) - (won + lost) * tie
    into[CURVATURE] = all * (first * second + (tie * (first + second)) / 4)
    into[CROSS_CURVATURE] = (-all * tie * (first - second)) / 2
    into[TIE_CURVATURE] = all * tie * (first + second)
  },
}

/** Rao and Kupper, τ = η > 0: first wins by more than η, second likewise, else a tie. */
const raoKupper: OutcomeModel = {
  estimatesTies: true,
  lowestTie: 0,
  start: (share) => 2 * Math.atanh(share),
  report: (tau) => tau,
  reportSlope: () => 1,
  logLikelihood: (d, tau, won, lost, tied) =>
    tau <= 0
      ? Number.NEGATIVE_INFINITY
      : tied * Math.log(Math.expm1(2 * tau)) -
        (won + tied) * softplus(tau - d) -
        (lost + tied) * softplus(tau + d),
  derivatives: (d, tau, won, lost, tied, into) => {
    const notFirst = sigmoid(tau - d)
    const notSecond = sigmoid(tau + d)
    const first = (won + tied) * notFirst * sigmoid(d - tau)
    const second = (lost + tied) * notSecond * sigmoid(-d - tau)
    const room = -Math.expm1(-2 * tau)
    into[SCORE] = (won + tied) * notFirst - (lost + tied) * notSecond
    into[TIE_SCORE] = (2 * tied) / room - (won + tied) * notFirst - (lost + tied) * notSecond
    into[CURVATURE] = first + second
    into[CROSS_CURVATURE] = second - first
    into[TIE_CURVATURE] = first + second + (4 * tied * Math.exp(-2 * tau)) / room ** 2
  },
}

/** What to do with ties, by name. */
export const outcomeModels = { half, davidson, 'rao-kupper': raoKupper } as const

/** Name of a model of ties. */
export type TieModel = keyof typeof outcomeModels
