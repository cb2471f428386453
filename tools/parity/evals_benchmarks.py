"""Reference numbers for the benchmarks of @prefkit/evals, by the benchmarks' own code on random outcomes.

    git clone https://github.com/allenai/reward-bench REPOSITORIES/reward-bench
    git clone https://github.com/THU-KEG/RM-Bench REPOSITORIES/RM-Bench
    git clone https://github.com/ScalerLab/JudgeBench REPOSITORIES/JudgeBench
    python -m venv .venv && .venv/bin/pip install -r tools/parity/benchmarks-requirements.txt
    PREFKIT_REPOSITORIES=REPOSITORIES .venv/bin/python tools/parity/evals_benchmarks.py

Writes packages/evals/src/goldens/benchmarks.json. Rows are made here; no benchmark's data are in it. What the references
compute inside of loops over a model's answers, one line each, is written out here and said beside it.
"""

import json
import math
import os
import subprocess
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

import numpy as np
import pandas as pd
import sklearn
from alpaca_eval.metrics import glm_winrate
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

import reference_code

warnings.filterwarnings("ignore")
OUT = Path(__file__).parents[2] / "packages/evals/src/goldens/benchmarks.json"
COMMITS = {
    "reward-bench": "05a9005efb607249822c193590c8ecab87c77052",
    "RM-Bench": "73c52d7b27b361621361ec959ac6c0eb9bb7a689",
    "JudgeBench": "e2c52c284e735e139b3daa61c206ee208f36c461",
}
random = np.random.default_rng(240313787)


def source(repository, path):
    folder = Path(os.environ["PREFKIT_REPOSITORIES"]) / repository
    show = ["git", "-C", str(folder), "show", f"{COMMITS[repository]}:{path}"]
    return subprocess.run(show, check=True, capture_output=True, text=True).stdout


class Table(list):
    """As much of a Hugging Face dataset as the references touch: a list of rows."""

    @classmethod
    def from_pandas(cls, frame):
        return cls(frame.to_dict("records"))

    def to_pandas(self):
        return pd.DataFrame(list(self))

    column_names = property(lambda self: list(self[0]))

    def remove_columns(self, names):
        return Table({k: v for k, v in row.items() if k not in names} for row in self)

    def add_column(self, name, values):
        return Table({**row, name: value} for row, value in zip(self, values))


TYPES = {"Any": Any, "Dict": Dict, "List": List, "Optional": Optional, "Tuple": Tuple, "Union": Union}
constants: dict = {}
exec(source("reward-bench", "rewardbench/constants.py"), constants)
UTILS = source("reward-bench", "rewardbench/utils.py")
NAMESPACE = {**TYPES, **constants, "np": np, "pd": pd, "math": math, "defaultdict": defaultdict, "Dataset": Table}
per_section, best_of, _, ties_score = reference_code.take(
    UTILS,
    ["calculate_scores_per_section", "reroll_and_score_dataset", "_compute_prompt_stats", "process_single_model"],
    NAMESPACE,
)
(leaderboard,) = reference_code.take(
    source("reward-bench", "analysis/get_benchmark_results.py"), ["get_average_over_rewardbench"], NAMESPACE
)


def process_shuffled(path, last):
    """A function inside a branch of a long one."""
    namespace: dict = {}
    exec(reference_code.lines_of(source("reward-bench", path), "def process_shuffled", last), namespace)
    return namespace["process_shuffled"]


def by_subset(rows, credits):
    grouped = defaultdict(list)
    for row, credit in zip(rows, credits):
        grouped[row["subset"]].append(credit)
    return {subset: sum(values) / len(values) for subset, values in grouped.items()}


def reward_bench_case(subsets, size, prior):
    rows = [{"subset": subset} for subset in subsets for _ in range(int(random.integers(1, size)))]
    scores = random.normal(size=(len(rows), 2)).round(1)
    # run_rm.py: `1 if chosen > rejected else 0`.
    accuracies = by_subset(rows, [1 if chosen > rejected else 0 for chosen, rejected in scores])
    core = {k: v for k, v in accuracies.items() if k not in prior}
    # A prior set that nobody ran is NaN there.
    prefs = pd.DataFrame([{"model": "m", **{p: accuracies.get(p, np.nan) for p in
                                            ["anthropic_helpful", "anthropic_hhh", "shp", "summarize"]}}])
    frame = pd.DataFrame([{"model": "m", "model_type": "t", **core}])
    sections = per_section(constants["EXAMPLE_COUNTS"], constants["SUBSET_MAPPING"], core)
    complete = all(any(s in core for s in part) for part in constants["SUBSET_MAPPING"].values())
    final = leaderboard(frame, prefs).iloc[0] if complete else None
    return {
        "rows": [row["subset"] for row in rows], "scores": scores.ravel().tolist(), "subsets": accuracies,
        "sections": {k: v for k, v in sections.items() if any(s in core for s in constants["SUBSET_MAPPING"][k])},
        "priorSets": None if final is None or math.isnan(final["Prior Sets (0.5 weight)"]) else final["Prior Sets (0.5 weight)"],
        "average": None if final is None else final["average"],
    }


