import { EPSILON } from '../epsilon'
import { TreesError } from '../trees-error'
import { ZERO_THRESHOLD } from '../zero-threshold'
import { multiclassMetrics, multiclassObjectives, renewingObjectives } from './names'
import type { Parameters } from './parameters'

interface Rule {
  readonly broken: (p: Parameters) => boolean
  readonly message: (p: Parameters) => string
}

const isMulticlass = (p: Parameters) =>
  multiclassObjectives.has(p.objective) || (p.objective === 'custom' && p.num_class > 1)

const otherMetric = (p: Parameters) =>
  p.metric.find((name) => p.objective !== 'custom' && multiclassMetrics.has(name) !== isMulticlass(p))

const hasBag = (p: Parameters) => p.bagging_freq > 0 && p.bagging_fraction < 1

/** Place off the diagonal where a weight is 0; −1 where there is none. */
const zeroWeight = ({ auc_mu_weights, num_class }: Parameters) =>
  auc_mu_weights.findIndex((weight, i) => i % (num_class + 1) !== 0 && !(Math.abs(weight) >= ZERO_THRESHOLD))

/** What LightGBM refuses, and where it would go on with something else than was asked for. */
const rules: readonly Rule[] = [
  {
    broken: (p) => multiclassObjectives.has(p.objective) && p.num_class === 1,
    message: (p) => `num_class is 1; ${p.objective} needs the number of classes, at least 2`,
  },
  {
    broken: (p) => p.num_class !== 1 && !multiclassObjectives.has(p.objective) && p.objective !== 'custom',
    message: (p) => `num_class is ${p.num_class}; ${p.objective} has one score, so num_class must be 1`,
  },
  {
    broken: (p) => otherMetric(p) !== undefined,
    message: (p) =>
      `metric ${otherMetric(p)} does not go with ${p.objective}: one of them is of several classes`,
  },
  {
    broken: (p) => p.is_unbalance && Math.abs(p.scale_pos_weight - 1) > 1e-6,
    message: (p) =>
      `is_unbalance is true and scale_pos_weight is ${p.scale_pos_weight}; only one of them can be set`,
  },
  {
    broken: ({ auc_mu_weights: { length }, num_class }) => length > 0 && length !== num_class ** 2,
    message: ({ auc_mu_weights: { length }, num_class }) =>
      `auc_mu_weights has ${length} numbers; expected num_class × num_class, ${num_class} × ${num_class} = ${num_class ** 2}`,
  },
  {
    broken: (p) => zeroWeight(p) >= 0,
    message: (p) =>
      `auc_mu_weights[${zeroWeight(p)}] is ${p.auc_mu_weights[zeroWeight(p)]}; expected a number other than 0 off the diagonal`,
  },
  {
    broken: (p) => p.monotone_constraints.length > 0 && renewingObjectives.has(p.objective),
    message: (p) => `monotone_constraints cannot be kept with ${p.objective}, which sets leaf values anew`,
  },
  {
    broken: (p) => p.data_sample_strategy === 'goss' && hasBag(p),
    message: (p) => `bagging_fraction is ${p.bagging_fraction}; GOSS draws rows itself, so leave bagging out`,
  },
  {
    broken: (p) => p.data_sample_strategy === 'goss' && !(p.top_rate > 0 && p.other_rate > 0),
    message: (p) => `top_rate is ${p.top_rate} and other_rate ${p.other_rate}; GOSS needs both above 0`,
  },
  {
    broken: (p) => p.data_sample_strategy === 'goss' && p.top_rate + p.other_rate > 1,
    message: (p) => `top_rate ${p.top_rate} and other_rate ${p.other_rate} sum to more than 1`,
  },
  {
    broken: (p) =>
      p.boosting === 'rf' && p.data_sample_strategy === 'bagging' && !hasBag(p) && p.feature_fraction === 1,
    message: () =>
      'boosting rf would grow the same tree again; give bagging_freq and bagging_fraction, or feature_fraction, below 1',
  },
  {
    broken: (p) => p.boosting === 'rf' && p.objective === 'custom',
    message: () => 'boosting rf takes no custom objective',
  },
]

/** num_leaves where max_depth leaves room for fewer and num_leaves was not given. */
function leavesWithin(p: Parameters, given: Partial<Parameters>, warn: (message: string) => void): number {
  if (p.max_depth <= 0 || given.num_leaves !== undefined) return p.num_leaves
  const full = 2 ** p.max_depth
  if (full > p.num_leaves) {
    warn(
      `max_depth is ${p.max_depth}, which leaves room for ${full} leaves, and num_leaves was left at ${p.num_leaves}; give num_leaves`,
    )
  }
  return Math.min(full, p.num_leaves)
}

function leastRows(p: Parameters, warn: (message: string) => void): number {
  if (p.path_smooth > EPSILON && p.min_data_in_leaf < 2) {
    warn(`min_data_in_leaf is ${p.min_data_in_leaf}; path_smooth needs 2, which is taken`)
    return 2
  }
  if (p.min_data_in_leaf <= 0 && p.min_sum_hessian_in_leaf <= EPSILON) {
    warn('min_data_in_leaf and min_sum_hessian_in_leaf are both 0; min_data_in_leaf 1 is taken')
    return 1
  }
  return p.min_data_in_leaf
}

/**
 * Parameters as LightGBM resolves those that depend on each other.
 *
 * @throws TreesError `INVALID_PARAMETER` for values that cannot go together.
 */
export function checkCombination(
  parameters: Parameters,
  given: Partial<Parameters>,
  warn: (message: string) => void,
): Parameters {
  for (const { broken, message } of rules) {
    if (broken(parameters)) throw new TreesError('INVALID_PARAMETER', message(parameters))
  }
  const { max_depth, monotone_penalty } = parameters
  if (max_depth > 0 && monotone_penalty >= max_depth) {
    warn(
      `monotone_penalty is ${monotone_penalty} and max_depth ${max_depth}; columns with a monotone constraint are never split`,
    )
  }
  return {
    ...parameters,
    num_leaves: leavesWithin(parameters, given, warn),
    min_data_in_leaf: leastRows(parameters, warn),
  }
}
