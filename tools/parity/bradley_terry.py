"""Reference numbers for Bradley-Terry in @prefkit/noise, from choix, FastChat, scikit-learn and statsmodels.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/bradley-terry-requirements.txt
    .venv/bin/pip download --no-deps fschat==0.2.36 -d WHEELS
    PREFKIT_WHEELS=WHEELS .venv/bin/python tools/parity/bradley_terry.py

Writes packages/noise/src/bradley-terry/goldens/bradley-terry.json. Two real tables: votes on five systems (PandaLM, beside
the goldens), and on the arguments of one topic of UKPConvArg1 (bundled with prefkit). FastChat's functions are its own,
executed from the wheel of fschat, with one change: a finer tolerance of scikit-learn's solver.
"""

import ast
import functools
import gzip
import json
import math
import os
import zipfile
from collections import defaultdict
from pathlib import Path

import choix
import numpy as np
import pandas as pd
import scipy
import sklearn
import sklearn.linear_model
import statsmodels
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

ROOT = Path(__file__).parents[2]
GOLDENS = ROOT / "packages/noise/src/bradley-terry/goldens"
TOPIC = "should-physical-education-be-mandatory-in-schools-_no-"
LogisticRegression = functools.partial(
    sklearn.linear_model.LogisticRegression, solver="newton-cholesky", tol=1e-12, max_iter=1000, fit_intercept=False
)


def read_pandalm():
    """One row a vote: first, second, outcome, item."""
    table = json.loads((GOLDENS / "pandalm-votes.json").read_text())
    outcome = {1: 1.0, 2: 0.0, 0: 0.5}
    rows = [(a, b, outcome[v], k) for k, (a, b, *votes) in enumerate(table["items"]) for v in votes]
    return pd.DataFrame(rows, columns=["first", "second", "outcome", "cluster"])


def read_ukp():
    """One row a vote: first, second, outcome, worker; and the length of each argument."""
    data = ROOT / "packages/prefkit/data/ukpconvarg1"
    lines = lambda name: [json.loads(line) for line in gzip.open(data / name)]
    pairs = [row for row in lines("pairs.jsonl.gz") if row["topic"] == TOPIC]
    ids = list(dict.fromkeys(a for row in pairs for a in (row["a1"], row["a2"])))
    workers = list(dict.fromkeys(w for row in pairs for w, _ in row["votes"]))
    texts = {row["id"]: row["text"] for row in lines("arguments.jsonl.gz")}
    outcome = {1: 1.0, 2: 0.0, 0: 0.5}
    rows = [
        (ids.index(row["a1"]), ids.index(row["a2"]), outcome[vote], workers.index(worker))
        for row in pairs
        for worker, vote in row["votes"]
    ]
    return pd.DataFrame(rows, columns=["first", "second", "outcome", "cluster"]), [len(texts[a]) for a in ids]


def differences(table, players):
    """One row a comparison: +1 for the first, -1 for the second."""
    x = np.zeros((len(table), players))
    x[np.arange(len(table)), table["first"]] = 1
    x[np.arange(len(table)), table["second"]] = -1
    return x


def centred(strengths):
    return (strengths - np.mean(strengths)).tolist()


def halves(table):
    """A win twice, a tie once each way: the same maximum as with half ties."""
    wins = []
    for first, second, outcome in zip(table["first"], table["second"], table["outcome"]):
        wins += [(first, second)] * round(2 * outcome) + [(second, first)] * round(2 - 2 * outcome)
    return [(int(a), int(b)) for a, b in wins]


def by_choix(table, players):
    data = halves(table)
    return {
        "ilsrPairwise": centred(choix.ilsr_pairwise(players, data, tol=1e-13)),
        "mmPairwise": centred(choix.mm_pairwise(players, data, tol=1e-13, max_iter=100_000)),
        "optPairwise": centred(choix.opt_pairwise(players, data, alpha=0, tol=1e-13)),
        "optPairwiseAlpha": {"alpha": 0.7, "strengths": centred(choix.opt_pairwise(players, data, alpha=0.7, tol=1e-13))},
    }


