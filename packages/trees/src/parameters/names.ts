/** Names of {@link Parameters.objective}: LightGBM's, and `bradley_terry`, which it lacks. */
export const objectiveNames = [
  'regression',
  'regression_l1',
  'huber',
  'fair',
  'poisson',
  'quantile',
  'mape',
  'gamma',
  'tweedie',
  'binary',
  'multiclass',
  'multiclassova',
  'cross_entropy',
  'cross_entropy_lambda',
  'lambdarank',
  'rank_xendcg',
  'bradley_terry',
  'custom',
] as const

/** What training minimises. */
export type ObjectiveName = (typeof objectiveNames)[number]

/** Other names that LightGBM takes for an objective; ours takes one name for one thing. */
export const objectiveAliases: Readonly<Record<string, ObjectiveName>> = {
  regression_l2: 'regression',
  mean_squared_error: 'regression',
  mse: 'regression',
  l2: 'regression',
  l2_root: 'regression',
  root_mean_squared_error: 'regression',
  rmse: 'regression',
  mean_absolute_error: 'regression_l1',
  l1: 'regression_l1',
  mae: 'regression_l1',
  softmax: 'multiclass',
  multiclass_ova: 'multiclassova',
  ova: 'multiclassova',
  ovr: 'multiclassova',
  xentropy: 'cross_entropy',
  xentlambda: 'cross_entropy_lambda',
  mean_absolute_percentage_error: 'mape',
  xendcg: 'rank_xendcg',
  xe_ndcg: 'rank_xendcg',
  xe_ndcg_mart: 'rank_xendcg',
  xendcg_mart: 'rank_xendcg',
  none: 'custom',
  null: 'custom',
  na: 'custom',
}

/** Objectives that compare the rows of a query. */
export const rankingObjectives: ReadonlySet<string> = new Set(['lambdarank', 'rank_xendcg'])

/** Objectives with a score for each class. */
export const multiclassObjectives: ReadonlySet<string> = new Set(['multiclass', 'multiclassova'])

/** Objectives whose leaf values are set anew from the rows in them, which no monotone constraint survives. */
export const renewingObjectives: ReadonlySet<string> = new Set(['regression_l1', 'quantile', 'mape'])

/** The metric of each objective where none is asked for, as in LightGBM. */
export const metricOfObjective: Readonly<Record<ObjectiveName, readonly string[]>> = {
  regression: ['l2'],
  regression_l1: ['l1'],
  huber: ['huber'],
  fair: ['fair'],
  poisson: ['poisson'],
  quantile: ['quantile'],
  mape: ['mape'],
  gamma: ['gamma'],
  tweedie: ['tweedie'],
  binary: ['binary_logloss'],
  multiclass: ['multi_logloss'],
  multiclassova: ['multi_logloss'],
  cross_entropy: ['cross_entropy'],
  cross_entropy_lambda: ['cross_entropy_lambda'],
  lambdarank: ['ndcg'],
  rank_xendcg: ['ndcg'],
  bradley_terry: ['bradley_terry'],
  custom: [],
}

/** Names of {@link Parameters.metric}. */
export const metricNames = [
  'l1',
  'l2',
  'rmse',
  'r2',
  'quantile',
  'huber',
  'fair',
  'poisson',
  'mape',
  'gamma',
  'gamma_deviance',
  'tweedie',
  'binary_logloss',
  'binary_error',
  'auc',
  'average_precision',
  'multi_logloss',
  'multi_error',
  'auc_mu',
  'ndcg',
  'map',
  'cross_entropy',
  'cross_entropy_lambda',
  'kullback_leibler',
  'bradley_terry',
  'pairwise_accuracy',
] as const

/** What a model is judged by. */
export type MetricName = (typeof metricNames)[number]

const metrics: ReadonlySet<string> = new Set(metricNames)

/** Whether there is such a metric. */
export const isMetric = (name: string): name is MetricName => metrics.has(name)

/** Other names that LightGBM takes for a metric. */
export const metricAliases: Readonly<Record<string, string>> = {
  regression: 'l2',
  regression_l2: 'l2',
  mean_squared_error: 'l2',
  mse: 'l2',
  l2_root: 'rmse',
  root_mean_squared_error: 'rmse',
  regression_l1: 'l1',
  mean_absolute_error: 'l1',
  mae: 'l1',
  binary: 'binary_logloss',
  lambdarank: 'ndcg',
  rank_xendcg: 'ndcg',
  xendcg: 'ndcg',
  xe_ndcg: 'ndcg',
  xe_ndcg_mart: 'ndcg',
  xendcg_mart: 'ndcg',
  mean_average_precision: 'map',
  multiclass: 'multi_logloss',
  softmax: 'multi_logloss',
  multiclassova: 'multi_logloss',
  multiclass_ova: 'multi_logloss',
  ova: 'multi_logloss',
  ovr: 'multi_logloss',
  xentropy: 'cross_entropy',
  xentlambda: 'cross_entropy_lambda',
  kldiv: 'kullback_leibler',
  mean_absolute_percentage_error: 'mape',
}

/** Metrics of several classes, which only a multiclass objective has. */
export const multiclassMetrics: ReadonlySet<string> = new Set(['multi_logloss', 'multi_error', 'auc_mu'])
