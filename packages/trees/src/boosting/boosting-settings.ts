import type { TrainingData } from '../data/training-data'
import type { BoostedTrees } from '../model/boosted-trees'
import type { CustomObjective } from '../objectives/custom-objective'
import { TreesError } from '../trees-error'
import type { CustomMetric } from './custom-metric'

/** What training may be given beside data and parameters. */
export interface BoostingSettings {
  /** Data sets that metrics are computed on after each iteration, by name. */
  readonly validation?: Readonly<Record<string, TrainingData>> | undefined
  /** Threads that work. Default: as many as there are cores, and 1 where memory cannot be shared. Changes no result. */
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

const names: Readonly<Record<keyof BoostingSettings | 'onIteration', true>> = {
  validation: true,
  threads: true,
  continueFrom: true,
  objective: true,
  metric: true,
  signal: true,
  onWarning: true,
  onIteration: true,
}

/** Most threads that pay, and no more than any engine starts. */
const MOST_THREADS = 64

/** Throws `INVALID_PARAMETER` for a setting that there is not, such as a misspelt one. */
export function checkSettings(settings: BoostingSettings): void {
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined) {
    const message = `no setting ${unknown}; expected one of ${Object.keys(names).join(', ')}`
    throw new TreesError('INVALID_PARAMETER', message)
  }
  if (settings.validation === undefined || !Object.hasOwn(settings.validation, 'training')) return
  const message = "validation.training has the name of the training data's metrics; give another"
  throw new TreesError('INVALID_PARAMETER', message)
}

/** Threads of the settings, or as many as pay where none are given. */
export function threadsOf({ threads }: BoostingSettings): number {
  if (threads === undefined) {
    const isShared = typeof SharedArrayBuffer === 'function'
    return isShared ? Math.min(globalThis.navigator?.hardwareConcurrency ?? 1, MOST_THREADS) : 1
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    const message = `threads is ${threads}; expected an integer from 1 to ${MOST_THREADS}`
    throw new TreesError('INVALID_PARAMETER', message)
  }
  return threads
}
