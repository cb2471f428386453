"""Golden values and gradients of the KL estimators, the entropy and the reductions, by verl, OpenRLHF, TRL and PyTorch.

    pip download --no-deps trl==0.23.1 -d WHEELS      # the last line of TRL with a PPO trainer
    PREFKIT_WHEELS=WHEELS python tools/parity/losses_regularisers.py
    writes packages/losses/src/goldens/regularisers.json; see losses_goldens.py for the wheels

OpenRLHF's compute_approx_kl casts to float32; here the casts are to double. TRL's KL divergences
and reductions are lines of GRPOTrainer._compute_loss and of PPOTrainer.train, which run as they are.
"""

from types import SimpleNamespace

import torch
import torch.nn.functional as F

from losses_goldens import golden, source, take, write
from reference_code import lines_of

torch.manual_seed(1983)
torch.set_default_dtype(torch.float64)

VERSIONS = {"TRL": "1.16.0", "verl": "0.9.1", "OpenRLHF": "0.11.2", "PyTorch": torch.__version__.split("+")[0]}
PPO = "0.23.1"

masked_sum, masked_mean, entropy_from_logits = take(
    source("verl", "verl/utils/torch_functional.py"),
    ["masked_sum", "masked_mean", "entropy_from_logits"],
    verl_functions := {"torch": torch},
)
verl_F = type("verl_F", (), {k: staticmethod(v) for k, v in verl_functions.items() if callable(v)})
namespace = {"torch": torch, "verl_F": verl_F, "F": F}
agg_loss, kl_penalty, _ = take(
    source("verl", "verl/trainer/ppo/core_algos.py"), ["agg_loss", "kl_penalty", "kl_penalty_forward"], namespace
)
openrlhf_mean, approx_kl = take(
    source("openrlhf", "openrlhf/models/utils.py"),
    ["masked_mean", "compute_approx_kl"],
    {"torch": torch, "KL_IS_WEIGHT_CLIP": 10.0},
    replace=[(f"{name}.float()", f"{name}.double()") for name in ("log_probs", "log_probs_base", "log_probs_old")],
)
(aggregate_loss,) = take(
    source("openrlhf", "openrlhf/models/loss.py"), ["aggregate_loss"], {"torch": torch, "masked_mean": openrlhf_mean}
)

B, T, V = 4, 5, 7
mask = torch.tensor([[1, 1, 1, 1, 1], [0, 1, 1, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]])
rows = []


def add(name, case, options, inputs, run, masked=True, reference=None):
    library = case.split()[0]
    row = golden(name, case, options, inputs, run, reference or f"{library} {VERSIONS[library]}")
    row["inputs"].update({"mask": mask.tolist()} if masked else {})
    rows.append(row)


close = {"logprobs": -3 * torch.rand(B, T), "refLogprobs": -3 * torch.rand(B, T)}
far = {"logprobs": -40 * torch.rand(B, T), "refLogprobs": -40 * torch.rand(B, T)}
for case, inputs in (("random", close), ("extreme", far)):
    for theirs, ours in (("kl", "k1"), ("abs", "abs"), ("mse", "mse"), ("k2", "k2"), ("low_var_kl", "low-variance"), ("k3", "k3")):
        for plus in ("", "+"):
            options = {"estimator": ours, "convention": "verl", "gradient": "k2" if plus else "estimator"}
            run = lambda x: {"losses": kl_penalty(x["logprobs"], x["refLogprobs"], theirs + plus) * mask}  # noqa: E731
            add("kl", f"verl {case}", options, inputs, run)
    for estimator in ("k1", "k2", "k3"):
        options = {"estimator": estimator, "convention": "openrlhf"}
        run = lambda x: {"losses": approx_kl(*x.values(), kl_estimator=estimator) * mask}  # noqa: E731
        add("kl", f"OpenRLHF {case}", options, inputs, run)
        old = torch.where(mask.bool(), inputs["logprobs"] + torch.randn(B, T), 0.0)

        def unbiased(x):
            value = approx_kl(*x.values(), old, kl_estimator=estimator, unbiased_gradient=True)
            return {"losses": value * mask}

        row = golden("kl", f"OpenRLHF unbiased {case}", {**options, "gradient": "k2"}, inputs, unbiased, f"OpenRLHF {VERSIONS['OpenRLHF']}")
        row["inputs"].update({"mask": mask.tolist(), "oldLogprobs": old.tolist()})
        rows.append(row)

logits = {"logits": 3 * torch.randn(B, T, V), "refLogits": 3 * torch.randn(B, T, V)}
wide = {key: 100 * value for key, value in logits.items()}


def full(x):
    p, q = (F.log_softmax(z, dim=-1) for z in x.values())
    value = F.kl_div(q, p, log_target=True, reduction="none").sum(-1)
    return {"losses": value * mask, "metrics": {"kl": (value * mask).sum() / mask.sum()}}


