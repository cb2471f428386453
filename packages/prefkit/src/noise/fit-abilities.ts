import {
  type FitDawidSkeneOptions,
  fitCrowdBradleyTerry,
  fitDawidSkene,
  fitMace,
  type Votes,
} from '@prefkit/noise'
import { PrefkitError } from '../prefkit-error'
import type { CrowdModelName } from './design-names'
import type { VoteColumns } from './vote-table'

type Name = string | number

/** Probabilities of being right, one for each annotator, as a model has them. */
export interface FittedAbilities {
  readonly annotators: readonly Name[]
  readonly accuracy: ArrayLike<number>
  readonly standardErrors?: ArrayLike<number> | undefined
  /** Whether the iteration came to its end. */
  readonly converged: boolean
  readonly iterations: number
}

/** How abilities are fitted. */
export interface FitAbilitiesOptions {
  /** What Dawid and Skene's annotators confuse: all labels alike, or each in its own way. Default: `one-coin`. */
  readonly errors?: FitDawidSkeneOptions['errors'] | undefined
  /** Resamples for standard errors; 0 for none. Crowd-BT has them from curvature. */
  readonly bootstrap: number
  /** Makes the resamples repeat exactly. */
  readonly seed: number
  /** Iterations at most. Default: the model's. */
  readonly maxIterations?: number | undefined
}

/** Pseudo-votes of each annotator, most of them right: lest who has few votes is made all right or all wrong by them. */
const prior = { priorRight: 4, priorWrong: 1 }

type Fit = (
  votes: VoteColumns,
  signs: readonly number[] | undefined,
  options: FitAbilitiesOptions,
) => FittedAbilities | undefined

const columnsOf = ({ items, annotators, labels }: VoteColumns): Votes => ({ items, annotators, labels })

const effortOf = ({ maxIterations }: FitAbilitiesOptions) =>
  maxIterations === undefined ? {} : { maxIterations }

const resamplesOf = ({ bootstrap: resamples, seed }: FitAbilitiesOptions) =>
  resamples > 0 ? { bootstrap: { resamples, seed } } : {}

const fitters: Readonly<Record<CrowdModelName, Fit>> = {
  'dawid-skene': (votes, _, options) => {
    const { errors = 'one-coin' } = options
    const settings = { errors, ...prior, ...effortOf(options), ...resamplesOf(options) }
    const { standardErrors, ...fit } = fitDawidSkene(columnsOf(votes), settings)
    return { ...fit, standardErrors: standardErrors?.accuracy }
  },
  // True labels are equally likely beforehand, so that spam, whatever it says, is right once in as many as there are.
  mace: (votes, _, options) => {
    const fit = fitMace(columnsOf(votes), { ...effortOf(options), ...resamplesOf(options) })
    const chance = 1 / fit.classes.length
    return {
      ...fit,
      accuracy: fit.competence.map((knows) => knows + (1 - knows) * chance),
      standardErrors: fit.standardErrors?.competence.map((error) => error * (1 - chance)),
    }
  },
  'crowd-bt': ({ players, annotators }, signs, options) => {
    if (!players) {
      const expected =
        'columns first and second (or --columns first=…,second=…), the names of what is compared'
      throw new PrefkitError('INVALID_CONFIG', `--model crowd-bt: expected ${expected}`)
    }
    if (!signs) return undefined
    const fit = fitCrowdBradleyTerry({ ...players, annotators, labels: signs }, effortOf(options))
    return {
      annotators: fit.annotators,
      accuracy: fit.qualities,
      standardErrors: fit.qualityStandardErrors,
      converged: true,
      iterations: fit.iterations,
    }
  },
}

/** The names of models in prose. */
export const modelTitles: Readonly<Record<CrowdModelName, string>> = {
  'dawid-skene': 'Dawid–Skene',
  mace: 'MACE',
  'crowd-bt': 'Crowd-BT',
}

/** What being right is in a model. */
export const modelMeanings: Readonly<Record<CrowdModelName, string>> = {
  'dawid-skene': 'probability of being right',
  mace: 'probability of being right, by knowing or by chance',
  'crowd-bt': 'probability of answering as meant, and not the other way round',
}

/**
 * How often each annotator is right, by a model of them and of what is true. Crowd-BT goes by `signs`, 1 for the first, −1 for
 * the second and 0 for a tie, and gives `undefined` without.
 * @throws PrefkitError `INVALID_CONFIG` for Crowd-BT without what is compared; NoiseError as the models of `@prefkit/noise`.
 */
export const fitAbilities = (
  model: CrowdModelName,
  votes: VoteColumns,
  signs: readonly number[] | undefined,
  options: FitAbilitiesOptions,
): FittedAbilities | undefined => fitters[model](votes, signs, options)
