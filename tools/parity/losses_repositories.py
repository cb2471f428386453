"""Golden values and gradients by research code that is published as a repository alone: HALOs, and RLHFlow's ODIN.

    git clone https://github.com/ContextualAI/HALOs REPOSITORIES/HALOs
    git clone https://github.com/RLHFlow/RLHF-Reward-Modeling REPOSITORIES/RLHF-Reward-Modeling
    PREFKIT_REPOSITORIES=REPOSITORIES python tools/parity/losses_repositories.py
    writes packages/losses/src/goldens/repositories.json

What is changed in the references, and why:
- HALOs' SLiCTrainer.loss adds log-probabilities of tokens, [B, T], to losses of pairs, [B] (train/trainers.py), which
  fails or broadcasts; here they are summed first.
- RLHFlow's RewardTrainer.compute_loss ranks the sum over the whole batch of the chosen rewards against that of the
  rejected ones, not each pair (odin/gemma_two_head.py); here each pair is ranked, and the mean over the pairs left out.
  Its correlations are in float32; here they are in double precision.
"""

import os
import subprocess
import types
from pathlib import Path

import torch
import torch.nn.functional as F

from losses_goldens import SOURCES, golden, take, write

torch.manual_seed(2402)
torch.set_default_dtype(torch.float64)

COMMITS = {
    "HALOs": "4831988636b4cbc1c30c0bce78df568cf0f8103b",
    "RLHF-Reward-Modeling": "fc39179f5a9a4dd75047a4c0311672905b9d9a04",
}


def source(repository, path):
    """The text of a file of a repository at its pinned commit."""
    folder = Path(os.environ["PREFKIT_REPOSITORIES"]) / repository
    SOURCES.add(f"{repository} {COMMITS[repository][:7]}".lower())
    show = ["git", "-C", str(folder), "show", f"{COMMITS[repository]}:{path}"]
    return subprocess.run(show, check=True, capture_output=True, text=True).stdout


names = {"torch": torch, "F": F, "nn": torch.nn}
trainers = source("HALOs", "train/trainers.py")
(sequence_rewards,) = take(trainers, ["BasicTrainer.get_sequence_rewards"], {**names})


def loss_of(trainer, replace=()):
    return take(trainers, [f"{trainer}.loss"], {**names}, replace)[0]


def halos(**settings):
    trainer = types.SimpleNamespace(
        config=types.SimpleNamespace(humanline=False, loss=types.SimpleNamespace(**settings)),
        policy_dtype=torch.float64,
        accelerator=types.SimpleNamespace(device="cpu", reduce=lambda x, reduction: x),
    )
    trainer.get_sequence_rewards = types.MethodType(sequence_rewards, trainer)
    return trainer


B, T = 5, 6
chosen_mask = torch.tensor(
    [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0]]
)
rejected_mask = torch.tensor(
    [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 0], [0, 0, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]]
)
pair_masks = {"chosenMask": chosen_mask, "rejectedMask": rejected_mask}
rows = []


def add(name, case, options, inputs, run, constants, repository="HALOs"):
    """A row; what has no gradient goes beside the leaves."""
    row = golden(name, case, options, inputs, run, f"{repository} {COMMITS[repository][:7]}")
    row["inputs"].update({key: value.tolist() for key, value in constants.items()})
    rows.append(row)


def draw(scale, shape=(B, T)):
    return -torch.rand(shape) * scale


def pairs(scale, reference=True):
    keys = ["chosenLogprobs", "rejectedLogprobs"] + ["refChosenLogprobs", "refRejectedLogprobs"] * reference
    return {key: draw(scale) for key in keys}


def of_pairs(trainer, loss, x):
    """The losses of pairs; log-probabilities of tokens are 0 where there is no completion, as HALOs makes them."""
    kept = {key: value * (rejected_mask if "ejected" in key else chosen_mask) for key, value in x.items()}
    policy = [kept["chosenLogprobs"], kept["rejectedLogprobs"]]
    reference = [value.detach() for key, value in kept.items() if key.startswith("ref")]
    return {"losses": loss(trainer, None, *policy, *reference)[0]}


for case, scale in (("random", 3.0), ("extreme", 300.0)):
    for name, trainer, settings, options, reference in (
        ("dpo", "DPOTrainer", {"beta": 0.1}, {"beta": 0.1}, True),
        (
            "dpo",
            "CDPOTrainer",
            {"beta": 0.1, "epsilon": 0.2},
            {"beta": 0.1, "labelSmoothing": 0.2, "convention": "openrlhf"},
            True,
        ),
        ("dpo", "IPOTrainer", {"tau": 0.3}, {"lossType": "ipo", "beta": 0.3}, True),
        ("simPo", "SimPOTrainer", {"beta": 2.0, "gamma_beta_ratio": 0.25}, {"beta": 2, "gamma": 0.5}, False),
    ):
        loss = loss_of(trainer)
        run = lambda x: of_pairs(halos(**settings), loss, x)  # noqa: E731
        add(name, f"HALOs {trainer} {case}", options, pairs(scale, reference), run, pair_masks)
    slic = loss_of("SLiCTrainer", [("reg_loss = -policy_chosen_logps\n", "reg_loss = -policy_chosen_logps.sum(-1)\n")])
    run = lambda x: of_pairs(halos(beta=1.0, lambda_coef=0.1), slic, x)  # noqa: E731
    add("slic", f"HALOs SLiCTrainer {case}", {}, pairs(scale, False), run, pair_masks)

