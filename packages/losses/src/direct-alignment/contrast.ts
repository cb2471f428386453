import { mul, relu, sub, type Tensor } from '@prefkit/tensor'
import { requireChoice, requirePositive, requireWithin } from '../loss-error'
import { requireEffects } from '../option-effects'
import { averaged, type Completions, summed } from './completions'
import { smoothedLogistic } from './smoothed-logistic'

/** Hyperparameters of a contrast, all set. */
export interface ContrastSettings {
  readonly beta: number
  readonly labelSmoothing: number
}

/** A function of D, the difference of the log-probabilities of the two completions of a pair. */
export interface Contrast {
  /** Which log-probabilities: sums over tokens, or their means. */
  readonly of: (loss: string, side: Completions) => Tensor
  /** Whether labels can be smoothed. */
  readonly smooths: boolean
  /** The loss at D, `[B]`. */
  readonly at: (margin: Tensor, settings: ContrastSettings) => Tensor
}

const sums = (_loss: string, side: Completions): Tensor => summed(side)

/** The losses without a reference policy that TRL's CPO and TPO trainers share, under their names. */
export const contrasts = {
  /** −(1 − ε) log σ(βD) − ε log σ(−βD). */
  sigmoid: {
    of: sums,
    smooths: true,
    at: (margin, { beta, labelSmoothing }) => smoothedLogistic(mul(beta, margin), labelSmoothing),
  },
  /** max(0, 1 − βD). */
  hinge: { of: sums, smooths: false, at: (margin, { beta }) => relu(sub(1, mul(beta, margin))) },
  /** (D − 1/(2β))², D of means. */
  ipo: {
    of: averaged,
    smooths: false,
    at: (margin, { beta }) => {
      const missing = sub(margin, 0.5 / beta)
      return mul(missing, missing)
    },
  },
} satisfies Record<string, Contrast>

/** @throws LossError `INVALID_OPTION` unless β and ε are in range, and ε is 0 where labels cannot be smoothed. */
export function requireContrast<Name extends string>(
  loss: string,
  { beta, labelSmoothing, lossType }: { beta: number; labelSmoothing: number; lossType: Name },
  known: Readonly<Record<Name, Contrast>>,
): Contrast {
  requirePositive(loss, 'beta', beta)
  requireChoice(loss, 'lossType', lossType, Object.keys(known))
  const contrast = known[lossType]
  requireWithin(loss, 'labelSmoothing', labelSmoothing, { from: 0, below: 0.5 })
  const smoothing = Object.keys(known).filter((name) => known[name as Name].smooths)
  const only = `lossType: '${smoothing.join("' or '")}'`
  requireEffects(loss, { labelSmoothing }, { labelSmoothing: { preset: 0, counts: contrast.smooths, only } })
  return contrast
}
