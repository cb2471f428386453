"""Golden values and gradients of REINFORCE, GPG, RLOO and TOPR, of the weights and masks that correct for the engine
that sampled, and of TRL's off-policy and entropy masks, by TRL's, verl's, OpenRLHF's and Trinity-RFT's own code.

    pip download --no-deps trinity-rft==0.5.1 -d WHEELS      # the only published one with TOPR
    PREFKIT_WHEELS=WHEELS python tools/parity/losses_off_policy.py
    writes packages/losses/src/goldens/off-policy.json; see losses_goldens.py for the wheels

Weights and masks have no gradient: rows named after them hold weights·log π, whose gradient is the weights. What
verl, OpenRLHF and Trinity-RFT reduce by is replaced by the mask alone, to see each token; losses_regularisers.py checks
reductions. What is counted in single precision is counted in double, and verl's and Trinity-RFT's means of metrics are over n, not
n + 1e-8, but for those of weights.
"""

import ast
import math
import sys
import types
from collections import defaultdict
from typing import Any, Optional

import torch
import torch.nn as nn

from losses_goldens import golden, source, take, write

torch.manual_seed(2503)
torch.set_default_dtype(torch.float64)

VERSIONS = {"TRL": "1.16.0", "verl": "0.9.1", "OpenRLHF": "0.11.2", "Trinity-RFT": "0.5.1"}


def in_double(package, path):
    """A file's text, with what it counts in single precision counted in double."""
    return source(package, path).replace(".float()", ".double()")



# --- The references
class Config(types.SimpleNamespace):
    def get(self, name, default=None):
        return getattr(self, name, default)


def each_token(losses, mask):
    return torch.where(mask.bool(), losses, 0.0)


GRPO = in_double("trl", "trl/trainer/grpo_trainer.py")
nanmin, nanmax = take(source("trl", "trl/trainer/utils.py"), ["nanmin", "nanmax"], {"torch": torch})
trl = {"torch": torch, "nn": nn, "math": math, "nanmin": nanmin, "nanmax": nanmax}
grpo, entropy_mask, off_policy_mask = take(
    GRPO, [f"GRPOTrainer.{name}" for name in ("_compute_loss", "get_high_entropy_mask", "get_off_policy_mask")], trl
)
(rloo,) = take(in_double("trl", "trl/trainer/rloo_trainer.py"), ["RLOOTrainer._compute_loss"], dict(trl))


def trl_correction():
    """The two blocks of TRL's generation that hold the ratio and its metrics, as one program."""
    trainer = next(n for n in ast.parse(GRPO).body if getattr(n, "name", "") == "GRPOTrainer")
    generate = next(n for n in trainer.body if getattr(n, "name", "") == "_generate_and_score_completions")
    condition = "self.use_vllm and self.vllm_importance_sampling_correction"
    found = [n for n in ast.walk(generate) if isinstance(n, ast.If) and ast.unparse(n.test) == condition]
    ratio, metrics = [n for n in found if "logps" in ast.unparse(n)][:2]
    if "torch.exp(logps_diff)" not in ast.unparse(ratio):
        ratio, metrics = metrics, ratio
    return compile(ast.Module([ratio, metrics], []), "trl", "exec")


TRL_CORRECTION = trl_correction()

verl_F = {"torch": torch}
take(source("verl", "verl/utils/torch_functional.py"), ["masked_sum", "masked_mean", "clip_by_value"], verl_F)
exact_F = {"torch": torch}
take(
    source("verl", "verl/utils/torch_functional.py"),
    ["masked_sum", "masked_mean", "clip_by_value"],
    exact_F,
    replace=[("(mask.sum(axis=axis) + 1e-8)", "mask.sum(axis=axis)")],
)
HELPER = in_double("verl", "verl/trainer/ppo/rollout_corr_helper.py")
LEVELS = {"token_k1", "token_k2", "token_k3"}
REDUCED = {f"seq_{over}_k{k}" for over in ("sum", "mean", "max") for k in (1, 2, 3)} - {"seq_max_k1"}
helper = {
    "torch": torch,
    "math": math,
    "Any": Any,
    "Optional": Optional,
    "verl_F": types.SimpleNamespace(**verl_F),
    "DataProto": types.SimpleNamespace(from_dict=lambda tensors: types.SimpleNamespace(batch=tensors)),
    "SAFETY_BOUND": 20.0,
    "SUPPORTED_ROLLOUT_RS_OPTIONS": LEVELS | REDUCED,
    "TOKEN_LEVEL_ROLLOUT_RS_OPTIONS": LEVELS,
}
if "SAFETY_BOUND = 20.0" not in HELPER:
    raise ValueError("verl's bound on log-ratios has changed")
