"""Makes packages/trees/src/goldens: models that LightGBM trains on data which the tests make alike, and on real data.

Run: pip install -r tools/parity/trees-requirements.txt, then python tools/parity/trees.py
"""

import json
import math
import pathlib

import lightgbm as lgb
import numpy as np
from sklearn import datasets

GOLDENS = pathlib.Path(__file__).parents[2] / 'packages/trees/src/goldens'
FIXED = {'num_threads': 1, 'deterministic': True, 'force_col_wise': True, 'verbosity': -1}


def draws(seed):
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield (state >> 8) / 2**24


def dense_row(draw, _):
    a = math.floor(next(draw) * 1000) / 100
    b = next(draw) * 2 - 1
    u = next(draw)
    c = u * u
    d = math.floor(next(draw) * 8)
    e = next(draw) * 10 - 5
    return [a, b, c, d, e], a * 0.3 - b * 2 + (1.5 if c > 0.5 else -0.5) + d * e * 0.1


def missing_row(draw, i):
    (a, b, c, d, e), score = dense_row(draw, i)
    gone = i % 7 == 3
    values = [a, math.nan if gone else b, 0 if i % 3 == 0 else c - 0.4, d, math.nan if i % 11 < 4 else e]
    return values, score + (2 if gone else 0) + (-1.5 if i % 11 < 4 else 0)


def categorical_row(draw, i):
    few = math.floor(next(draw) * 3)
    u = next(draw)
    some = math.floor(u * u * 40)
    many = math.floor(next(draw) * 300)
    x = next(draw) * 4
    score = few * 0.7 + ((some * 7) % 11) * 0.4 + ((many * 13) % 17) * 0.1 - x * 0.5
    return [math.nan if i % 13 == 5 else few, some, -1 if i % 29 == 7 else many, x], score


def onehot_row(draw, _):
    one = math.floor(next(draw) * 12)
    two = math.floor(next(draw) * 9)
    x = math.floor(next(draw) * 100) / 10
    bits = [1 if j == one else 0 for j in range(12)] + [j + 1 if j == two else 0 for j in range(9)]
    return [x, *bits], ((one * 5) % 7) * 0.6 - ((two * 4) % 5) * 0.5 + x * 0.2


MAKERS = {'dense': dense_row, 'missing': missing_row, 'categorical': categorical_row, 'onehot': onehot_row}
LABELS = ['number', 'positive', 'binary', 'class', 'relevance', 'probability', 'weight', 'start']


