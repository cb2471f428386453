"""Models of LightGBM and what it predicts with them, for @prefkit/trees.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/trees-requirements.txt
    .venv/bin/python tools/parity/trees_models.py

Writes packages/trees/src/model/goldens/*.json, one for each model: its text, rows, and LightGBM's predictions of them,
leaves, contributions and importances. Rows hold NaN, infinities, -0, numbers on either side of LightGBM's zero, and
categories that are negative, fractional, unseen or too large.

The other direction, models written by @prefkit/trees and loaded here:

    node --import ./tools/on-sources.mjs tools/parity/trees-models-rewrite.ts /tmp/rewritten
    .venv/bin/python tools/parity/trees_models.py check /tmp/rewritten
"""

import json
import math
import re
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

OUT = Path(__file__).parents[2] / "packages/trees/src/model/goldens"
ROWS = 600
SHARED = {"verbose": -1, "num_threads": 1, "seed": 7, "deterministic": True, "force_row_wise": True,
          "num_leaves": 6, "min_data_in_leaf": 10, "learning_rate": 0.3}

random = np.random.default_rng(241104991)


def training_features():
    """Columns: dense; with NaN; mostly zero; of 100 categories; of 5 categories; skewed."""
    x = random.standard_normal((ROWS, 6))
    x[random.random(ROWS) < 0.2, 1] = np.nan
    x[random.random(ROWS) < 0.6, 2] = 0
    x[:, 3] = random.integers(0, 100, ROWS)
    x[:, 4] = random.integers(0, 5, ROWS)
    x[:, 5] = np.exp(x[:, 5])
    return x


X = training_features()
EFFECT = random.standard_normal(100)
SIGNAL = (X[:, 0] + np.where(np.isnan(X[:, 1]), 1.5, X[:, 1]) * 0.7 + (X[:, 2] != 0) + EFFECT[X[:, 3].astype(int)]
          + 0.5 * X[:, 4] * X[:, 0] + np.log(X[:, 5]) + 0.3 * random.standard_normal(ROWS))
