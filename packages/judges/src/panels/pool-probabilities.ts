import { winProbability } from '@prefkit/evals'
import { logOdds } from '../judging/log-odds'

/** How probabilities of several judges become one. */
export interface Pool {
  readonly combine: 'linear' | 'log-odds'
  /** One for each judge. */
  readonly weights: readonly number[]
  /** Probabilities are taken as at least this and at most 1 less this before their log-odds. */
  readonly clip: number
}

type Pooling = (probabilities: readonly (number | undefined)[], pool: Pool) => number

const linear: Pooling = (probabilities, { weights }) => {
  let [sum, total] = [0, 0]
  probabilities.forEach((p, i) => {
    if (p === undefined) return
    // Leads over ½ rather than probabilities: exchanging the responses then changes their sign and nothing else.
    sum += weights[i]! * (p - 0.5)
    total += weights[i]!
  })
  return total === 0 ? 0.5 : 0.5 + sum / total
}

const inLogOdds: Pooling = (probabilities, { weights, clip }) => {
  const logits = probabilities.map((p, i) => (p === undefined ? 0 : weights[i]! * logOdds(p, clip)))
  return winProbability(logits.reduce((sum, logit) => sum + logit, 0))
}

const poolings: Readonly<Record<Pool['combine'], Pooling>> = { linear, 'log-odds': inLogOdds }

/**
 * One probability of several. `linear`: Σ w p / Σ w over those that are there. `log-odds`: σ(Σ w log p / (1 − p));
 * what is not there adds nothing.
 */
export const poolProbabilities: Pooling = (probabilities, pool) => poolings[pool.combine](probabilities, pool)

/** The names of the ways to pool. */
export const poolingNames = poolings
