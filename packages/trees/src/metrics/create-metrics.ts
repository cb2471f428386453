import { refuseParameter } from '../objectives/checks'
import type { ObjectiveData } from '../objectives/objective'
import { metricAliases, multiclassMetrics } from '../parameters/names'
import { nearestName } from '../parameters/nearest-name'
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

const metrics: Readonly<Record<string, Create>> = {
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

/** Names of the metrics there are, for {@link Parameters.metric}. */
export const metricNames: readonly string[] = Object.keys(metrics)

/** How LightGBM says that no metric is wanted. */
const none: ReadonlySet<string> = new Set(['none', 'null', 'custom', 'na', ''])

function refuseName(name: string): never {
  const [base, rank] = name.split('@') as [string, string?]
  if (none.has(name.toLowerCase())) refuseParameter(`metric is '${name}'; for none, use metric []`)
  if (rank !== undefined && (base === 'ndcg' || base === 'map')) {
    refuseParameter(`no metric '${name}'; use '${base}' and eval_at [${rank}]`)
  }
  const use = Object.hasOwn(metricAliases, name) ? metricAliases[name] : undefined
  const hint = use === undefined ? `did you mean '${nearestName(name, metricNames)}'?` : `use '${use}'`
  refuseParameter(`no metric '${name}'; ${hint}`)
}

function createMetric(name: string, parameters: MetricParameters, data: ObjectiveData): Metric {
  if (!Object.hasOwn(metrics, name)) refuseName(name)
  const { num_class } = parameters
  if (num_class > 1 && !multiclassMetrics.has(name)) {
    refuseParameter(`metric ${name} is of one score for a row, and num_class is ${num_class}`)
  }
  return metrics[name]!(parameters, data)
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
