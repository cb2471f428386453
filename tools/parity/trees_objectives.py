"""Gradients, Hessians, starting scores, renewed leaves and metrics of LightGBM 4.7.0.

    pip install lightgbm==4.7.0 numpy==2.4.6
    python tools/parity/trees_objectives.py    writes packages/trees/src/objectives/goldens/{objectives,metrics}.json

LightGBM shows no gradients. They are read off trees with a leaf for each row whose outputs are fitted anew (`refit`):
an output is -g / (h + 1e-15 + lambda_l2), so with lambda_l2 = 2^70 it is -g / 2^70 to the bit (above 1e-35, below which
LightGBM makes outputs zero), and without it h follows.
A Hessian beside a zero gradient cannot be read, and is null; so is a metric that is no number. Scores to start from are `init_score`; metrics are those of
a model without trees on such scores.
"""

import json
from pathlib import Path

import lightgbm as lgb
import numpy as np

HUGE = 2.0**70
FOLDER = Path(__file__).parents[2] / "packages/trees/src/objectives/goldens"
QUIET = {"verbosity": -1, "num_threads": 1}
# Every row is a leaf of its own.
ALONE = {"min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0, "min_data_in_bin": 1, "learning_rate": 1.0, "boost_from_average": False}


def numbers(values):
    return [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=np.float64)]


def per_row_trees(rows, classes):
    x = np.arange(rows, dtype=np.float64)[:, None]
    def distinct(_, __):
        g = np.tile(-np.arange(rows, dtype=np.float64), (classes, 1)).T
        return (g, np.ones_like(g)) if classes > 1 else (g[:, 0], np.ones(rows))
    params = {**QUIET, **ALONE, "objective": distinct, "num_class": classes, "num_leaves": max(2, rows), "max_bin": rows + 2}
    model = lgb.train(params, lgb.Dataset(x, np.zeros(rows), params=params), 1)
    assert all(t["num_leaves"] == rows for t in model.dump_model()["tree_info"])
    return x, model.model_to_string()


def refitted(case, penalty):
    rows, classes = len(case["label"]), case["params"].get("num_class", 1)
    x, text = per_row_trees(rows, classes)
    model = lgb.Booster(model_str=text)
    params = {**QUIET, **ALONE, **case["params"], "num_leaves": rows, "max_bin": rows + 2, "lambda_l2": penalty}
    model.params = params
    fitted = model.refit(
        x, np.asarray(case["label"]), decay_rate=0.0, weight=case.get("weight"), group=case.get("group"),
        init_score=np.asarray(case["scores"]), dataset_params=params,
    )
    # Scores of classes one after the other, as everywhere here.
    return fitted.predict(x, raw_score=True).reshape(rows, -1).T.ravel()


def gradients(case):
    g = -refitted(case, HUGE) * HUGE
    assert np.all(g.astype(np.float32) == g), case["params"]
    with np.errstate(all="ignore"):
        h = (-g / refitted(case, 0.0) - np.float64(np.float32(1e-15))).astype(np.float32).astype(np.float64)
    h[g == 0] = np.nan
    return {"gradients": numbers(g), "hessians": numbers(h)}


def start(case):
    """Text of the objective, and scores to start from: a model without features is one constant for each class."""
    rows = len(case["label"])
    params = {**QUIET, **case["params"]}
    data = lgb.Dataset(np.zeros((rows, 1)), np.asarray(case["label"]), weight=case.get("weight"), group=case.get("group"), params=params)
    model = lgb.Booster(params, data)
    model.update()
    trees = model.dump_model()["tree_info"]
    text = model.model_to_string()
    description = next(line for line in text.split("\n") if line.startswith("objective="))[10:]
    return {"description": description, "boostFromScore": [float(t["tree_structure"]["leaf_value"]) for t in trees]}


def renewed(case, seed):
    rng = np.random.default_rng(seed)
    rows = len(case["label"])
    x = rng.normal(size=(rows, 2))
    params = {**QUIET, **ALONE, **case["params"], "num_leaves": 6}
    data = lgb.Dataset(x, np.asarray(case["label"]), weight=case.get("weight"), init_score=np.asarray(case["scores"]), params=params)
    model = lgb.train(params, data, 1)
    leaves = model.predict(x, pred_leaf=True)[:, 0].astype(int)
    values = model.predict(x, raw_score=True)
    return [{"rows": np.flatnonzero(leaves == leaf).tolist(), "value": float(values[leaves == leaf][0])} for leaf in np.unique(leaves)]


