import { type FeatureMatrix, featurePosterior } from './feature-posterior'
import { answeredComparisons, type PairingHistory } from './pairing-history'
import type { ResponseTable } from './response-table'
import type { RewardPosterior } from './reward-posterior'
import { strengthPosterior } from './strength-posterior'

function matrixOf(features: NonNullable<ResponseTable['features']>): FeatureMatrix {
  const width = features[0]?.length ?? 0
  const values = new Float64Array(features.length * width)
  for (let row = 0; row < features.length; row++) values.set(Array.from(features[row]!), row * width)
  return { values, width }
}

/** What labels say about rewards: linear in the table's features, or free for each response where it has none. */
export function posteriorOf(
  table: ResponseTable,
  variance: number,
): (history: PairingHistory) => RewardPosterior {
  const { features } = table
  if (features === undefined) return (history) => strengthPosterior(answeredComparisons(history), variance)
  const matrix = matrixOf(features)
  return (history) => featurePosterior(matrix, answeredComparisons(history), variance)
}
