"""Goldens of @prefkit/advantages for what advantages.py leaves out: SkyRL's estimators, rewards of whole responses, and
the batch that PF-PPO draws; by the reference implementations themselves, in f64.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/advantages-requirements.txt
    mkdir wheels && cd wheels
    for p in verl==0.9.1 openrlhf==0.11.2 trl==1.16.0; do pip download --no-deps $p; done
    pip download --no-deps --python-version 3.12 --only-binary=:all: skyrl==0.4.0
    .venv/bin/python tools/parity/advantages_responses.py wheels

Writes packages/advantages/src/goldens/{skyrl,responses}.json. Each row names the reference that gave its numbers. How
functions are taken out of the wheels: reference_code.py.
"""

import copy
import itertools
import logging
import math
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace as Bag

import numpy as np
import torch

import advantages_sources as sources

sources.FOLDER = Path(sys.argv[1])
torch.set_default_dtype(torch.float64)

skyrl = {"torch": torch, "np": np, "defaultdict": defaultdict}
SKYRL = "skyrl/backends/skyrl_train/utils"
sources.definitions("skyrl", f"{SKYRL}/torch_utils.py", ["masked_mean"], skyrl)
sources.definitions(
    "skyrl",
    f"{SKYRL}/ppo_utils.py",
    [
        "masked_var",
        "masked_whiten",
        "compute_gae_advantage_return",
        "compute_grpo_outcome_advantage",
        "compute_maxrl_advantage",
        "compute_reinforce_plus_plus_outcome_advantage",
    ],
    skyrl,
)
trl = {"torch": torch, "math": math, "min": min}
sources.definitions("trl", "trl/rewards/accuracy_rewards.py", ["_CosineScaledReward"], trl)
sources.definitions("trl", "trl/rewards/other_rewards.py", ["_RepetitionPenalty"], trl)
ONLINE_DPO = "trl/experimental/online_dpo/online_dpo_trainer.py"
trl_ended = sources.block("trl", ONLINE_DPO, "contain_eos_token =", ")")
trl_missing_eos = sources.block("trl", ONLINE_DPO, "if self.args.missing_eos_penalty", "rewards[~")
trl_optimal = sources.block("trl", "trl/experimental/a2po/a2po_trainer.py", "v_star = beta1", "v_star = beta1")
trl_target = sources.block("trl", "trl/experimental/a2po/a2po_trainer.py", 'target = inputs["rewards"]', "target =")
trl_kl = sources.block("trl", "trl/trainer/rloo_trainer.py", "per_token_kl = old_per_token", "rewards = rewards - self.beta")
openrlhf = {"torch": torch, "itertools": itertools, "logger": logging.getLogger()}
PPO_UTILS = "openrlhf/trainer/ppo_utils"
sources.definitions(
    "openrlhf",
    f"{PPO_UTILS}/experience_maker.py",
    ["RemoteExperienceMaker.compute_advantages_and_returns", "RemoteExperienceMaker.get_cumulative_returns"],
    openrlhf,
)
sources.definitions("openrlhf", f"{PPO_UTILS}/length_penalty.py", ["apply_length_penalties"], openrlhf)
sources.definitions("openrlhf", "openrlhf/models/utils.py", ["compute_reward"], openrlhf)
verl = {"torch": torch, "np": np}
sources.definitions("verl", "verl/trainer/ppo/core_algos.py", ["compute_pf_ppo_reweight_data"], verl)


