"""Golden values and gradients of the reward-modelling losses, by TRL, OpenRLHF and PyTorch's own functions.

    PREFKIT_WHEELS=… python tools/parity/losses_reward_modelling.py
    writes packages/losses/src/goldens/reward-modelling.json; see losses_goldens.py for the wheels

Bradley-Terry is TRL's RewardTrainer.compute_loss and OpenRLHF's PairWiseLoss and LogExpLoss; soft labels are PyTorch's
binary_cross_entropy_with_logits. What trainers do not have: torch.special.log_ndtr is Thurstone's log Φ,
margin_ranking_loss the hinge, and the distances of regression are PyTorch's. Rankings and ties are written here, as
log-softmaxes over the alternatives that the papers list and as a product of worths: those rows are of no library.

What is changed in the references, and why: each loss ends in a mean over the pairs, which is left out, to see each; TRL
counts `accuracy` in float32, here it is in double precision.
"""

import types
from collections import defaultdict

import torch
import torch.nn.functional as F

from losses_goldens import golden, source, take, write

torch.manual_seed(1927)
torch.set_default_dtype(torch.float64)
TRL, OPENRLHF, PYTORCH, EQUATION = "TRL 1.16.0", "OpenRLHF 0.11.2", "PyTorch 2.15.0", "its equation"
if torch.__version__.split("+")[0] != PYTORCH.split()[1]:
    raise ValueError(f"expected {PYTORCH}, got {torch.__version__}")

names = {"torch": torch, "F": F, "nn": torch.nn}
(trl,) = take(
    source("trl", "trl/trainer/reward_trainer.py"),
    ["RewardTrainer.compute_loss"],
    {**names},
    replace=[
        ('rewards_rejected - inputs["margin"]).mean()', 'rewards_rejected - inputs["margin"])'),
        ("logsigmoid(rewards_chosen - rewards_rejected).mean()", "logsigmoid(rewards_chosen - rewards_rejected)"),
        ("torch.mean((rewards_chosen + rewards_rejected) ** 2)", "(rewards_chosen + rewards_rejected) ** 2"),
        ("(rewards_chosen > rewards_rejected).float()", "(rewards_chosen > rewards_rejected).double()"),
    ],
)
pair_wise, log_exp = take(
    source("openrlhf", "openrlhf/models/loss.py"),
    ["PairWiseLoss", "LogExpLoss"],
    {**names},
    replace=[
        ("reject_reward)\n        return loss.mean()", "reject_reward)\n        return loss"),
        ("torch.exp(reject_reward - chosen_reward)).mean()", "torch.exp(reject_reward - chosen_reward))"),
    ],
)

pairs = {
    "random": {"chosenRewards": 3 * torch.randn(7), "rejectedRewards": 3 * torch.randn(7)},
    "extreme": {
        "chosenRewards": torch.tensor([30.0, -30.0, 0.0, 700.0, -700.0, 5.5]),
        "rejectedRewards": torch.tensor([-30.0, 30.0, 0.0, -700.0, 700.0, -2.0]),
    },
}
preference = torch.rand(7)
ties = torch.tensor([0.0, 1.0, 0.25, 0.0, 1.0, 0.5, 0.0])
rows = []


def add(name, case, options, inputs, loss, reference=PYTORCH):
    rows.append(golden(name, case, options, inputs, lambda x: {"losses": loss(*x.values())}, reference))


def rao_kupper(c, r, t, eta):
    # The paper's probabilities of worths π, with π = e^r and θ = e^η.
    pi, pj, theta = c.exp(), r.exp(), torch.tensor(eta).exp()
    win = (pi / (pi + theta * pj)).log()
    tie = (pi * pj * (theta**2 - 1) / ((pi + theta * pj) * (theta * pi + pj))).log()
    return -(1 - t) * win - t * tie


def davidson(c, r, t, nu):
    # Log-softmax over winning, losing and the tie.
    alternatives = torch.stack([c, r, (c + r) / 2 + torch.tensor(nu).log()], dim=-1)
    win, _, tie = F.log_softmax(alternatives, dim=-1).unbind(-1)
    return -(1 - t) * win - t * tie


for case, inputs in pairs.items():
    # Far out (x = -1400) the gradient of log_ndtr is off by 2e-10 of itself; the test derives that one by hand.
    near = {key: value.clamp(-30, 30) for key, value in inputs.items()}
    add("thurstone", case, {}, near, lambda c, r: -torch.special.log_ndtr(c - r))
    ones = torch.ones_like(inputs["chosenRewards"])
    for squared in (False, True):
        add(
            "hinge",
            case,
            {"margin": 0.5, "squared": squared},
            inputs,
            lambda c, r: F.margin_ranking_loss(c, r, ones, margin=0.5, reduction="none") ** (2 if squared else 1),
        )
    renamed = {"rewards": inputs["chosenRewards"], "scores": inputs["rejectedRewards"]}
    for distance, loss in {
        "squared": lambda c, r: F.mse_loss(c, r, reduction="none"),
        "absolute": lambda c, r: F.l1_loss(c, r, reduction="none"),
        "huber": lambda c, r: F.huber_loss(c, r, reduction="none", delta=0.7),
    }.items():
        delta = {"delta": 0.7} if distance == "huber" else {}
        add("scoreRegression", case, {"distance": distance, **delta}, renamed, loss)
    zero = torch.zeros(len(ones))
    add("davidson", case, {"prevalence": 0.6}, inputs, lambda c, r: davidson(c, r, zero, 0.6), EQUATION)