rng = np.random.default_rng(9)
ROWS = 41
WEIGHTS = np.round(rng.gamma(2.0, 0.8, ROWS) + 0.05, 3).tolist()
SCORES = np.round(rng.normal(size=ROWS) * 1.7, 4)
SCORES[[0, 1, 2, 3]] = [-20.5, 12.25, 0.0, -8.5]
SCORES = SCORES.tolist()
MILD = np.clip(SCORES, -4, 4).tolist()
REAL = np.round(rng.normal(size=ROWS) * 3, 3)
REAL[5], REAL[6] = REAL[7], 0
REAL[2] = 0.0
REAL = REAL.tolist()
BINARY = [float(v) for v in rng.random(ROWS) < 0.35]
SHARES = np.round(rng.random(ROWS), 3)
SHARES[:3] = [0, 1, 0.5]
SHARES = SHARES.tolist()
COUNTS = [float(v) for v in rng.poisson(2.0, ROWS)]
POSITIVE = np.round(rng.gamma(1.5, 2.0, ROWS) + 0.01, 3).tolist()
CLASSES = 4
CLASS = [float(v) for v in rng.integers(0, CLASSES, ROWS)]
CLASS_SCORES = np.round(rng.normal(size=ROWS * CLASSES) * 1.5, 4).tolist()
GROUP = [1, 12, 3, 7, 5, 13]
GRADES = [float(v) for v in rng.integers(0, 5, ROWS)]
GRADES[16:23] = [2.0] * 7
# Ties within a query, and a query whose scores are all equal.
RANK_SCORES = list(SCORES)
RANK_SCORES[0] = 1.5
RANK_SCORES[4] = RANK_SCORES[5] = RANK_SCORES[6]
RANK_SCORES[23:28] = [0.0] * 5
ZEROS = [0.0] * ROWS


def both(params, label, scores=SCORES, **more):
    """The case without weights and with them."""
    case = {"params": params, "label": label, "scores": scores, **more}
    return [case, {**case, "weight": WEIGHTS}]


def objective_cases():
    cases = []
    add = lambda *args, **more: cases.extend(both(*args, **more))
    add({"objective": "binary"}, BINARY)
    add({"objective": "binary", "sigmoid": 0.7, "scale_pos_weight": 2.5}, BINARY)
    add({"objective": "binary", "is_unbalance": True}, BINARY)
    add({"objective": "binary", "is_unbalance": True, "sigmoid": 1.23456789}, [1 - v for v in BINARY])
    add({"objective": "binary", "sigmoid": 1e-5}, REAL)
    add({"objective": "regression"}, REAL)
    add({"objective": "regression", "reg_sqrt": True}, REAL)
    add({"objective": "regression_l1"}, REAL)
    add({"objective": "regression_l1", "reg_sqrt": True}, REAL)
    add({"objective": "huber"}, REAL)
    add({"objective": "huber", "alpha": 0.3, "reg_sqrt": True}, REAL)
    add({"objective": "fair"}, REAL)
    add({"objective": "fair", "fair_c": 2.5, "reg_sqrt": True}, REAL)
    add({"objective": "poisson"}, COUNTS, MILD)
    add({"objective": "poisson", "poisson_max_delta_step": 0.3, "reg_sqrt": True}, COUNTS, MILD)
    add({"objective": "quantile"}, REAL)
    add({"objective": "quantile", "alpha": 0.25, "reg_sqrt": True}, REAL)
    add({"objective": "mape"}, REAL)
    add({"objective": "mape", "reg_sqrt": True}, REAL)
    add({"objective": "gamma"}, POSITIVE, MILD)
    add({"objective": "tweedie"}, COUNTS, MILD)
    add({"objective": "tweedie", "tweedie_variance_power": 1.2}, COUNTS, MILD)
    # Below -37 cross_entropy takes another way.
    add({"objective": "cross_entropy"}, SHARES, [-38.5 if i == 4 else v for i, v in enumerate(SCORES)])
    add({"objective": "cross_entropy_lambda"}, SHARES)
    add({"objective": "multiclass", "num_class": CLASSES}, CLASS, CLASS_SCORES)
    add({"objective": "multiclassova", "num_class": CLASSES}, CLASS, CLASS_SCORES)
    add({"objective": "multiclassova", "num_class": CLASSES, "sigmoid": 2, "is_unbalance": True}, CLASS, CLASS_SCORES)
    for scores in (RANK_SCORES, ZEROS):
        add({"objective": "lambdarank"}, GRADES, scores, group=GROUP)
    add({"objective": "lambdarank", "lambdarank_norm": False, "lambdarank_truncation_level": 3}, GRADES, RANK_SCORES, group=GROUP)
    add({"objective": "lambdarank", "sigmoid": 2.0, "label_gain": [0, 1, 2, 2.5, 10]}, GRADES, RANK_SCORES, group=GROUP)
    add({"objective": "rank_xendcg"}, GRADES, RANK_SCORES, group=GROUP)
    add({"objective": "rank_xendcg", "objective_seed": 77}, GRADES, RANK_SCORES, group=GROUP)
    return cases


