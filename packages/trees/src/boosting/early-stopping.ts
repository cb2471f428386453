import type { Parameters } from '../parameters/parameters'
import { TreesError } from '../trees-error'

/** The value of one metric on one data set. */
export interface MetricValue {
  /** `training`, or the name of a validation set. */
  readonly dataset: string
  readonly isTraining: boolean
  readonly metric: string
  readonly value: number
  readonly higherIsBetter: boolean
}

/** The parameters of early stopping. */
export type EarlyStoppingParameters = Pick<
  Parameters,
  'early_stopping_round' | 'early_stopping_min_delta' | 'first_metric_only'
>

/** The iteration that a metric was best at. */
export interface BestIteration {
  readonly dataset: string
  readonly metric: string
  readonly value: number
  /** From 1. */
  readonly iteration: number
}

/** Watches metrics for one that improves no more. */
export interface EarlyStopping {
  /**
   * What was best, once a metric has not improved for long enough; `isLast` is true of the last iteration there may be.
   *
   * @throws TreesError `INVALID_PARAMETER` where no metric is of a validation set.
   */
  observe(iteration: number, values: readonly MetricValue[], isLast: boolean): BestIteration | undefined
  /** What was best where training ended by itself: by the first metric that counts. */
  best(): BestIteration | undefined
}

/** What early stopping has nothing to watch without. */
export const withoutMetric = (rounds: number): TreesError =>
  new TreesError(
    'INVALID_PARAMETER',
    `early_stopping_round is ${rounds}; it needs a validation set and a metric`,
  )

const isImproved = ({ value, higherIsBetter }: MetricValue, best: number, delta: number) =>
  higherIsBetter ? value > best + delta : value < best - delta

/**
 * LightGBM's early stopping: training ends at the first metric of a validation set that has not improved by more than
 * `early_stopping_min_delta` for `early_stopping_round` iterations.
 *
 * Source: LightGBM, python-package/lightgbm/callback.py. Proven against LightGBM 4.7.0 (`trees.test.ts`).
 */
export function createEarlyStopping(parameters: EarlyStoppingParameters): EarlyStopping {
  const { early_stopping_round, early_stopping_min_delta, first_metric_only } = parameters
  const best: BestIteration[] = []
  let counting: readonly boolean[] = []
  return {
    observe(iteration, values, isLast) {
      if (values.every(({ isTraining }) => isTraining)) throw withoutMetric(early_stopping_round)
      counting = values.map(
        ({ isTraining, metric }) => !isTraining && (!first_metric_only || metric === values[0]!.metric),
      )
      // In the last iteration the first metric decides, be it over or not.
      const first = counting.indexOf(true)
      let stopped: BestIteration | undefined
      values.forEach((one, i) => {
        const { dataset, metric, value } = one
        if (best[i] === undefined || isImproved(one, best[i].value, early_stopping_min_delta)) {
          best[i] = { dataset, metric, value, iteration }
        }
        const decides = isLast ? i === first : counting[i]
        const isOver = iteration - best[i]!.iteration >= early_stopping_round
        if (decides && isOver) stopped ??= best[i]
      })
      return stopped
    },
    best: () => best[counting.indexOf(true)],
  }
}
