import type { ObjectiveName } from './names'

/** How trees are added up: plain boosting, DART (trees are dropped while others are fitted), a random forest. */
export type BoostingName = 'gbdt' | 'dart' | 'rf'
/** Which rows a tree is fitted to: a random bag, or those with large gradients and some of the others (GOSS). */
export type SampleStrategyName = 'bagging' | 'goss'

/**
 * Every parameter of training, resolved: LightGBM's names, defaults and ranges. {@link ParameterOptions} is what a
 * caller gives.
 *
 * Source: LightGBM, docs/Parameters.rst. Proven against LightGBM 4.7.0 (`parameters/parameter-lines.test.ts`).
 */
export interface Parameters {
  /** What is minimised. `custom` where the gradients are a function's. Default: `regression`. */
  readonly objective: ObjectiveName
  /** Metrics of the validation sets, in order. Default: the objective's; `[]`: none. */
  readonly metric: readonly string[]
  /** Default: `gbdt`. */
  readonly boosting: BoostingName
  /** Default: `bagging`, which is every row unless {@link bagging_freq} and a fraction say otherwise. */
  readonly data_sample_strategy: SampleStrategyName
  /** Iterations of boosting, ≥ 0; each adds one tree, or one for each class. Default: 100. */
  readonly num_iterations: number
  /** What leaf values are multiplied by, > 0. Default: 0.1. */
  readonly learning_rate: number
  /** Leaves of one tree at most, from 2 to 131,072. Default: 31, or 2^{@link max_depth} where that is less. */
  readonly num_leaves: number
  /** Splits above a leaf at most; ≤ 0: no limit. Default: −1. */
  readonly max_depth: number
  /** Rows of a leaf at least, ≥ 0. Default: 20. */
  readonly min_data_in_leaf: number
  /** Sum of Hessians of a leaf at least, ≥ 0. Default: 0.001. */
  readonly min_sum_hessian_in_leaf: number
  /** Share of the rows that is drawn for a tree, in (0, 1]; see {@link bagging_freq}. Default: 1. */
  readonly bagging_fraction: number
  /** Share of the rows with a positive label that is drawn (binary objectives), in (0, 1]. Default: 1. */
  readonly pos_bagging_fraction: number
  /** Share of the rows with another label that is drawn (binary objectives), in (0, 1]. Default: 1. */
  readonly neg_bagging_fraction: number
  /** Iterations for which one bag of rows is kept; ≤ 0: no bagging. Default: 0. */
  readonly bagging_freq: number
  /** Default: 3, or drawn from {@link seed}. */
  readonly bagging_seed: number
  /** Share of the columns that a tree may split, in (0, 1]. Default: 1. */
  readonly feature_fraction: number
  /** Share of a tree's columns that one node may split, in (0, 1]. Default: 1. */
  readonly feature_fraction_bynode: number
  /** Default: 2, or drawn from {@link seed}. */
  readonly feature_fraction_seed: number
  /** Training stops when a metric of a validation set has not improved for so many iterations; ≤ 0: never. Default: 0. */
  readonly early_stopping_round: number
  /** What counts as improvement is more than this, ≥ 0. Default: 0. */
  readonly early_stopping_min_delta: number
  /** Early stopping looks at the first metric only. Default: false. */
  readonly first_metric_only: boolean
  /** Largest |leaf value| before shrinkage; ≤ 0: no limit. Default: 0. */
  readonly max_delta_step: number
  /** L1 regularisation of leaf values, ≥ 0. Default: 0. */
  readonly lambda_l1: number
  /** L2 regularisation of leaf values, ≥ 0. Default: 0. */
  readonly lambda_l2: number
  /** Gain of a split at least, ≥ 0. Default: 0. */
  readonly min_gain_to_split: number
  /** DART: share of the trees that is dropped, in [0, 1]. Default: 0.1. */
  readonly drop_rate: number
  /** DART: trees dropped in one iteration at most; ≤ 0: no limit. Default: 50. */
  readonly max_drop: number
  /** DART: probability that nothing is dropped in an iteration, in [0, 1]. Default: 0.5. */
  readonly skip_drop: number
  /** DART: weights of trees as XGBoost has them. Default: false. */
  readonly xgboost_dart_mode: boolean
  /** DART: every tree is dropped with the same probability, whatever its weight. Default: false. */
  readonly uniform_drop: boolean
  /** Default: 4, or drawn from {@link seed}. */
  readonly drop_seed: number
  /** GOSS: share of the rows that is kept for their large gradients, in (0, 1]. Default: 0.2. */
  readonly top_rate: number
  /** GOSS: share of the rows that is drawn from the others, in (0, 1]. Default: 0.1. */
  readonly other_rate: number
  /** Rows of a group of categories at least, > 0. Default: 100. */
  readonly min_data_per_group: number
  /** Categories on one side of a split at most, > 0. Default: 32. */
  readonly max_cat_threshold: number
  /** L2 regularisation in categorical splits, ≥ 0. Default: 10. */
  readonly cat_l2: number
  /** Added to the Hessian where categories are ordered, and rows of a category at least, ≥ 0. Default: 10. */
  readonly cat_smooth: number
  /** With so many categories or fewer, one of them is split from the others, > 0. Default: 4. */
  readonly max_cat_to_onehot: number
  /** For each column: 1 where the prediction may not fall as it rises, −1 where it may not rise, 0. Default: `[]`, none. */
  readonly monotone_constraints: readonly number[]
  /** The one method there is: `basic`. */
  readonly monotone_constraints_method: 'basic'
  /** Gain of monotone splits is lessened by this towards the root, ≥ 0. Default: 0. */
  readonly monotone_penalty: number
  /** Leaf values are drawn towards their parent's by this, ≥ 0; then `min_data_in_leaf` ≥ 2. Default: 0. */
  readonly path_smooth: number
  /** Bins of a column at most, from 2 to 65,535. Default: 255. */
  readonly max_bin: number
  /** Bins of each column at most, each from 2 to 65,535. Default: `[]`, `max_bin` for all. */
  readonly max_bin_by_feature: readonly number[]
  /** Rows of a bin at least, > 0. Default: 3. */
  readonly min_data_in_bin: number
  /** Rows that bins are found from, > 0. Default: 200,000. */
  readonly bin_construct_sample_cnt: number
  /** Default: 1, or drawn from {@link seed}. */
  readonly data_random_seed: number
  /** Columns that are seldom both other than 0 share histograms. Changes no tree. Default: true. */
  readonly enable_bundle: boolean
  /** NaN is missing. Default: true. */
  readonly use_missing: boolean
  /** 0 is missing, too. Default: false. */
  readonly zero_as_missing: boolean
  /** Columns that no split of `min_data_in_leaf` rows could use are left out. Default: true. */
  readonly feature_pre_filter: boolean
  /** Scores begin at the labels' mean (or what is best for the objective). Default: true. */
  readonly boost_from_average: boolean
  /** Classes, ≥ 1; above 1 for multiclass objectives (and custom ones). Default: 1. */
  readonly num_class: number
  /** Binary: positive and negative rows weigh equally in sum. Default: false. */
  readonly is_unbalance: boolean
  /** Binary: weight of positive rows, > 0. Default: 1. */
  readonly scale_pos_weight: number
  /** Slope of the sigmoid of binary, multiclassova and lambdarank, > 0. Default: 1. */
  readonly sigmoid: number
  /** Regression: fit √|label|, with the label's sign. Default: false. */
  readonly reg_sqrt: boolean
  /** Huber's transition point; the quantile, > 0. Default: 0.9. */
  readonly alpha: number
  /** Fair loss's scale, > 0. Default: 1. */
  readonly fair_c: number
  /** Poisson: added to the exponent of the Hessian, > 0. Default: 0.7. */
  readonly poisson_max_delta_step: number
  /** Tweedie's variance power, in [1, 2). Default: 1.5. */
  readonly tweedie_variance_power: number
  /** Lambdarank: ranks whose pairs count, > 0. Default: 30. */
  readonly lambdarank_truncation_level: number
  /** Lambdarank: gradients of a query are normalised. Default: true. */
  readonly lambdarank_norm: boolean
  /** Gain of each label of lambdarank and ndcg. Default: 2^label − 1, for labels 0 to 30. */
  readonly label_gain: readonly number[]
  /** Ranks that ndcg and map are given at, > 0, sorted. Default: 1 to 5. */
  readonly eval_at: readonly number[]
  /** Rank_xendcg: default 5, or drawn from {@link seed}. */
  readonly objective_seed: number
  /** Bradley-Terry, not LightGBM's: preferences p are taken for (1 − ε)·p + ε·(1 − p), ε in [0, 0.5). Default: 0. */
  readonly label_smoothing: number
  /** A row is right for `multi_error` where its label is among so many best classes, > 0. Default: 1. */
  readonly multi_error_top_k: number
  /** `[classes × classes]` weights of misjudging one class for another in `auc_mu`. Default: `[]`, 1 each. */
  readonly auc_mu_weights: readonly number[]
  /** The training set's metrics are given too. Default: false. */
  readonly is_provide_training_metric: boolean
  /** Where given, the other seeds are drawn from it. Default: 0, which draws none unless given. */
  readonly seed: number
}

/** What a caller gives of {@link Parameters}; one metric may be a string. */
export type ParameterOptions = Partial<Omit<Parameters, 'metric'>> & {
  /** Metrics of the validation sets, or the one. Default: the objective's; `[]`: none. */
  readonly metric?: string | readonly string[] | undefined
}