def fastchat():
    """compute_elo and compute_elo_mle_with_tie of the wheel."""
    (wheel,) = Path(os.environ["PREFKIT_WHEELS"]).glob("fschat-0.2.36-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read("fastchat/serve/monitor/elo_analysis.py"))
    wanted = {"compute_elo", "compute_elo_mle_with_tie"}
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in wanted]
    namespace = {"defaultdict": defaultdict, "np": np, "pd": pd, "math": math}
    exec(compile(tree, "elo_analysis.py", "exec"), namespace)
    return namespace["compute_elo"], namespace["compute_elo_mle_with_tie"]


def by_fastchat(table, players):
    battles = pd.DataFrame({
        "model_a": table["first"].map(str),
        "model_b": table["second"].map(str),
        "winner": table["outcome"].map({1.0: "model_a", 0.0: "model_b", 0.5: "tie"}),
    })
    compute_elo, compute_elo_mle_with_tie = fastchat()
    tight = sklearn.linear_model.LogisticRegression
    # The function imports the class itself; only its tolerance and solver are ours.
    sklearn.linear_model.LogisticRegression = lambda fit_intercept: LogisticRegression()
    try:
        mle = compute_elo_mle_with_tie(battles)
    finally:
        sklearn.linear_model.LogisticRegression = tight
    elo = compute_elo(battles)
    return {
        "computeElo": [elo[str(k)] for k in range(players)],
        "computeEloMleWithTie": [mle[str(k)] for k in range(players)],
    }


def by_arena_notebook(table, players):
    """The arena's later form: unregularised logistic regression on pairs, weighted by wins, ties as half."""
    wins = np.zeros((players, players))
    for first, second in halves(table):
        wins[first, second] += 1
    x, y, weights = [], [], []
    for a in range(players):
        for b in range(players):
            if a == b or wins[a, b] + wins[b, a] == 0:
                continue
            row = np.zeros(players)
            row[a], row[b] = math.log(10), -math.log(10)
            x += [row, row]
            y += [1, 0]
            weights += [wins[a, b], wins[b, a]]
    # Without a penalty strengths have no origin, which Newton's solver cannot do with.
    model = LogisticRegression(C=np.inf, solver="lbfgs").fit(np.array(x), np.array(y), sample_weight=np.array(weights))
    coefficients = model.coef_[0]
    return (400 * (coefficients - coefficients.mean()) + 1000).tolist()


def summary(params, covariance, players, names):
    """Strengths relative to player 0, then the rest, with standard errors."""
    errors = np.sqrt(np.diag(covariance))
    return {
        "strengths": [0.0, *params[: players - 1]],
        "standardErrors": [0.0, *errors[: players - 1]],
        **{name: {"estimate": params[players - 1 + k], "standardError": errors[players - 1 + k]} for k, name in enumerate(names)},
    }


def by_logit(table, players, lengths):
    """Without ties: statsmodels' logit, player 0 as reference, and its covariances."""
    decided = table[table["outcome"] != 0.5]
    y = decided["outcome"].to_numpy()
    free = differences(decided, players)[:, 1:]
    ordered = np.column_stack([free, np.ones(len(free))])
    fit = lambda x, **kind: sm.Logit(y, x).fit(method="newton", tol=1e-13, maxiter=100, disp=0, **kind)
    workers = decided["cluster"].to_numpy()
    clustered = dict(cov_type="cluster", cov_kwds={"groups": workers, "use_correction": False})
    wald, robust, grouped = fit(ordered), fit(ordered, cov_type="HC0"), fit(ordered, **clustered)
    log_lengths = np.log(lengths)
    gap = log_lengths[decided["first"]] - log_lengths[decided["second"]]
    squares = log_lengths[decided["first"]] ** 2 - log_lengths[decided["second"]] ** 2
    structured = fit(np.column_stack([gap, squares]))
    bent = np.tanh(gap)
    with_covariate = fit(np.column_stack([free, bent]))
    styled = LogisticRegression(C=2.0).fit(np.column_stack([differences(decided, players), bent]), y).coef_[0]
    weights = 1 + np.arange(len(y)) % 3
    weighted = sm.GLM(y, free, family=sm.families.Binomial(), freq_weights=weights).fit(tol=1e-13, maxiter=100)
    return {
        "logLikelihood": wald.llf,
        "wald": summary(wald.params, wald.cov_params(), players, ["orderEffect"]),
        "sandwich": summary(robust.params, robust.cov_params(), players, ["orderEffect"]),
        "clustered": summary(grouped.params, grouped.cov_params(), players, ["orderEffect"]),
        "clusters": int(len(set(workers))),
        "structured": {
            "estimates": structured.params.tolist(),
            "standardErrors": structured.bse.tolist(),
            "logLikelihood": structured.llf,
        },
        "covariate": summary(with_covariate.params, with_covariate.cov_params(), players, ["covariate"]),
        "styled": {"C": 2.0, "strengths": centred(styled[:-1]), "coefficient": styled[-1]},
        "weighted": summary(weighted.params, weighted.cov_params(), players, []),
    }