for case, inputs in (("random", logits), ("extreme", wide)):
    add("fullKl", f"PyTorch {case}", {}, inputs, full)
    one = {"logits": inputs["logits"]}
    add("entropy", f"verl {case}", {}, one, lambda x: {"losses": -entropy_from_logits(x["logits"]) * mask})

losses = {"losses": torch.randn(B, T)}
modes = (
    ("tokenMean", {}, "token-mean", {}),
    ("tokenMean", {"tokens": 40}, "token-mean", {"batch_num_tokens": 40}),
    ("tokenSum", {}, "token-sum", {}),
    ("sequenceMeanTokenSum", {}, "seq-mean-token-sum", {}),
    ("sequenceMeanTokenSum", {"sequences": 9}, "seq-mean-token-sum", {"global_batch_size": 9}),
    ("sequenceMeanTokenSum", {"length": 5}, "seq-mean-token-sum-norm", {}),
    ("sequenceMeanTokenSum", {"length": 64}, "seq-mean-token-sum-norm", {"loss_scale_factor": 64}),
    ("sequenceMeanTokenMean", {}, "seq-mean-token-mean", {}),
    ("sequenceMeanTokenMean", {"sequences": 9}, "seq-mean-token-mean", {"global_batch_size": 9}),
)
for name, options, mode, keywords in modes:
    add(name, f"verl {mode}", options, losses, lambda x: {"losses": agg_loss(x["losses"], mask, mode, **keywords)})
for name, options, keywords in (
    ("tokenMean", {}, {}),
    ("tokenMean", {"tokens": 40}, {"batch_num_tokens": 40}),
    ("sequenceMeanTokenMean", {}, {"token_level_loss": False}),
    ("sequenceMeanTokenMean", {"sequences": 9}, {"token_level_loss": False, "global_batch_size": 9}),
):
    run = lambda x: {"losses": aggregate_loss(x["losses"], mask, **keywords)}  # noqa: E731
    add(name, "OpenRLHF", options, losses, run)


# --- TRL: k3 of GRPO, and k1 and k3 of PPO
GRPO_KL = lines_of(source("trl", "trl/trainer/grpo_trainer.py"), "per_token_kl = (", ")")
PPO_KL = lines_of(source(f"trl@{PPO}", "trl/trainer/ppo_trainer.py"), "logr = ref_logprobs", "kl = -logr")


def grpo_kl(x):
    names = {"torch": torch, "per_token_logps": x["logprobs"], "ref_per_token_logps": x["refLogprobs"]}
    exec(GRPO_KL, names)
    value = names["per_token_kl"] * mask
    return {"losses": value, "metrics": {"kl": value.sum() / mask.sum()}}


def ppo_kl(estimator):
    def run(x):
        args = SimpleNamespace(kl_estimator=estimator)
        names = {"args": args, "logprobs": x["logprobs"], "ref_logprobs": x["refLogprobs"]}
        exec(PPO_KL, names)
        return {"losses": names["kl"] * mask}

    return run


for case, inputs in (("random", close), ("extreme", far)):
    add("kl", f"TRL GRPO {case}", {}, inputs, grpo_kl)
    for estimator in ("k1", "k3"):
        options = {"estimator": estimator, "convention": "trl"}
        add("kl", f"TRL PPO {case}", options, inputs, ppo_kl(estimator), reference=f"TRL {PPO}")

# --- TRL: the reductions of GRPO
REDUCTIONS = lines_of(
    source("trl", "trl/trainer/grpo_trainer.py"), 'if self.loss_type in ["grpo", "sapo"]:', "raise ValueError"
)


def reduction(loss_type, length=None):
    def run(x):
        trainer = SimpleNamespace(
            loss_type=loss_type, max_completion_length=length, current_gradient_accumulation_steps=1
        )
        names = {"self": trainer, "mode": "train", "per_token_loss": x["losses"], "mask": mask}
        exec(REDUCTIONS, names)
        return {"losses": names["loss"]}

    return run


for name, options, loss_type in (
    ("tokenMean", {}, "bnpo"),
    ("sequenceMeanTokenMean", {"convention": "trl"}, "grpo"),
    ("sequenceMeanTokenSum", {"convention": "trl"}, "luspo"),
    ("sequenceMeanTokenSum", {"convention": "trl", "length": 64}, "dr_grpo"),
):
    add(name, f"TRL {loss_type}", options, losses, reduction(loss_type, options.get("length")))

versions = {"trl": VERSIONS["TRL"], "trl-ppo": PPO, "verl": VERSIONS["verl"], "openrlhf": VERSIONS["OpenRLHF"]}
write("regularisers", rows, versions)
