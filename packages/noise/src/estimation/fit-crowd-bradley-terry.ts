import { numberPlayers } from '../bradley-terry/paired-comparisons'
import { checkColumns, checkSameLength } from '../check-numbers'
import { checkInteger, checkNames, checkPositive, choose } from '../check-options'
import { groupRows } from '../group-rows'
import { type Name, numberNames } from '../names'
import { NoiseError } from '../noise-error'
import { choiceRows, type TiesOption } from './choices'
import { abilityModel, type CrowdModel, qualityModel } from './crowd-models'
import { type CrowdRows, maximiseCrowd } from './crowd-newton'

/** Choices of annotators between two players, in columns. */
export interface CrowdComparisons {
  /** `[N]` The player in first position. */
  readonly first: ArrayLike<Name>
  /** `[N]` The player in second position. */
  readonly second: ArrayLike<Name>
  /** `[N]` Who chose. */
  readonly annotators: ArrayLike<Name>
  /** `[N]` 1 where the first was chosen, −1 where the second was, 0 for a tie. */
  readonly labels: ArrayLike<number>
}

/** Options of {@link fitCrowdBradleyTerry}. */
export interface FitCrowdBradleyTerryOptions extends TiesOption {
  /**
   * What sets annotators apart: `quality`, P = η_a σ(d) + (1 − η_a) σ(−d), Crowd-BT, where η_a is how often the
   * annotator answers as meant and not the other way round; or `ability`, P = σ(a d), with the factor a of
   * `withAbility`. Default: `quality`.
   */
  annotatorModel?: 'quality' | 'ability'
  /** α·strength² is taken off the log-likelihood, > 0: a Gaussian prior of variance 1/(2α). Default: 0.05. */
  alpha?: number
  /** Quality: pseudo-answers as meant, > 0. Default: 4. */
  priorHonest?: number
  /** Quality: pseudo-answers the other way round, > 0. Default: 1. */
  priorReversed?: number
  /** Ability: one over the variance of the Gaussian prior on a around 1, > 0. Default: 1. */
  abilityPrecision?: number
  /** Largest last step of a parameter, > 0. Default: 1e-9. */
  tolerance?: number
  /** Newton steps, ≥ 1. Default: 200. */
  maxIterations?: number
}

/** Strengths of players and what annotators are like, as estimated. */
export interface CrowdBradleyTerry {
  /** Players, in the order they came. */
  readonly players: readonly Name[]
  /** `[players]` Strengths; they add up to 0. */
  readonly strengths: Float64Array
  /** `[players]` Of strengths relative to their mean. */
  readonly strengthStandardErrors: Float64Array
  /** Annotators, in the order they came. */
  readonly annotators: readonly Name[]
  /** `[annotators]` η_a in (0, 1), or a. */
  readonly qualities: Float64Array
  /** `[annotators]` Of the qualities. */
  readonly qualityStandardErrors: Float64Array
  /** Log-likelihood and log prior density, the latter up to a constant. */
  readonly objective: number
  /** Newton steps, refused ones included. */
  readonly iterations: number
}

const models: Readonly<Record<'quality' | 'ability', (options: FitCrowdBradleyTerryOptions) => CrowdModel>> =
  {
    quality: ({ priorHonest = 4, priorReversed = 1 }) => {
      checkPositive('priorHonest', priorHonest)
      checkPositive('priorReversed', priorReversed)
      return qualityModel(priorHonest, priorReversed)
    },
    ability: ({ abilityPrecision = 1 }) => {
      checkPositive('abilityPrecision', abilityPrecision)
      return abilityModel(abilityPrecision)
    },
  }

function crowdRows(comparisons: CrowdComparisons, ties: TiesOption) {
  checkNames('comparisons', comparisons, { first: true, second: true, annotators: true, labels: true })
  const { first, second, annotators, labels } = comparisons
  checkColumns({ first, second, annotators, labels }, 'one entry for each choice')
  checkSameLength({ first, second, annotators, labels })
  const choices = choiceRows(labels, ties)
  if (choices.from.length === 0) {
    throw new NoiseError(
      'TOO_FEW',
      'labels',
      'labels has none that count; expected at least one that is no tie',
    )
  }
  const players = numberPlayers(first, second)
  const who = numberNames({ annotators })
  const annotator = choices.from.map((from) => who.numbers.annotators[from]!)
  const player = (row: number, sign: number) =>
    (sign > 0 ? players.first : players.second)[choices.from[row]!]!
  const { starts, order } = groupRows(annotator, who.names.length)
  const rows: CrowdRows = {
    players: players.players.length,
    annotators: who.names.length,
    chosen: choices.from.map((_, row) => player(row, choices.sign[row]!)),
    other: choices.from.map((_, row) => player(row, -choices.sign[row]!)),
    annotator,
    weight: choices.weight,
    start: starts,
    order,
  }
  return { rows, players: players.players, annotators: who.names }
}

/**
 * Bradley–Terry with annotator effects: strengths of players that nobody knows, and at the same time how far to trust
 * each annotator, by penalised maximum likelihood (Newton in all parameters, damped; the likelihood is not concave,
 * and the maximum is the one reached from strengths of 0 and annotators at their prior).
 *
 * What the data leave open is settled by the priors. Raising all strengths alike changes nothing: `alpha` makes them
 * add up to 0. Reversing all strengths and all annotators changes nothing either: the prior says that most answer as
 * meant. With `ability`, strengths times c and abilities over c are the same likelihood: the priors, abilities around
 * 1, set the scale, so compare abilities with each other only. Standard errors are from the curvature at the maximum,
 * priors included.
 *
 * Source: Chen, Bennett, Collins-Thompson and Horvitz, Pairwise Ranking Aggregation in a Crowdsourced Setting (WSDM
 * 2013), with a Gaussian prior for its virtual node. Proven against its equation and finite differences, and recovered
 * from simulated annotators.
 *
 * @throws NoiseError `NOT_CONVERGED`; `TOO_FEW` without labels that count; `SHAPE_MISMATCH`, `OUT_OF_RANGE`,
 *   `INVALID_OPTION`.
 */
export function fitCrowdBradleyTerry(
  comparisons: CrowdComparisons,
  options: FitCrowdBradleyTerryOptions = {},
): CrowdBradleyTerry {
  const names = {
    annotatorModel: true,
    alpha: true,
    ties: true,
    tolerance: true,
    maxIterations: true,
  } as const
  const priors = { priorHonest: true, priorReversed: true, abilityPrecision: true } as const
  checkNames('fitCrowdBradleyTerry', options, { ...names, ...priors })
  const { annotatorModel = 'quality', alpha = 0.05, tolerance = 1e-9, maxIterations = 200 } = options
  checkPositive('alpha', alpha)
  checkPositive('tolerance', tolerance)
  checkInteger('maxIterations', maxIterations, 1)
  const model = choose('annotatorModel', annotatorModel, models)(options)
  const { rows, players, annotators } = crowdRows(comparisons, options.ties ? { ties: options.ties } : {})
  const found = maximiseCrowd(rows, model, alpha, { tolerance, maxIterations })
  const reported = Array.from(found.thetas, (theta) => model.report(theta))
  return {
    players,
    strengths: found.strengths,
    strengthStandardErrors: found.strengthErrors,
    annotators,
    qualities: Float64Array.from(reported, ([value]) => value),
    qualityStandardErrors: Float64Array.from(reported, ([, slope], a) => slope * found.thetaErrors[a]!),
    objective: found.objective,
    iterations: found.iterations,
  }
}
