import { sigmoid } from '@prefkit/expressions'
import { softplus } from '../mathematics/softplus'

/** Derivatives of log P(the choice made), in this order: by d, by θ, twice by d, by both, twice by θ. */
export type Derivatives = Float64Array

/**
 * How likely an annotator's choice is, given how much stronger the chosen one is (d) and the annotator's own parameter
 * θ on the scale it is estimated on, with a prior on θ.
 */
export interface CrowdModel {
  /** θ of everyone at first. */
  readonly start: number
  /** log P, with its derivatives written to `into`. */
  readonly choice: (d: number, theta: number, into: Derivatives) => number
  /** log prior density of θ up to a constant, its slope, and its second derivative. */
  readonly prior: (theta: number) => readonly [density: number, slope: number, bend: number]
  /** θ as it is reported, and the derivative of that by θ. */
  readonly report: (theta: number) => readonly [value: number, slope: number]
}

/** P = σ(θ d), θ ~ N(1, 1/precision): the ability of `withAbility`. */
export const abilityModel = (precision: number): CrowdModel => ({
  start: 1,
  choice: (d, theta, into) => {
    const wrong = sigmoid(-theta * d)
    const both = wrong * (1 - wrong)
    into[0] = theta * wrong
    into[1] = d * wrong
    into[2] = -theta * theta * both
    into[3] = wrong - theta * d * both
    into[4] = -d * d * both
    return -softplus(-theta * d)
  },
  prior: (theta) => [(-precision * (theta - 1) ** 2) / 2, -precision * (theta - 1), -precision],
  report: (theta) => [theta, 1],
})

/** P = η σ(d) + (1 − η) σ(−d), θ = logit η, with pseudo-answers that are honest and reversed. */
export const qualityModel = (honest: number, reversed: number): CrowdModel => ({
  start: Math.log(honest / reversed),
  choice: (d, theta, into) => {
    const [s, eta] = [sigmoid(d), sigmoid(theta)]
    const [both, spread] = [s * sigmoid(-d), eta * sigmoid(-theta)]
    const [ahead, trust] = [2 * s - 1, 2 * eta - 1]
    const p = eta * s + sigmoid(-theta) * sigmoid(-d)
    const [byD, byTheta] = [(trust * both) / p, (ahead * spread) / p]
    into[0] = byD
    into[1] = byTheta
    into[2] = (-trust * both * ahead) / p - byD * byD
    into[3] = (2 * spread * both) / p - byD * byTheta
    into[4] = (-ahead * spread * trust) / p - byTheta * byTheta
    return Math.log(p)
  },
  prior: (theta) => {
    const eta = sigmoid(theta)
    const total = honest + reversed
    const density = -honest * softplus(-theta) - reversed * softplus(theta)
    return [density, honest - total * eta, -total * eta * sigmoid(-theta)]
  },
  report: (theta) => [sigmoid(theta), sigmoid(theta) * sigmoid(-theta)],
})
