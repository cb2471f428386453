"""Reference numbers for the regressions of @prefkit/evals, from scikit-learn and statsmodels.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/requirements.txt
    .venv/bin/python tools/parity/evals_regressions.py

Writes packages/evals/src/goldens/regressions.json. Inputs are stored beside the results.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

OUT = Path(__file__).parents[2] / "packages/evals/src/goldens/regressions.json"
random = np.random.default_rng(250404950)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def unpenalised():
    """statsmodels' GLM, which takes soft labels, weights and an offset."""
    rows = []
    for n, width, soft, weighted, shifted, intercept in [
        (60, 1, False, False, False, True), (200, 4, True, True, True, True), (150, 3, True, False, False, False),
        (40, 0, False, True, False, True), (300, 2, False, False, True, True),
    ]:
        x = (random.normal(size=(n, width)) * 10.0 ** np.arange(width)).round(4)
        beta = random.normal(size=width) / 10.0 ** np.arange(width)
        p = sigmoid(x @ beta + 0.4)
        y = (p * 0.7 + random.uniform(size=n) * 0.3).round(4) if soft else (random.uniform(size=n) < p).astype(float)
        weights = random.uniform(0, 3, size=n).round(3) if weighted else np.ones(n)
        offset = random.normal(size=n).round(3) if shifted else np.zeros(n)
        design = np.column_stack([x, np.ones(n)]) if intercept else x
        fit = sm.GLM(y, design, family=sm.families.Binomial(), freq_weights=weights, offset=offset).fit(tol=1e-14, maxiter=200)
        z = design @ fit.params + offset
        loss = (weights * (np.logaddexp(0, z) - y * z)).sum() / weights.sum()
        rows.append({
            "features": x.tolist(), "labels": y.tolist(), "useIntercept": intercept, "l2": 0,
            **({"weights": weights.tolist()} if weighted else {}), **({"offset": offset.tolist()} if shifted else {}),
            "coefficients": fit.params[:width].tolist(), "intercept": fit.params[width] if intercept else 0, "logLoss": loss,
        })
    return rows


def penalised():
    """scikit-learn's, with C = 1 / l2; a soft label is two rows, as it has no other way."""
    rows = []
    for n, width, l2, soft, intercept, separable in [(80, 3, 0.5, False, True, False), (120, 5, 10.0, True, True, False),
                                                   (30, 2, 1e-3, False, True, True), (50, 2, 2.0, True, False, False)]:
        x = random.normal(size=(n, width)).round(4)
        beta = random.normal(size=width)
        p = sigmoid(x @ beta)
        y = (x @ beta > 0).astype(float) if separable else p.round(4) if soft else (random.uniform(size=n) < p).astype(float)
        weights = random.uniform(0.1, 2, size=n).round(3)
        twice = np.concatenate([x, x])
        fit = LogisticRegression(C=1 / l2, fit_intercept=intercept, solver="newton-cholesky", tol=1e-14, max_iter=1000).fit(
            twice, np.repeat([1, 0], n), np.concatenate([weights * y, weights * (1 - y)]))
        z = fit.decision_function(x)
        loss = (weights * (np.logaddexp(0, z) - y * z)).sum() / weights.sum()
        rows.append({
            "features": x.tolist(), "labels": y.tolist(), "weights": weights.tolist(), "useIntercept": intercept, "l2": l2,
            "coefficients": fit.coef_[0].tolist(), "intercept": float(np.ravel(fit.intercept_)[0]), "logLoss": loss,
        })
    return rows


def isotonic():
    rows = []
    for n, decimals, weighted in [(1, 3, False), (2, 3, False), (50, 6, False), (200, 1, False), (120, 2, True), (40, 0, True)]:
        x = random.normal(size=n).round(decimals)
        y = (random.uniform(size=n) < sigmoid(2 * x)).astype(float) if n > 2 else random.normal(size=n).round(3)
        weights = random.integers(0, 4, size=n).astype(float) if weighted else np.ones(n)
        fit = IsotonicRegression(out_of_bounds="clip").fit(x, y, weights)
        at = np.concatenate([np.linspace(x.min() - 1, x.max() + 1, 41), x])
        rows.append({"x": x.tolist(), "y": y.tolist(), **({"weights": weights.tolist()} if weighted else {}),
                     "thresholds": {"x": fit.X_thresholds_.tolist(), "y": fit.y_thresholds_.tolist()},
                     "at": at.tolist(), "values": fit.predict(at).tolist()})
    return rows


def main():
    goldens = {
        "madeWith": {"numpy": np.__version__, "scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__},
        "logistic": unpenalised() + penalised(),
        "isotonic": isotonic(),
    }
    OUT.write_text(json.dumps(goldens, default=float) + "\n")


if __name__ == "__main__":
    main()