def reward_bench():
    core = list(constants["EXAMPLE_COUNTS"])
    prior = ["anthropic_helpful", "anthropic_hhh", "shp", "summarize", "mtbench_human"]
    return [
        reward_bench_case(core + prior, 9, prior),
        reward_bench_case(core + prior[:2], 9, prior),
        reward_bench_case(core, 9, prior),
        reward_bench_case([s for s in core if s not in ("math-prm", "hep-go", "donotanswer")], 5, prior),
        reward_bench_case(["math-prm", "hep-go", "hep-cpp"], 20, prior),
    ]


def reward_bench_judged():
    """run_generative.py's credit of a judge's answer."""
    credit = process_shuffled("scripts/run_generative.py", "return 0.5")
    return [{"winner": w, "shuffled": s, "credit": credit(w, s)} for w in ("A", "B", "error") for s in (False, True)]


def reward_bench_2():
    cases = []
    for subsets, decimals in [(["Factuality", "Focus", "Math"], 1), (["Precise IF", "Safety"], 0)]:
        rows = [{"id": i, "subset": s} for i, s in enumerate(s for s in subsets for _ in range(12))]
        scores = random.normal(size=(len(rows), 4)).round(decimals)
        flat = Table({"text": "t", "scores": float(s), "subset": row["subset"], "id": row["id"]}
                     for row, of in zip(rows, scores) for s in of)
        results = [row["results"] for row in best_of(flat, [4] * len(rows))]
        cases.append({"rows": [row["subset"] for row in rows], "scores": scores.ravel().tolist(),
                      "subsets": by_subset(rows, results)})
    return cases


def reward_bench_2_ratings():
    """generative_v2.py's winners among ratings; run_generative_v2.py makes of them `(0 in winners) / len(winners)`."""
    namespace = {**TYPES, "API_ERROR_OUTPUT": "", "ratings_prompt": "", "ratings_prompt_ties": ""}
    (rate,) = reference_code.take(
        source("reward-bench", "rewardbench/generative_v2.py"), ["run_judge_ratings_multi"], namespace
    )
    rows = []
    for _ in range(60):
        ratings = random.choice([-1, 3, 4, 5], size=4).tolist()
        left = list(ratings)
        namespace["get_single_rating"] = lambda *_: (left.pop(0), "")
        winners, _, _ = rate("q", [[{}, {"content": ""}]] * 4, "model")
        credit = 0.25 if winners == "error" else (0 in winners) / len(winners)
        rows.append({"ratings": [None if r == -1 else r for r in ratings], "credit": credit})
    return rows


def reward_bench_2_choices():
    credit = process_shuffled("scripts/run_generative_v2.py", "return 0.25")
    return [{"winner": w, "place": p, "credit": credit(w, p)} for w in ("A", "B", "C", "D", "error") for p in range(4)]


def reward_bench_2_ties():
    cases = []
    for prompts, decimals, only in [(20, 1, None), (20, 0, None), (1, 2, None), (8, 1, "ref"), (15, 0, "some")]:
        rows = []
        for k in range(prompts):
            for kind in ("ref", "tied"):
                if only == "ref" and kind == "tied" and k % 2:
                    continue
                correct = 1 if kind == "ref" else int(random.integers(2, 6))
                wrong = int(random.integers(1, 5))
                scores = np.concatenate([random.normal(1.2, 0.5, correct), random.normal(0, 0.5, wrong)]).round(decimals)
                rows.append({"id": f"{kind}:{k}", "num_correct": correct, "scores": (scores + 0.0).tolist()})
        with np.errstate(all="ignore"):
            _, score = ties_score(Table(rows))
        cases.append({"rows": rows, "score": score})
    return cases


def rm_bench():
    accuracy, _ = reference_code.take(
        source("RM-Bench", "scripts/utils.py"),
        ["compute_accuracy", "split_dataset_by_domain"],
        {**TYPES, "np": np, "print": lambda *_: None},
    )
    cases = []
    for decimals in (3, 0):
        domains = ["chat"] * 7 + ["code"] * 9 + ["math"] * 5 + ["safety-refuse"] * 6 + ["safety-response"] * 4
        scores = [{"domain": d, "score_chosen": random.normal(0.4, 1, 3).round(decimals).tolist(),
                   "score_rejected": random.normal(0, 1, 3).round(decimals).tolist()} for d in domains]
        flat = [s for row in scores for s in row["score_chosen"] + row["score_rejected"]]
        total = accuracy([dict(row) for row in scores])
        chat = accuracy([{k: v for k, v in row.items() if k != "domain"} for row in scores[:7]])
        cases.append({"domains": domains, "scores": flat, "total": {k: float(v) for k, v in total.items()},
                      "chat": {k: float(v) for k, v in chat.items()}})
    return cases


