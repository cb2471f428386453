import { shown } from '../data/shown'
import { checkOptions } from '../parameters/check-options'
import { TreesError } from '../trees-error'
import type { BoostedTrees } from './boosted-trees'
import { checkModel } from './check-model'
import { type IterationOptions, iterationRange } from './iteration-range'

/** What a column's importance is. */
export type ImportanceType = 'split' | 'gain'

/** What {@link featureImportance} counts. */
export interface FeatureImportanceOptions extends IterationOptions {
  /** `split`: splits that look at the column; `gain`: the sum of their gains. Default: `split`. */
  readonly type?: ImportanceType
}

const measures: Readonly<Record<ImportanceType, (gain: number) => number>> = {
  split: () => 1,
  gain: (gain) => gain,
}

const optionNames: readonly (keyof FeatureImportanceOptions)[] = ['type', 'startIteration', 'numIteration']

/**
 * How much a model uses each column: its splits of positive gain, counted or their gains summed.
 *
 * @returns `[columns]` numbers ≥ 0.
 * @throws TreesError `INVALID_MODEL` for what is no model; `INVALID_PARAMETER` for a type or option there is not and iterations out of range.
 *
 * Source: LightGBM, `GBDT::FeatureImportance`. Proven against LightGBM 4.7.0 (`goldens.test.ts`).
 */
export function featureImportance(model: BoostedTrees, options: FeatureImportanceOptions = {}): Float64Array {
  checkOptions(['option', 'options'], options, optionNames, "{ type: 'gain' }")
  const { type = 'split' } = options
  if (!Object.hasOwn(measures, type)) {
    const known = Object.keys(measures).join(', ')
    throw new TreesError('INVALID_PARAMETER', `type is ${shown(type)}; expected one of ${known}`)
  }
  checkModel('model', model)
  const { first, end } = iterationRange(model, options)
  const importance = new Float64Array(model.maxFeatureIdx + 1)
  for (const tree of model.trees.slice(first * model.numTreePerIteration, end * model.numTreePerIteration)) {
    tree.splitGain.forEach((gain, node) => {
      if (gain > 0) importance[tree.splitFeature[node]!]! += measures[type](gain)
    })
  }
  return importance
}