RENEWS = {"regression_l1", "quantile", "mape"}


def quantiles():
    """Starting scores, which are quantiles, of few rows: ties, ends, weights below and above 1."""
    out = []
    for case in range(80):
        rows = int(rng.integers(1, 10))
        label = np.round(rng.normal(size=rows) * 2, int(rng.integers(0, 3))).tolist()
        params = {"objective": "quantile", "alpha": float(np.round(rng.uniform(0.02, 0.98), 2))}
        case = {"params": params, "label": label, "weight": np.round(rng.gamma(2.0, 0.7, rows) + 0.01, 2).tolist(), "scores": [0.0] * rows}
        out.append({**case, **start(case)})
        del case["weight"]
        out.append({**case, **start(case)})
    return out


def objectives():
    out = []
    for seed, case in enumerate(objective_cases()):
        entry = {**case, **gradients(case), **start(case)}
        if case["params"]["objective"] in RENEWS:
            entry["leaves"] = renewed(case, seed)
        out.append(entry)
    one_class = [{"params": {"objective": "binary"}, "label": [v] * 8, "scores": [0.0] * 8} for v in (0.0, 1.0)]
    one_class.append({"params": {"objective": "multiclass", "num_class": 3}, "label": [1.0, 2.0, 1.0], "scores": [0.0] * 9})
    one_class.append({"params": {"objective": "multiclassova", "num_class": 3}, "label": [1.0, 2.0, 1.0], "scores": [0.0] * 9})
    return {"cases": out, "quantiles": quantiles(), "absentClasses": [{**case, **start(case)} for case in one_class]}


def metric_values(case):
    rows = len(case["label"])
    params = {**QUIET, **case["params"]}
    make = lambda **more: lgb.Dataset(
        np.zeros((rows, 1)), np.asarray(case["label"]), weight=case.get("weight"), group=case.get("group"),
        init_score=np.asarray(case["scores"]), params=params, free_raw_data=False, **more)
    train = make()
    model = lgb.Booster(params, train)
    model.add_valid(make(reference=train), "v")
    return [{"name": name, "value": None if np.isnan(value) else value, "higherIsBetter": higher} for _, name, value, higher in model.eval_valid()]


def metric_cases():
    cases = []
    def add(objective, metric, label, scores=SCORES, group=None, **more):
        params = {"objective": objective, "metric": metric, **more}
        cases.extend(both(params, label, scores, **({"group": group} if group else {})))
    real = ["l1", "l2", "rmse", "r2", "quantile", "huber", "fair", "mape"]
    add("regression", real, REAL)
    add("regression", real, REAL, reg_sqrt=True, alpha=0.3, fair_c=2.5)
    add("huber", ["l2", "poisson", "tweedie"], COUNTS)
    add("poisson", ["poisson", "l1", "tweedie"], COUNTS)
    add("tweedie", ["tweedie", "poisson"], COUNTS, tweedie_variance_power=1.2)
    add("gamma", ["gamma", "gamma_deviance"], POSITIVE, MILD)
    add("regression", ["gamma", "gamma_deviance"], POSITIVE, np.abs(MILD).tolist())
    ties = np.round(SCORES, 0).tolist()
    binary = ["binary_logloss", "binary_error", "auc", "average_precision"]
    for scores in (SCORES, ties, ZEROS):
        add("binary", binary, BINARY, scores)
    add("binary", binary, BINARY, SCORES, sigmoid=0.7)
    add("binary", binary, [1.0] * ROWS)
    add("binary", binary, [0.0] * ROWS)
    add("regression", binary, REAL)
    entropies = ["cross_entropy", "kullback_leibler"]
    add("cross_entropy", entropies, SHARES)
    add("cross_entropy_lambda", ["cross_entropy_lambda", "cross_entropy"], SHARES)
    add("regression", entropies + ["cross_entropy_lambda"], SHARES, np.abs(np.array(SCORES) / 50).tolist())
    multi = ["multi_logloss", "multi_error", "auc_mu"]
    tied = np.round(CLASS_SCORES, 0).tolist()
    weights = [0, 1, 2, 3, 1, 0, 1, 1, 5, 1, 0, 1, 1, 1, 0.5, 0]
    for objective in ("multiclass", "multiclassova"):
        for scores in (CLASS_SCORES, tied):
            add(objective, multi, CLASS, scores, num_class=CLASSES)
            add(objective, multi, CLASS, scores, num_class=CLASSES, multi_error_top_k=2, auc_mu_weights=weights)
    for scores in (RANK_SCORES, ZEROS):
        add("lambdarank", ["ndcg", "map"], GRADES, scores, GROUP)
        add("rank_xendcg", ["ndcg", "map"], GRADES, scores, GROUP, eval_at=[10, 1, 3], label_gain=[0, 1, 2, 2.5, 10])
    add("lambdarank", ["ndcg", "map"], ZEROS, RANK_SCORES, GROUP)
    return cases


