"""Goldens of @prefkit/advantages, by the reference implementations themselves, in f64.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/advantages-requirements.txt
    mkdir wheels && cd wheels
    for p in verl==0.9.1 openrlhf==0.11.2 trl==1.16.0 trl==0.23.1; do pip download --no-deps $p; done
    .venv/bin/python tools/parity/advantages.py wheels

Writes packages/advantages/src/goldens/{papers,v-trace,shaping,groups,over-time}.json. Each row names the reference that gave
its numbers. How functions are taken out of the wheels: reference_code.py.
"""

import dataclasses
import itertools
import logging
import os
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace as Bag

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
import rlax
import torch

import advantages_sources as sources

sources.FOLDER = Path(sys.argv[1])
RLAX = f"rlax {rlax.__version__}"
torch.set_default_dtype(torch.float64)

verl_F = {"torch": torch}
sources.definitions(
    "verl",
    "verl/utils/torch_functional.py",
    ["masked_sum", "masked_mean", "masked_var", "masked_whiten"],
    verl_F,
)
verl = {"torch": torch, "np": np, "os": os, "defaultdict": defaultdict, "verl_F": Bag(**verl_F)}
verl["get_device_name"] = lambda: "cpu"
CORE = "verl/trainer/ppo/core_algos.py"
sources.definitions(
    "verl",
    CORE,
    [
        "compute_gae_advantage_return",
        "compute_reinforce_plus_plus_outcome_advantage",
        "compute_reinforce_plus_plus_baseline_outcome_advantage",
        "compute_grpo_outcome_advantage",
        "compute_grpo_vectorized_outcome_advantage",
        "compute_grpo_passk_outcome_advantage",
        "compute_rloo_outcome_advantage",
        "compute_rloo_vectorized_outcome_advantage",
        "compute_opo_outcome_advantage",
        "compute_remax_outcome_advantage",
        "compute_gpg_outcome_advantage",
        "kl_penalty",
        "kl_penalty_forward",
        "AdaptiveKLController",
        "compute_gdpo_outcome_advantage",
        "compute_optimal_token_baseline_advantage",
        "compute_multi_turn_optimal_token_baseline_advantage",
        # compute_pf_ppo_reweight_data itself adds 1e-8 to what this returns.
        "compute_pf_ppo_reweight_data.compute_weights",
    ],
    verl,
)
sources.definitions(
    "verl", "verl/utils/groupwise.py", ["as_torch_index", "group_mean_std", "_resolve_device", "_to_1d_numpy_object_array"], verl
)
verl |= {"core_algos": Bag(**verl), "masked_mean": verl_F["masked_mean"]}
sources.definitions("verl", "verl/trainer/ppo/ray_trainer.py", ["apply_kl_penalty"], verl)
verl_overlong = sources.block("verl", "verl/workers/reward_manager/dapo.py", "overlong_buffer_len =", "overlong_reward =")
verl_filter = sources.block("verl", "verl/trainer/ppo/v1/replay_buffer.py", "classification_cache[uid] =", "classification")
openrlhf = {"torch": torch, "np": np, "itertools": itertools, "logger": logging.getLogger()}
PPO_UTILS = "openrlhf/trainer/ppo_utils"
sources.definitions(
    "openrlhf",
    f"{PPO_UTILS}/experience_maker.py",
    [
        "RemoteExperienceMaker.compute_advantages_and_returns",
        "RemoteExperienceMaker.get_advantages_and_returns",
        "RemoteExperienceMaker.get_cumulative_returns",
    ],
    openrlhf,
)
sources.definitions(
    "openrlhf",
    f"{PPO_UTILS}/length_penalty.py",
    ["apply_length_penalties", "apply_overlong_penalty", "apply_stop_properly_penalty"],
    openrlhf,
)
sources.definitions("openrlhf", f"{PPO_UTILS}/kl_controller.py", ["AdaptiveKLController"], openrlhf)
openrlhf_filter = sources.block("openrlhf", f"{PPO_UTILS}/samples_generator.py", "scores = [e.scores", "experiences = []")
sources.definitions("openrlhf", "openrlhf/models/utils.py", ["compute_reward", "compute_approx_kl"], openrlhf)
trl = {"torch": torch}
sources.definitions("trl", "trl/trainer/utils.py", ["nanstd"], trl)
grpo_block = sources.block("trl", "trl/trainer/grpo_trainer.py", "unscorable_mask =", "advantages = torch.nan_to_num")
rloo_block = sources.block("trl", "trl/trainer/rloo_trainer.py", "grouped_rewards =", "advantages = torch.nan_to_num")
sources.definitions("trl", "trl/rewards/other_rewards.py", ["_SoftOverlongPunishment"], trl)
trl_ppo = {"torch": torch, "dataclass": dataclasses.dataclass}
sources.definitions("trl-ppo", "trl/core.py", ["masked_mean", "masked_var", "masked_whiten"], trl_ppo)
sources.definitions("trl-ppo", "trl/trainer/utils.py", ["RunningMoments"], trl_ppo)
trl_kl_block = sources.block("trl-ppo", "trl/trainer/ppo_trainer.py", "logr = ref_logprobs", "non_score_reward =")


