import type { BinnedFeatures } from '../binning/binned-features'
import type { CheckedData } from '../data/checked-data'
import type { TreeLearner } from '../learner/tree-learner'
import type { BoostedTrees } from '../model/boosted-trees'
import type { Tree } from '../model/tree'
import { parameterLines } from '../parameters/parameter-lines'
import { boost, type IterationRecord } from './boost'
import type { BoostingTask, EvaluatedSet } from './boosting-task'
import type { CheckedTraining } from './check-training'
import { createEvaluatedSet, unevaluatedSet } from './evaluated-set'
import { beginScores } from './scores'

function evaluated(
  training: CheckedTraining,
  learner: TreeLearner,
): Pick<BoostingTask, 'training' | 'validation'> {
  const { data, validation, objective, metrics, settings } = training
  const custom = settings.metric === undefined ? [] : [settings.metric].flat()
  const of = (name: string, set: CheckedData, isTraining: boolean): EvaluatedSet => {
    const scores = beginScores(
      set,
      objective.treesPerIteration,
      settings.continueFrom,
      isTraining ? learner.scores : undefined,
    )
    const own = Object.hasOwn(metrics, name) ? metrics[name] : undefined
    if (own === undefined) return unevaluatedSet(scores)
    const said = { name, isTraining, metrics: own, objective: objective.description, custom }
    return createEvaluatedSet(set, scores, said)
  }
  return {
    training: of('training', data, true),
    validation: Object.entries(validation).map(([name, set]) => of(name, set, false)),
  }
}

/** Boosts trees with a learner; the model at the end. */
export async function* boostWith(
  training: CheckedTraining,
  { bins, used }: Pick<BinnedFeatures, 'bins' | 'used'>,
  learner: TreeLearner,
): AsyncGenerator<IterationRecord, BoostedTrees> {
  const { data, parameters, objective, settings, warn } = training
  if (used.length === 0) {
    warn('no column can be split: all are constant, or have too few rows apart for min_data_in_leaf')
  }
  const modelOf = (trees: readonly Tree[]): BoostedTrees => ({
    objective: objective.description,
    numClass: objective.numClass,
    numTreePerIteration: objective.treesPerIteration,
    labelIndex: 0,
    maxFeatureIdx: data.features.columns - 1,
    averageOutput: parameters.boosting === 'rf',
    featureNames: data.featureNames,
    featureInfos: bins.map(({ trivial, info }) => (trivial ? 'none' : info)),
    ...(parameters.monotone_constraints.length > 0 && {
      monotoneConstraints: parameters.monotone_constraints,
    }),
    trees,
    parameters: parameterLines(parameters),
  })
  const trees = yield* boost({
    parameters,
    data,
    objective,
    learner,
    features: used.length,
    ...evaluated(training, learner),
    continueFrom: settings.continueFrom,
    signal: settings.signal,
    onWarning: warn,
    modelOf,
  })
  return modelOf(trees)
}
