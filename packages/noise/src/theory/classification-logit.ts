import { sigmoid } from '@prefkit/expressions'
import type { Numbers } from '../annotators/comparisons'
import { checkFinite } from '../check-numbers'
import { checkRange } from '../check-options'
import { NoiseError } from '../noise-error'
import { expectation } from './expectations'
import { checkDistribution, type UtilityDistribution } from './utility-distribution'

/** Whom a response is compared with: the distribution of their rewards r_j, or `[M]` rewards, all equally likely. */
export type Opponents = UtilityDistribution | Numbers

/** What {@link classificationLogit} gives. */
export interface ClassificationLogit {
  /** P(i wins) = E σ(r_i − r_j). */
  readonly winProbability: number
  /** s_i = logit P(i wins): what a classifier of single responses learns. */
  readonly logit: number
  /** r_i − log E exp(r_j) ≤ s_i, −∞ where that mean is infinite. */
  readonly lowerBound: number
  /** r_i + log E exp(−r_j) ≥ s_i, ∞ where that mean is infinite. */
  readonly upperBound: number
}

const isNumbers = (given: Opponents): given is Numbers => Array.isArray(given) || ArrayBuffer.isView(given)

interface Mean {
  /** E g(r_j). */
  readonly of: (g: (r: number) => number, breaks: readonly number[]) => number
  /** log E exp(sign·r_j). */
  readonly logMeanExp: (sign: 1 | -1) => number
}

function meanOfNumbers(rewards: Numbers): Mean {
  if (rewards.length === 0) {
    throw new NoiseError('TOO_FEW', 'opponents', 'opponents is empty; expected at least one reward')
  }
  checkFinite('opponents', rewards)
  const all = Array.from(rewards)
  const of = (g: (r: number) => number) => all.reduce((sum, r) => sum + g(r), 0) / all.length
  return {
    of,
    logMeanExp: (sign) => {
      const most = all.reduce((largest, r) => Math.max(largest, sign * r), Number.NEGATIVE_INFINITY)
      return most + Math.log(of((r) => Math.exp(sign * r - most)))
    },
  }
}

function meanOfDistribution(distribution: UtilityDistribution): Mean {
  checkDistribution('opponents', distribution)
  const { location } = distribution
  return {
    of: (g, breaks) => expectation(distribution, g, breaks),
    logMeanExp: (sign) =>
      distribution.logMeanExp?.(sign) ??
      sign * location + Math.log(expectation(distribution, (r) => Math.exp(sign * (r - location)))),
  }
}

/**
 * What the classification reward s_i = logit P(i wins) is under Bradley–Terry with reward r_i, for given opponents,
 * and how far it may be from r_i: r_i − log E exp(r_j) ≤ s_i ≤ r_i + log E exp(−r_j).
 *
 * The lower bound is the paper's; the upper one is the same argument (Jensen) for P(i loses). Both are equal, and s_i
 * − r_i is constant, only where all opponents are alike; otherwise s_i grows with r_i, but no faster.
 *
 * Source: 2411.04991, Proposition 24. Proven against its equation, by simulated comparisons, and mpmath 1.4.1.
 *
 * @param reward r_i, finite.
 * @throws NoiseError `OUT_OF_RANGE`, `NOT_FINITE`, `INVALID_OPTION`; `TOO_FEW` without opponents.
 */
export function classificationLogit(reward: number, opponents: Opponents): ClassificationLogit {
  checkRange('reward', reward, Number.NEGATIVE_INFINITY)
  const mean = isNumbers(opponents) ? meanOfNumbers(opponents) : meanOfDistribution(opponents)
  // σ changes within a few units of the reward, however wide the opponents are spread.
  const breaks = [-40, -8, -2, 0, 2, 8, 40].map((step) => reward + step)
  const wins = mean.of((r) => sigmoid(reward - r), breaks)
  const losses = mean.of((r) => sigmoid(r - reward), breaks)
  return {
    winProbability: wins,
    logit: Math.log(wins) - Math.log(losses),
    lowerBound: reward - mean.logMeanExp(1),
    upperBound: reward + mean.logMeanExp(-1),
  }
}