# --- KTO: the second and the last of the mismatched completions are empty.
labels = torch.tensor([1, 0, 0, 1, 1])
order = torch.argsort(torch.cat([labels.nonzero().view(-1), (1 - labels).nonzero().view(-1)]))
kto = loss_of("KTOTrainer")


def kto_loss(x, policy_kl, reference_kl):
    chosen = labels.bool()
    policy = x["logprobs"] * chosen_mask
    reference = (x["refLogprobs"] * chosen_mask).detach()
    trainer = halos(beta=0.2, desirable_weight=1.3, undesirable_weight=0.7)
    losses, _, _, kl, *_ = kto(
        trainer,
        None,
        policy[chosen],
        policy[~chosen],
        policy_kl,
        reference[chosen],
        reference[~chosen],
        reference_kl,
    )
    return {"losses": losses[order], "metrics": {"kl": kl}}


nonempty = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])[:, None]
for case, scale in (("random", 3.0), ("extreme", 300.0)):
    # One of the two estimates is above 0, the other is held at it.
    near, far = draw(0.3) * nonempty, (draw(0.3) - 0.5) * nonempty
    for policy_kl, reference_kl in ((near, far), (far, near)):
        inputs = {"logprobs": draw(scale), "refLogprobs": draw(scale)}
        constants = {"desirable": labels, "mask": chosen_mask}
        constants.update({"klLogprobs": policy_kl.sum(1), "refKlLogprobs": reference_kl.sum(1)})
        options = {"beta": 0.2, "desirableWeight": 1.3, "undesirableWeight": 0.7, "convention": "halos"}
        run = lambda x: kto_loss(x, policy_kl, reference_kl)  # noqa: E731
        add("kto", f"HALOs KTOTrainer {case}", options, inputs, run, constants)


# --- ODIN, on one process.
def all_gather(into, value):
    into[0] = value


distributed = types.SimpleNamespace(get_world_size=lambda: 1, get_rank=lambda: 0, all_gather=all_gather)
(odin,) = take(
    source("RLHF-Reward-Modeling", "odin/gemma_two_head.py"),
    ["RewardTrainer.compute_loss"],
    {**names, "dist": distributed},
    replace=[
        ("logsigmoid(rewards_j.sum() - rewards_k.sum()).mean()", "logsigmoid(rewards_j.sum(-1) - rewards_k.sum(-1))"),
        ("length_corr_matrix1.to(dtype=torch.float32)", "length_corr_matrix1"),
        ("length_corr_matrix2.to(dtype=torch.float32)", "length_corr_matrix2"),
    ],
)


def odin_loss(x, lengths, weight):
    interleaved = lambda chosen, rejected: torch.stack([chosen, rejected], dim=1).reshape(-1)  # noqa: E731
    rewards = torch.stack(
        [
            interleaved(x["chosenLengthRewards"], x["rejectedLengthRewards"]),
            interleaved(x["chosenRewards"], x["rejectedRewards"]),
        ],
        dim=1,
    )
    trainer = types.SimpleNamespace()
    model = lambda **_: [rewards]  # noqa: E731
    inputs = {"input_ids": None, "attention_mask": None, "seqlens": interleaved(*lengths.values()).tolist()}
    function = types.FunctionType(odin.__code__, {**odin.__globals__, "correlation_with_length": weight})
    losses, parts = function(trainer, model, inputs, True)
    metrics = {"ranking_corr_loss": parts["ranking_corr_loss"].mean()}
    metrics.update({key: parts[key] for key in ("length_loss1", "length_loss2")})
    return {"losses": losses, "metrics": metrics}


lengths = {
    "chosenLengths": torch.tensor([120, 87, 400, 15, 210, 33]),
    "rejectedLengths": torch.tensor([80, 90, 7, 15, 350, 60]),
}
for case, scale, shift in (("random", 2.0, 0.0), ("extreme", 300.0, 1e4)):
    for weight in (1.0, 0.3):
        keys = ("chosenRewards", "rejectedRewards", "chosenLengthRewards", "rejectedLengthRewards")
        inputs = {key: scale * torch.randn(6) + shift for key in keys}
        run = lambda x: odin_loss(x, lengths, weight)  # noqa: E731
        add("odin", case, {"lengthWeight": weight}, inputs, run, lengths, "RLHF-Reward-Modeling")

write("repositories", rows, COMMITS)
