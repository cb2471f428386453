"""Golden values, metrics and gradients of the policy and value losses, by TRL's, verl's and OpenRLHF's own code.

    pip download --no-deps trl==0.23.1 -d WHEELS      # the last line of TRL with a PPO trainer
    PREFKIT_WHEELS=WHEELS python tools/parity/losses_policy.py
    writes packages/losses/src/goldens/policy.json; see losses_goldens.py for the wheels

TRL's GRPOTrainer._compute_loss runs whole on a stub trainer, its reduction too. verl's and OpenRLHF's functions end in
agg_loss and aggregate_loss, which losses_regularisers.py checks; here those only mask, to see each token. Of
TRL's PPO trainer the lines of PPOTrainer.train that compute losses and metrics run as they are.

What is counted in single precision is counted in double, and verl's means of metrics are over n, not n + 1e-8.
"""

import math
import types
from collections import defaultdict

import torch
import torch.nn as nn

from losses_goldens import golden, source, take, write
from reference_code import lines_of

torch.manual_seed(1707)
torch.set_default_dtype(torch.float64)

VERSIONS = {"TRL": "1.16.0", "verl": "0.9.1", "OpenRLHF": "0.11.2", "PyTorch": torch.__version__.split("+")[0]}
PPO = "0.23.1"


def in_double(package, path):
    """A file's text, with what it counts in single precision counted in double."""
    return source(package, path).replace(".float()", ".double()")


nanmin, nanmax = take(source("trl", "trl/trainer/utils.py"), ["nanmin", "nanmax"], {"torch": torch})
(grpo,) = take(
    in_double("trl", "trl/trainer/grpo_trainer.py"),
    ["GRPOTrainer._compute_loss"],
    {"torch": torch, "nn": nn, "math": math, "nanmin": nanmin, "nanmax": nanmax},
)
verl_functions = {"torch": torch}
take(
    source("verl", "verl/utils/torch_functional.py"),
    ["masked_sum", "masked_mean", "clip_by_value"],
    verl_functions,
    replace=[("(mask.sum(axis=axis) + 1e-8)", "mask.sum(axis=axis)")],
)


class ActorConfig(types.SimpleNamespace):
    def get(self, name, default):
        return getattr(self, name, default)


verl = {
    "torch": torch,
    "verl_F": types.SimpleNamespace(**verl_functions),
    "ActorConfig": ActorConfig,
    "AlgoConfig": type("AlgoConfig", (), {}),
    "agg_loss": lambda loss_mat, loss_mask, **_: torch.where(loss_mask.bool(), loss_mat, 0.0),
}
take(
    in_double("verl", "verl/trainer/ppo/core_algos.py"),
    ["compute_policy_loss_vanilla", "compute_policy_loss_gspo", "compute_policy_loss_cispo", "compute_value_loss"],
    verl,
)
(openrlhf_mean,) = take(source("openrlhf", "openrlhf/models/utils.py"), ["masked_mean"], {"torch": torch})
PolicyLoss, ValueLoss = take(
    source("openrlhf", "openrlhf/models/loss.py"),
    ["PolicyLoss", "ValueLoss"],
    {
        "torch": torch,
        "nn": nn,
        "Optional": {torch.Tensor: None, float: None},
        "masked_mean": openrlhf_mean,
        "aggregate_loss": lambda loss, loss_mask, **_: torch.where(loss_mask.bool(), loss, 0.0),
    },
)

