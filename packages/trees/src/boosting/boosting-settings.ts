import type { Matrix } from '../data/matrix'
import { shown } from '../data/shown'
import type { TrainingData } from '../data/training-data'
import type { BoostedTrees } from '../model/boosted-trees'
import type { CustomObjective } from '../objectives/custom-objective'
import { checkOptions, isOptions } from '../parameters/check-options'
import { TreesError } from '../trees-error'
import type { CustomMetric } from './custom-metric'

/** What training may be given beside data and parameters. */
export interface BoostingSettings {
  /** Data sets that metrics are computed on after each iteration, by name. */
  readonly validation?: Readonly<Record<string, TrainingData>> | undefined
  /**
   * Threads that work. Default: as many as there are cores, but not more than the data keep busy, and 1 where memory cannot
   * be shared. Changes no result.
   */
  readonly threads?: number | undefined
  /** A model whose trees come first: LightGBM's `init_model`. Scores begin with what it predicts. */
  readonly continueFrom?: BoostedTrees | undefined
  /** Gradients and Hessians of a loss of one's own; the parameter `objective` is `custom` then. */
  readonly objective?: CustomObjective | undefined
  /** Metrics of one's own, after those of the parameters. */
  readonly metric?: CustomMetric | readonly CustomMetric[] | undefined
  /** Ends training with `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** Told what LightGBM would warn of. */
  readonly onWarning?: ((message: string) => void) | undefined
}

interface Kind {
  readonly is: (value: unknown) => boolean
  readonly expected: string
}

const isFunction = (value: unknown) => typeof value === 'function'

/** What the values of settings are; `threads` and `continueFrom` have checks of their own. */
const kinds: Readonly<Record<keyof BoostingSettings | 'onIteration', Kind>> = {
  validation: { is: isOptions, expected: 'an object such as { valid: { features, label } }' },
  threads: { is: () => true, expected: 'an integer' },
  continueFrom: { is: () => true, expected: 'a model' },
  objective: {
    is: isFunction,
    expected: 'a function; one that has a name is asked for by the parameter objective',
  },
  metric: {
    is: (value) => [value].flat().every(isFunction),
    expected: 'a function or an array of them; one that has a name is asked for by the parameter metric',
  },
  signal: { is: (value) => value instanceof Object && 'aborted' in value, expected: 'an AbortSignal' },
  onWarning: { is: isFunction, expected: 'a function' },
  onIteration: { is: isFunction, expected: 'a function' },
}

/** Most threads that pay, and no more than any engine starts. */
const MOST_THREADS = 64

/** Throws `INVALID_PARAMETER` for a setting that there is not, such as a misspelt one, and for what it cannot be. */
export function checkSettings(settings: BoostingSettings): void {
  checkOptions(['setting', 'settings'], settings, Object.keys(kinds), '{ threads: 2 }')
  for (const [name, value] of Object.entries(settings)) {
    // Names were checked.
    const { is, expected } = kinds[name as keyof typeof kinds]
    if (value === undefined || is(value)) continue
    throw new TreesError('INVALID_PARAMETER', `${name} is ${shown(value)}; expected ${expected}`)
  }
  if (settings.validation === undefined || !Object.hasOwn(settings.validation, 'training')) return
  const message = "validation.training has the name of the training data's metrics; give another"
  throw new TreesError('INVALID_PARAMETER', message)
}

/** Numbers that are worth a thread: starting one takes as long as some iterations on so few. */
const NUMBERS_OF_A_THREAD = 100_000
/** Columns that a thread adds up histograms of at a time. Some more threads still help with rows. */
const COLUMNS_OF_A_THREAD = 8
const THREADS_OF_ROWS = 4

/** Threads that data of this size keep busy, of those there are. */
function usefulThreads({ rows, columns }: Matrix): number {
  if (typeof SharedArrayBuffer !== 'function') return 1
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1
  const byColumns = Math.max(THREADS_OF_ROWS, Math.ceil(columns / COLUMNS_OF_A_THREAD))
  return Math.min(cores, MOST_THREADS, byColumns, Math.ceil((rows * columns) / NUMBERS_OF_A_THREAD))
}

/** Threads of the settings, or as many as pay where none are given. */
export function threadsOf({ threads }: BoostingSettings, features: Matrix): number {
  if (threads === undefined) return usefulThreads(features)
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    const message = `threads is ${shown(threads)}; expected an integer from 1 to ${MOST_THREADS}`
    throw new TreesError('INVALID_PARAMETER', message)
  }
  return threads
}