POSITIVE = np.exp(0.4 * SIGNAL)
BINARY = (SIGNAL > 0.5).astype(float)
CLASSES = np.digitize(SIGNAL, [-1, 1.5]).astype(float)
SHARE = 1 / (1 + np.exp(-SIGNAL))
GROUPS = [20] * (ROWS // 20)
GRADES = np.clip(np.digitize(SIGNAL, [-1, 0, 1, 2]), 0, 4).astype(float)

HOSTILE = [
    [math.nan] * 6,
    [math.inf] * 6,
    [-math.inf] * 6,
    [-0.0] * 6,
    [1e-36] * 6,
    [-1e-36] * 6,
    [1.0000000180025095e-35] * 6,
    [-1.0000000180025095e-35] * 6,
    [1.1e-35] * 6,
    [-1.1e-35] * 6,
    [0.1, 0.1, 0.1, -1, -1, 0.1],
    [0.1, 0.1, 0.1, -0.5, -0.5, 0.1],
    [0.1, 0.1, 0.1, 3.7, 3.7, 0.1],
    [0.1, 0.1, 0.1, 1000, 1000, 0.1],
    [0.1, 0.1, 0.1, 2.0**31, 2.0**31, 0.1],
    [0.1, 0.1, 0.1, 2.0**32 + 3, 2.0**32 + 3, 0.1],
    [1e300, -1e300, 5e-324, 1e10, 1e10, 1e300],
]
PROBES = np.vstack([X[:12], np.array(HOSTILE)])


def coded(values):
    """Nested lists that JSON can hold."""
    if isinstance(values, (list, np.ndarray)):
        return [coded(value) for value in values]
    value = float(values)
    if math.isfinite(value):
        return int(value) if value == int(value) and abs(value) < 1e15 and math.copysign(1, value) > 0 else value
    return str(value)


def golden(name, text, probes=PROBES, ranges=()):
    booster = lgb.Booster(model_str=text)
    linear = "[linear_tree: 1]" in text
    case = {
        "model": text,
        "features": coded(probes),
        "raw": coded(booster.predict(probes, raw_score=True).ravel()),
        "response": coded(booster.predict(probes).ravel()),
        "leaf": coded(booster.predict(probes, pred_leaf=True).ravel()),
        "contributions": None if linear else coded(booster.predict(probes, pred_contrib=True).ravel()),
        "split": coded(booster.feature_importance("split")),
        "gain": coded(booster.feature_importance("gain")),
        "ranges": [{
            "startIteration": start,
            "numIteration": count,
            "raw": coded(booster.predict(probes, raw_score=True, start_iteration=start, num_iteration=count).ravel()),
            "response": coded(booster.predict(probes, start_iteration=start, num_iteration=count).ravel()),
            "leaf": coded(booster.predict(probes, pred_leaf=True, start_iteration=start, num_iteration=count).ravel()),
            "model": booster.model_to_string(start_iteration=start, num_iteration=count),
        } for start, count in ranges],
    }
    (OUT / f"{name}.json").write_text(json.dumps(case, indent=0, allow_nan=False, ensure_ascii=False) + "\n")


def train(label, rounds=4, x=X, categorical=(3, 4), weight=None, group=None, valid=None, **parameters):
    data = lgb.Dataset(x, label, weight=weight, group=group, categorical_feature=list(categorical), free_raw_data=False)
    settings = {**SHARED, **parameters}
    if valid is None:
        return lgb.train(settings, data, rounds)
    held = lgb.Dataset(valid[0], valid[1], reference=data)
    return lgb.train(settings, data, rounds, valid_sets=[held], callbacks=[lgb.early_stopping(3, verbose=False)])


def objectives():
    for objective, label in [("regression", SIGNAL), ("regression_l1", SIGNAL), ("huber", SIGNAL), ("fair", SIGNAL),
                             ("quantile", SIGNAL), ("poisson", POSITIVE), ("gamma", POSITIVE), ("tweedie", POSITIVE),
                             ("mape", POSITIVE), ("binary", BINARY), ("cross_entropy", SHARE),
                             ("cross_entropy_lambda", SHARE)]:
        golden(objective, train(label, objective=objective).model_to_string())
    for objective in ["regression", "regression_l1", "fair", "quantile", "mape", "huber"]:
        golden(f"sqrt-{objective}", train(SIGNAL, 3, objective=objective, reg_sqrt=True).model_to_string())
    golden("binary-sigmoid", train(BINARY, objective="binary", sigmoid=2.5).model_to_string())
    golden("binary-unbalance", train((SIGNAL > 2).astype(float), objective="binary", is_unbalance=True).model_to_string())
    for objective, more in [("multiclass", {}), ("multiclassova", {"sigmoid": 0.7})]:
        golden(objective, train(CLASSES, 3, objective=objective, num_class=3, **more).model_to_string(), ranges=[(1, 1), (1, 5)])
    for objective in ["lambdarank", "rank_xendcg"]:
        golden(objective, train(GRADES, group=GROUPS, objective=objective).model_to_string())


def custom():
    def squares(scores, data):
        return scores - data.get_label(), np.ones_like(scores)

    def many_squares(scores, data):
        wanted = np.eye(3)[data.get_label().astype(int)]
        scores = scores.reshape(wanted.shape)
        return scores - wanted, np.ones_like(scores)

    golden("custom", train(SIGNAL, objective=squares).model_to_string())
    golden("custom-classes", train(CLASSES, 2, objective=many_squares, num_class=3).model_to_string())


def boostings():
    golden("dart", train(SIGNAL, 8, objective="regression", boosting="dart", drop_rate=0.5).model_to_string(), ranges=[(2, 3)])
    golden("goss", train(BINARY, objective="binary", data_sample_strategy="goss", learning_rate=0.5).model_to_string())
    forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}
    golden("forest-binary", train(BINARY, objective="binary", **forest).model_to_string(),
           ranges=[(0, 2), (1, 2), (4, 1)])
    golden("forest-regression", train(SIGNAL, objective="regression", **forest).model_to_string())
    golden("forest-multiclass", train(CLASSES, 3, objective="multiclass", num_class=3, **forest).model_to_string())
    golden("monotone", train(SIGNAL, categorical=(), objective="regression",
                             monotone_constraints=[1, 1, 0, 0, -1, 1]).model_to_string())
    stopped = train(SIGNAL[:300] + random.standard_normal(300), 200, x=X[:300], objective="regression",
                    valid=(X[300:], SIGNAL[300:]), learning_rate=0.9)
    golden("early-stopped", stopped.model_to_string())
    golden("weighted", train(BINARY, objective="binary", weight=random.random(ROWS) * 3).model_to_string())


