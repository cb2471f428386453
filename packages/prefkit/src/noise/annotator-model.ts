import {
  type Annotator,
  type Comparisons,
  calibrateBeta,
  calibrateFlipRate,
  composeAnnotator,
  expressionQuality,
  logisticAnnotator,
  type Modifier,
  NoiseError,
  type PerAnnotator,
  perfectAnnotator,
  probitAnnotator,
  qualityAnnotator,
  withAbility,
  withCycles,
  withFatigue,
  withLengthBias,
  withPersonalBias,
  withPositionBias,
  withRandomFlips,
  withSelfPreference,
  withTies,
  withWorstCaseFlips,
  worstCaseThreshold,
} from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import type { AnnotatorName } from './design-names'

/** What annotators are like. Strengths are in units of reward, one for all annotators or one for each. */
export interface AnnotatorConfig {
  readonly annotator: AnnotatorName
  /** β; 1 where neither it nor an error rate is given. */
  readonly beta?: number | undefined
  /** ξ as an expression of delta, for the annotator `expression`. */
  readonly quality?: string | undefined
  /** Numbers that the expression names besides delta and beta. */
  readonly parameters?: Readonly<Record<string, number>> | undefined
  readonly ties?: PerAnnotator | undefined
  readonly positionBias?: PerAnnotator | undefined
  readonly lengthBias?: PerAnnotator | undefined
  readonly selfPreference?: PerAnnotator | undefined
  readonly personalBias?: number | undefined
  readonly cycles?: PerAnnotator | undefined
  readonly ability?: PerAnnotator | undefined
  readonly fatigue?: PerAnnotator | undefined
  readonly flip?: PerAnnotator | undefined
  /** Share of the pairs, those of the largest differences, on which every answer is wrong. */
  readonly worstCase?: number | undefined
}

/** An annotator, and what of it was calibrated. */
export interface AnnotatorModel {
  readonly annotator: Annotator
  /** The β or rate of flips that was found, where an error rate was asked for. */
  readonly calibrated?: { readonly parameter: 'beta' | 'flip'; readonly value: number }
}

const invalid = (message: string): PrefkitError => new PrefkitError('INVALID_CONFIG', message)

/** What a library's parameter is at fault for, said of the option that it was given by. */
function asOption<T>(option: string, make: () => T, parameters = /./): T {
  try {
    return make()
  } catch (error) {
    const isMeant = NoiseError.isInstance(error) && parameters.test(error.parameter)
    if (!isMeant || !error.message.startsWith(error.parameter)) throw error
    const index = /\[\d+\]$/.exec(error.parameter)?.[0] ?? ''
    const message = `${option}${index}${error.message.slice(error.parameter.length)}`
    throw new PrefkitError('INVALID_CONFIG', message, { cause: error })
  }
}

/** An error rate that cannot be had is said in words: it may be one of several that were given. */
function reachable<T>(errorRate: number, calibrate: () => T): T {
  try {
    return calibrate()
  } catch (error) {
    if (!NoiseError.isInstance(error) || error.parameter !== 'errorRate') throw error
    const message = `an error rate of ${errorRate}: ${error.message.replace(/^errorRate is [^;]*; /, '')}`
    throw new PrefkitError('INVALID_CONFIG', message, { cause: error })
  }
}

const usesBeta = (expression: string): boolean => /\bbeta\b/.test(expression)

/** Who answers before biases and flips, for each β. */
const bases: Readonly<Record<AnnotatorName, (config: AnnotatorConfig) => (beta: number) => Annotator>> = {
  logistic: () => (beta) => logisticAnnotator({ beta }),
  probit: () => (beta) => probitAnnotator({ beta }),
  perfect: () => () => perfectAnnotator(),
  expression: ({ quality, parameters }) => {
    if (quality === undefined)
      throw invalid(
        '--annotator-model expression: expected --quality "<expression>", such as "sigmoid(beta*delta)"',
      )
    return (beta) => {
      const all = { ...(usesBeta(quality) && { beta }), ...parameters }
      const made = () => qualityAnnotator(expressionQuality(quality, { parameters: all }))
      return asOption('--quality', () => asOption('--parameters', made, /^parameters/))
    }
  },
}

/**
 * What surrounds the base, the innermost first: ties are of the difference perceived, biases add to the difference, ability
 * and fatigue scale what truly is, and flips turn finished answers around.
 */