def masks(rows, columns):
    """Padding after each row, gaps inside, and rows that lack everything but one step."""
    lengths = torch.randint(1, columns + 1, (rows,))
    lengths[0] = columns
    padded = (torch.arange(columns) < lengths[:, None]).double()
    gaps = (torch.rand(rows, columns) > 0.3).double()
    gaps[:, columns // 2] = 1
    return {"none": torch.ones(rows, columns), "padded": padded, "gaps": gaps}


# Random, many orders of magnitude at once, and no reward but at the end.
def reward_kinds(rows, columns):
    sparse = torch.zeros(rows, columns)
    sparse[:, -1] = torch.randn(rows)
    wide = torch.randn(rows, columns) * 10 ** (12 * torch.rand(rows, columns) - 6)
    return {"dense": torch.randn(rows, columns), "sparse": sparse, "wide": wide}


# The `functions` of a row are the public functions that it is evidence for, those with a convention with that which its test
# uses; the test checks that it calls them so.
def functions_over_time(convention):
    names = ("generalizedAdvantageEstimation", "discountedReturns", "tdLambdaReturns")
    return [f"{name} ({convention})" for name in names]


def over_time():
    torch.manual_seed(20411)
    rows = []
    for kind, rewards in reward_kinds(4, 7).items():
        values = torch.randn(4, 7) * (1e3 if kind == "wide" else 1)
        for masked, mask in masks(4, 7).items():
            for gamma, lam in [(1.0, 0.95), (0.9, 0.5), (1.0, 1.0), (0.99, 0.0)]:
                case = {"rewards": rewards, "values": values, "mask": mask, "gamma": gamma, "lambda": lam}
                white, returns = verl["compute_gae_advantage_return"](rewards, values, mask, gamma, lam)
                _, to_go = verl["compute_reinforce_plus_plus_outcome_advantage"](rewards, mask, Bag(gamma=gamma))
                rows.append(
                    {"reference": sources.reference("verl"), "convention": "verl", "functions": [*functions_over_time("verl"), "whiten (verl)"],
                     "name": f"{kind} {masked}", **case, "returns": returns * mask,
                     "whitened": white * mask, "discounted": to_go}
                )
                advantages, returns = openrlhf["get_advantages_and_returns"](None, values, rewards, mask, gamma, lam)
                to_go = openrlhf["get_cumulative_returns"](None, rewards, mask, gamma)
                rows.append(
                    {"reference": sources.reference("openrlhf"), "convention": "openrlhf", "functions": functions_over_time("openrlhf"),
                     "name": f"{kind} {masked}", **case, "returns": returns * mask,
                     "advantages": advantages * mask, "discounted": to_go * mask}
                )
    return rows


def episodes():
    """rlax knows no time limits: a trajectory is cut there, and its parts go through it one by one."""
    torch.manual_seed(20412)
    rows = []
    for gamma, lam in [(0.9, 0.95), (1.0, 0.5), (0.99, 1.0)]:
        steps = 9
        rewards, values, bootstrap = torch.randn(steps).numpy(), torch.randn(steps).numpy(), float(torch.randn(()))
        terminated, truncated = np.zeros(steps), np.zeros(steps)
        terminated[3], truncated[6] = 1, 1
        limit = torch.randn(steps).numpy()
        parts = {"advantages": [], "returns": [], "discounted": []}
        # The values after the steps of each part; a terminated step has discount 0.
        for first, last, after in [(0, 7, limit[6]), (7, 9, bootstrap)]:
            r = jnp.array(rewards[first:last])
            v = jnp.array([*values[first:last], after])
            discounts = gamma * (1 - jnp.array(terminated[first:last]))
            parts["advantages"] += rlax.truncated_generalized_advantage_estimation(r, discounts, lam, v).tolist()
            parts["returns"] += rlax.lambda_returns(r, discounts, v[1:], lam).tolist()
            parts["discounted"] += rlax.discounted_returns(r, discounts, v[1:]).tolist()
        rows.append(
            {"reference": RLAX, "functions": functions_over_time("verl"), "rewards": rewards, "values": values, "bootstrapValue": bootstrap, "terminated": terminated,
             "truncated": truncated, "truncationValues": limit, "gamma": gamma, "lambda": lam, **parts}
        )
    return rows


def openrlhf_advantages(estimator, rewards, mask, group_size, gamma=1.0):
    """The whole of OpenRLHF's computation, without KL penalty and clipping, as one batch."""
    experience = Bag(
        index=list(range(len(rewards))), rewards=rewards.clone(), kl=torch.zeros_like(mask), action_mask=mask, info={}
    )
    advantage = Bag(estimator=estimator, gamma=gamma, no_std_norm=False)
    args = Bag(
        algo=Bag(advantage=advantage), rollout=Bag(n_samples_per_prompt=group_size), reward=Bag(clip_range=None)
    )
    maker = Bag(strategy=Bag(args=args), kl_ctl=Bag(value=0.0), advantage_estimator=estimator)
    maker.get_cumulative_returns = lambda *given: openrlhf["get_cumulative_returns"](None, *given)
    openrlhf["compute_advantages_and_returns"](maker, [experience])
    return experience.advantages * mask


def trl_grpo(rewards, group_size, scale):
    """One reward function of weight 1."""
    trainer = Bag(
        multi_objective_aggregation="sum_then_normalize", scale_rewards=scale, reward_weights=torch.ones(1)
    )
    space = {**trl, "self": trainer, "device": "cpu", "rewards_per_func": rewards[:, None], "num_generations": group_size}
    exec(grpo_block, space)
    return space["advantages"]


def trl_rloo(rewards, group_size, normalize):
    space = {**trl, "self": Bag(normalize_advantages=normalize), "rewards": rewards.clone(), "num_generations": group_size}
    exec(rloo_block, space)
    return space["advantages"]


def group_kinds(count):
    binary = (torch.rand(count) > 0.4).double()
    wide = torch.randn(count) * 10 ** (12 * torch.rand(count) - 6)
    return {"normal": torch.randn(count), "binary": binary, "wide": wide, "offset": 1e6 + torch.randn(count)}


def at_the_end(rewards, mask):
    """Token rewards: all of it on the last token, as trainers have it."""
    tokens = torch.zeros_like(mask)
    last = (mask * torch.arange(mask.shape[1])).argmax(1)
    tokens[torch.arange(len(rewards)), last] = rewards
    return tokens


def ragged_groups():
    """verl, which takes groups of any size in any order."""
    torch.manual_seed(20413)
    rows = []
    groups = np.array([3, 0, 0, 1, 3, 2, 0, 3, 3, 1, 0, 4])
    for kind, rewards in group_kinds(len(groups)).items():
        mask = masks(len(groups), 6)["padded"]
        tokens = at_the_end(rewards, mask)
        greedy = torch.randn(len(groups))
        first = lambda name, *given, **named: verl[f"compute_{name}_advantage"](tokens.clone(), *given, **named)[0]
        grouped = lambda name, **named: first(f"{name}_outcome", mask, index=groups, **named)
        paired = groups[groups != 2][:-1]
        kept = [i for i, group in enumerate(groups) if group not in (2, 4)]
        pass_at_k = {}
        for scale in (True, False):
            pass_at_k[str(scale).lower()] = verl["compute_grpo_passk_outcome_advantage"](
                tokens[kept], mask[kept], groups[kept], config={"norm_adv_by_std_in_grpo": scale}
            )[0]
        rows.append(
            {
                "reference": sources.reference("verl"),
                "convention": "verl",
                "functions": [
                    "groupRelativeAdvantages (verl)",
                    "rlooAdvantages (verl)",
                    "rlooAdvantages (verl-vectorized)",
                    "opoAdvantages",
                    "gpgAdvantages",
                    "passAtKAdvantages",
                    "reinforcePlusPlusBaselineAdvantages (verl)",
                    "remaxAdvantages",
                    "reinforcePlusPlusAdvantages (verl)",
                ],
                "name": kind,
                "groups": groups,
                "rewards": rewards,
                "tokenRewards": tokens,
                "mask": mask,
                "greedy": greedy,
                "pairedRewards": rewards[kept],
                "pairedGroups": paired,
                "pairedMask": mask[kept],
                "passAtK": pass_at_k,
                "grpo": grouped("grpo"),
                "grpoVectorized": grouped("grpo_vectorized"),
                "drGrpo": grouped("grpo", norm_adv_by_std_in_grpo=False),
                "rloo": grouped("rloo"),
                "rlooVectorized": grouped("rloo_vectorized"),
                "opo": grouped("opo"),
                "gpg": grouped("gpg"),
                "baseline": grouped("reinforce_plus_plus_baseline"),
                "remax": first("remax_outcome", greedy, mask) * mask,
                "reinforce": {g: first("reinforce_plus_plus_outcome", mask, Bag(gamma=g)) for g in (1.0, 0.9)},
            }
        )
    return rows


def even_groups():
    """TRL and OpenRLHF, which take groups of one size, one after the other."""
    torch.manual_seed(20414)
    rows = []
    for size in (4, 1):
        for kind, rewards in group_kinds(12).items():
            mask = masks(12, 5)["padded"]
            row = {"name": f"{kind} {size}", "size": size, "rewards": rewards}
            missing = rewards.clone()
            missing[[1, 2, 3, 5, 8, 9, 10, 11]] = torch.nan
            scales = ("group", "batch", "none")
            rows.append(
                {
                    "reference": sources.reference("trl"),
                    "convention": "trl",
                    "functions": ["groupRelativeAdvantages (trl)", "rlooAdvantages (trl)"],
                    **row,
                    "missing": [None if np.isnan(x) else x for x in missing.tolist()],
                    "grpo": {scale: trl_grpo(rewards, size, scale) for scale in scales},
                    "rloo": {str(n).lower(): trl_rloo(rewards, size, n) for n in (False, True)},
                    "grpoMissing": {scale: trl_grpo(missing, size, scale) for scale in scales},
                    "rlooMissing": trl_rloo(missing, size, False),
                }
            )
            names = ["groupRelativeAdvantages", "reinforcePlusPlusBaselineAdvantages", "reinforcePlusPlusAdvantages"]
            names += ["discountedReturns", "whiten", *(["rlooAdvantages"] if size > 1 else [])]
            row |= {"reference": sources.reference("openrlhf"), "convention": "openrlhf"}
            row["functions"] = [f"{name} (openrlhf)" for name in names]
            row |= {"mask": mask, "tokenRewards": at_the_end(rewards, mask)}
            # With groups of one OpenRLHF divides 0 by 0 in these.
            if size > 1:
                row["group_norm"] = openrlhf_advantages("group_norm", rewards, mask, size)
                row["rloo"] = openrlhf_advantages("rloo", rewards, mask, size)
            for estimator in ("dr_grpo", "reinforce_baseline"):
                row[estimator] = openrlhf_advantages(estimator, rewards, mask, size)
            row["reinforce"] = openrlhf_advantages("reinforce", rewards, mask, size, gamma=0.9)
            rows.append(row)
    return rows


def whitening():
    torch.manual_seed(20415)
    rows = []
    for kind, values in reward_kinds(4, 6).items():
        for masked, mask in masks(4, 6).items():
            for shift in (True, False):
                case = {"name": f"{kind} {masked} {shift}", "values": values, "mask": mask, "shiftMean": shift}
                for convention, package, functions in [("verl", "verl", verl_F), ("trl", "trl-ppo", trl_ppo)]:
                    white = functions["masked_whiten"](values, mask, shift) * mask
                    rows.append(
                        {"reference": sources.reference(package), "convention": convention, "functions": [f"whiten ({convention})"],
                         **case, "whitened": white}
                    )
    return rows


def kl_coefficients():
    rows = []
    for kl, steps, target, horizon, start in [(3.0, 64, 6.0, 10000, 0.15), (50.0, 256, 6.0, 10000, 0.2),
                                              (-1.0, 512, 0.1, 10000, 0.001), (6.1, 0, 6.0, 100, 0.1)]:
        for package, functions in [("verl", verl), ("openrlhf", openrlhf)]:
            one = functions["AdaptiveKLController"](start, target, horizon)
            one.update(kl, steps)
            rows.append(
                {"reference": sources.reference(package), "functions": ["nextKlCoefficient"], "kl": kl, "steps": steps, "target": target, "horizon": horizon,
                 "from": start, "to": float(one.value)}
            )
    return rows


class Batch(dict):
    """What verl's code asks of a DataProto's batch."""


def kl_rewards():
    torch.manual_seed(20416)
    rows = []
    for spread in (0.1, 4.0, 40.0):
        for masked, mask in masks(5, 6).items():
            logprobs, reference = -spread * torch.rand(5, 6), -spread * torch.rand(5, 6)
            rewards = 8 * torch.randn(5)
            row = {"name": f"{spread} {masked}", "rewards": rewards, "logprobs": logprobs, "refLogprobs": reference,
                   "mask": mask, "tokenRewards": at_the_end(rewards, mask)}
            penalized = {"verl": {}, "openrlhf": {}}
            kl_of_trl = {}
            for estimator in ("k1", "abs", "k2", "k3"):
                batch = Batch(response_mask=mask, token_level_scores=row["tokenRewards"], old_log_probs=logprobs,
                              ref_log_prob=reference)
                batch.batch_size = [5]
                controller = Bag(value=0.3, update=lambda **_: None)
                data, _ = verl["apply_kl_penalty"](Bag(batch=batch), controller, estimator)
                penalized["verl"][estimator] = data.batch["token_level_rewards"] * mask
                if estimator != "abs":
                    kl = openrlhf["compute_approx_kl"](logprobs, reference, kl_estimator=estimator)
                    rewarded = openrlhf["compute_reward"](rewards, 0.3, kl, mask, reward_clip_range=(-10, 10))
                    penalized["openrlhf"][estimator] = rewarded * mask
                if estimator in ("k1", "k3"):
                    space = {"logprobs": logprobs, "ref_logprobs": reference, "args": Bag(kl_estimator=estimator, kl_coef=0.3)}
                    exec(trl_kl_block, space)
                    kl_of_trl[estimator] = space["kl"] * mask
            for package, by_estimator in penalized.items():
                # OpenRLHF clips the rewards first.
                names = [f"klPenalizedRewards ({package})", *(["clipRewards"] if package == "openrlhf" else [])]
                rows.append(
                    {"reference": sources.reference(package), "convention": package, "functions": names, **row, "klWeight": 0.3,
                     "penalized": by_estimator}
                )
            rows.append(
                {"reference": sources.reference("trl-ppo"), "convention": "trl", "functions": ["klPenalizedRewards (trl)"], **row,
                 "kl": kl_of_trl}
            )
    return rows


def moments():
    torch.manual_seed(20417)
    running = trl_ppo["RunningMoments"](Bag(use_distributed=False))
    rows = []
    for size, offset in [(5, 0.0), (1, 3.0), (40, -2.0), (7, 100.0)]:
        rewards = offset + torch.randn(size)
        running.update(rewards)
        rows.append(
            {"reference": sources.reference("trl-ppo"), "functions": ["updateMoments"], "rewards": rewards, "mean": running.mean,
             "variance": running.var, "deviation": running.std}
        )
    return rows


def lengths():
    torch.manual_seed(20418)
    all_lengths = [0, 1, 79, 80, 81, 90, 99, 100, 101, 150, 400]
    rewards = torch.randn(len(all_lengths))
    truncated = [length >= 100 for length in all_lengths]
    penalties = []

    def add(package, band, factor, values):
        penalties.append(
            {"reference": sources.reference(package), "convention": package, "functions": [f"overlongPenalties ({package})"],
             "band": band, "factor": factor,
             "penalties": values}
        )

    for band in (0, 20, 100):
        punish = trl["_SoftOverlongPunishment"](100, band)
        add("trl", band, 1, punish([[1] * length for length in all_lengths]))
        one = Bag(response_length=torch.tensor(all_lengths), rewards=torch.zeros(len(all_lengths)))
        openrlhf["apply_overlong_penalty"]([one], 100, band, 0.5)
        add("openrlhf", band, 0.5, one.rewards)
        if band:
            values = []
            for length in all_lengths:
                space = {"self": Bag(overlong_buffer_cfg=Bag(len=band, penalty_factor=0.5), max_resp_len=100),
                         "valid_response_length": length}
                exec(verl_overlong, space)
                values.append(float(space["overlong_reward"]))
            add("verl", band, 0.5, values)
    stopped = []
    for coefficient in (0.0, 0.25, 1.0, -0.5):
        one = Bag(rewards=rewards.clone(), truncated=torch.tensor(truncated))
        openrlhf["apply_stop_properly_penalty"]([one], coefficient)
        stopped.append(
            {"reference": sources.reference("openrlhf"), "functions": ["stopProperlyRewards"], "coefficient": coefficient, "rewards": rewards,
             "truncated": truncated, "stopped": one.rewards}
        )
    return {"lengths": all_lengths, "penalties": penalties, "stopped": stopped}


def filters():
    groups = [[0, 0, 0, 0], [1, 1, 1, 1], [1, 0, 1, 1], [0.5, 0.5, 0.5, 0.5], [2, 0, 0, 0], [0.25, 0.5, 2, 1.5], [1, 1, 1, 1 + 1e-9]]
    kept = {"verl": [], "trl": [], "openrlhf": []}
    for group in groups:
        space = {"np": np, "uid": 0, "values": group, "classification_cache": {}}
        exec(verl_filter, space)
        kept["verl"].append(space["classification_cache"][0] is None)
        trainer = Bag(multi_objective_aggregation="sum_then_normalize", scale_rewards="group", reward_weights=torch.ones(1))
        space = {**trl, "self": trainer, "device": "cpu", "rewards_per_func": torch.tensor(group)[:, None].double(), "num_generations": 4}
        exec(grpo_block, space)
        kept["trl"].append(not bool(space["is_std_zero"][0]))
        space = {**openrlhf, "self": Bag(args=Bag(algo=Bag(dynamic_filtering_range=(0, 1)))),
                 "experiences": [Bag(scores=[torch.tensor(float(x))]) for x in group]}
        exec(openrlhf_filter, space)
        kept["openrlhf"].append(len(space["experiences"]) > 0)
    return [
        {"reference": sources.reference(package), "convention": package, "functions": [f"informativeGroups ({package})"],
         "groups": groups, "kept": flags}
        for package, flags in kept.items()
    ]


def v_traces():
    """As in episodes(): the trajectory is cut where a time limit struck."""
    torch.manual_seed(20419)
    rows = []
    for spread, gamma, lam, rho, rho_of_advantages in [(0.5, 0.99, 1.0, 1.0, 1.0), (1.0, 0.9, 0.9, 2.0, 1.5),
                                                       (20.0, 1.0, 0.5, 1.0, 3.0), (0.0, 0.95, 0.8, 1.0, 1.0)]:
        steps = 9
        rewards, values, limit = (torch.randn(steps).numpy() for _ in range(3))
        log_ratios, bootstrap = (spread * torch.randn(steps)).numpy(), float(torch.randn(()))
        terminated, truncated = np.zeros(steps), np.zeros(steps)
        terminated[2], truncated[5] = 1, 1
        parts = {"errors": [], "advantages": []}
        for first, last, after in [(0, 6, limit[5]), (6, 9, bootstrap)]:
            v = jnp.array([*values[first:last], after])
            out = rlax.vtrace_td_error_and_advantage(
                v[:-1], v[1:], jnp.array(rewards[first:last]), gamma * (1 - jnp.array(terminated[first:last])),
                jnp.exp(jnp.array(log_ratios[first:last])), jnp.array(lam), rho, rho_of_advantages,
            )
            parts["errors"] += out.errors.tolist()
            parts["advantages"] += out.pg_advantage.tolist()
        rows.append(
            {"reference": RLAX, "functions": ["vTrace"], "rewards": rewards, "values": values, "logRatios": log_ratios, "bootstrapValue": bootstrap,
             "terminated": terminated, "truncated": truncated, "truncationValues": limit,
             "options": {"gamma": gamma, "lambda": lam, "rhoClip": rho, "advantageRhoClip": rho_of_advantages},
             "targets": values + np.array(parts["errors"]), "advantages": parts["advantages"]}
        )
    return rows


def gdpo():
    torch.manual_seed(20420)
    rows = []
    for size, functions in [(4, 3), (1, 2), (6, 1)]:
        count = 12
        rewards = torch.randn(functions, count) * 10 ** torch.arange(functions)[:, None]
        rewards[-1, : count // 2] = (rewards[-1, : count // 2] > 0).double()
        weights = torch.rand(functions) + 0.5
        groups = np.arange(count) // size
        mask = masks(count, 5)["padded"]
        keys = [str(k) for k in range(functions)]
        prompt = torch.ones(count, 2)
        advantages, _ = verl["compute_gdpo_outcome_advantage"](
            torch.zeros_like(mask), mask, groups,
            config={"gdpo_reward_keys": keys, "gdpo_reward_weights": weights.tolist()},
            non_tensor_batch={key: rewards[k].numpy() for k, key in enumerate(keys)},
            batch={"prompts": prompt, "attention_mask": torch.cat([prompt, mask], 1).long()},
        )
        missing = rewards.clone()
        missing[0, [0, 1, 2, 4]] = torch.nan
        missing[:, [3, 7]] = torch.nan
        by_trl = []
        for given in (rewards, missing):
            trainer = Bag(multi_objective_aggregation="normalize_then_sum", reward_weights=weights, reward_funcs=keys)
            space = {**trl, "self": trainer, "device": "cpu", "rewards_per_func": given.T, "num_generations": size}
            exec(grpo_block, space)
            by_trl.append(space["advantages"])
        gaps = [[None if np.isnan(x) else x for x in row] for row in missing.tolist()]
        row = {"size": size, "rewards": rewards, "weights": weights}
        rows.append(
            {"reference": sources.reference("verl"), "convention": "verl", "functions": ["gdpoAdvantages (verl)"], **row, "mask": mask,
             "tokenAdvantages": advantages}
        )
        rows.append(
            {"reference": sources.reference("trl"), "convention": "trl", "functions": ["gdpoAdvantages (trl)"], **row,
             "advantages": by_trl[0], "missing": gaps,
             "missingAdvantages": by_trl[1]}
        )
    return rows


def optimal_token_baselines():
    torch.manual_seed(20421)
    rows = []
    groups = np.array([0, 0, 0, 1, 1, 2, 3, 3])
    for masked, mask in masks(len(groups), 7).items():
        rewards = torch.randn(len(groups), 7)
        logprobs = -3 * torch.rand(len(groups), 7)
        squares = torch.exp(2 * logprobs) + 0.3 * (1 - torch.exp(logprobs)) ** 2
        weights = 2 * torch.rand(len(groups), 7)
        row = {"reference": sources.reference("verl"), "functions": ["optimalTokenBaselineAdvantages"], "name": masked,
               "groups": groups, "rewards": rewards, "mask": mask, "logprobs": logprobs,
               "squaredProbabilitySums": squares, "importanceWeights": weights, "cases": []}
        for alignment, name in [("column", "optimal_token_baseline"), ("token", "multi_turn_optimal_token_baseline")]:
            for weighted, zero_tail in itertools.product((False, True), (False, True)):
                advantages, returns = verl[f"compute_{name}_advantage"](
                    rewards, mask, groups, logprobs, squares, weights if weighted else None, zero_tail
                )
                row["cases"].append({"alignment": alignment, "weighted": weighted, "zeroTail": zero_tail,
                                     "advantages": advantages, "returns": returns * mask})
        rows.append(row)
    return rows


def pf_ppo():
    torch.manual_seed(20422)
    scores = torch.tensor([*torch.randn(6).tolist(), 0.0, 3.0, 3.0, -4.0])
    rows = []
    for name, method in [("pow", "pow"), ("max-min", "max_min"), ("max-random", "max_random")]:
        weights = torch.clamp(verl["compute_weights"](scores, method, 1.5) + 1e-8, min=1e-8)
        rows.append(
            {"reference": sources.reference("verl"), "functions": ["pfPpoWeights"], "method": name, "power": 1.5, "scores": scores,
             "weights": weights}
        )
    return rows


sources.write(
    "papers", ["verl", "trl"], gdpo=gdpo(), optimalTokenBaselines=optimal_token_baselines(), pfPpo=pf_ppo()
)
sources.write("v-trace", [], {"rlax": rlax.__version__}, rows=v_traces())
sources.write(
    "shaping",
    ["verl", "openrlhf", "trl", "trl-ppo"],
    whitening=whitening(),
    klCoefficients=kl_coefficients(),
    klRewards=kl_rewards(),
    moments=moments(),
    lengths=lengths(),
    filters=filters(),
)
sources.write("groups", ["verl", "openrlhf", "trl"], ragged=ragged_groups(), even=even_groups())
sources.write("over-time", ["verl", "openrlhf"], {"rlax": rlax.__version__}, cases=over_time(), episodes=episodes())