def by_poisson(table, players, ordered):
    """Davidson's model is log-linear in counts: a Poisson regression with an effect for each pair."""
    pairs = sorted(set(zip(table["first"], table["second"])))
    x, counts = [], []
    for k, (a, b) in enumerate(pairs):
        here = table[(table["first"] == a) & (table["second"] == b)]
        for outcome, sign in [(1.0, 0.5), (0.0, -0.5), (0.5, 0.0)]:
            strengths = np.zeros(players)
            strengths[a], strengths[b] = sign, -sign
            pair = np.zeros(len(pairs))
            pair[k] = 1
            x.append([*strengths[1:], *([sign] if ordered else []), float(outcome == 0.5), *pair])
            counts.append((here["outcome"] == outcome).sum())
    model = sm.GLM(np.array(counts), np.array(x), family=sm.families.Poisson()).fit(tol=1e-13, maxiter=200)
    names = (["orderEffect"] if ordered else []) + ["logPrevalence"]
    return summary(model.params, model.cov_params(), players, names)


def by_ordered_logit(table, players):
    """Rao and Kupper's model with an order effect is an ordered logit with two free thresholds."""
    y = (2 * table["outcome"]).astype(int).to_numpy()
    x = differences(table, players)[:, 1:]
    model = OrderedModel(y, x, distr="logit")
    rough = model.fit(method="bfgs", disp=0, maxiter=1000, gtol=1e-9)
    fit = model.fit(start_params=rough.params, method="newton", disp=0, maxiter=50, tol=1e-13)
    low, log_gap = fit.params[players - 1 :]
    gap = math.exp(log_gap)
    return {
        "strengths": [0.0, *fit.params[: players - 1]],
        "standardErrors": [0.0, *fit.bse[: players - 1]],
        "orderEffect": -(low + gap / 2),
        "threshold": gap / 2,
        "thresholdError": gap / 2 * fit.bse[players],
        "logLikelihood": fit.llf,
    }


def plain(value):
    return value.item() if isinstance(value, np.generic) else value.tolist()


def main():
    pandalm, (ukp, lengths) = read_pandalm(), read_ukp()
    tables = {"pandalm": (pandalm, 5), "ukp": (ukp, len(lengths))}
    columns = {name: ukp[name].tolist() for name in ukp.columns}
    goldens = {
        "madeWith": {"choix": "0.4.1", "fschat": "0.2.36", "numpy": np.__version__, "scipy": scipy.__version__,
                     "scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__},
        "ukp": {"topic": TOPIC, "columns": columns, "lengths": lengths},
        "choix": {name: by_choix(*table) for name, table in tables.items()},
        "fastchat": {name: by_fastchat(*table) for name, table in tables.items()},
        "arenaNotebook": {name: by_arena_notebook(*table) for name, table in tables.items()},
        "logit": by_logit(ukp, len(lengths), np.array(lengths)),
        "davidson": {name: by_poisson(*table, ordered=True) for name, table in tables.items()},
        "davidsonUnordered": {name: by_poisson(*table, ordered=False) for name, table in tables.items()},
        "raoKupper": {name: by_ordered_logit(*table) for name, table in tables.items()},
    }
    (GOLDENS / "bradley-terry.json").write_text(json.dumps(goldens, default=plain) + "\n")


if __name__ == "__main__":
    main()
