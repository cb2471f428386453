"""Reference numbers for the estimates of @prefkit/noise, from statsmodels, krippendorff, irrCAC and crowd-kit.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/estimation-requirements.txt
    .venv/bin/python tools/parity/estimation.py

Writes packages/noise/src/estimation/goldens/estimation.json. Inputs are stored beside the results, so the tests need no
Python. The real votes are some of UKPConvArg1 (Habernal and Gurevych, ACL 2016; CC BY 4.0), whose terms are in
packages/prefkit/data/README.md.

Of crowd-kit's Dawid–Skene: where an annotator has no vote on any item that a label may be true of, it takes the labels
that the annotator has used to be equally likely under it; @prefkit/noise says that it is not
known. The sets here have no such rows.

Of crowd-kit's MACE: it sums votes by worker and label in sorted order and uses the sums in order of first appearance
(aggregation/classification/mace.py, `_e_step`, `strategy_expected_counts`), so that strategies go to the wrong workers
unless both orders are the same: renaming workers changes its posteriors. Here both orders are the same (`in_order`).
"""

import gzip
import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import statsmodels.api as sm
from crowdkit.aggregation import MACE, DawidSkene
from irrCAC.raw import CAC
from scipy.special import digamma, gammaln
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

ROOT = Path(__file__).parents[2]
OUT = ROOT / "packages/noise/src/estimation/goldens/estimation.json"
UKP = ROOT / "packages/prefkit/data/ukpconvarg1/pairs.jsonl.gz"
LIBRARIES = ("crowd-kit", "irrCAC", "krippendorff", "numpy", "pandas", "scipy", "statsmodels")
random = np.random.default_rng(20241104)


def simulate(items, annotators, classes, share, spread):
    """Votes by confusion matrices; each annotator votes on an item with probability `share`."""
    truth = random.integers(0, classes, size=items)
    truth[random.uniform(size=items) < spread] = 0
    accuracy = random.uniform(0.55, 0.95, size=annotators)
    votes = []
    for item in range(items):
        for annotator in range(annotators):
            if random.uniform() > share:
                continue
            right = random.uniform() < accuracy[annotator]
            other = (truth[item] + 1 + random.integers(0, classes - 1)) % classes
            votes.append((item, annotator, int(truth[item] if right else other)))
    return votes


def ukp(pairs, workers):
    """Votes of the most active workers on the first pairs that three of them or more have voted on."""
    with gzip.open(UKP, "rt") as lines:
        rows = [json.loads(line)["votes"] for line in lines]
    active = {worker for worker, _ in Counter(worker for row in rows for worker, _ in row).most_common(workers)}
    rows = [[vote for vote in row if vote[0] in active] for row in rows]
    dense = [row for row in rows if len(row) >= 3][:pairs]
    return [(item, worker, label) for item, row in enumerate(dense) for worker, label in row]


def columns(votes):
    """Items and annotators renumbered by first appearance, as text that sorts alike."""
    items, annotators = {}, {}
    rows = []
    for item, annotator, label in votes:
        i = items.setdefault(item, len(items))
        a = annotators.setdefault(annotator, len(annotators))
        rows.append((f"i{i:05}", f"a{a:05}", f"c{label}"))
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


def table(frame):
    return pd.crosstab(frame["task"], frame["label"])


def wide(frame):
    codes = frame.assign(code=frame["label"].str[1:].astype(int))
    return codes.pivot(index="worker", columns="task", values="code")


def agreement(frame, unequal):
    counts = table(frame).to_numpy()
    units = wide(frame)
    raw = CAC(units.T, digits=12)
    labels = units.to_numpy(dtype=float)
    result = {
        "irrcac": {name: {"value": float(row["coefficient_value"]), "se": float(row["se"])}
                   for name, row in (("fleiss", raw.fleiss()["est"]), ("krippendorff", raw.krippendorff()["est"]))},
        "alpha": {scale: krippendorff.alpha(reliability_data=labels, level_of_measurement=scale)
                  for scale in ("nominal", "ordinal", "interval")},
    }
    if not unequal:
        result["fleiss"] = fleiss_kappa(counts)
    return result


