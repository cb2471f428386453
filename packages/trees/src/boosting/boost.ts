import type { BoostedTrees } from '../model/boosted-trees'
import type { Tree } from '../model/tree'
import type { BoostingTask } from './boosting-task'
import { checkAborted } from './check-aborted'
import { type BestIteration, createEarlyStopping, type MetricValue, withoutMetric } from './early-stopping'
import { beginEnsemble } from './ensemble'
import { createGbdt } from './gbdt'
import { createPauses } from './pauses'
import { createRandomForest } from './random-forest'

/** What happened in one iteration of boosting. */
export interface IterationRecord {
  /** From 1; those of a model that is continued count. */
  readonly iteration: number
  /** Leaves of each tree of the iteration; 1 where none could be split. */
  readonly leaves: readonly number[]
  /** Value of each metric by data set: `training` (with `is_provide_training_metric`) and the names of validation sets. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Where early stopping ended training: the best iteration, which the model is cut back to. */
  readonly best?: BestIteration
  /** The model so far, of all trees there are; to be asked for before the next iteration. */
  readonly model: () => BoostedTrees
}

function byDataset(values: readonly MetricValue[]): IterationRecord['metrics'] {
  const metrics: Record<string, Record<string, number>> = {}
  for (const { dataset, metric, value } of values) {
    const own = metrics[dataset] ?? {}
    own[metric] = value
    metrics[dataset] = own
  }
  return metrics
}

/** Early stopping where it was asked for and can be. */
function stoppingOf({ parameters, validation, training, onWarning }: BoostingTask) {
  const { early_stopping_round, boosting } = parameters
  if (early_stopping_round <= 0) return undefined
  if (boosting === 'dart') {
    onWarning('early_stopping_round has no effect with boosting dart, which changes earlier trees')
    return undefined
  }
  if (validation.some((set) => set.hasMetrics)) return createEarlyStopping(parameters)
  if (training.hasMetrics) {
    onWarning('early_stopping_round has no effect without a validation set')
    return undefined
  }
  throw withoutMetric(early_stopping_round)
}

/** Trees of an ensemble, one iteration after another; `rf` averages them. */
const iterations = { gbdt: createGbdt, dart: createGbdt, rf: createRandomForest }

/**
 * Boosting: a record for each iteration, and at the end the trees, cut back to the best iteration where early stopping
 * watched. Between iterations the event loop gets its turn.
 *
 * @throws TreesError `ABORTED` when the signal says so.
 */
export async function* boost(task: BoostingTask): AsyncGenerator<IterationRecord, readonly Tree[]> {
  const { parameters, training, validation, signal, onWarning, modelOf } = task
  const ensemble = beginEnsemble(task)
  const iterate = iterations[parameters.boosting](task, ensemble)
  const stopping = stoppingOf(task)
  const pause = createPauses()
  const treesAt: number[] = []
  // DART puts other trees in place of earlier ones, so that what was given out stays as it was.
  const model = () => modelOf([...ensemble.trees])
  const cut = (best: BestIteration | undefined) =>
    best ? ensemble.trees.slice(0, treesAt[best.iteration]) : ensemble.trees
  const { initialIterations } = ensemble
  const last = initialIterations + parameters.num_iterations
  for (let iteration = initialIterations + 1; iteration <= last; iteration++) {
    await pause()
    checkAborted(signal, `iteration ${iteration}`)
    const { leaves, grew, mayGrow } = iterate()
    treesAt[iteration] = ensemble.trees.length
    const values = [training, ...validation].flatMap((set) => set.evaluate())
    const best = stopping?.observe(iteration, values, iteration === last)
    yield { iteration, leaves, metrics: byDataset(values), ...(best && { best }), model }
    if (best) return cut(best)
    if (!grew && !mayGrow) {
      onWarning(`iteration ${iteration} found no split that meets the parameters; training ends`)
      break
    }
  }
  return cut(stopping?.best())
}