HELPERS = [
    "_parse_rollout_is_threshold",
    "_parse_rollout_rs_thresholds",
    "compute_rs_metrics",
    "compute_rollout_rejection_mask",
    "compute_is_metrics",
    "compute_rollout_correction_weights",
    "compute_offpolicy_metrics",
    "compute_rollout_correction_and_rejection_mask",
]
take(HELPER, HELPERS, helper)
exact_helper = {**helper, "verl_F": types.SimpleNamespace(**exact_F)}
take(HELPER, HELPERS, exact_helper)
sys.modules["verl.trainer.ppo.rollout_corr_helper"] = types.SimpleNamespace(**helper)
for name in ("verl", "verl.trainer", "verl.trainer.ppo"):
    sys.modules[name] = types.ModuleType(name)
verl = {
    "torch": torch,
    "Any": Any,
    "verl_F": types.SimpleNamespace(**exact_F),
    "ActorConfig": Config,
    "agg_loss": lambda loss_mat, loss_mask, **_: each_token(loss_mat, loss_mask),
}
take(
    in_double("verl", "verl/trainer/ppo/core_algos.py"),
    [
        "compute_policy_loss_gpg",
        "compute_policy_loss_gspo",
        "compute_policy_loss_reinforce",
        "compute_policy_loss_bypass_mode",
    ],
    verl,
)
(openrlhf_mean,) = take(source("openrlhf", "openrlhf/models/utils.py"), ["masked_mean"], {"torch": torch})
(PolicyLoss,) = take(
    in_double("openrlhf", "openrlhf/models/loss.py"),
    ["PolicyLoss"],
    {
        "torch": torch,
        "nn": nn,
        "Optional": Optional,
        "masked_mean": openrlhf_mean,
        "aggregate_loss": lambda loss, loss_mask, **_: each_token(loss, loss_mask),
    },
)
trinity = {"torch": torch}
take(
    in_double("trinity_rft@0.5.1", "trinity/algorithm/utils.py"),
    ["masked_sum", "masked_mean"],
    trinity,
    replace=[("(mask.sum(axis=axis) + 1e-8)", "mask.sum(axis=axis)")],
)


class Reduced(torch.Tensor):
    """Losses of tokens where the reference wants one number, to log it."""

    def item(self):
        return math.nan


trinity.update(
    PolicyLossFn=type("PolicyLossFn", (), {"__init__": lambda self, backend: None}),
    Tuple=tuple,
    Dict=dict,
    aggregate_loss=lambda losses, mask, **_: each_token(losses, mask).as_subclass(Reduced),
)
(TOPR,) = take(
    source("trinity_rft@0.5.1", "trinity/algorithm/policy_loss_fn/topr_policy_loss.py"), ["TOPRPolicyLossFn"], trinity
)