B, T = 5, 6
mask = torch.tensor(
    [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
)
old = -3 * torch.rand(B, T)
advantages = torch.tensor([1.3, -0.8, -1.7, 0.4, 0.6])
per_token = torch.randn(B, T)
cases = {
    "random": {"logprobs": old + 0.3 * torch.randn(B, T), "oldLogprobs": old},
    "near": {"logprobs": old + 1e-4 * torch.randn(B, T), "oldLogprobs": old},
    "same": {"logprobs": old, "oldLogprobs": old},
    "extreme": {"logprobs": old + 15 * torch.randn(B, T), "oldLogprobs": old},
}
rows = []


def reference_of(case):
    library = case.split()[0]
    return f"{library} {VERSIONS[library]}"


def add(name, case, options, inputs, run, mask=mask, reference=None, **others):
    row = golden(name, case, options, {"logprobs": inputs["logprobs"]}, run, reference or reference_of(case))
    rest = {"oldLogprobs": inputs["oldLogprobs"], "mask": mask, **others}
    row["inputs"].update({key: value.tolist() for key, value in rest.items()})
    rows.append(row)


# --- verl and OpenRLHF
def run_verl(function, inputs, advantages, low, high, **more):
    def run(x):
        config = ActorConfig(clip_ratio=low, clip_ratio_low=low, clip_ratio_high=high, global_batch_info={}, **more)
        losses, metrics = verl[function](inputs["oldLogprobs"], x["logprobs"], advantages, mask, config=config)
        if function == "compute_policy_loss_vanilla":
            metrics = {**metrics, "policy/clipfrac_avg": metrics["actor/pg_clipfrac"]}
        elif function == "compute_policy_loss_cispo":
            metrics = {name: metrics[name] for name in ("actor/pg_clipfrac", "actor/ppo_kl")}
        else:
            metrics = {}
        return {"losses": losses, "metrics": metrics}

    return run


for case, inputs in cases.items():
    for low, high, dual in ((0.2, 0.2, 3.0), (0.2, 0.28, 1.5)):
        options = {"clipEpsilon": low, "clipEpsilonHigh": high, "dualClip": dual, "convention": "verl"}
        run = run_verl("compute_policy_loss_vanilla", inputs, per_token, low, high, clip_ratio_c=dual)
        add("ppo", f"verl {case}", options, inputs, run, advantages=per_token)
        for cap in (None, dual):
            loss = PolicyLoss(clip_eps_low=low, clip_eps_high=high, dual_clip=cap)
            options = {"clipEpsilon": low, "clipEpsilonHigh": high, "convention": "openrlhf"}
            options.update({} if cap is None else {"dualClip": cap})
            run = lambda x: dict(  # noqa: E731
                zip(("losses", "metrics"), (loss(x["logprobs"], inputs["oldLogprobs"], per_token, mask)[0], {}))
            )
            add("ppo", f"OpenRLHF {case}", options, inputs, run, advantages=per_token)
    low, high = (3e-4, 4e-4) if case == "near" else (0.1, 0.2)
    wide = advantages[:, None].expand(B, T)
    options = {"clipEpsilon": low, "clipEpsilonHigh": high}
    run = run_verl("compute_policy_loss_gspo", inputs, wide, low, high)
    add("gspo", f"verl {case}", {**options, "convention": "verl"}, inputs, run, advantages=advantages)
    loss = PolicyLoss(clip_eps_low=low, clip_eps_high=high, policy_loss_type="gspo")
    run = lambda x: {"losses": loss(x["logprobs"], inputs["oldLogprobs"], wide, mask)[0]}  # noqa: E731
    add("gspo", f"OpenRLHF {case}", {**options, "convention": "trl"}, inputs, run, advantages=advantages)
    run = run_verl("compute_policy_loss_cispo", inputs, per_token, 0.2, 0.3)
    options = {"ratioLow": 0.8, "ratioHigh": 1.3, "convention": "verl"}
    add("cispo", f"verl {case}", options, inputs, run, advantages=per_token)
    run = run_verl("compute_policy_loss_cispo", inputs, per_token, 0.2, 0.2)
    add("cispo", f"verl defaults {case}", {"convention": "verl"}, inputs, run, advantages=per_token)


# --- TRL
def run_grpo(inputs, advantages, ref, **settings):
    def run(x):
        logprobs = x["logprobs"]
        trainer = types.SimpleNamespace(
            accelerator=types.SimpleNamespace(
                num_processes=1, gather=lambda v: v, reduce=lambda v, reduction: v, device="cpu"
            ),
            model=types.SimpleNamespace(training=True),
            args=types.SimpleNamespace(
                delta=settings.pop("delta", None),
                use_bias_correction_kl=settings.pop("bias_correction", False),
                steps_per_generation=1,
            ),
            aux_loss_enabled=False,
            top_entropy_quantile=1.0,
            off_policy_mask_threshold=None,
            use_vllm=False,
            current_gradient_accumulation_steps=1,
            max_completion_length=10,
            _entropy_bonus_enabled=False,
            _get_per_token_logps_and_entropies=lambda *_, **__: (logprobs, torch.zeros(B, T), None),
            _metrics=defaultdict(lambda: defaultdict(list)),
            **{
                "importance_sampling_level": "token",
                "beta": 0.0,
                "loss_type": "grpo",
                "epsilon_low": 0.2,
                "epsilon_high": 0.2,
                **settings,
            },
        )
        batch = {
            "prompt_ids": torch.zeros(B, 1),
            "prompt_mask": torch.ones(B, 1),
            "completion_ids": torch.zeros(B, T),
            "completion_mask": mask,
            "advantages": advantages,
            "old_per_token_logps": inputs["oldLogprobs"],
            "ref_per_token_logps": ref,
            "num_items_in_batch": mask.sum(),
        }
        loss = grpo(trainer, None, batch)
        names = ("clip_ratio/", "kl", "cispo")
        metrics = {k: v[-1] for k, v in trainer._metrics["train"].items() if k.startswith(names)}
        return {"losses": loss, "metrics": metrics}

    return run


ref = old + 0.5 * torch.randn(B, T)
for case in ("random", "near", "same"):
    inputs = cases[case]
    for loss_type in ("grpo", "bnpo", "dr_grpo", "dapo", "luspo"):
        for level in ("token", "sequence"):
            ours = {
                "clipEpsilon": 0.1,
                "clipEpsilonHigh": 0.28,
                "importance": {"token": "token", "sequence": "sequence-mean"}[level],
            }
            reduction = {"lossType": loss_type, **({"maxCompletionLength": 10} if loss_type == "dr_grpo" else {})}
            options = {"loss": ours, "reduction": reduction}
            theirs = {"loss_type": loss_type, "importance_sampling_level": level, "epsilon_low": 0.1, "epsilon_high": 0.28}
            add("grpo", f"TRL {case}", options, inputs, run_grpo(inputs, advantages, ref, **theirs), advantages=advantages)
    for correct in (False, True):
        ours = {"klWeight": 0.04, "klImportance": correct, "ratioCap": 1.5}
        options = {"loss": ours, "reduction": {"lossType": "dapo"}}
        theirs = {"loss_type": "dapo", "beta": 0.04, "bias_correction": correct, "delta": 1.5}
        run = run_grpo(inputs, per_token, ref, **theirs)
        add("grpo", f"TRL KL {case}", options, inputs, run, advantages=per_token, refLogprobs=ref)
    run = run_grpo(inputs, advantages, ref, loss_type="cispo", epsilon_high=1.2)
    add("cispoMean", f"TRL {case}", {"ratioHigh": 1.2}, inputs, run, advantages=advantages)
    run = run_grpo(inputs, advantages, ref, loss_type="cispo", epsilon_high=5.0)
    add("cispoMean", f"TRL defaults {case}", {}, inputs, run, advantages=advantages)
    low, high = (3e-4, 4e-4) if case == "near" else (0.1, 0.2)
    theirs = {"loss_type": "grpo", "importance_sampling_level": "sequence", "epsilon_low": low, "epsilon_high": high}
    options = {"clipEpsilon": low, "clipEpsilonHigh": high}
    add("gspoMean", f"TRL {case}", options, inputs, run_grpo(inputs, advantages, ref, **theirs), advantages=advantages)

# --- Values
values = {"values": 2 * torch.randn(B, T)}
returns, before = 2 * torch.randn(B, T), 2 * torch.randn(B, T)
for epsilon in (0.5, 0.2, None):
    shared = {"returns": returns.tolist(), "mask": mask.tolist()}

    def of_verl(x):
        losses, share = verl["compute_value_loss"](x["values"], returns, before, mask, epsilon)
        return {"losses": losses, "metrics": {"val/clipfrac_avg": share}}

    def of_openrlhf(x):
        return {"losses": ValueLoss(clip_eps=epsilon)(x["values"], before, returns, mask)}

    options = {} if epsilon is None else {"clipEpsilon": epsilon}
    for name, run in (("verl", of_verl), ("OpenRLHF", of_openrlhf)):
        if name == "verl" and epsilon is None:
            continue
        row = golden("value", name, options, values, run, reference_of(name))
        row["inputs"].update({**shared, **({} if epsilon is None else {"oldValues": before.tolist()})})
        rows.append(row)
huber = golden(
    "value",
    "PyTorch",
    {"distance": "huber", "delta": 0.7},
    values,
    lambda x: {"losses": nn.functional.huber_loss(x["values"], returns, reduction="none", delta=0.7) * mask},
    reference_of("PyTorch"),
)
huber["inputs"].update({"returns": returns.tolist(), "mask": mask.tolist()})
rows.append(huber)


# --- TRL's PPO: the lines of PPOTrainer.train
(masked_mean,) = take(source(f"trl@{PPO}", "trl/core.py"), ["masked_mean"], {"torch": torch})


def lines(first, last):
    return lines_of(in_double(f"trl@{PPO}", "trl/trainer/ppo_trainer.py"), first, last)


POLICY = lines("logprobs_diff = new_logprobs", "pg_loss_max =")
POLICY_SHARE = lines("pg_clipfrac = masked_mean(", ")")
POLICY_KL = lines("approxkl = ", "approxkl = ")
VALUE = lines("vpredclipped = torch.clamp(", "vf_loss_max =")
VALUE_SHARE = lines("vf_clipfrac = masked_mean(", ")")


def run_trl_ppo(inputs, epsilon, mask):
    """TRL counts padding in approxkl and ratio, as tokens whose ratio is 1: they are compared where there is none."""
    kept = mask.bool()

    def run(x):
        names = {
            "torch": torch,
            "masked_mean": masked_mean,
            "args": types.SimpleNamespace(cliprange=epsilon),
            "new_logprobs": torch.where(kept, x["logprobs"], 1.0),
            "mb_logprobs": torch.where(kept, inputs["oldLogprobs"], 1.0),
            "mb_advantage": per_token,
            "padding_mask": ~kept,
            "micro_batch_inds": slice(None),
        }
        for part in (POLICY, POLICY_SHARE, POLICY_KL):
            exec(part, names)
        metrics = {"policy/clipfrac_avg": names["pg_clipfrac"]}
        if kept.all():
            metrics.update({"policy/approxkl_avg": names["approxkl"], "val/ratio": names["ratio"].mean()})
        return {"losses": names["pg_loss_max"] * mask, "metrics": metrics}

    return run


def run_trl_value(epsilon):
    def run(x):
        names = {
            "torch": torch,
            "masked_mean": masked_mean,
            "args": types.SimpleNamespace(cliprange_value=epsilon),
            "vpred": x["values"],
            "mb_return": returns,
            "mb_values": before,
            "padding_mask_p1": ~mask.bool(),
            "micro_batch_inds": slice(None),
        }
        for part in (VALUE, VALUE_SHARE):
            exec(part, names)
        # TRL's ½ is outside of its mean.
        return {"losses": 0.5 * names["vf_loss_max"] * mask, "metrics": {"val/clipfrac_avg": names["vf_clipfrac"]}}

    return run


for case, inputs in cases.items():
    for kept in (mask, torch.ones_like(mask)):
        for epsilon in (0.2, 0.05):
            run = run_trl_ppo(inputs, epsilon, kept)
            options = {} if epsilon == 0.2 else {"clipEpsilon": epsilon}
            add("ppo", f"TRL {case}", options, inputs, run, kept, f"TRL {PPO}", advantages=per_token)
for epsilon in (0.5, 0.2):
    row = golden("value", "TRL", {"clipEpsilon": epsilon}, values, run_trl_value(epsilon), f"TRL {PPO}")
    row["inputs"].update({"returns": returns.tolist(), "mask": mask.tolist(), "oldValues": before.tolist()})
    rows.append(row)

versions = {"trl": VERSIONS["TRL"], "trl-ppo": PPO, "verl": VERSIONS["verl"], "openrlhf": VERSIONS["OpenRLHF"]}
write("policy", rows, versions)