def cohen(n, classes):
    first = random.integers(0, classes, size=n)
    second = np.where(random.uniform(size=n) < 0.6, first, random.integers(0, classes, size=n))
    shares = pd.crosstab(first, second).reindex(index=range(classes), columns=range(classes), fill_value=0)
    result = cohens_kappa(shares.to_numpy())
    return {"first": first.tolist(), "second": second.tolist(), "kappa": result.kappa, "se": result.std_kappa}


def dawid_skene(frame, iterations):
    model = DawidSkene(n_iter=iterations, tol=-1.0).fit(frame)
    classes = sorted(frame["label"].unique())
    workers = sorted(frame["worker"].unique())
    errors = model.errors_.reindex(pd.MultiIndex.from_product([workers, classes]), fill_value=0)[classes]
    return {
        "iterations": iterations,
        "posteriors": model.probas_.sort_index()[classes].to_numpy().ravel().tolist(),
        "prior": model.priors_[classes].tolist(),
        # rows by true label, as here
        "confusion": errors.to_numpy().reshape(len(workers), len(classes), -1).transpose(0, 2, 1).ravel().tolist(),
    }


def mace(frame, method, iterations):
    model = MACE(method=method, n_restarts=1, n_iter=iterations, random_state=7)
    model.fit(frame)
    classes = list(pd.factorize(frame["label"])[1])
    assert classes == sorted(classes) and list(pd.factorize(frame["worker"])[1]) == sorted(frame["worker"].unique())
    return {
        "method": method,
        "posteriors": model.probas_.sort_index()[classes].to_numpy().ravel().tolist(),
        "knows": model.spamming_[:, 1].tolist(),
        "says": model.thetas_.ravel().tolist(),
    }


def in_order(frame):
    """The rows in an order in which labels and workers first appear sorted, as crowd-kit's MACE needs."""
    for task in frame["task"].unique():
        labels = list(dict.fromkeys(frame.loc[frame["task"] == task, "label"]))
        if len(labels) == frame["label"].nunique():
            first = frame[frame["task"] == task].sort_values("label", kind="stable")
            rest = frame[frame["task"] != task]
            both = pd.concat([first, rest])
            names = {name: f"a{i:05}" for i, name in enumerate(dict.fromkeys(both["worker"]))}
            tasks = {name: f"i{i:05}" for i, name in enumerate(dict.fromkeys(both["task"]))}
            return both.assign(worker=both["worker"].map(names), task=both["task"].map(tasks)).reset_index(drop=True)
    raise ValueError("no item has all labels")


def logit(n, beta):
    deltas = random.normal(size=n).round(6)
    labels = np.where(random.uniform(size=n) < 1 / (1 + np.exp(-beta * deltas)), 1, -1)
    fit = sm.Logit((labels + 1) / 2, deltas[:, None]).fit(disp=0, tol=1e-14)
    return {"deltas": deltas.tolist(), "labels": labels.tolist(), "beta": fit.params[0], "se": fit.bse[0],
            "logLikelihood": fit.llf}


def main():
    sets = {
        "full": (simulate(60, 5, 3, 1.0, 0.0), False),
        "missing": (simulate(150, 12, 4, 0.4, 0.3), True),
        "binary": (simulate(200, 8, 2, 0.7, 0.2), True),
        "ukp": (ukp(150, 20), True),
    }
    rows = []
    for name, (votes, unequal) in sets.items():
        frame = in_order(columns(votes))
        rows.append({
            "name": name,
            "items": frame["task"].tolist(), "annotators": frame["worker"].tolist(), "labels": frame["label"].tolist(),
            "agreement": agreement(frame, unequal),
            "dawidSkene": [dawid_skene(frame, n) for n in (1, 10)],
            "mace": [mace(frame, method, 3000) for method in ("em", "vb")] if name != "ukp" else [],
        })
    gammas = [0.003, 0.1, 0.5, 1.0, 2.5, 9.99, 10.0, 31.7, 4e5]
    goldens = {
        "madeWith": {name: version(name) for name in LIBRARIES},
        "votes": rows,
        "cohen": [cohen(40, 2), cohen(300, 4)],
        "logit": [logit(200, 1.3), logit(1000, 0.2)],
        "gamma": [{"x": x, "digamma": digamma(x), "logGamma": gammaln(x)} for x in gammas],
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(goldens, default=float) + "\n")


if __name__ == "__main__":
    main()