# --- The inputs
B, T = 5, 6
holes = torch.tensor(
    [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
)
filled = holes.clone()
filled[3, 2] = 1
old = -3 * torch.rand(B, T)
rollout = old + 0.2 * torch.randn(B, T)
advantages = torch.tensor([1.3, -0.8, -1.7, 0.0, 0.6])
per_token = torch.randn(B, T)
entropies = torch.rand(B, T).float().double()
cases = {
    "random": {"logprobs": old + 0.3 * torch.randn(B, T), "oldLogprobs": old},
    "near": {"logprobs": old + 1e-4 * torch.randn(B, T), "oldLogprobs": old},
    "same": {"logprobs": old, "oldLogprobs": old},
    "extreme": {"logprobs": old + 8 * torch.randn(B, T), "oldLogprobs": old},
}
# The trainer against the engine: μ is what the second was.
engines = {
    name: {"logprobs": x["logprobs"], "rolloutLogprobs": x["oldLogprobs"]}
    for name, x in cases.items()
    if name != "same"
}
rows = []


def add(name, case, options, inputs, run, mask=holes, **others):
    library = case.split()[0].rstrip(",")
    reference = f"{library} {VERSIONS[library]}"
    row = golden(name, case, options, {"logprobs": inputs["logprobs"]}, run, reference)
    rest = {**{key: value for key, value in inputs.items() if key != "logprobs"}, "mask": mask, **others}
    row["inputs"].update({key: value.tolist() for key, value in rest.items()})
    rows.append(row)


# --- REINFORCE and GPG
def run_reinforce(inputs, weights=None):
    def run(x):
        losses, metrics = verl["compute_policy_loss_reinforce"](
            inputs["oldLogprobs"], x["logprobs"], per_token, holes, config=Config(global_batch_info={}),
            rollout_is_weights=weights,
        )
        return {"losses": losses, "metrics": metrics}

    return run


def run_gpg(inputs):
    config, gpg = Config(global_batch_info={}), verl["compute_policy_loss_gpg"]
    return lambda x: {"losses": gpg(inputs["oldLogprobs"], x["logprobs"], per_token, holes, config=config)[0]}


def run_bypass(inputs, correction):
    def run(x):
        config = Config(
            global_batch_info={}, policy_loss=Config(rollout_correction=Config(loss_type="reinforce", **correction))
        )
        losses, metrics = verl["compute_policy_loss_bypass_mode"](
            inputs["oldLogprobs"], x["logprobs"], per_token, holes, config=config
        )
        return {"losses": losses}

    return run


weights = 2 * torch.rand(B, T)
for case, inputs in cases.items():
    add("reinforce", f"verl {case}", {}, inputs, run_reinforce(inputs), advantages=per_token)
    run = run_reinforce(inputs, weights)
    add("reinforce", f"verl weighted {case}", {}, inputs, run, advantages=per_token, weights=weights)
    add("gpg", f"verl {case}", {}, inputs, run_gpg(inputs), advantages=per_token)
    for level in ("token", "sequence"):
        # verl's rejection by a ratio as well, on sequences' means
        theirs = {
            "rollout_is": level,
            "rollout_is_threshold": 1.5,
            "rollout_rs": "seq_mean_k1",
            "rollout_rs_threshold": "0.8_1.25",
        }
        options = {
            "weights": {"correction": f"{level}-truncate", "ratioHigh": 1.5, "convention": "verl"},
            "mask": {"over": "sequence-mean", "thresholdLow": 0.8, "threshold": 1.25},
        }
        add("bypass", f"verl {case}", options, inputs, run_bypass(inputs, theirs), advantages=per_token)


# --- Importance ratios: the losses of A = −1 without a clip
def run_gspo(inputs):
    def run(x):
        config = Config(clip_ratio=1.0, clip_ratio_low=1.0, clip_ratio_high=1e9, global_batch_info={})
        losses, _ = verl["compute_policy_loss_gspo"](
            inputs["oldLogprobs"], x["logprobs"], -torch.ones(B, T), holes, config=config
        )
        return {"losses": losses}

    return run


def run_ratio(inputs, kind):
    loss = PolicyLoss(clip_eps_low=1.0, clip_eps_high=1e9, policy_loss_type=kind)
    return lambda x: {"losses": loss(x["logprobs"], inputs["oldLogprobs"], -torch.ones(B, T), holes)[0]}


def run_product(inputs):
    apart, weights_of = inputs["logprobs"] - inputs["oldLogprobs"], helper["compute_rollout_correction_weights"]
    return lambda x: {"losses": x["logprobs"] * weights_of(apart, holes, "sequence", 1e9)[0]}


for case in ("random", "near"):
    add("importanceRatios", f"verl {case}", {"importance": "sequence-token"}, cases[case], run_gspo(cases[case]))
    add("importanceRatios", f"OpenRLHF {case}", {"importance": "sequence-mean"}, cases[case], run_ratio(cases[case], "gspo"))
    add("importanceRatios", f"OpenRLHF {case}", {"importance": "token"}, cases[case], run_ratio(cases[case], "ppo"))
    add("productsOnLogprobs", f"verl {case}", {"importance": "sequence"}, cases[case], run_product(cases[case]))


# --- RLOO
def stub_trainer(logprobs, seen, **settings):
    return types.SimpleNamespace(
        accelerator=types.SimpleNamespace(
            num_processes=1,
            gather=lambda v: v,
            reduce=lambda v, reduction: v,
            pad_across_processes=lambda v, **_: v,
            device="cpu",
        ),
        model=types.SimpleNamespace(training=True),
        aux_loss_enabled=False,
        current_gradient_accumulation_steps=1,
        _get_per_token_logps_and_entropies=lambda *_, **__: (logprobs, entropies, None),
        _metrics=seen,
        **settings,
    )


def tokens_of(mask):
    return {
        "prompt_ids": torch.zeros(B, 1),
        "prompt_mask": torch.ones(B, 1),
        "completion_ids": torch.zeros(B, T),
        "completion_mask": mask,
    }


def last(seen, names):
    return {key: value[-1] for key, value in seen["train"].items() if key.startswith(names)}


def run_rloo(inputs, low, high):
    def run(x):
        seen = defaultdict(lambda: defaultdict(list))
        trainer = stub_trainer(x["logprobs"], seen, epsilon_low=low, epsilon_high=high)
        sums = (inputs["oldLogprobs"] * holes).sum(1)
        loss = rloo(trainer, None, {**tokens_of(holes), "old_logps": sums, "advantages": advantages})
        return {"losses": loss, "metrics": last(seen, ("clip_ratio/",))}

    return run


for case, inputs in cases.items():
    for low, high in ((0.2, 0.2), (0.1, 0.28)):
        options = {"clipEpsilon": low, "clipEpsilonHigh": high}
        add("rlooMean", f"TRL {case}", options, inputs, run_rloo(inputs, low, high), advantages=advantages)


# --- TOPR
def run_topr(inputs):
    def run(x):
        losses, metrics = TOPR()(x["logprobs"], inputs["oldLogprobs"], holes, per_token)
        metrics = {key: metrics[key] for key in ("avg_alpha", "avg_ratio")}
        return {"losses": losses.as_subclass(torch.Tensor), "metrics": metrics}

    return run


for case, inputs in cases.items():
    add("topr", f"Trinity-RFT {case}", {"importance": "token"}, inputs, run_topr(inputs), advantages=per_token)


# --- Weights and masks of rollouts
def prefixed(metrics):
    return {f"rollout_corr/{key}": value for key, value in metrics.items()}


def run_trl_weights(inputs, mode, low, high, mask):
    def run(x):
        seen = defaultdict(lambda: defaultdict(list))
        trainer = types.SimpleNamespace(
            use_vllm=True,
            vllm_importance_sampling_correction=True,
            vllm_importance_sampling_mode=mode,
            vllm_importance_sampling_clip_min=low,
            vllm_importance_sampling_clip_max=high,
            accelerator=types.SimpleNamespace(gather=lambda v: v),
            _metrics=seen,
        )
        space = {
            **trl,
            "self": trainer,
            "mode": "train",
            "device": "cpu",
            "completion_mask": mask,
            "tool_mask": None,
            "old_per_token_logps": inputs["logprobs"],
            "sampling_per_token_logps": inputs["rolloutLogprobs"],
        }
        exec(TRL_CORRECTION, space)
        return {
            "losses": space["vllm_importance_sampling_ratio"] * mask * x["logprobs"],
            "metrics": last(seen, ("sampling/",)),
        }

    return run


IS_METRICS = ("mean", "max", "min", "std", "eff_sample_size", "ratio_fraction_high", "ratio_fraction_low")


def run_verl_weights(inputs, level, threshold, normalize, mask):
    def run(x):
        values, metrics = helper["compute_rollout_correction_weights"](
            inputs["logprobs"] - inputs["rolloutLogprobs"], mask, level, threshold, normalize
        )
        names = [f"rollout_is_{name}" for name in (*IS_METRICS, *(["batch_norm_factor"] if normalize else []))]
        return {"losses": values * x["logprobs"], "metrics": prefixed({name: metrics[name] for name in names})}

    return run


def run_verl_mask(inputs, option, threshold, mask):
    def run(x):
        kept, metrics = exact_helper["compute_rollout_rejection_mask"](
            inputs["logprobs"] - inputs["rolloutLogprobs"], mask, option, threshold
        )
        names = ("rollout_rs_masked_fraction", "rollout_rs_seq_masked_fraction")
        return {"losses": kept * x["logprobs"], "metrics": prefixed({name: metrics[name] for name in names})}

    return run


def run_mismatch(inputs):
    def run(x):
        metrics = exact_helper["compute_offpolicy_metrics"](inputs["logprobs"], inputs["rolloutLogprobs"], filled)
        return {"losses": x["logprobs"] * 0, "metrics": prefixed(metrics)}

    return run


def without_metrics(run):
    return lambda x: {"losses": run(x)["losses"]}


# The trainers count a sequence without tokens as one whose ratio is 1: metrics of sequences are compared without such.
def add_rollout(name, case, options, inputs, run_of, sequences):
    add(name, case, options, inputs, run_of(filled), mask=filled)
    run = run_of(holes)
    add(name, f"{case}, empty", options, inputs, without_metrics(run) if sequences else run)


for case, inputs in engines.items():
    for low, high in ((None, 3.0), (0.5, 1.2)):
        for mode in ("token_truncate", "token_mask", "sequence_truncate", "sequence_mask"):
            options = {"correction": mode.replace("_", "-"), "ratioHigh": high}
            options.update({} if low is None else {"ratioLow": low})
            run_of = lambda mask: run_trl_weights(inputs, mode, low, high, mask)  # noqa: E731
            add_rollout("rolloutWeights", f"TRL {case}", options, inputs, run_of, mode.startswith("sequence"))
    for level in ("token", "sequence"):
        for threshold, low, high in ((2.0, None, 2.0), ("0.6_1.8", 0.6, 1.8)):
            for normalize in (False, True):
                options = {
                    "correction": f"{level}-{'truncate' if low is None else 'mask'}",
                    "ratioHigh": high,
                    "normalize": normalize,
                    "convention": "verl",
                    **({} if low is None else {"ratioLow": low}),
                }
                # verl divides by zero where it has dropped everything
                bounded = (inputs["logprobs"] - inputs["rolloutLogprobs"]).abs().max() < 5
                if low is not None and not bounded:
                    continue
                run_of = lambda mask: run_verl_weights(inputs, level, threshold, normalize, mask)  # noqa: E731
                add_rollout("rolloutWeights", f"verl {case}", options, inputs, run_of, level == "sequence")
    for over in ("token", "seq_sum", "seq_mean", "seq_max"):
        for kind in ("k1", "k2", "k3"):
            if f"{over}_{kind}" == "seq_max_k1":
                continue
            threshold, ours = (0.06, {"threshold": 0.06})
            if kind == "k1":
                threshold, ours = ("0.7_1.25", {"thresholdLow": 0.7, "threshold": 1.25})
            options = {"divergence": kind, "over": over.replace("seq_", "sequence-"), **ours}
            run_of = lambda mask: run_verl_mask(inputs, f"{over}_{kind}", threshold, mask)  # noqa: E731
            add_rollout("rolloutMask", f"verl {case}", options, inputs, run_of, True)
    add("mismatch", f"verl {case}", {}, inputs, run_mismatch(inputs), mask=filled)


# --- OpenRLHF's PPO with its correction
def run_openrlhf(inputs, level, mode, gating, threshold, mask):
    def run(x):
        loss = PolicyLoss(
            is_correction_level=level,
            is_correction_mode=mode,
            is_correction_gating=gating,
            is_correction_threshold=threshold,
        )
        losses, _, _, kl, share = loss(x["logprobs"], inputs["oldLogprobs"], per_token, mask, inputs["rolloutLogprobs"])
        metrics = {"vllm_kl": kl, **({"is_filter_ratio": share} if gating == "ratio" else {})}
        return {"losses": losses, "metrics": metrics}

    return run


HUGE = sys.float_info.max
for case in ("random", "near", "extreme"):
    three = {**cases["random"], "rolloutLogprobs": {**engines, "near": {"logprobs": old + 1e-4}}[case]["logprobs"]}
    for level, mode, correction in (
        ("token", "clip", "token-truncate"),
        ("token", "mask", "token-mask"),
        ("seq", "mask", "sequence-mean-mask"),
    ):
        options = {"weights": {"correction": correction, "ratioLow": 0.8, "ratioHigh": 1.25}}
        run_of = lambda mask: run_openrlhf(three, level, mode, "ratio", (0.8, 1.25), mask)  # noqa: E731
        add_rollout("correctedPpo", f"OpenRLHF {case}", options, three, run_of, level == "seq")
        for row in rows[-2:]:
            row["inputs"]["advantages"] = per_token.tolist()
    for gating, divergence, delta in (("binary_kl", "binary-kl", 0.02), ("tv", "total-variation", 0.1)):
        for level, over in (("token", "token"), ("seq", "sequence-mean")):
            options = {
                "weights": {"ratioHigh": HUGE},
                "mask": {"divergence": divergence, "over": over, "threshold": delta},
            }
            run_of = lambda mask: run_openrlhf(three, level, "mask", gating, (0.0, delta), mask)  # noqa: E731
            add_rollout("correctedPpo", f"OpenRLHF {gating} {case}", options, three, run_of, level == "seq")
            for row in rows[-2:]:
                row["inputs"]["advantages"] = per_token.tolist()


# --- TRL's masks, alone and in GRPO
def run_off_policy_mask(inputs, given, threshold):
    wide = given if given.dim() == 2 else given[:, None]
    return lambda x: {
        "losses": off_policy_mask(wide, inputs["logprobs"], inputs["rolloutLogprobs"], holes, threshold)
        * holes
        * x["logprobs"]
    }


def run_entropy_mask(share):
    trainer = stub_trainer(None, None)
    return lambda x: {"losses": entropy_mask(trainer, entropies, holes, 1 - share) * x["logprobs"]}


def run_grpo(inputs, threshold, share):
    def run(x):
        seen = defaultdict(lambda: defaultdict(list))
        trainer = stub_trainer(
            x["logprobs"],
            seen,
            args=types.SimpleNamespace(delta=None, use_bias_correction_kl=False, steps_per_generation=1),
            top_entropy_quantile=share,
            off_policy_mask_threshold=threshold,
            use_vllm=True,
            vllm_importance_sampling_correction=True,
            importance_sampling_level="token",
            beta=0.0,
            loss_type="dapo",
            epsilon_low=0.2,
            epsilon_high=0.2,
            _entropy_bonus_enabled=False,
            get_high_entropy_mask=lambda *given: entropy_mask(trainer, *given),
            get_off_policy_mask=off_policy_mask,
        )
        batch = {
            **tokens_of(holes),
            "advantages": advantages,
            "old_per_token_logps": inputs["oldLogprobs"],
            "sampling_per_token_logps": rollout,
            "importance_sampling_ratio": torch.exp((inputs["oldLogprobs"] - rollout) * holes).clamp(max=1.1),
            "num_items_in_batch": holes.sum(),
        }
        return {"losses": grpo(trainer, None, batch), "metrics": last(seen, ("clip_ratio/",))}

    return run


for case, inputs in engines.items():
    for given in (advantages, per_token):
        for threshold in (0.0, 0.05):
            run = run_off_policy_mask(inputs, given, threshold)
            add("offPolicySequenceMask", f"TRL {case}", {"threshold": threshold}, inputs, run, advantages=given)
for share in (0.2, 0.37, 0.5, 1.0):
    add("topEntropyMask", "TRL", {"share": share}, {"logprobs": old}, run_entropy_mask(share), entropies=entropies)
for case in ("random", "near", "same"):
    for threshold, share in ((0.05, 0.4), (0.0, 0.37)):
        options = {"threshold": threshold, "share": share, "ratioHigh": 1.1}
        run = run_grpo(cases[case], threshold, share)
        add(
            "maskedGrpo", f"TRL {case}", options, cases[case], run,
            rolloutLogprobs=rollout, entropies=entropies, advantages=advantages,
        )

write("off-policy", rows, {name.lower(): version for name, version in VERSIONS.items()})
