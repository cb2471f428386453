import type { IterationRecord } from '../boosting/boost'
import type { BoostingSettings } from '../boosting/boosting-settings'
import type { TrainingData } from '../data/training-data'
import type { TreesGolden } from '../goldens/load-goldens'
import type { BoostedTrees } from '../model/boosted-trees'
import type { ParameterOptions } from '../parameters/parameters'
import { parityData, trainingDataOf } from './parity-data'

/** How a golden's model is trained again: by the learner that runs, or by the reference. */
export type Train = (
  data: TrainingData,
  options: ParameterOptions,
  settings: BoostingSettings & { readonly onIteration?: (record: IterationRecord) => void },
) => Promise<BoostedTrees>

const seeds: Readonly<Record<string, number>> = { train: 1, valid: 2, other: 3 }

function dataOf(golden: TreesGolden, name: string): TrainingData {
  const rows = name === 'train' ? golden.rows : 200
  const { label } = golden
  if (label !== 'constant') return trainingDataOf({ ...golden, label }, seeds[name]!, rows)
  const { rows: features } = parityData(golden.data, rows, seeds[name]!)
  return { features, label: features.map(() => 2.5) }
}

/** A golden's model trained again, and the records of its iterations. */
export async function runGolden(golden: TreesGolden, train: Train) {
  const data = dataOf(golden, 'train')
  const records: IterationRecord[] = []
  const continueFrom =
    golden.continued === undefined
      ? undefined
      : await train(
          dataOf({ ...golden }, 'train'),
          { ...golden.parameters, num_iterations: golden.continued },
          {},
        )
  const validation = Object.fromEntries((golden.validation ?? []).map((name) => [name, dataOf(golden, name)]))
  const model = await train(data, golden.parameters, {
    validation,
    continueFrom,
    onIteration: (record) => records.push(record),
  })
  return { model, records }
}