def masks(rows, columns):
    """Padding after each row, gaps inside, and one row that keeps a single step."""
    lengths = torch.randint(1, columns + 1, (rows,))
    lengths[0], lengths[1] = columns, 1
    gaps = (torch.rand(rows, columns) > 0.3).double()
    gaps[:, columns // 2] = 1
    return {
        "none": torch.ones(rows, columns),
        "padded": (torch.arange(columns) < lengths[:, None]).double(),
        "gaps": gaps,
    }


# The public functions that a row is evidence for, those with a convention with that which the test uses.
OVER_TIME = [
    "generalizedAdvantageEstimation (skyrl)",
    "tdLambdaReturns (skyrl)",
    "reinforcePlusPlusAdvantages (skyrl)",
    "discountedReturns (skyrl)",
    "whiten (trl)",
]


def skyrl_over_time():
    torch.manual_seed(20431)
    rows = []
    for masked, mask in masks(4, 7).items():
        for spread in (1.0, 1e4):
            rewards, values = spread * torch.randn(4, 7), spread * torch.randn(4, 7)
            for gamma, lam in [(1.0, 0.95), (0.9, 0.5), (0.99, 1.0)]:
                white, returns = skyrl["compute_gae_advantage_return"](rewards, values, mask, gamma, lam)
                reinforce, to_go = skyrl["compute_reinforce_plus_plus_outcome_advantage"](rewards, mask, gamma)
                rows.append(
                    {"reference": sources.reference("skyrl"), "convention": "skyrl", "functions": OVER_TIME,
                     "name": f"{masked} {spread}", "rewards": rewards, "values": values, "mask": mask, "gamma": gamma, "lambda": lam,
                     "returns": returns, "whitened": white * mask, "reinforce": reinforce, "discounted": to_go}
                )
    return rows


def skyrl_groups():
    torch.manual_seed(20432)
    max_rl, grpo = [], []
    groups = np.array([3, 0, 0, 1, 3, 2, 0, 3, 3, 1, 0, 4])
    count = len(groups)
    kinds = {
        "binary": (torch.rand(count) > 0.5).double(),
        "no success": torch.zeros(count),
        "positive": torch.rand(count) * 10 ** (12 * torch.rand(count) - 6),
        # Rewards below 0 among others that keep the mean above it.
        "mixed": 1 + 0.5 * torch.randn(count),
    }
    for name, rewards in kinds.items():
        estimate = lambda function, **named: skyrl[function](rewards[:, None].clone(), torch.ones(count, 1), groups, **named)[0]
        row = {"reference": sources.reference("skyrl"), "name": name, "groups": groups, "rewards": rewards}
        max_rl.append(
            {"functions": ["maxRlAdvantages"], **row, "advantages": estimate("compute_maxrl_advantage")[:, 0],
             "wide": estimate("compute_maxrl_advantage", epsilon=0.1)[:, 0]}
        )
        grpo.append(
            {"functions": ["groupRelativeAdvantages (verl)"], **row,
             "advantages": estimate("compute_grpo_outcome_advantage")[:, 0]}
        )
    return {"maxRl": max_rl, "grpo": grpo}


def lengths():
    lengths = [0, 1, 25, 50, 75, 99, 100, 101, 400]
    rows = []
    for values in [(-1.0, -0.5, 0.5, 1.0), (-10.0, 0.0, 1.0, 2.0), (0.0, 0.0, 0.5, 0.5)]:
        row = {"reference": sources.reference("trl"), "functions": ["cosineLengthRewards"], "minValueWrong": values[0], "maxValueWrong": values[1], "minValueCorrect": values[2], "maxValueCorrect": values[3]}
        reward = trl["_CosineScaledReward"](100, *values)
        # Which answers are right is decided elsewhere, by a package for mathematics.
        for name, right in [("correct", 1.0), ("wrong", 0.0)]:
            trl["accuracy_reward"] = lambda completions, solution: [right] * len(lengths)
            row[name] = reward(None, None, [[1] * length for length in lengths])
        rows.append(row)
    return {"lengths": lengths, "cases": rows}


def repetitions():
    torch.manual_seed(20433)
    tokens = [[], [7], [7, 7], [5] * 5, [1, 2, 3, 4], [1, 2, 1, 2, 1, 2, 1], [11, 1, 1, 11, 11, 1, 1, 11]]
    tokens += [torch.randint(0, few, (length,)).tolist() for few, length in [(2, 30), (4, 30), (1000, 30), (3, 200)]]
    cases = []
    for size, penalty in itertools.product((1, 2, 3, 5), (-1.0, -0.25, 0.0)):
        penalties = trl["_RepetitionPenalty"](size, penalty)(tokens)
        cases.append(
            {"reference": sources.reference("trl"), "functions": ["repetitionPenalties"], "ngramSize": size, "maxPenalty": penalty,
             "penalties": penalties}
        )
    return {"tokens": tokens, "cases": cases}


def missing_eos():
    torch.manual_seed(20434)
    completion_ids = torch.randint(0, 12, (8, 5))
    rewards = torch.randn(8)
    space = {"torch": torch, "completion_ids": completion_ids, "rewards": rewards.clone(),
             "self": Bag(eos_token_ids=[0, 4], args=Bag(missing_eos_penalty=0.75))}
    exec(trl_ended, space)
    exec(trl_missing_eos, space)
    return {"reference": sources.reference("trl"), "functions": ["missingEosRewards"], "rewards": rewards, "ended": space["contain_eos_token"], "penalty": 0.75, "penalized": space["rewards"]}


def sequence_kl():
    torch.manual_seed(20435)
    rows = []
    for spread in (0.1, 40.0):
        for masked, mask in masks(5, 6).items():
            if masked == "gaps":
                mask = mask.clone()
                mask[2] = 0
            logprobs, reference, rewards = -spread * torch.rand(5, 6), -spread * torch.rand(5, 6), 8 * torch.randn(5)
            space = {"old_per_token_logps": logprobs, "ref_per_token_logps": reference, "completion_mask": mask,
                     "gather": lambda kl: kl, "rewards": rewards, "self": Bag(beta=0.3)}
            exec(trl_kl, space)
            rows.append({"reference": sources.reference("trl"), "functions": ["sequenceKlPenalizedRewards"], "name": f"{spread} {masked}", "rewards": rewards, "logprobs": logprobs, "refLogprobs": reference,
                         "mask": mask, "klWeight": 0.3, "kl": space["kl"], "penalized": space["rewards"]})
    return rows


def optimal():
    torch.manual_seed(20436)
    rows = []
    for beta in (0.5, 0.01, 100.0):
        for name, reference in [("binary", (torch.rand(4, 8) > 0.5).double()), ("normal", 30 * torch.randn(4, 8))]:
            rewards = torch.randn(4)
            space = {"torch": torch, "math": math, "beta1": beta, "rewards": reference, "n": 8}
            exec(trl_optimal, space)
            space["inputs"] = {"rewards": rewards, "v_star": space["v_star"]}
            exec(trl_target, space)
            rows.append({"reference": sources.reference("trl"), "functions": ["optimalAdvantages"], "name": f"{name} {beta}", "beta": beta, "rewards": rewards, "referenceRewards": reference,
                         "advantages": space["target"]})
    return rows


def openrlhf_advantages(estimator, rewards, mask, group_size, clip_range):
    """The whole of OpenRLHF's computation but the KL penalty, as one batch; rewards are clipped after the baseline."""
    experience = Bag(
        index=list(range(len(rewards))), rewards=rewards.clone(), kl=torch.zeros_like(mask), action_mask=mask, info={}
    )
    args = Bag(
        algo=Bag(advantage=Bag(estimator=estimator, gamma=1.0, no_std_norm=False)),
        rollout=Bag(n_samples_per_prompt=group_size),
        reward=Bag(clip_range=clip_range),
    )
    maker = Bag(strategy=Bag(args=args), kl_ctl=Bag(value=0.0), advantage_estimator=estimator)
    maker.get_cumulative_returns = lambda *given: openrlhf["get_cumulative_returns"](None, *given)
    openrlhf["compute_advantages_and_returns"](maker, [experience])
    return (experience.advantages * mask).sum(1) / mask.sum(1)


def clipped():
    torch.manual_seed(20437)
    rewards, mask = 12 * torch.randn(12), masks(12, 5)["padded"]
    row = {"reference": sources.reference("openrlhf"), "functions": ["flashReinforceAdvantages", "clipRewards"], "rewards": rewards, "size": 4, "low": -10, "high": 10}
    for name, size, clip in [("flash", 1, None), ("flashClipped", 1, (-10, 10))]:
        row[name] = openrlhf_advantages("flash_reinforce", rewards, mask, size, clip)
    row["rlooClipped"] = openrlhf_advantages("rloo", rewards, mask, 4, (-10, 10))
    row["drGrpoClipped"] = openrlhf_advantages("dr_grpo", rewards, mask, 4, (-10, 10))
    return row


class Batch(dict):
    """What verl's code asks of a DataProto's batch."""


def pf_ppo():
    """PyTorch draws one number in double precision for each place; after the same seed, `torch.rand` gives them again."""
    rows = []
    for seed, (method, name) in enumerate([("pow", "pow"), ("max_min", "max-min"), ("max_random", "max-random")]):
        for count in (2, 9, 64):
            torch.manual_seed(20438 + 100 * count + seed)
            scores = torch.randn(count) * 3
            data = Bag(
                batch=Batch(token_level_scores=scores[:, None], place=torch.arange(count)), non_tensor_batch={}, meta_info={}
            )
            data.batch.batch_size = [count]
            torch.manual_seed(seed)
            drawn = verl["compute_pf_ppo_reweight_data"](copy.deepcopy(data), method, 1.5).batch["place"]
            torch.manual_seed(seed)
            rows.append({"reference": sources.reference("verl"), "functions": ["pfPpoSample"], "method": name, "power": 1.5, "scores": scores, "uniforms": torch.rand(count), "drawn": drawn})
    return rows


sources.write("skyrl", ["skyrl"], overTime=skyrl_over_time(), **skyrl_groups())
sources.write(
    "responses",
    ["verl", "openrlhf", "trl"],
    lengths=lengths(),
    repetitions=repetitions(),
    missingEos=missing_eos(),
    sequenceKl=sequence_kl(),
    optimal=optimal(),
    clipped=clipped(),
    pfPpo=pf_ppo(),
)
