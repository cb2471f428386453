import { objectiveNames } from './names'
import type { Parameters } from './parameters'

/** Bounds of a number; `above` and `below` are excluded, `least` and `most` included. */
export interface NumberRange {
  readonly above?: number
  readonly below?: number
  readonly least?: number
  readonly most?: number
}

/** What values a parameter takes, and the one it has when none is given. */
export type Specification =
  | { readonly kind: 'boolean'; readonly value: boolean }
  | ({ readonly kind: 'integer' | 'number'; readonly value: number } & NumberRange)
  | ({ readonly kind: 'integers' | 'numbers'; readonly value: readonly number[] } & NumberRange)
  | { readonly kind: 'choice'; readonly value: string; readonly choices: readonly string[] }
  | { readonly kind: 'names'; readonly value: readonly string[] }

const flag = (value: boolean): Specification => ({ kind: 'boolean', value })
const integer = (value: number, range: NumberRange = {}): Specification => ({
  kind: 'integer',
  value,
  ...range,
})
const number = (value: number, range: NumberRange = {}): Specification => ({
  kind: 'number',
  value,
  ...range,
})
const choice = (value: string, ...others: string[]): Specification => ({
  kind: 'choice',
  value,
  choices: [value, ...others.filter((other) => other !== value)],
})

const positive = { above: 0 }
const notNegative = { least: 0 }
const share = { above: 0, most: 1 }
const probability = { least: 0, most: 1 }
const bins = { above: 1, most: 65_535 }

/** LightGBM's default gains of labels: 2^label − 1. */
export const defaultLabelGain: readonly number[] = Array.from({ length: 31 }, (_, label) => 2 ** label - 1)
/** LightGBM's default ranks of ndcg and map. */
export const defaultEvalAt: readonly number[] = [1, 2, 3, 4, 5]

/** Defaults and ranges of LightGBM's docs/Parameters.rst. */
export const specifications: Readonly<Record<keyof Parameters, Specification>> = {
  objective: choice('regression', ...objectiveNames),
  metric: { kind: 'names', value: [] },
  boosting: choice('gbdt', 'dart', 'rf'),
  data_sample_strategy: choice('bagging', 'goss'),
  num_iterations: integer(100, notNegative),
  learning_rate: number(0.1, positive),
  num_leaves: integer(31, { above: 1, most: 131_072 }),
  max_depth: integer(-1),
  min_data_in_leaf: integer(20, notNegative),
  min_sum_hessian_in_leaf: number(1e-3, notNegative),
  bagging_fraction: number(1, share),
  pos_bagging_fraction: number(1, share),
  neg_bagging_fraction: number(1, share),
  bagging_freq: integer(0),
  bagging_seed: integer(3),
  feature_fraction: number(1, share),
  feature_fraction_bynode: number(1, share),
  feature_fraction_seed: integer(2),
  early_stopping_round: integer(0),
  early_stopping_min_delta: number(0, notNegative),
  first_metric_only: flag(false),
  max_delta_step: number(0),
  lambda_l1: number(0, notNegative),
  lambda_l2: number(0, notNegative),
  min_gain_to_split: number(0, notNegative),
  drop_rate: number(0.1, probability),
  max_drop: integer(50),
  skip_drop: number(0.5, probability),
  xgboost_dart_mode: flag(false),
  uniform_drop: flag(false),
  drop_seed: integer(4),
  top_rate: number(0.2, probability),
  other_rate: number(0.1, probability),
  min_data_per_group: integer(100, positive),
  max_cat_threshold: integer(32, positive),
  cat_l2: number(10, notNegative),
  cat_smooth: number(10, notNegative),
  max_cat_to_onehot: integer(4, positive),
  monotone_constraints: { kind: 'integers', value: [], least: -1, most: 1 },
  monotone_constraints_method: choice('basic'),
  monotone_penalty: number(0, notNegative),
  path_smooth: number(0, notNegative),
  max_bin: integer(255, bins),
  max_bin_by_feature: { kind: 'integers', value: [], ...bins },
  min_data_in_bin: integer(3, positive),
  bin_construct_sample_cnt: integer(200_000, positive),
  data_random_seed: integer(1),
  enable_bundle: flag(true),
  use_missing: flag(true),
  zero_as_missing: flag(false),
  feature_pre_filter: flag(true),
  boost_from_average: flag(true),
  num_class: integer(1, positive),
  is_unbalance: flag(false),
  scale_pos_weight: number(1, positive),
  sigmoid: number(1, positive),
  reg_sqrt: flag(false),
  alpha: number(0.9, positive),
  fair_c: number(1, positive),
  poisson_max_delta_step: number(0.7, positive),
  tweedie_variance_power: number(1.5, { least: 1, below: 2 }),
  lambdarank_truncation_level: integer(30, positive),
  lambdarank_norm: flag(true),
  label_gain: { kind: 'numbers', value: defaultLabelGain },
  eval_at: { kind: 'integers', value: defaultEvalAt, ...positive },
  objective_seed: integer(5),
  label_smoothing: number(0, { least: 0, below: 0.5 }),
  multi_error_top_k: integer(1, positive),
  auc_mu_weights: { kind: 'numbers', value: [] },
  is_provide_training_metric: flag(false),
  seed: integer(0),
}
