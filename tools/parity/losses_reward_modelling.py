"""Golden values and gradients of the reward-modelling losses, by PyTorch's own functions.

    python tools/parity/losses_reward_modelling.py   writes packages/losses/src/goldens/reward-modelling.json

Trainers have none of these but the Bradley-Terry loss (see losses.py); torch.special.log_ndtr is Thurstone's log Φ,
margin_ranking_loss the hinge, and the distances of regression are PyTorch's. Rankings and ties are log-softmaxes,
written here over the alternatives that the papers list.
"""

import torch
import torch.nn.functional as F

from losses_goldens import golden, write

torch.manual_seed(1927)
torch.set_default_dtype(torch.float64)

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


def add(name, case, options, inputs, loss):
    rows.append(golden(name, case, options, inputs, lambda x: {"losses": loss(*x.values())}))


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
        add("scoreRegression", case, {"distance": distance, "delta": 0.7}, renamed, loss)
    zero = torch.zeros(len(ones))
    add("davidson", case, {"prevalence": 0.6}, inputs, lambda c, r: davidson(c, r, zero, 0.6))

inputs = pairs["random"]
add(
    "thurstone",
    "soft",
    {"preference": preference.tolist()},
    inputs,
    lambda c, r: -preference * torch.special.log_ndtr(c - r) - (1 - preference) * torch.special.log_ndtr(r - c),
)
add("raoKupper", "ties", {"ties": ties.tolist(), "threshold": 0.4}, inputs, lambda c, r: rao_kupper(c, r, ties, 0.4))
add("davidson", "ties", {"ties": ties.tolist(), "prevalence": 0.6}, inputs, lambda c, r: davidson(c, r, ties, 0.6))

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
add("plackettLuce", "random", {}, {"rewards": lists}, lambda r: plackett_luce(r, everything, 4))
add("plackettLuce", "wide", {"top": 2}, {"rewards": 200 * lists}, lambda r: plackett_luce(r, everything, 2))
add("plackettLuce", "ragged", {"mask": kept.tolist()}, {"rewards": lists}, lambda r: plackett_luce(r, kept, 4))
add("plackettLuce", "top", {"mask": kept.tolist(), "top": 1}, {"rewards": lists}, lambda r: plackett_luce(r, kept, 1))

write("reward-modelling", rows)