def parity_data(name, rows, seed):
    draw = draws(seed)
    labels = {label: [] for label in LABELS}
    features = []
    for i in range(rows):
        row, score = MAKERS[name](draw, i)
        noise = next(draw) - 0.5
        noisy = score + noise * 2
        features.append(row)
        labels['number'].append(noisy)
        labels['positive'].append(max(0.05, noisy * noisy * 0.25 + noise))
        labels['binary'].append(1 if score + noise * 4 > 1.5 else 0)
        labels['class'].append(0 if noisy < 0 else 1 if noisy < 2 else 2)
        labels['relevance'].append(min(4, max(0, math.floor(noisy))))
        labels['probability'].append(min(1, max(0, 0.5 + noisy * 0.125)))
        labels['weight'].append(math.floor(next(draw) * 4) * 0.5 + 0.5)
        labels['start'].append(0.25 if row[0] > 2 else -0.5)
    group = [[10, 15, 5, 20][i % 4] for i in range(rows // 50 * 4)]
    return np.array(features, dtype=np.float64), {k: np.array(v, dtype=np.float64) for k, v in labels.items()}, group


def dataset(case, seed, rows=None, reference=None):
    features, labels, group = parity_data(case['data'], rows or case['rows'], seed)
    return lgb.Dataset(
        features,
        labels[case['label']],
        weight=labels['weight'] if case.get('weight') else None,
        init_score=labels['start'] if case.get('start') else None,
        group=group if case.get('group') else None,
        categorical_feature=[0, 1, 2] if case['data'] == 'categorical' else [],
        reference=reference,
        free_raw_data=False,
    )


def case(name, data='dense', label='number', iterations=3, rows=400, parameters=None, **more):
    defaults = {} if parameters and 'num_leaves' in parameters else {'num_leaves': 7}
    return {
        'name': name,
        'data': data,
        'rows': rows,
        'label': label,
        'parameters': {**defaults, 'num_iterations': iterations, **(parameters or {})},
        **more,
    }


def objective_cases():
    for objective, label in [
        ('regression', 'number'), ('regression_l1', 'number'), ('huber', 'number'), ('fair', 'number'),
        ('poisson', 'positive'), ('quantile', 'number'), ('mape', 'number'), ('gamma', 'positive'),
        ('tweedie', 'positive'), ('binary', 'binary'), ('cross_entropy', 'probability'),
        ('cross_entropy_lambda', 'probability'), ('multiclass', 'class'), ('multiclassova', 'class'),
        ('lambdarank', 'relevance'), ('rank_xendcg', 'relevance'),
    ]:
        classes = {'num_class': 3} if objective.startswith('multiclass') else {}
        more = {'group': True} if label == 'relevance' else {}
        parameters = {'objective': objective, **classes}
        yield case(f'{objective}', label=label, parameters=parameters, **more)
        # LightGBM takes the Hessians of mape, which are weights, for constant where it sums them column by column.
        layout = {'row_wise': True} if objective == 'mape' else {}
        yield case(f'{objective}, weighted', label=label, parameters=parameters, weight=True, **more, **layout)
    # Some iterations find no split; later ones, with other draws, do.
    yield case('rank_xendcg, no split now and then', label='relevance', group=True, rows=100, iterations=12,
               parameters={'objective': 'rank_xendcg', 'min_gain_to_split': 0.5, 'learning_rate': 0.3})


def growth_cases():
    binary = {'objective': 'binary'}
    yield case('defaults', rows=1500, iterations=2, parameters={'num_leaves': 31})
    yield case('defaults, binary', label='binary', rows=1500, iterations=2, parameters={**binary, 'num_leaves': 31})
    yield case('lambda_l1', parameters={'lambda_l1': 20})
    yield case('lambda_l2', parameters={'lambda_l2': 15})
    yield case('lambda_l1, lambda_l2, binary', label='binary', parameters={**binary, 'lambda_l1': 1.5, 'lambda_l2': 3})
    yield case('min_gain_to_split', parameters={'min_gain_to_split': 60})
    yield case('min_data_in_leaf', parameters={'min_data_in_leaf': 60})
    yield case('min_data_in_leaf 0', parameters={'min_data_in_leaf': 0, 'min_sum_hessian_in_leaf': 30})
    yield case('min_sum_hessian_in_leaf', label='binary', parameters={**binary, 'min_sum_hessian_in_leaf': 12})
    yield case('max_depth', parameters={'max_depth': 2, 'num_leaves': 31})
    yield case('max_depth without num_leaves', parameters={'max_depth': 3, 'num_leaves': 8})
    yield case('max_delta_step', parameters={'max_delta_step': 0.4})
    yield case('max_delta_step, lambda_l1', parameters={'max_delta_step': 0.4, 'lambda_l1': 10})
    yield case('path_smooth', parameters={'path_smooth': 10})
    yield case('path_smooth, max_delta_step', parameters={'path_smooth': 5, 'max_delta_step': 0.7})
    yield case('max_bin', parameters={'max_bin': 16})
    yield case('max_bin of two bytes', rows=1500, parameters={'max_bin': 700, 'min_data_in_bin': 1})
    yield case('max_bin_by_feature', parameters={'max_bin_by_feature': [8, 16, 32, 64, 128]})
    yield case('monotone increasing', parameters={'monotone_constraints': [1, 1, 0, 0, 1]})
    yield case('monotone decreasing', parameters={'monotone_constraints': [-1, 0, -1, 1, 0], 'num_leaves': 15})
    yield case('monotone_penalty', parameters={'monotone_constraints': [1, -1, 0, 0, 0], 'monotone_penalty': 1.5})
    yield case('monotone_penalty 0.5', parameters={'monotone_constraints': [1, -1, 0, 0, 0], 'monotone_penalty': 0.5})
    yield case('monotone, lambda_l1, max_delta_step, path_smooth', parameters={
        'monotone_constraints': [1, -1, 0, 0, 1], 'lambda_l1': 3, 'max_delta_step': 0.9, 'path_smooth': 3})
    yield case('monotone, missing', data='missing', parameters={'monotone_constraints': [1, -1, 0, 0, 1]})
    yield case('boost_from_average false', parameters={'boost_from_average': False})
    yield case('no split', parameters={'min_data_in_leaf': 300})
    yield case('no split, no average', parameters={'min_data_in_leaf': 300, 'boost_from_average': False})
    yield case('no split before the median is added', label='number', rows=50, iterations=4, parameters={
        'objective': 'regression_l1', 'boost_from_average': False, 'lambda_l1': 0.1, 'min_gain_to_split': 0.5,
        'max_delta_step': 0.1, 'zero_as_missing': True, 'num_leaves': 63})
    yield case('training ends', parameters={'min_gain_to_split': 300, 'learning_rate': 0.9}, iterations=8)


def data_cases():
    for name, parameters in [
        ('missing', {}), ('missing, use_missing false', {'use_missing': False}),
        ('missing, zero_as_missing', {'zero_as_missing': True}),
    ]:
        yield case(name, data='missing', iterations=4, parameters={**parameters, 'num_leaves': 15})
    yield case('missing, binary', data='missing', label='binary', parameters={'objective': 'binary'})
    small = {'min_data_per_group': 5, 'cat_smooth': 2, 'cat_l2': 1}
    yield case('categorical', data='categorical', rows=1500)
    yield case('categorical, small groups', data='categorical', rows=600, parameters={**small, 'num_leaves': 15})
    yield case('categorical, one-hot', data='categorical', parameters={**small, 'max_cat_to_onehot': 50})
    yield case('categorical, max_cat_threshold', data='categorical', parameters={**small, 'max_cat_threshold': 4})
    yield case('categorical, binary', data='categorical', label='binary', rows=600,
               parameters={**small, 'objective': 'binary'})
    yield case('categorical, path_smooth, lambda_l1', data='categorical', rows=600,
               parameters={**small, 'path_smooth': 4, 'lambda_l1': 1, 'max_delta_step': 0.8})
    yield case('categorical, monotone', data='categorical', rows=600,
               parameters={**small, 'monotone_constraints': [0, 0, 0, -1]})
    yield case('categorical, max_bin', data='categorical', rows=600, parameters={**small, 'max_bin': 20})
    yield case('one-hot columns', data='onehot', rows=600, parameters={'num_leaves': 15})
    yield case('one-hot columns, not bundled', data='onehot', rows=600,
               parameters={'num_leaves': 15, 'enable_bundle': False})
    yield case('init_score', start=True)
    yield case('init_score, binary', label='binary', start=True, parameters={'objective': 'binary'})
    yield case('init_score, no split', start=True, parameters={'min_data_in_leaf': 300})
    yield case('constant label', label='constant')


def sampling_cases():
    bag = {'bagging_fraction': 0.7, 'bagging_freq': 2}
    yield case('bagging', rows=2500, iterations=5, parameters=bag)
    yield case('bagging of a small share', rows=2500, parameters={'bagging_fraction': 0.3, 'bagging_freq': 1})
    yield case('bagging_seed', rows=1500, parameters={**bag, 'bagging_seed': 17})
    yield case('bagging by class', label='binary', rows=1500,
               parameters={'objective': 'binary', 'pos_bagging_fraction': 0.8, 'neg_bagging_fraction': 0.4,
                           'bagging_freq': 1})
    yield case('bagging, quantile', rows=1500, parameters={**bag, 'objective': 'quantile', 'alpha': 0.3})
    yield case('seed', rows=1500, parameters={**bag, 'seed': 42, 'feature_fraction': 0.6})
    yield case('feature_fraction', iterations=5, parameters={'feature_fraction': 0.5})
    yield case('feature_fraction_bynode', iterations=4, parameters={'feature_fraction_bynode': 0.5})
    yield case('feature_fraction and feature_fraction_bynode', data='onehot', rows=600, iterations=5,
               parameters={'feature_fraction': 0.6, 'feature_fraction_bynode': 0.4, 'feature_fraction_seed': 9})
    goss = {'data_sample_strategy': 'goss', 'learning_rate': 0.5}
    yield case('goss', rows=1500, iterations=5, parameters=goss)
    yield case('goss, binary', rows=2500, label='binary', iterations=4, parameters={**goss, 'objective': 'binary'})
    yield case('goss of large shares', rows=1500, iterations=4,
               parameters={**goss, 'top_rate': 0.4, 'other_rate': 0.3})
    yield case('goss, multiclass', rows=1500, label='class', iterations=4,
               parameters={**goss, 'objective': 'multiclass', 'num_class': 3})
    yield case('goss, multiclassova, a class without rows', rows=1500, label='class', iterations=4,
               parameters={**goss, 'objective': 'multiclassova', 'num_class': 4})
    dart = {'boosting': 'dart', 'skip_drop': 0.2, 'drop_rate': 0.4}
    yield case('dart', iterations=8, parameters=dart)
    yield case('dart, uniform_drop', iterations=8, parameters={**dart, 'uniform_drop': True})
    yield case('dart, xgboost_dart_mode', iterations=8, parameters={**dart, 'xgboost_dart_mode': True})
    yield case('dart, max_drop', iterations=8, parameters={**dart, 'max_drop': 2, 'drop_seed': 11})
    yield case('dart, multiclass', label='class', iterations=5,
               parameters={**dart, 'objective': 'multiclass', 'num_class': 3})
    forest = {'boosting': 'rf', 'bagging_fraction': 0.7, 'bagging_freq': 1}
    yield case('rf', rows=1500, iterations=4, parameters=forest)
    yield case('rf, binary', rows=1500, label='binary', iterations=4,
               parameters={**forest, 'objective': 'binary', 'feature_fraction': 0.6})
    yield case('rf, regression_l1', rows=1500, iterations=3, parameters={**forest, 'objective': 'regression_l1'})


def course_cases():
    stop = {'early_stopping_round': 3, 'learning_rate': 0.6, 'num_leaves': 31}
    yield case('early stopping', iterations=60, parameters=stop, validation=['valid'])
    yield case('early stopping, binary', label='binary', iterations=60, validation=['valid'],
               parameters={**stop, 'objective': 'binary', 'metric': ['auc', 'binary_logloss']})
    yield case('early stopping, first_metric_only', label='binary', iterations=60, validation=['valid'],
               parameters={**stop, 'objective': 'binary', 'metric': ['auc', 'binary_logloss'],
                           'first_metric_only': True})
    yield case('early stopping, early_stopping_min_delta', iterations=60, validation=['valid'],
               parameters={**stop, 'early_stopping_min_delta': 0.05})
    yield case('early stopping, two sets', iterations=60, parameters=stop, validation=['valid', 'other'])
    yield case('early stopping not met', iterations=4, parameters={**stop, 'early_stopping_round': 10},
               validation=['valid'])
    yield case('early stopping, the second metric is over in the last iteration', label='binary', iterations=7,
               validation=['valid'],
               parameters={'objective': 'binary', 'metric': ['auc', 'binary_logloss'], 'num_leaves': 31,
                           'early_stopping_round': 5, 'learning_rate': 0.9})
    yield case('early stopping, ndcg', label='relevance', group=True, iterations=60, validation=['valid'],
               parameters={**stop, 'objective': 'lambdarank', 'eval_at': [1, 3]})
    yield case('validation of dart', iterations=6, validation=['valid'],
               parameters={'boosting': 'dart', 'skip_drop': 0.2, 'drop_rate': 0.4})
    yield case('validation with scores', iterations=3, validation=['valid'], start=True)
    yield case('continued', iterations=3, continued=3)
    yield case('continued, binary', label='binary', iterations=3, continued=2, parameters={'objective': 'binary'},
               validation=['valid'])
    yield case('continued, multiclass', label='class', iterations=2, continued=2,
               parameters={'objective': 'multiclass', 'num_class': 3})
    yield case('continued, bagging', rows=1500, iterations=3, continued=2,
               parameters={'bagging_fraction': 0.7, 'bagging_freq': 1})
    yield case('continued, dart', iterations=5, continued=2,
               parameters={'boosting': 'dart', 'skip_drop': 0.2, 'drop_rate': 0.4})


SEEDS = {'train': 1, 'valid': 2, 'other': 3}


def trees_of(booster):
    """The model without what other goldens hold: parameters and importances."""
    text = booster.model_to_string()
    return text[: text.index('end of trees')] + 'end of trees\n'


def train(one):
    if one['label'] == 'constant':
        return train_constant(one)
    layout = {'force_col_wise': False, 'force_row_wise': True} if one.get('row_wise') else {}
    parameters = {**FIXED, **layout, **one['parameters']}
    training = dataset(one, SEEDS['train'])
    before = None
    if 'continued' in one:
        first = {**parameters, 'num_iterations': one['continued']}
        before = lgb.train(first, dataset(one, SEEDS['train']))
    names = one.get('validation', [])
    sets = [dataset(one, SEEDS[name], 200, training) for name in names]
    history = {}
    callbacks = [lgb.record_evaluation(history)] if names else []
    booster = lgb.train(parameters, training, valid_sets=sets, valid_names=names, callbacks=callbacks,
                        init_model=before)
    result = {**one, 'model': trees_of(booster)}
    if names:
        result['history'] = history
    return result


def train_constant(one):
    features, _, _ = parity_data(one['data'], one['rows'], SEEDS['train'])
    booster = lgb.train({**FIXED, **one['parameters']}, lgb.Dataset(features, np.full(one['rows'], 2.5)))
    return {**one, 'model': trees_of(booster)}


def parameter_lines():
    """The parameters section for some parameters, as LightGBM writes it."""
    given = [
        {},
        {'objective': 'binary', 'metric': ['auc', 'binary_logloss'], 'learning_rate': 0.123456789123,
         'lambda_l2': 1e10, 'fair_c': 100000.0, 'alpha': 1234567.0, 'min_sum_hessian_in_leaf': 1e-8},
        {'objective': 'lambdarank', 'label_gain': [0, 1, 3.5, 0.1, 4], 'eval_at': [5, 1, 3], 'sigmoid': 2.0},
        {'seed': 7, 'monotone_constraints': [1, 0, -1], 'max_bin_by_feature': [10, 20, 30], 'boosting': 'dart'},
        {'objective': 'multiclass', 'num_class': 3, 'max_depth': 3, 'use_missing': False, 'path_smooth': 0.5,
         'min_data_in_leaf': 1},
    ]
    features = np.arange(300.0).reshape(100, 3)
    results = []
    for parameters in given:
        label = np.arange(100) % (3 if 'num_class' in parameters else 2)
        group = [50, 50] if parameters.get('objective') == 'lambdarank' else None
        booster = lgb.train({'verbosity': 1, **parameters, 'num_iterations': 2},
                            lgb.Dataset(features, label, group=group))
        text = booster.model_to_string()
        lines = text[text.index('\nparameters:\n') + 13: text.index('\nend of parameters')].strip().split('\n')
        results.append({'parameters': {**parameters, 'num_iterations': 2}, 'lines': lines})
    return results


REAL = [
    ('breast_cancer', datasets.load_breast_cancer, {'objective': 'binary', 'metric': ['auc', 'binary_logloss']}),
    ('diabetes', lambda: datasets.load_diabetes(scaled=False), {'objective': 'regression', 'metric': ['l2']}),
    ('wine', datasets.load_wine, {'objective': 'multiclass', 'num_class': 3, 'metric': ['multi_logloss']}),
    ('digits', datasets.load_digits, {'objective': 'multiclass', 'num_class': 10, 'metric': ['multi_logloss'],
                                      'num_leaves': 15}),
]


def real_data():
    """Real data, every third row for validation, and LightGBM's metrics after 100 iterations."""
    results = []
    for name, load, parameters in REAL:
        loaded = load()
        features, label = loaded.data[:600], loaded.target[:600]
        held = np.arange(len(label)) % 3 == 2
        training = lgb.Dataset(features[~held], label[~held])
        history = {}
        lgb.train({**FIXED, **parameters, 'num_iterations': 100}, training,
                  valid_sets=[lgb.Dataset(features[held], label[held], reference=training)],
                  valid_names=['valid'], callbacks=[lgb.record_evaluation(history)])
        final = {metric: values[-1] for metric, values in history['valid'].items()}
        results.append({'name': name, 'parameters': parameters, 'features': features.tolist(),
                        'label': label.tolist(), 'metrics': final})
    return results


def write(name, value):
    lines = ',\n'.join(json.dumps(item, separators=(',', ':')).replace('NaN', 'null') for item in value)
    (GOLDENS / name).write_text(f'[\n{lines}\n]\n')


def main():
    cases = [*objective_cases(), *growth_cases(), *data_cases(), *sampling_cases(), *course_cases()]
    write('trees.json', [train(one) for one in cases])
    write('parameters.json', parameter_lines())
    write('real-data.json', real_data())


if __name__ == '__main__':
    main()
