import { refuseParameter } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { isMetric, type MetricName, multiclassMetrics } from '../parameters/names'
import { refuseMetric } from '../parameters/refuse-metric'
import { auc } from './auc'
import { type AucMuParameters, aucMu } from './auc-mu'
import { averagePrecision } from './average-precision'
import { binaryError } from './binary-error'
import { binaryLogloss } from './binary-logloss'
import { bradleyTerry } from './bradley-terry'
import { crossEntropy } from './cross-entropy'
import { crossEntropyLambda } from './cross-entropy-lambda'
import { fair } from './fair'
import { gamma } from './gamma'
import { gammaDeviance } from './gamma-deviance'
import { huber } from './huber'
import { kullbackLeibler } from './kullback-leibler'
import { l1 } from './l1'
import { l2 } from './l2'
import { type MapParameters, map } from './map'
import { mape } from './mape'
import type { Metric } from './metric'
import { type MultiErrorParameters, multiError } from './multi-error'
import { multiLogloss } from './multi-logloss'
import { type NdcgParameters, ndcg } from './ndcg'
import { pairwiseAccuracy } from './pairwise-accuracy'
import { poisson } from './poisson'
import { quantile } from './quantile'
import { r2 } from './r2'
import { rmse } from './rmse'
import { tweedie } from './tweedie'

/** Parameters that metrics read. */
export type MetricParameters = {
  readonly metric: readonly string[]
  readonly alpha: number
  readonly fair_c: number
  readonly tweedie_variance_power: number
} & AucMuParameters &
  MapParameters &
  MultiErrorParameters &
  NdcgParameters

type Create = (parameters: MetricParameters, data: ObjectiveData) => Metric

const metrics: Readonly<Record<MetricName, Create>> = {
  l1,
  l2,
  rmse,
  r2,
  quantile,
  huber,
  fair,
  poisson,
  mape,
  gamma,
  gamma_deviance: gammaDeviance,
  tweedie,
  binary_logloss: binaryLogloss,
  binary_error: binaryError,
  auc,
  average_precision: averagePrecision,
  multi_logloss: multiLogloss,
  multi_error: multiError,
  auc_mu: aucMu,
  ndcg,
  map,
  cross_entropy: crossEntropy,
  cross_entropy_lambda: crossEntropyLambda,
  kullback_leibler: kullbackLeibler,
  bradley_terry: bradleyTerry,
  pairwise_accuracy: pairwiseAccuracy,
}

function createMetric(name: string, parameters: MetricParameters, data: ObjectiveData): Metric {
  if (!isMetric(name)) refuseMetric(name)
  const { num_class } = parameters
  if (num_class > 1 && !multiclassMetrics.has(name)) {
    refuseParameter(`metric ${name} is of one score for a row, and num_class is ${num_class}`)
  }
  return metrics[name](parameters, data)
}

/**
 * The metrics that the parameters name, in order and each once.
 *
 * @throws TreesError `INVALID_PARAMETER` for an unknown name, and a metric of one score where there are several classes; and
 * what the metrics throw for data they cannot judge.
 */
export function createMetrics(parameters: MetricParameters, data: ObjectiveData): Metric[] {
  return [...new Set(parameters.metric)].map((name) => createMetric(name, parameters, data))
}
