import { checkOptions } from '../parameters/check-options'
import type { BoostedTrees } from './boosted-trees'
import { checkModel } from './check-model'
import { featureImportance, type ImportanceType } from './feature-importance'
import { type IterationOptions, iterationRange } from './iteration-range'
import { namesToFile } from './names-in-file'
import { writeTree } from './write-tree'

/** Which iterations {@link writeModel} writes, and with what importances. */
export interface WriteModelOptions extends IterationOptions {
  /** What the file's section of importances tells. Default: `split`. */
  readonly importanceType?: ImportanceType
}

function headerLines(model: BoostedTrees, treeSizes: readonly number[]): string[] {
  const { objective, monotoneConstraints } = model
  return [
    'tree',
    'version=v4',
    `num_class=${model.numClass}`,
    `num_tree_per_iteration=${model.numTreePerIteration}`,
    `label_index=${model.labelIndex}`,
    `max_feature_idx=${model.maxFeatureIdx}`,
    ...(objective === '' ? [] : [`objective=${namesToFile.get(objective) ?? objective}`]),
    ...(model.averageOutput ? ['average_output'] : []),
    `feature_names=${model.featureNames.join(' ')}`,
    ...(monotoneConstraints === undefined ? [] : [`monotone_constraints=${monotoneConstraints.join(' ')}`]),
    `feature_infos=${model.featureInfos.join(' ')}`,
    `tree_sizes=${treeSizes.join(' ')}`,
  ]
}

/** Columns by importance, largest first, of those that have any; whole numbers, as LightGBM cuts them. */
function importanceLines(model: BoostedTrees, type: ImportanceType, numIteration?: number): string[] {
  // LightGBM counts from the first iteration on, wherever the trees that are written begin.
  const importance = featureImportance(model, { type, numIteration })
  return Array.from(importance, (value, column) => ({
    name: model.featureNames[column]!,
    value: Math.trunc(value),
  }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .map(({ name, value }) => `${name}=${BigInt(value)}`)
}

const section = (name: string, lines: readonly string[] = []): string =>
  lines.length === 0 ? '' : `\n${name}:\n${lines.join('\n')}\n\nend of ${name}\n`

const optionNames: readonly (keyof WriteModelOptions)[] = ['importanceType', 'startIteration', 'numIteration']

/**
 * Writes a model in LightGBM's text format v4. Python's `lightgbm.Booster(model_file=…)` loads it and predicts the same:
 * thresholds and leaf values are written with 17 digits, which give each number back bit for bit. Gains, and values and
 * weights of inner nodes, have 6 digits, as LightGBM's own. A model LightGBM wrote is written as it was, byte for byte.
 *
 * @returns the text, with LF line ends.
 * @throws TreesError `INVALID_MODEL` for what is no model; `INVALID_PARAMETER` for an option there is not and iterations out of range.
 *
 * Source: LightGBM, `GBDT::SaveModelToString`. Proven against LightGBM 4.7.0 (`goldens.test.ts`).
 */
export function writeModel(model: BoostedTrees, options: WriteModelOptions = {}): string {
  checkOptions(['option', 'options'], options, optionNames, '{ numIteration: 10 }')
  checkModel('model', model)
  const { first, end } = iterationRange(model, options)
  const each = model.numTreePerIteration
  const trees = model.trees.slice(first * each, end * each).map(writeTree)
  const lines = [
    ...headerLines(
      model,
      trees.map((text) => text.length),
    ),
    '',
    `${trees.join('')}end of trees`,
    '',
    'feature_importances:',
    ...importanceLines(model, options.importanceType ?? 'split', options.numIteration),
  ]
  const pandas =
    model.pandasCategorical === undefined ? '' : `\npandas_categorical:${model.pandasCategorical}\n`
  return `${lines.join('\n')}\n${section('parameters', model.parameters)}${section('parser', model.parserConfig)}${pandas}`
}