inputs = pairs["random"]
add(
    "thurstone",
    "soft",
    {"preference": preference.tolist()},
    inputs,
    lambda c, r: -preference * torch.special.log_ndtr(c - r) - (1 - preference) * torch.special.log_ndtr(r - c),
)
options = {"ties": ties.tolist(), "threshold": 0.4}
add("raoKupper", "ties", options, inputs, lambda c, r: rao_kupper(c, r, ties, 0.4), EQUATION)
options = {"ties": ties.tolist(), "prevalence": 0.6}
add("davidson", "ties", options, inputs, lambda c, r: davidson(c, r, ties, 0.6), EQUATION)

lists = 3 * torch.randn(5, 4)
kept = torch.tensor([[1, 1, 1, 1], [1, 0, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0]])


def plackett_luce(r, mask, top):
    losses = []
    for rewards, keep in zip(r, mask.bool()):
        left = rewards[keep]
        choices = [-F.log_softmax(left[k:], dim=0)[0] for k in range(min(top, len(left)))]
        losses.append(sum(choices) if choices else (rewards * 0).sum())
    return torch.stack(losses)


everything = torch.ones_like(kept)
for case, options, scale, mask, top in (
    ("random", {}, 1, everything, 4),
    ("wide", {"top": 2}, 200, everything, 2),
    ("ragged", {"mask": kept.tolist()}, 1, kept, 4),
    ("top", {"mask": kept.tolist(), "top": 1}, 1, kept, 1),
):
    add("plackettLuce", case, options, {"rewards": scale * lists}, lambda r: plackett_luce(r, mask, top), EQUATION)


# --- Bradley-Terry and classification
def bradley_terry(x, coefficient=None, margin=None):
    """RewardTrainer.compute_loss on a model that gives these rewards."""
    trainer = types.SimpleNamespace(
        model=types.SimpleNamespace(training=True),
        args=types.SimpleNamespace(center_rewards_coefficient=coefficient),
        accelerator=types.SimpleNamespace(gather=lambda x: x, gather_for_metrics=lambda x: x),
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
    )
    logits = torch.cat([x["chosenRewards"], x["rejectedRewards"]])[:, None]
    batch = {"attention_mask": torch.ones(1), **({} if margin is None else {"margin": margin})}
    losses = trl(trainer, lambda **_: types.SimpleNamespace(logits=logits), batch)
    metrics = {key: value[-1] for key, value in trainer._metrics["train"].items() if key != "num_tokens"}
    return {"losses": losses, "metrics": metrics}


bce = F.binary_cross_entropy_with_logits
for case, inputs in pairs.items():
    count = len(inputs["chosenRewards"])
    margin = torch.rand(count)
    for options, settings in (
        ({}, {}),
        ({"margin": margin.tolist()}, {"margin": margin}),
        ({"margin": margin.tolist(), "centeringCoefficient": 0.01}, {"margin": margin, "coefficient": 0.01}),
    ):
        rows.append(golden("bradleyTerry", case, options, inputs, lambda x: bradley_terry(x, **settings), TRL))
    given = {"margin": margin.tolist()}
    add("bradleyTerry", f"{case} PairWiseLoss", {}, inputs, pair_wise(), OPENRLHF)
    add("bradleyTerry", f"{case} PairWiseLoss", given, inputs, lambda c, r: pair_wise()(c, r, margin), OPENRLHF)
    # e^1400 is infinite; LogExpLoss does not hold it.
    near = {key: value.clamp(-30, 30) for key, value in inputs.items()}
    add("bradleyTerry", f"{case} LogExpLoss", {}, near, log_exp(), OPENRLHF)
    for options, p in (
        ({"labelSmoothing": 0.1}, torch.full((count,), 0.9)),
        ({"preference": (share := torch.rand(count)).tolist()}, share),
        ({"preference": share.tolist(), "labelSmoothing": 0.1}, 0.8 * share + 0.1),
    ):
        add("bradleyTerry", case, options, inputs, lambda c, r: bce(c - r, p, reduction="none"))
    for options, p in (({}, torch.ones(count)), ({"preference": share.tolist()}, share)):
        both = lambda c, r: 0.5 * (bce(c, p, reduction="none") + bce(r, 1 - p, reduction="none"))  # noqa: E731
        add("classification", case, options, inputs, both)

write("reward-modelling", rows, {"trl": "1.16.0", "openrlhf": "0.11.2"})