def missing():
    numeric = X.copy()
    numeric[:, 3:5] += random.standard_normal((ROWS, 2))
    for name, more in [("missing-nan", {}), ("zero-as-missing", {"zero_as_missing": True}), ("no-missing", {"use_missing": False})]:
        golden(name, train(SIGNAL, x=numeric, categorical=(), num_leaves=12, objective="regression", **more).model_to_string())
    golden("zero-as-missing-categorical", train(SIGNAL, objective="regression", zero_as_missing=True).model_to_string())
    # Thresholds that LightGBM never picks, but reads: what it takes for zero is parted from what is not.
    zeros = train(SIGNAL, 2, x=numeric, categorical=(), num_leaves=12, objective="regression").model_to_string()
    near = iter([1e-36, -1e-36, 0.0, -0.0, 1.0000000180025095e-35, -1.0000000180025095e-35, 1.1e-35, -1.1e-35, 5e-324] * 20)
    for name, types in [("none", [0, 2]), ("zero", [4, 6]), ("nan", [8, 10])]:
        kinds = iter(types * 40)
        text = re.sub(r"threshold=([^\n]*)", lambda m: "threshold=" + " ".join(repr(next(near)) for _ in m[1].split()), zeros)
        text = re.sub(r"decision_type=([^\n]*)", lambda m: "decision_type=" + " ".join(str(next(kinds)) for _ in m[1].split()), text)
        text = re.sub(r"tree_sizes=[^\n]*\n", "", text)
        golden(f"near-zero-{name}", lgb.Booster(model_str=text).model_to_string())


def categories():
    many = {"max_cat_to_onehot": 1, "cat_smooth": 1, "cat_l2": 1, "min_data_per_group": 5, "max_cat_threshold": 60}
    golden("many-categories", train(SIGNAL, objective="regression", num_leaves=10, **many).model_to_string())
    wide = X.copy()
    wide[:, 3] = wide[:, 3] * 37
    golden("sparse-categories", train(SIGNAL, x=wide, objective="regression", **many).model_to_string(),
           probes=np.vstack([wide[:12], PROBES[12:]]))
    golden("one-hot", train(SIGNAL, objective="regression", max_cat_to_onehot=200, min_data_per_group=1, min_data_in_leaf=3).model_to_string())
    frame = pd.DataFrame({"größe": X[:, 0], "art=x": pd.Categorical.from_codes(X[:, 4].astype(int), list("vwxyz")), "z": X[:, 5]})
    booster = lgb.train({**SHARED, "objective": "regression"}, lgb.Dataset(frame, SIGNAL), 3)
    golden("pandas", booster.model_to_string(), probes=PROBES[:, [0, 4, 5]])


def shapes():
    golden("one-leaf", train(np.full(ROWS, 2.5), objective="regression").model_to_string())
    rare = np.where(np.arange(ROWS) < 3, 2.0, (SIGNAL > 0).astype(float))
    golden("one-leaf-class", train(rare, 3, objective="multiclass", num_class=4).model_to_string())
    golden("no-trees", lgb.Booster({**SHARED, "objective": "binary"}, lgb.Dataset(X, BINARY)).model_to_string())
    golden("deep", train(SIGNAL, 2, objective="regression", num_leaves=31, min_data_in_leaf=2).model_to_string())
    dense = np.nan_to_num(X)
    for name, x in [("linear", dense), ("linear-missing", X)]:
        golden(name, train(SIGNAL, x=x, categorical=(4,), objective="regression", linear_tree=True,
                           linear_lambda=0.1).model_to_string())
    golden("linear-one-leaf", train(SIGNAL, 2, categorical=(), objective="regression", linear_tree=True,
                                    min_data_in_leaf=400).model_to_string())


def check(folder):
    """Loads what trees-models-rewrite.ts wrote; its predictions are those of @prefkit/trees."""
    worst = {}
    cases = sorted(folder.glob("*.json"))
    for path in cases:
        case = json.loads(path.read_text())
        booster = lgb.Booster(model_str=case["model"])
        x = np.array([[float(value) for value in row] for row in case["features"]])
        for key, options in [("raw", {"raw_score": True}), ("response", {}), ("contributions", {"pred_contrib": True}),
                             ("leaf", {"pred_leaf": True})]:
            if case[key] is None:
                continue
            theirs = booster.predict(x, **options).ravel()
            ours = np.array([float(value) for value in case[key]])
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-13, err_msg=f"{path.name} {key}")
            finite = np.isfinite(theirs)
            error = np.abs(ours[finite] - theirs[finite]) / np.maximum(np.abs(theirs[finite]), 1e-300)
            worst[key] = max(worst.get(key, 0), float(np.max(error, initial=0)))
        assert case["again"] in (None, booster.model_to_string()), path.name
    print(f"{len(cases)} models load and predict the same; largest relative differences: {worst}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(Path(sys.argv[2]))
    else:
        OUT.mkdir(exist_ok=True)
        for make in [objectives, custom, boostings, missing, categories, shapes]:
            make()