function modifiersOf(config: AnnotatorConfig, deltas: ArrayLike<number>, seed: number): Modifier[] {
  const { ties, personalBias, positionBias, lengthBias, selfPreference, cycles } = config
  const { ability, fatigue, flip, worstCase } = config
  const given = <T>(option: string, value: T | undefined, make: (value: T) => Modifier): Modifier[] =>
    value === undefined ? [] : [asOption(option, () => make(value))]
  return [
    ...given('--ties', ties, (threshold) => withTies({ threshold })),
    ...given('--personal-bias', personalBias, (scale) => withPersonalBias({ scale, seed })),
    ...given('--position-bias', positionBias, (strength) => withPositionBias({ strength })),
    ...given('--length-bias', lengthBias, (strength) => withLengthBias({ strength })),
    ...given('--self-preference', selfPreference, (strength) => withSelfPreference({ strength })),
    ...given('--cycles', cycles, (strength) => withCycles({ strength })),
    ...given('--fatigue', fatigue, (halfLife) => withFatigue({ halfLife })),
    ...given('--ability', ability, (value) => withAbility({ ability: value })),
    ...given('--flip', flip, (rate) => withRandomFlips({ rate })),
    ...given('--worst-case', worstCase, (rate) =>
      withWorstCaseFlips({ above: worstCaseThreshold(deltas, { rate }) }),
    ),
  ]
}

function checkConfig({ annotator, quality, beta }: AnnotatorConfig, errorRate: number | undefined): void {
  if (quality !== undefined && annotator !== 'expression')
    throw invalid(`--quality: expected --annotator-model expression with it, got ${annotator}`)
  if (beta !== undefined && annotator === 'perfect')
    throw invalid(
      '--beta: a perfect annotator has none: leave it out, and give --flip where it is to be wrong at times',
    )
  if (beta !== undefined && errorRate !== undefined)
    throw invalid('--error-rate finds β itself: expected either it or --beta, got both')
  if (errorRate !== undefined && quality !== undefined && !usesBeta(quality))
    throw invalid('--error-rate: expected --quality to have beta in it, which is what is calibrated')
}

const perAnnotator = {
  ties: '--ties',
  positionBias: '--position-bias',
  lengthBias: '--length-bias',
  selfPreference: '--self-preference',
  cycles: '--cycles',
  ability: '--ability',
  fatigue: '--fatigue',
  flip: '--flip',
} as const

/**
 * Refuses lists of other than one number for each annotator, and more answers to a pair than there are annotators.
 * @throws PrefkitError `INVALID_CONFIG` naming the option.
 */
export function checkCrowd(
  config: AnnotatorConfig,
  { annotators, votes }: { readonly annotators: number; readonly votes: number },
): void {
  if (votes > annotators)
    throw invalid(`--votes: expected at most --annotators, which is ${annotators}, got ${votes}`)
  for (const [name, option] of Object.entries(perAnnotator)) {
    const value = config[name as keyof typeof perAnnotator]
    if (typeof value !== 'object' || value.length === annotators) continue
    throw invalid(
      `${option}: expected one number, or one for each of --annotators ${annotators}, got ${value.length}`,
    )
  }
}

/** What modifiers see of responses has to be in the table. */
function checkColumns({ lengthBias, selfPreference }: AnnotatorConfig, comparisons: Comparisons): void {
  if (lengthBias !== undefined && !comparisons.firstLengths)
    throw invalid('--length-bias: expected a column length in the table, or the texts of the responses')
  if (selfPreference !== undefined && !comparisons.firstOwned)
    throw invalid(
      '--self-preference: expected a column author in the table, the number of the annotator who wrote it',
    )
}

/**
 * The annotator that a configuration says. With an error rate, its β (of a perfect one, a rate of flips) is the one with
 * which it errs as often on these comparisons, biases and flips of the configuration included.
 * @throws PrefkitError `INVALID_CONFIG` for options that do not go together; NoiseError for values out of range, mistakes
 *   in an expression (with their place), and error rates that no β gives.
 */
export function annotatorModel(
  config: AnnotatorConfig,
  comparisons: Comparisons,
  { errorRate, seed }: { readonly errorRate?: number | undefined; readonly seed: number },
): AnnotatorModel {
  checkConfig(config, errorRate)
  checkColumns(config, comparisons)
  const base = bases[config.annotator](config)
  const modifiers = modifiersOf(config, comparisons.deltas, seed)
  const family = (beta: number) => composeAnnotator(base(beta), ...modifiers)
  if (errorRate === undefined) return { annotator: asOption('--beta', () => family(config.beta ?? 1)) }
  const isPerfect = config.annotator === 'perfect'
  const { parameter: value, annotator } = reachable(errorRate, () =>
    isPerfect
      ? calibrateFlipRate(comparisons, family(1), { errorRate })
      : calibrateBeta(comparisons, { errorRate, family }),
  )
  return { annotator, calibrated: { parameter: isPerfect ? 'flip' : 'beta', value } }
}
