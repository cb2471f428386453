import { binFeatures } from './binning/bin-features'
import type { IterationRecord } from './boosting/boost'
import { boostWith } from './boosting/boost-with'
import { type BoostingSettings, threadsOf } from './boosting/boosting-settings'
import { checkAborted } from './boosting/check-aborted'
import { type CheckedTraining, checkTraining } from './boosting/check-training'
import { createFeatureSampler } from './boosting/feature-sampler'
import type { TrainingData } from './data/training-data'
import { createEngine, type Engine } from './kernels/engine'
import { createTreeLearner } from './learner/create-tree-learner'
import type { BoostedTrees } from './model/boosted-trees'
import type { ParameterOptions } from './parameters/parameters'

/** Boosts trees in an engine's memory. */
async function* boostIn(engine: Engine, training: CheckedTraining) {
  const { data, parameters, objective, settings } = training
  // Binning takes a while, and the engine took one to start.
  checkAborted(settings.signal, 'features are binned')
  const binned = binFeatures(engine, data, parameters)
  const sampler = createFeatureSampler(parameters, binned.used.length)
  const learner = createTreeLearner(engine, binned, parameters, objective.treesPerIteration, sampler)
  return yield* boostWith(training, binned, learner)
}

/**
 * Trains gradient-boosted trees as LightGBM does, one iteration at a time: a record for each, and the model at the end.
 * Between iterations the event loop gets its turn. The same data, parameters and seeds give the same model, whatever the
 * number of threads.
 *
 * Source: LightGBM (Ke et al., NeurIPS 2017). Proven against LightGBM 4.7.0 (`trees.test.ts`).
 *
 * @param data features `[rows × columns]`, and labels.
 * @param options LightGBM's parameters under LightGBM's names; see {@link Parameters}.
 * @throws TreesError `INVALID_PARAMETER`, `UNSUPPORTED`, `INVALID_DATA` and `DIMENSION_MISMATCH` for what was given;
 * `OUT_OF_MEMORY`; `ABORTED`.
 */
export async function* boostTrees(
  data: TrainingData,
  options: ParameterOptions = {},
  settings: BoostingSettings = {},
): AsyncGenerator<IterationRecord, BoostedTrees> {
  const training = checkTraining(data, options, settings)
  const threads = threadsOf(settings, training.data.features)
  const engine = await createEngine(threads)
  try {
    return yield* boostIn(engine, training)
  } finally {
    await engine.dispose()
  }
}

/**
 * Trains gradient-boosted trees as LightGBM does; {@link boostTrees} to the end.
 *
 * Source and errors: as {@link boostTrees}. Proven against LightGBM 4.7.0 (`trees.test.ts`).
 */
export async function trainBoostedTrees(
  data: TrainingData,
  options: ParameterOptions = {},
  settings: BoostingSettings & { readonly onIteration?: (record: IterationRecord) => void } = {},
): Promise<BoostedTrees> {
  const iterations = boostTrees(data, options, settings)
  try {
    for (;;) {
      const { done, value } = await iterations.next()
      if (done) return value
      settings.onIteration?.(value)
    }
  } finally {
    // What the caller throws ends the iterations, too; nothing looks at what they return then.
    await iterations.return(undefined as never)
  }
}