DEFAULTS = ["regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie", "binary",
            "multiclass", "multiclassova", "cross_entropy", "cross_entropy_lambda", "lambdarank", "rank_xendcg"]


def metrics():
    cases = [{**case, "metrics": metric_values(case)} for case in metric_cases()]
    defaults = {}
    for objective in DEFAULTS:
        ranks, multi = objective in ("lambdarank", "rank_xendcg"), objective.startswith("multiclass")
        params = {"objective": objective, **({"num_class": 2} if multi else {}), **({"eval_at": [3]} if ranks else {})}
        case = {"params": params, "label": [1.0, 1.0, 0.0 if ranks or multi else 1.0], "scores": [0.5] * (6 if multi else 3)}
        if ranks:
            case["group"] = [3]
        defaults[objective] = [m["name"] for m in metric_values(case)]
    return {"cases": cases, "defaults": defaults}


def refusals():
    """What LightGBM refuses, and how it says so."""
    cases = [
        ({"objective": "poisson"}, [1, -1, 2], {}), ({"objective": "poisson"}, [0, 0, 0], {}),
        ({"objective": "gamma"}, [1, -1, 2], {}), ({"objective": "tweedie"}, [-1, 1, 2], {}),
        ({"objective": "multiclass", "num_class": 3}, [0, 1, 3], {}), ({"objective": "multiclass", "num_class": 3}, [0, 1, -1], {}),
        ({"objective": "multiclass"}, [0, 1, 0], {}), ({"objective": "multiclass", "num_class": 1}, [0, 0, 0], {}),
        ({"objective": "regression", "num_class": 3}, [0, 1, 0], {}),
        ({"objective": "lambdarank"}, [0, 1.5, 0], {"group": [3]}), ({"objective": "lambdarank"}, [0, 31, 0], {"group": [3]}),
        ({"objective": "lambdarank"}, [0, -1, 0], {"group": [3]}), ({"objective": "lambdarank"}, [0, 1, 0], {}),
        ({"objective": "rank_xendcg"}, [0, 1, 0], {}),
        ({"objective": "cross_entropy"}, [0, 1.5, 0], {}), ({"objective": "cross_entropy"}, [0, 1, 0], {"weight": [1, -1, 1]}),
        ({"objective": "cross_entropy"}, [0, 1, 0], {"weight": [0, 0, 0]}),
        ({"objective": "cross_entropy_lambda"}, [0, 1, 0], {"weight": [1, 0, 1]}),
        ({"objective": "binary", "sigmoid": 0}, [0, 1, 0], {}), ({"objective": "binary", "sigmoid": -1}, [0, 1, 0], {}),
        ({"objective": "binary", "is_unbalance": True, "scale_pos_weight": 2}, [0, 1, 0], {}),
        ({"objective": "lambdarank", "sigmoid": 0}, [0, 1, 0], {"group": [3]}),
        ({"objective": "quantile", "alpha": 1}, [0, 1, 0], {}), ({"objective": "bogus"}, [0, 1, 0], {}),
        ({"objective": "binary", "metric": "multi_logloss"}, [0, 1, 0], {}),
        ({"objective": "multiclass", "num_class": 3, "metric": "auc"}, [0, 1, 2], {}),
        ({"objective": "regression", "metric": "ndcg"}, [0, 1, 2], {}), ({"objective": "regression", "metric": "map"}, [0, 1, 2], {}),
        ({"objective": "regression", "metric": "gamma"}, [0, 1, 2], {}),
        ({"objective": "regression", "metric": "cross_entropy"}, [0, 1, 2], {}),
    ]
    out = []
    for params, label, more in cases:
        case = {"params": params, "label": [float(v) for v in label], **more, "scores": [0.0] * (3 * params.get("num_class", 1))}
        try:
            metric_values(case)
        except lgb.basic.LightGBMError as error:
            out.append({**case, "message": str(error)})
        else:
            raise SystemExit(f"LightGBM accepts {case}")
    return out


if __name__ == "__main__":
    assert lgb.__version__ == "4.7.0"
    # LightGBM keeps the gains of labels of ndcg for all models of a process, so those come last.
    for name, content in (("objectives", {**objectives(), "refusals": refusals()}), ("metrics", metrics())):
        (FOLDER / f"{name}.json").write_text(json.dumps({"version": lgb.__version__, **content}, allow_nan=False) + "\n")
