import type { Parameters } from './parameters'
import { defaultEvalAt, defaultLabelGain, specifications } from './specifications'

/** The order of LightGBM's model files; with the value where nothing here changes it. */
const lines: readonly string[] = [
  'boosting',
  'objective',
  'metric',
  'tree_learner: serial',
  'device_type: cpu',
  'data_sample_strategy',
  'data: ',
  'valid: ',
  'num_iterations',
  'learning_rate',
  'num_leaves',
  'num_threads: 0',
  'seed',
  'deterministic: 0',
  'force_col_wise: 0',
  'force_row_wise: 0',
  'histogram_pool_size: -1',
  'max_depth',
  'min_data_in_leaf',
  'min_sum_hessian_in_leaf',
  'bagging_fraction',
  'pos_bagging_fraction',
  'neg_bagging_fraction',
  'bagging_freq',
  'bagging_seed',
  'bagging_by_query: 0',
  'feature_fraction',
  'feature_fraction_bynode',
  'feature_fraction_seed',
  'extra_trees: 0',
  'extra_seed: 6',
  'early_stopping_round',
  'early_stopping_min_delta',
  'first_metric_only',
  'max_delta_step',
  'lambda_l1',
  'lambda_l2',
  'linear_lambda: 0',
  'min_gain_to_split',
  'drop_rate',
  'max_drop',
  'skip_drop',
  'xgboost_dart_mode',
  'uniform_drop',
  'drop_seed',
  'top_rate',
  'other_rate',
  'min_data_per_group',
  'max_cat_threshold',
  'cat_l2',
  'cat_smooth',
  'max_cat_to_onehot',
  'top_k: 20',
  'monotone_constraints',
  'monotone_constraints_method',
  'monotone_penalty',
  'feature_contri: ',
  'forcedsplits_filename: ',
  'refit_decay_rate: 0.9',
  'cegb_tradeoff: 1',
  'cegb_penalty_split: 0',
  'cegb_penalty_feature_lazy: ',
  'cegb_penalty_feature_coupled: ',
  'path_smooth',
  'interaction_constraints: ',
  'verbosity: 1',
  'saved_feature_importance_type: 0',
  'use_quantized_grad: 0',
  'num_grad_quant_bins: 4',
  'quant_train_renew_leaf: 0',
  'stochastic_rounding: 1',
  'linear_tree: 0',
  'max_bin',
  'max_bin_by_feature',
  'min_data_in_bin',
  'bin_construct_sample_cnt',
  'data_random_seed',
  'is_enable_sparse: 1',
  'enable_bundle',
  'use_missing',
  'zero_as_missing',
  'feature_pre_filter',
  'pre_partition: 0',
  'two_round: 0',
  'header: 0',
  'label_column: ',
  'weight_column: ',
  'group_column: ',
  'ignore_column: ',
  'categorical_feature: ',
  'forcedbins_filename: ',
  'precise_float_parser: 0',
  'parser_config_file: ',
  'objective_seed',
  'num_class',
  'is_unbalance',
  'scale_pos_weight',
  'sigmoid',
  'boost_from_average',
  'reg_sqrt',
  'alpha',
  'fair_c',
  'poisson_max_delta_step',
  'tweedie_variance_power',
  'lambdarank_truncation_level',
  'lambdarank_norm',
  'label_gain',
  'lambdarank_position_bias_regularization: 0',
  'eval_at',
  'multi_error_top_k',
  'auc_mu_weights',
  'num_machines: 1',
  'local_listen_port: 12400',
  'time_out: 120',
  'machine_list_filename: ',
  'machines: ',
  'gpu_platform_id: -1',
  'gpu_device_id: -1',
  'gpu_device_id_list: ',
  'gpu_use_dp: 0',
  'num_gpu: 1',
]

/** A number as C's `%.{digits}g` writes it. */
function general(value: number, digits: number): string {
  if (value === 0) return '0'
  const [mantissa, power] = value.toExponential(digits - 1).split('e') as [string, string]
  const exponent = Number(power)
  const trimmed = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (exponent >= -4 && exponent < digits) return trimmed(value.toFixed(digits - 1 - exponent))
  const sign = exponent < 0 ? '-' : '+'
  return `${trimmed(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
}

const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, i) => value === b[i])

/** LightGBM leaves a list empty where it takes its default. */
const list = (values: readonly number[], value: readonly number[] = []) =>
  same(values, value) ? '' : values.map((item) => general(item, 17)).join(',')

function valueText(name: keyof Parameters, parameters: Parameters): string {
  if (name === 'metric') return parameters.metric.join(',') || 'custom'
  if (name === 'label_gain') return list(parameters.label_gain, defaultLabelGain)
  if (name === 'eval_at') return list(parameters.eval_at, defaultEvalAt)
  const value = parameters[name]
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'string') return value
  if (typeof value === 'number')
    return Number.isInteger(value) && isWhole(name) ? String(value) : general(value, 6)
  // What is left are lists of numbers, since the metrics were told apart above.
  return list(value as readonly number[])
}

const isWhole = (name: keyof Parameters) => specifications[name].kind === 'integer'

/**
 * The `parameters:` section of a model file, one line each such as `[boosting: gbdt]`, in LightGBM's order and number
 * format; parameters that are not honoured have LightGBM's defaults.
 *
 * Source: LightGBM, `Config::ToString`. Proven against LightGBM 4.7.0 (`parameters/parameter-lines.test.ts`).
 */
export function parameterLines(parameters: Parameters): readonly string[] {
  return lines.map((line) =>
    // A line without a value is a parameter's name, which the test sees.
    line.includes(': ') ? `[${line}]` : `[${line}: ${valueText(line as keyof Parameters, parameters)}]`,
  )
}