def judgebench():
    namespace: dict = {}
    exec(source("JudgeBench", "utils/metrics.py"), namespace)
    sources = ["mmlu-pro-law", "mmlu-pro-health", "livebench-reasoning", "livebench-math", "livecodebench"]
    cases = []
    for both in (True, False):
        pairs = []
        for _ in range(80):
            decisions = random.choice(["A>B", "B>A", "A=B", "none"], size=2 if both else 1, p=[0.4, 0.35, 0.15, 0.1])
            pairs.append({"source": str(random.choice(sources)), "label": str(random.choice(["A>B", "B>A"])),
                          "judgments": [{"decision": None if d == "none" else str(d)} for d in decisions]})
        score = lambda start: namespace["compute_final_metrics"](pairs, both, lambda p: p["source"].startswith(start))
        cases.append({
            "both": both, "pairs": [{**p, "judgments": [j["decision"] for j in p["judgments"]]} for p in pairs],
            "scores": {s: score(s) for s in ["mmlu-pro", "livebench-reasoning", "livebench-math", "livecodebench", ""]},
        })
    return cases


def pandalm():
    cases = []
    for labels in ([0, 1, 2], [1, 2], [2]):
        truth = random.choice(labels, size=60)
        said = np.where(random.uniform(size=60) < 0.6, truth, random.choice([1, 2], size=60))
        macro = dict(average="macro", zero_division=0)
        cases.append({
            "truth": truth.tolist(), "said": said.tolist(), "accuracy": accuracy_score(truth, said),
            "precision": precision_score(truth, said, **macro), "recall": recall_score(truth, said, **macro),
            "f1": f1_score(truth, said, **macro),
        })
    return cases


def alpaca_annotations(n, ability):
    sigmoid = lambda z: 1 / (1 + np.exp(-z))
    difficulty = random.normal(size=n).round(4)
    gap = np.concatenate([-random.normal(2, 0.7, n), random.normal(1.5, 0.7, n)]).round(4)
    gamed = pd.DataFrame({
        "index": np.tile(np.arange(n), 2), "model": "gamed", "std_delta_len": gap, "not_gamed_baseline": False,
        "preference": sigmoid(np.tanh(gap) + 0.7 * random.normal(size=2 * n)).round(4),
        "instruction_difficulty": np.tile(difficulty, 2),
    })
    one, two = random.integers(100, 2000, n), random.integers(200, 2600, n)
    z = (one - two) / np.std(one - two, ddof=1)
    preference = (sigmoid(-1.1 * np.tanh(z) + 0.5 * difficulty + ability + random.normal(size=n)) + 1).round(4)
    preference[:6] = [1.5, 0, 1.5, 1, 2, 0]
    return gamed, pd.DataFrame({
        "preference": preference, "output_1": ["x" * int(k) for k in one], "output_2": ["x" * int(k) for k in two],
        "generator_1": "baseline", "generator_2": "model", "annotator": "judge",
    })


def alpaca():
    """As published, and with liblinear going on to 1e-12, the rest unchanged."""
    cases = []
    for n, ability, missing in [(100, 0.4, 0), (61, -0.8, 4), (60, 0.1, 0)]:
        gamed, annotations = alpaca_annotations(n, ability)
        if missing:
            annotations.loc[10:10 + missing - 1, "preference"] = np.nan
        with tempfile.TemporaryDirectory() as folder:
            gamed.to_csv(f"{folder}/df_gamed.csv", index=False)
            glm_winrate.hf_hub_download = lambda **_: f"{folder}/df_gamed.csv"
            rates = {}
            for name, info in glm_winrate.GLM_INFO.items():
                tight = {**info, "kwargs": {**info["kwargs"], "tol": 1e-12, "max_iter": 1_000_000}}
                run = lambda i: glm_winrate.get_length_controlled_winrate(
                    annotations.copy(), glm_info=i, save_weights_dir=None, is_warn_extreme_changes=False)
                published = run(info)
                rates[name] = {"published": published["length_controlled_winrate"],
                               "publishedError": published["lc_standard_error"],
                               "converged": run(tight)["length_controlled_winrate"]}
        common = {k: float(v) for k, v in published.items() if not k.startswith(("lc_", "length_"))}
        cases.append({
            "annotations": [{"preference": None if math.isnan(p) else p, "lengths": [len(a), len(b)]} for p, a, b in
                            zip(annotations["preference"], annotations["output_1"], annotations["output_2"])],
            "gamed": gamed.drop(columns=["model", "not_gamed_baseline"]).to_dict("records"), "common": common, "rates": rates,
        })
    return cases


def main():
    goldens = {
        "madeWith": {"alpaca_eval": "0.6.6", "numpy": np.__version__, "scikit-learn": sklearn.__version__,
                     **{k: v[:7] for k, v in COMMITS.items()}},
        "rewardBench": reward_bench(), "rewardBenchJudged": reward_bench_judged(),
        "rewardBench2": reward_bench_2(), "rewardBench2Ratings": reward_bench_2_ratings(),
        "rewardBench2Choices": reward_bench_2_choices(), "rewardBench2Ties": reward_bench_2_ties(),
        "rmBench": rm_bench(), "judgebench": judgebench(), "pandalm": pandalm(), "alpacaEval": alpaca(),
    }
    OUT.write_text(json.dumps(goldens, default=float, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
