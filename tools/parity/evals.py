"""Reference numbers for @prefkit/evals, from SciPy, scikit-learn and statsmodels.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/requirements.txt
    .venv/bin/python tools/parity/evals.py

Writes packages/evals/src/goldens/evals.json. Inputs are stored beside the results, so the tests need no Python.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import optimize, stats
from scipy.special import expit
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.proportion import proportion_confint

OUT = Path(__file__).parents[2] / "packages/evals/src/goldens/evals.json"
random = np.random.default_rng(241104991)


def normal_quantiles():
    p = [1e-300, 1e-20, 1e-9, 0.001, 0.025, 0.05, 0.074, 0.076, 0.3, 0.5, 0.6, 0.9, 0.925, 0.975, 0.995, 1 - 1e-12]
    return [{"p": value, "quantile": stats.norm.ppf(value)} for value in p]


def wilson():
    rows = []
    for successes, trials, confidence in [(0, 1, 0.95), (1, 1, 0.95), (7, 10, 0.95), (804, 1000, 0.95),
                                          (11650, 11650, 0.99), (3, 11650, 0.9), (12.5, 40, 0.95), (0, 500, 0.999)]:
        low, high = proportion_confint(successes, trials, alpha=1 - confidence, method="wilson")
        rows.append({"successes": successes, "trials": trials, "confidence": confidence, "low": low, "high": high})
    return rows


def correlations():
    rows = []
    for n, decimals in [(5, 1), (40, 0), (300, 6), (301, 1)]:
        x = random.normal(size=n).round(decimals)
        y = (0.5 * x + random.normal(size=n)).round(decimals)
        rows.append({
            "x": x.tolist(), "y": y.tolist(),
            "pearson": stats.pearsonr(x, y).statistic,
            "spearman": stats.spearmanr(x, y).statistic,
            "kendallTau": stats.kendalltau(x, y, variant="b").statistic,
        })
    return rows


def best_of_n():
    """Every subset of every size, ties of score sharing the pick: the definition, not a formula."""
    rows = []
    for responses, decimals in [(1, 1), (4, 1), (8, 1), (9, 0), (10, 6)]:
        scores = random.normal(size=responses).round(decimals)
        golden = random.normal(size=responses).round(6)
        values = []
        for n in range(1, responses + 1):
            picked = []
            for subset in itertools.combinations(range(responses), n):
                s, g = scores[list(subset)], golden[list(subset)]
                picked.append(g[s == s.max()].mean())
            values.append(float(np.mean(picked)))
        rows.append({"scores": scores.tolist(), "golden": golden.tolist(), "values": values})
    return rows


def calibration():
    n = 400
    margins = (random.normal(size=n) * 1.7 + 0.9).round(6)
    p = random.uniform(size=n).round(6)
    outcomes = (random.uniform(size=n) < p**1.4).astype(int)
    observed, predicted = calibration_curve(outcomes, p, n_bins=10, strategy="uniform")
    counts = np.histogram(p, bins=np.linspace(0, 1, 11))[0]
    both = np.concatenate([margins, -margins])
    labels = np.concatenate([np.ones(n), np.zeros(n)])
    slope = lambda a: -(margins * expit(-a * margins)).mean()
    inverse = optimize.brentq(slope, 1e-6, 50, xtol=1e-15, rtol=1e-14)
    return {
        "p": p.tolist(), "outcomes": outcomes.tolist(), "margins": margins.tolist(),
        "bins": [{"count": int(c), "predicted": q, "observed": o} for c, q, o in zip(counts[counts > 0], predicted, observed)],
        "ece": float((counts[counts > 0] / n * abs(observed - predicted)).sum()),
        "mce": float(abs(observed - predicted).max()),
        "brier": brier_score_loss(outcomes, p),
        "comparisonBrier": brier_score_loss(labels, expit(both)),
        "comparisonLogLoss": log_loss(labels, expit(both)),
        "inverseTemperature": inverse,
        "temperedLogLoss": log_loss(labels, expit(inverse * both)),
    }


def bootstrap():
    """Clusters of unequal size; SciPy resamples rows of (sum, size)."""
    sizes = random.integers(1, 12, size=60)
    rates = random.beta(6, 2, size=60)
    values, groups = [], []
    for group, (size, rate) in enumerate(zip(sizes, rates)):
        values += (random.uniform(size=size) < rate).astype(int).tolist()
        groups += [group] * int(size)
    sums = np.array([sum(v for v, g in zip(values, groups) if g == k) for k in range(60)])
    ratio = lambda s, c, axis: s.sum(axis) / c.sum(axis)
    result = stats.bootstrap((sums, sizes), ratio, paired=True, vectorized=True, n_resamples=200_000, batch=10_000,
                             method="percentile", confidence_level=0.95, rng=1)
    low, high = result.confidence_interval
    return {"values": values, "groups": groups, "low": low, "high": high, "standardError": result.standard_error}


def main():
    goldens = {
        "madeWith": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
                     "statsmodels": statsmodels.__version__},
        "normalQuantiles": normal_quantiles(),
        "wilson": wilson(),
        "correlations": correlations(),
        "bestOfN": best_of_n(),
        "calibration": calibration(),
        "bootstrap": bootstrap(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(goldens, default=float) + "\n")


if __name__ == "__main__":
    main()
